using System;
using Xunit;

namespace Apns.Client.Tests.Requests;

public class DeviceTokenTests
{
    [Theory]
    [InlineData("00")]
    [InlineData("0123456789abcdefABCDEF")]
    public void Hexadecimal_digits_of_any_even_number_are_a_token(string token) => Assert.Null(DeviceToken.Validate(token));

    [Theory]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData("+/8=", "fbff")]
    [InlineData("AQ==", "01")]
    [InlineData("00ff", "00ff")]
    [InlineData("????=", "????=")]
    [InlineData("=", "=")]
    [InlineData("AAEC", "AAEC")]
    public void A_token_in_base64_with_padding_is_turned_into_hexadecimal(string token, string hex) => Assert.Equal(hex, DeviceToken.ToHex(token));

    [Fact]
    public void The_usual_and_the_longest_are_tokens()
    {
        Assert.Null(DeviceToken.Validate(new string('a', 64)));
        Assert.Null(DeviceToken.Validate(new string('a', 160)));
        Assert.Null(DeviceToken.Validate(new string('f', DeviceToken.MaxLength)));
        Assert.Contains("402", DeviceToken.Validate(new string('f', DeviceToken.MaxLength + 2)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "blank")]
    [InlineData("   ", "blank")]
    [InlineData("abc", "3 digits")]
    [InlineData("abcg", "position 4")]
    [InlineData("0x12", "position 2")]
    [InlineData("<abc>d", "position 1")]
    [InlineData("ab cd0", "position 3")]
    [InlineData("ab/../", "position 3")]
    [InlineData("abcd\r\n", "position 5")]
    [InlineData("٠١", "position 1")]
    [InlineData("ａｂ", "position 1")]
    public void Anything_else_is_told_apart(string token, string why) => Assert.Contains(why, DeviceToken.Validate(token), StringComparison.Ordinal);

    [Fact]
    public void A_token_is_read_in_any_case()
    {
        byte[] bytes = new byte[200];
        Assert.Equal(11, DeviceToken.Read("0123456789abcdefABCDEF", bytes));
        Assert.Equal("0123456789abcdefabcdef", Convert.ToHexStringLower(bytes.AsSpan(0, 11)));
        Assert.Equal(200, DeviceToken.Read(new string('f', 400), bytes));
    }
}
