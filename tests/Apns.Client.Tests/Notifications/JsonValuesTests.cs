using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Apns.Client.Tests.Notifications;

public class JsonValuesTests
{
    public static TheoryData<object?, string> Values => new()
    {
        { null, "null" },
        { true, "true" },
        { false, "false" },
        { "", "\"\"" },
        { "1", "\"1\"" },
        { 0, "0" },
        { int.MinValue, "-2147483648" },
        { long.MaxValue, "9223372036854775807" },
        { 9_007_199_254_740_993L, "9007199254740993" },
        { ulong.MaxValue, "18446744073709551615" },
        { uint.MaxValue, "4294967295" },
        { byte.MaxValue, "255" },
        { sbyte.MinValue, "-128" },
        { short.MinValue, "-32768" },
        { ushort.MaxValue, "65535" },
        { 0.1, "0.1" },
        { 1.0, "1" },
        { -0.0, "-0" },
        { 1e300, "1E+300" },
        { double.Epsilon, "5E-324" },
        { 0.1f, "0.1" },
        { 'x', "\"x\"" },
        { DayOfWeek.Friday, "\"Friday\"" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Plain_values_are_exact(object? value, string expected) => Assert.Equal(expected, Json(value));

    [Fact]
    public void Values_without_a_literal_are_exact_too()
    {
        Assert.Equal("79228162514264337593543950335", Json(decimal.MaxValue));
        Assert.Equal("1.50", Json(1.50m));
        Assert.Equal("0.0000000000000000000000000001", Json(0.0000000000000000000000000001m));
        Assert.Equal("123456789012345678901234567890", Json(BigInteger.Parse("123456789012345678901234567890", CultureInfo.InvariantCulture)));
        Assert.Equal("-5", Json(new BigInteger(-5)));
        Assert.Equal("\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"", Json(Guid.Parse("3F2504E0-4F89-41D3-9A0C-0305E82C3301")));
        Assert.Equal("\"2026-02-24T12:00:00.0000000Z\"", Json(new DateTime(2026, 2, 24, 12, 0, 0, DateTimeKind.Utc)));
        Assert.Equal("\"2026-02-24T12:00:00.0000000+02:00\"", Json(new DateTimeOffset(2026, 2, 24, 12, 0, 0, TimeSpan.FromHours(2))));
        Assert.Equal("\"https://example.com/a?b=c\"", Json(new Uri("https://example.com/a?b=c")));
        Assert.Equal("\"1.2.3\"", Json(new Version(1, 2, 3)));
        Assert.Equal("\"1.02:03:04\"", Json(new TimeSpan(1, 2, 3, 4)));
        using JsonDocument document = JsonDocument.Parse("""{"a":[1.10,"x"]}""");
        Assert.Equal("""{"a":[1.10,"x"]}""", Json(document.RootElement));
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            Assert.Equal("""{"1.5":[1.5,1.5,1.5]}""", Json(new Hashtable { [1.5] = new object[] { 1.5, 1.5f, 1.5m } }));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Lists_and_dictionaries_of_every_kind_nest()
    {
        var value = new SortedList
        {
            ["array"] = new[] { 1, 2 },
            ["empty"] = Array.Empty<object>(),
            ["generic"] = new Dictionary<string, List<double>> { ["x"] = [1, 2.5] },
            ["lazy"] = Enumerable.Range(1, 3),
            ["none"] = new Hashtable(),
            ["numbered"] = new Hashtable { [7] = "seven" },
        };
        Assert.Equal("""{"array":[1,2],"empty":[],"generic":{"x":[1,2.5]},"lazy":[1,2,3],"none":{},"numbered":{"7":"seven"}}""", Json(value));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(500)]
    public void Nothing_is_cut_off_however_deep_it_is(int depth)
    {
        object value = "bottom";
        for (int i = 0; i < depth; i++) value = i % 2 == 0 ? new Hashtable { ["a"] = value } : new[] { value };
        string json = Json(value);
        Assert.Contains("bottom", json, StringComparison.Ordinal);
        Assert.Equal(depth, json.Count(c => c is '[' or '{'));
    }

    [Fact]
    public void What_contains_itself_is_an_error_and_not_endless()
    {
        var table = new Hashtable();
        table["self"] = table;
        AssertUnwritable(table, "contains itself");

        var list = new ArrayList();
        list.Add(new Hashtable { ["list"] = list });
        AssertUnwritable(list, "contains itself");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_number_that_json_does_not_have_is_an_error(object number) => AssertUnwritable(number, "JSON does not have");

    [Fact]
    public void An_object_of_another_kind_is_an_error_that_names_it()
    {
        AssertUnwritable(new StringBuilder("x"), "StringBuilder");
        AssertUnwritable(new Hashtable { ["a"] = new object[] { 1, new object() } }, "Object");
    }

    [Theory]
    [InlineData("""{"a":"\ud83d"}""")]
    [InlineData("""{"\udc4b":1}""")]
    public void Json_text_with_half_a_character_is_an_error(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        AssertUnwritable(document.RootElement, "half a character");
    }

    private static string Json(object? value)
    {
        string json = Encoding.UTF8.GetString(ApnsPayload.ToUtf8Json(new Hashtable { ["v"] = value }));
        Assert.StartsWith("{\"v\":", json, StringComparison.Ordinal);
        return json[5..^1];
    }

    private static void AssertUnwritable(object value, string why)
    {
        var error = Assert.Throws<ApnsException>(() => Json(value));
        Assert.Equal(ApnsErrorKind.InvalidNotification, error.Kind);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }
}
