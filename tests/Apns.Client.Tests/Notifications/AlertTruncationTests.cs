using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Apns.Client.Tests.Notifications;

public class AlertTruncationTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("日")]
    [InlineData("👩‍👩‍👧")]
    [InlineData("\"")]
    [InlineData("\n")]
    [InlineData("\u0001")]
    [InlineData("e\u0301")]
    public void A_long_text_is_cut_between_characters_so_that_the_payload_just_fits(string character)
    {
        string text = string.Concat(Enumerable.Repeat(character, 5000));
        byte[] json = new ApnsPayload { Title = "T", Alert = text, Badge = 3 }.ToUtf8Json(ApnsPushType.Alert, truncate: true);
        string shortened = Body(json);
        int step = Encoding.UTF8.GetByteCount(JsonSerializer.Serialize(character, Plain)) - 2;
        Assert.InRange(json.Length, 4096 - step + 1, 4096);
        Assert.EndsWith("…", shortened, StringComparison.Ordinal);
        string rest = shortened[..^1];
        Assert.Equal(0, rest.Length % character.Length);
        Assert.StartsWith(rest, text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_is_the_push_types()
    {
        byte[] json = new ApnsPayload { Alert = new string('x', 9000) }.ToUtf8Json(ApnsPushType.Voip, truncate: true);
        Assert.Equal(5120, json.Length);
    }

    [Fact]
    public void A_text_that_fits_is_left_alone()
    {
        var payload = new ApnsPayload { Alert = new string('x', 4076) };
        Assert.Equal(payload.ToUtf8Json(ApnsPushType.Alert), payload.ToUtf8Json(ApnsPushType.Alert, truncate: true));
        Assert.Equal(4096, payload.ToUtf8Json(ApnsPushType.Alert).Length);
    }

    [Fact]
    public void The_body_is_shortened_and_nothing_else()
    {
        byte[] json = new ApnsPayload { Title = new string('t', 3000), Body = new string('b', 3000) }.ToUtf8Json(ApnsPushType.Alert, truncate: true);
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement alert = document.RootElement.GetProperty("aps").GetProperty("alert");
        Assert.Equal(3000, alert.GetProperty("title").GetString()!.Length);
        Assert.Equal(4096, json.Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("short")]
    public void Where_the_text_cannot_make_up_for_the_rest_the_error_says_by_how_much(string? text)
    {
        var error = Assert.Throws<ApnsException>(() => new ApnsPayload { Title = new string('t', 5000), Body = text }.ToUtf8Json(ApnsPushType.Alert, truncate: true));
        Assert.Equal("PayloadTooLarge", error.Reason);
        Assert.Contains("more than the 4096", error.Message, StringComparison.Ordinal);
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JsonTextEncoder.Instance };

    private static string Body(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("aps").GetProperty("alert").GetProperty("body").GetString()!;
    }
}
