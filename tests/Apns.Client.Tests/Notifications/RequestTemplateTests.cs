using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Notifications;

public class RequestTemplateTests
{
    public static TheoryData<ApnsPushType, string, int> PushTypeRules => new()
    {
        { ApnsPushType.Alert, "alert", 4096 },
        { ApnsPushType.Background, "background", 4096 },
        { ApnsPushType.Voip, "voip", 5120 },
        { ApnsPushType.Complication, "complication", 4096 },
        { ApnsPushType.FileProvider, "fileprovider", 4096 },
        { ApnsPushType.Mdm, "mdm", 4096 },
        { ApnsPushType.Location, "location", 4096 },
        { ApnsPushType.LiveActivity, "liveactivity", 4096 },
        { ApnsPushType.PushToTalk, "pushtotalk", 4096 },
        { ApnsPushType.Controls, "controls", 4096 },
        { ApnsPushType.Widgets, "widgets", 4096 },
    };

    [Fact]
    public void Every_push_type_is_tested() =>
        Assert.Equal(Enum.GetValues<ApnsPushType>(), PushTypeRules.Select(row => row.Data.Item1));

    [Theory]
    [MemberData(nameof(PushTypeRules))]
    public void Each_push_type_has_its_name_and_its_limit_in_bytes(ApnsPushType type, string name, int limit)
    {
        ApnsNotification fits = Samples.Notification(limit) with { PushType = type };
        RequestTemplate template = Compile(fits);
        Assert.Equal(name, Headers(template)["apns-push-type"]);
        Assert.Equal(fits.Payload.ToArray(), template.Payload);

        ApnsException error = AssertInvalid(Samples.Notification(limit + 1) with { PushType = type }, "PayloadTooLarge");
        Assert.Contains($"{limit + 1} bytes, 1 more than the {limit}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_counts_bytes_not_characters()
    {
        string emoji = string.Concat(Enumerable.Repeat("🎉", 1020));
        byte[] payload = Encoding.UTF8.GetBytes($$"""{"a":"{{emoji}}"}""");
        Assert.Equal(4088, payload.Length);
        Compile(new ApnsNotification { Payload = payload });
        AssertInvalid(new ApnsNotification { Payload = Encoding.UTF8.GetBytes($$"""{"a":"{{emoji}}🎉🎉🎉"}""") }, "PayloadTooLarge");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":1} // comment")]
    [InlineData("\uFEFF{}")]
    [InlineData("{\"a\":\"\n\"}")]
    public void A_payload_that_is_no_json_object_is_refused(string payload)
    {
        AssertInvalid(new ApnsNotification { Payload = Encoding.UTF8.GetBytes(payload) }, payload.Length == 0 ? "PayloadEmpty" : null);
    }

    [Theory]
    [InlineData("7B2261223A22FF227D")] // A byte that UTF-8 has not, in a text
    [InlineData("7B2261223A22C3227D")] // Half a character
    [InlineData("7B2261223A22EDA080227D")] // Half a surrogate pair
    [InlineData("7B22FF223A317D")] // In a name
    [InlineData("7B7DFF")]
    public void A_payload_that_is_not_UTF8_is_refused(string bytes) =>
        Assert.Contains("not UTF-8", AssertInvalid(new ApnsNotification { Payload = Convert.FromHexString(bytes) }, null).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"aps":{"alert":"Hi","badge":0}}""")]
    [InlineData(" {\r\n\t\"mdm\" : \"magic\" } \n")]
    [InlineData("""{"a":1.50,"b":1e400,"c":"\ud83c\udf89","d":[[[[]]]]}""")]
    public void A_json_object_goes_out_byte_for_byte(string payload)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(payload);
        Assert.Equal(bytes, Compile(new ApnsNotification { Payload = bytes }).Payload);
    }

    [Fact]
    public void A_payload_may_be_as_deep_as_its_length_allows()
    {
        string deep = $$"""{"a":{{new string('[', 2000)}}{{new string(']', 2000)}}}""";
        Compile(new ApnsNotification { Payload = Encoding.ASCII.GetBytes(deep) });
    }

    [Fact]
    public void The_payload_is_copied()
    {
        byte[] payload = Samples.Payload(40);
        RequestTemplate template = Compile(new ApnsNotification { Payload = payload });
        payload[0] = (byte)'x';
        Assert.Equal((byte)'{', template.Payload[0]);
    }

    [Fact]
    public void Unset_headers_are_left_out()
    {
        RequestTemplate template = Compile(Samples.Notification());
        Assert.Equal(["apns-topic", "apns-push-type"], Headers(template).Keys);
    }

    [Fact]
    public void All_headers_are_in_their_form_on_the_wire()
    {
        Dictionary<string, string> headers = Headers(Compile(Samples.Notification() with
        {
            Topic = "com.example.app.voip",
            PushType = ApnsPushType.Voip,
            Priority = 10,
            Expiration = new DateTimeOffset(2026, 2, 24, 14, 0, 0, 900, TimeSpan.FromHours(2)),
            CollapseId = "score 1",
        }));
        Assert.Equal("com.example.app.voip", headers["apns-topic"]);
        Assert.Equal("10", headers["apns-priority"]);
        Assert.Equal("1771934400", headers["apns-expiration"]);
        Assert.Equal("score 1", headers["apns-collapse-id"]);
        Assert.Equal(5, headers.Count);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(-5, "0")]
    [InlineData(253402300799, "253402300799")]
    public void An_expiration_is_whole_seconds_and_zero_is_sent(long seconds, string expected)
    {
        RequestTemplate template = Compile(Samples.Notification() with { Expiration = DateTimeOffset.FromUnixTimeSeconds(seconds) });
        Assert.Equal(expected, Headers(template)["apns-expiration"]);
    }

    [Fact]
    public void The_clients_topic_stands_in_for_a_missing_one()
    {
        Assert.Equal("com.default", Headers(RequestTemplate.Compile(Samples.Notification(), "com.default", Samples.Key))["apns-topic"]);
        Assert.Equal("com.own", Headers(RequestTemplate.Compile(Samples.Notification() with { Topic = "com.own" }, "com.default", Samples.Key))["apns-topic"]);
        Assert.DoesNotContain("apns-topic", Headers(RequestTemplate.Compile(Samples.Notification(), null, Samples.Certificate)).Keys);
        var error = Assert.Throws<ApnsException>(() => RequestTemplate.Compile(Samples.Notification(), null, Samples.Key));
        Assert.Equal((ApnsErrorKind.InvalidNotification, "MissingTopic"), (error.Kind, error.Reason));
    }

    [Theory]
    [InlineData("com.example app")]
    [InlineData(" com.example.app")]
    [InlineData("com.exämple.app")]
    [InlineData("com.example\r\nx-header: 1")]
    [InlineData("com.example.app\0")]
    [InlineData("com.example.app\u007f")]
    public void A_topic_holds_no_blanks_controls_or_letters_beyond_ascii(string topic) =>
        AssertInvalid(Samples.Notification() with { Topic = topic }, "BadTopic");

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(-10)]
    public void A_priority_is_10_5_or_1(int priority) => AssertInvalid(Samples.Notification() with { Priority = priority }, "BadPriority");

    [Fact]
    public void Background_pushes_have_priority_5_and_no_other()
    {
        ApnsNotification background = Samples.Notification() with { PushType = ApnsPushType.Background };
        Assert.Equal("5", Headers(Compile(background))["apns-priority"]);
        Assert.Equal("5", Headers(Compile(background with { Priority = 5 }))["apns-priority"]);
        AssertInvalid(background with { Priority = 10 }, "BadPriority");
        AssertInvalid(background with { Priority = 1 }, "BadPriority");
        foreach (int priority in new[] { 10, 5, 1 })
        {
            Assert.Equal($"{priority}", Headers(Compile(Samples.Notification() with { Priority = priority }))["apns-priority"]);
        }
    }

    [Fact]
    public void A_collapse_id_has_at_most_64_bytes()
    {
        Compile(Samples.Notification() with { CollapseId = new string('x', 64) });
        Compile(Samples.Notification() with { CollapseId = new string('é', 32) });
        ApnsException error = AssertInvalid(Samples.Notification() with { CollapseId = new string('é', 33) }, "BadCollapseId");
        Assert.Contains("66 bytes", error.Message, StringComparison.Ordinal);
        AssertInvalid(Samples.Notification() with { CollapseId = new string('x', 65) }, "BadCollapseId");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" x")]
    [InlineData("x ")]
    [InlineData("\tx")]
    [InlineData("x\ny")]
    [InlineData("x\0y")]
    [InlineData("x\u0085y")]
    public void A_collapse_id_is_fit_for_a_header(string collapseId) => AssertInvalid(Samples.Notification() with { CollapseId = collapseId }, "BadCollapseId");

    [Theory]
    [InlineData(ApnsPushType.Alert, "")]
    [InlineData(ApnsPushType.Background, "")]
    [InlineData(ApnsPushType.Voip, ".voip")]
    [InlineData(ApnsPushType.Complication, ".complication")]
    [InlineData(ApnsPushType.FileProvider, ".pushkit.fileprovider")]
    [InlineData(ApnsPushType.Mdm, "")]
    [InlineData(ApnsPushType.Location, ".location-query")]
    [InlineData(ApnsPushType.LiveActivity, ".push-type.liveactivity")]
    [InlineData(ApnsPushType.PushToTalk, ".voip-ptt")]
    [InlineData(ApnsPushType.Controls, ".push-type.controls")]
    [InlineData(ApnsPushType.Widgets, ".push-type.widgets")]
    public void The_topics_suffix_is_added_when_it_is_missing(ApnsPushType type, string suffix)
    {
        ApnsNotification notification = Samples.Notification() with { PushType = type };
        Assert.Equal(Samples.Topic + suffix, Headers(Compile(notification))["apns-topic"]);
        Assert.Equal("com.own" + suffix, Headers(Compile(notification with { Topic = "com.own" }))["apns-topic"]);
        Assert.Equal("com.own" + suffix, Headers(Compile(notification with { Topic = "com.own" + suffix }))["apns-topic"]);
    }

    [Theory]
    [InlineData(ApnsPushType.Location)]
    [InlineData(ApnsPushType.LiveActivity)]
    public void Some_push_types_need_a_signing_key(ApnsPushType type)
    {
        var error = Assert.Throws<ApnsException>(() => RequestTemplate.Compile(Samples.Notification() with { PushType = type }, Samples.Topic, Samples.Certificate));
        Assert.Contains("with a signing key only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_of_the_caller_go_along_in_lower_case()
    {
        var headers = new Dictionary<string, string> { ["Apns-Tomorrow"] = "1", ["x-empty"] = "" };
        Assert.Equal(["apns-topic", "apns-push-type", "apns-tomorrow", "x-empty"], Headers(Compile(Samples.Notification() with { Headers = headers })).Keys);
    }

    [Theory]
    [InlineData("", "x", "no name")]
    [InlineData("a b", "x", "no name")]
    [InlineData(":path", "x", "no name")]
    [InlineData("a\r\nb", "x", "no name")]
    [InlineData("ä", "x", "no name")]
    [InlineData("Authorization", "x", "cannot be added")]
    [InlineData("apns-topic", "x", "cannot be added")]
    [InlineData("APNS-ID", "x", "cannot be added")]
    [InlineData("connection", "x", "cannot be added")]
    [InlineData("transfer-encoding", "x", "cannot be added")]
    [InlineData("host", "x", "cannot be added")]
    [InlineData("content-length", "1", "cannot be added")]
    [InlineData("x", "a\r\nb: c", "line end")]
    [InlineData("x", " a", "begins or ends with a space")]
    [InlineData("x", "a\0", "control character")]
    public void A_header_that_could_change_the_request_is_refused(string name, string value, string message)
    {
        var error = Assert.Throws<ApnsException>(() => Compile(Samples.Notification() with { Headers = new Dictionary<string, string> { [name] = value } }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_given_twice_is_refused() =>
        AssertInvalid(Samples.Notification() with { Headers = new Dictionary<string, string> { ["x-a"] = "1", ["X-A"] = "2" } }, "DuplicateHeaders");

    [Theory]
    [InlineData(1, 'x', 4061, true)]
    [InlineData(1, 'x', 4062, false)]
    [InlineData(1, '語', 1353, true)]
    [InlineData(1, '語', 1354, false)]
    [InlineData(1, '語', 4000, false)]
    [InlineData(117, 'x', 0, true)]
    [InlineData(118, 'x', 0, false)]
    public void Headers_that_would_not_fit_beside_the_rest_are_refused(int count, char letter, int length, bool fits)
    {
        // Counted as HTTP/2 counts them: in bytes, and 32 more for each.
        var headers = Enumerable.Range(0, count).ToDictionary(static i => $"{i:x3}", _ => new string(letter, length));
        ApnsNotification notification = Samples.Notification() with { Headers = headers };
        if (fits) Compile(notification);
        else AssertInvalid(notification, null);
    }

    [Fact]
    public void A_notification_shows_its_json_and_its_size()
    {
        var notification = new ApnsNotification { Payload = """{"aps":{"alert":"ü"}}"""u8.ToArray() };
        Assert.Equal(("""{"aps":{"alert":"ü"}}""", 22), (notification.Json, notification.Size));
        Assert.Equal("""Alert {"aps":{"alert":"ü"}}""", notification.ToString());
        notification.Validate();
        Assert.Throws<ApnsException>(() => (notification with { Priority = 3 }).Validate());
    }

    private static RequestTemplate Compile(ApnsNotification notification) => RequestTemplate.Compile(notification, Samples.Topic, Samples.Key);

    private static Dictionary<string, string> Headers(RequestTemplate template) =>
        template.Headers.ToDictionary(header => Encoding.ASCII.GetString(header.Name), header => Encoding.UTF8.GetString(header.Value));

    private static ApnsException AssertInvalid(ApnsNotification notification, string? reason)
    {
        var error = Assert.Throws<ApnsException>(() => Compile(notification));
        Assert.Equal((ApnsErrorKind.InvalidNotification, reason), (error.Kind, error.Reason));
        return error;
    }
}
