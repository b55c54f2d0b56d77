using System;
using System.Collections;
using System.Collections.Specialized;
using System.Linq;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Apns.Client.Tests.Notifications;

public class ApnsPayloadTests
{
    [Fact]
    public void Nothing_set_gives_an_empty_aps() => Assert.Equal("""{"aps":{}}""", Text(new ApnsPayload()));

    [Fact]
    public void An_alert_alone_is_a_string_and_beside_a_title_a_body()
    {
        Assert.Equal("""{"aps":{"alert":"Hi"}}""", Text(new ApnsPayload { Alert = "Hi" }));
        Assert.Equal("""{"aps":{"alert":{"title":"T","body":"Hi"}}}""", Text(new ApnsPayload { Alert = "Hi", Title = "T" }));
        Assert.Equal("""{"aps":{"alert":{"title":"T","subtitle":"S"}}}""", Text(new ApnsPayload { Title = "T", Subtitle = "S" }));
    }

    [Fact]
    public void Every_part_has_its_place()
    {
        var payload = new ApnsPayload
        {
            Alert = "B",
            Title = "T",
            Subtitle = "S",
            Badge = 3,
            Sound = "default",
            Category = "C",
            ThreadId = "t",
            ContentAvailable = true,
            Data = new OrderedDictionary { ["id"] = 7, ["list"] = new object?[] { 1, "two", null } },
        };
        Assert.Equal(
            """{"aps":{"alert":{"title":"T","subtitle":"S","body":"B"},"badge":3,"sound":"default","thread-id":"t","category":"C","content-available":1},"id":7,"list":[1,"two",null]}""",
            Text(payload));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_badge_of_zero_is_sent_like_any_other(int badge) => Assert.Equal($$$"""{"aps":{"badge":{{{badge}}}}}""", Text(new ApnsPayload { Badge = badge }));

    [Fact]
    public void Empty_strings_are_sent() => Assert.Equal("""{"aps":{"alert":"","sound":""}}""", Text(new ApnsPayload { Alert = "", Sound = "" }));

    [Theory]
    [InlineData("Grüße 日本語 العربية")]
    [InlineData("🎉👩‍👩‍👧🇨🇭")]
    [InlineData("<b>&'+/=`")]
    public void Letters_of_every_script_and_emoji_go_out_as_they_are(string text)
    {
        Assert.Equal($$$"""{"aps":{"alert":"{{{text}}}"},"x":"{{{text}}}"}""", Text(new ApnsPayload { Alert = text, Data = new Hashtable { ["x"] = text } }));
    }

    [Fact]
    public void Beside_emoji_too_what_json_wants_escaped_is_escaped()
    {
        const string Nasty = "🎉\"quoted\"\\\n\t\u0000\u001f\u2028🎉";
        byte[] json = new ApnsPayload { Alert = Nasty }.ToUtf8Json();
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal(Nasty, document.RootElement.GetProperty("aps").GetProperty("alert").GetString());
        Assert.DoesNotContain(json, b => b < ' ');
    }

    [Fact]
    public void Half_an_emoji_becomes_a_replacement_character()
    {
        foreach (string text in new[] { "\ud83c", "a\udf89b", "🎉\ud83c" })
        {
            using JsonDocument document = JsonDocument.Parse(new ApnsPayload { Alert = text }.ToUtf8Json());
            string alert = document.RootElement.GetProperty("aps").GetProperty("alert").GetString()!;
            Assert.Equal(1, alert.Count(c => c == '\uFFFD'));
            Assert.Equal(text.Length, alert.Length);
        }
    }

    [Fact]
    public void Quotes_backslashes_and_controls_are_escaped() =>
        Assert.Equal("""{"aps":{"alert":"\"\\\n\t\u0001"}}""", Text(new ApnsPayload { Alert = "\"\\\n\t\u0001" }));

    [Theory]
    [InlineData("aps")]
    public void The_apps_data_may_not_overwrite_aps(string key)
    {
        var error = Assert.Throws<ApnsException>(() => Text(new ApnsPayload { Data = new Hashtable { [key] = 1 } }));
        Assert.Equal(ApnsErrorKind.InvalidNotification, error.Kind);
        Assert.Contains("'aps'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aps_deeper_down_is_the_apps_own() =>
        Assert.Equal("""{"aps":{},"x":{"aps":1}}""", Text(new ApnsPayload { Data = new Hashtable { ["x"] = new Hashtable { ["aps"] = 1 } } }));

    [Fact]
    public void A_whole_payload_may_be_given()
    {
        var payload = new OrderedDictionary { ["aps"] = new OrderedDictionary { ["content-available"] = 1 }, ["mdm"] = "magic" };
        Assert.Equal("""{"aps":{"content-available":1},"mdm":"magic"}""", Encoding.UTF8.GetString(ApnsPayload.ToUtf8Json(payload)));
    }

    private static string Text(ApnsPayload payload) => Encoding.UTF8.GetString(payload.ToUtf8Json());
}
