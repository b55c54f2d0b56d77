using System;
using System.Text;
using Apns.Http2.Hpack;
using Xunit;

namespace Apns.Http2.Tests;

/// <summary>What is written two digits at a time is what is written letter by letter.</summary>
public class HuffmanHexPathTests
{
    [Theory]
    [InlineData("/3/device/")]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/4/broadcasts/apps/com.example.app")]
    [InlineData("\u007f~\\")]
    public void It_is_the_same_as_a_string_in_Huffman_code(string beginning)
    {
        var random = new Random(beginning.Length);
        byte[] begun = Encoding.ASCII.GetBytes(beginning);
        var path = new HuffmanHexPath(begun);
        for (int length = 0; length <= HuffmanHexPath.MaxBytes; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            byte[] text = [.. begun, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes))];
            byte[] coded = new byte[Huffman.EncodedLength(text)];
            Huffman.Encode(text, coded);
            var expected = new ByteBuffer();
            HpackInteger.Write(expected, 0x80, 7, coded.Length);
            expected.Write(coded);

            var output = new ByteBuffer();
            path.Write(output, bytes);
            Assert.Equal(expected.WrittenSpan, output.WrittenSpan);
        }
    }

    [Fact]
    public void More_than_it_takes_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HuffmanHexPath("/"u8).Write(new ByteBuffer(), new byte[HuffmanHexPath.MaxBytes + 1]));
}
