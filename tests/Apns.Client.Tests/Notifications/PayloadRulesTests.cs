using System;
using System.Collections;
using System.Collections.Specialized;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Notifications;

public class PayloadRulesTests
{
    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private static readonly ApnsPayload Start = new()
    {
        Event = ApnsActivityEvent.Start,
        Title = "T",
        AttributesType = "Game",
        Attributes = new Hashtable { ["team"] = "A" },
        ContentState = new Hashtable { ["score"] = 1 },
        Timestamp = Then,
    };

    public static TheoryData<string, ApnsPushType, ApnsPayload> Broken => new()
    {
        { "shows nothing", ApnsPushType.Background, new() { Alert = "x" } },
        { "shows nothing", ApnsPushType.Background, new() { Badge = 0 } },
        { "shows nothing", ApnsPushType.Background, new() { Sound = "x" } },
        { "shows nothing", ApnsPushType.Background, new() { LocKey = "K" } },
        { "content-changed belongs to", ApnsPushType.Alert, new() { ContentChanged = true } },
        { "Give one of them", ApnsPushType.Alert, new() { Alert = "a", Body = "b" } },
        { "title-loc-key, which is missing", ApnsPushType.Alert, new() { TitleLocArgs = ["a"] } },
        { "subtitle-loc-key, which is missing", ApnsPushType.Alert, new() { SubtitleLocArgs = ["a"] } },
        { "loc-key, which is missing", ApnsPushType.Alert, new() { LocArgs = ["a"] } },
        { "The badge is -1", ApnsPushType.Alert, new() { Badge = -1 } },
        { "The summary-arg-count is 0", ApnsPushType.Alert, new() { SummaryArgCount = 0 } },
        { "it goes from 0 to 1", ApnsPushType.Alert, new() { Critical = true, Volume = 1.1 } },
        { "it goes from 0 to 1", ApnsPushType.Alert, new() { Critical = true, Volume = double.NaN } },
        { "belongs to a critical sound", ApnsPushType.Alert, new() { Sound = "x", Volume = 0.5 } },
        { "it goes from 0 to 1", ApnsPushType.Alert, new() { Alert = "x", RelevanceScore = 1.5 } },
        { "it goes from 0 to 1", ApnsPushType.LiveActivity, Start with { RelevanceScore = double.PositiveInfinity } },
        { "event belongs to Live Activities", ApnsPushType.Alert, new() { Event = ApnsActivityEvent.Update } },
        { "timestamp belongs to Live Activities", ApnsPushType.Alert, new() { Timestamp = Then } },
        { "content-state belongs to Live Activities", ApnsPushType.Alert, new() { ContentState = new Hashtable() } },
        { "stale-date belongs to Live Activities", ApnsPushType.Voip, new() { StaleDate = Then } },
        { "dismissal-date belongs to Live Activities", ApnsPushType.Alert, new() { DismissalDate = Then } },
        { "attributes-type belongs to Live Activities", ApnsPushType.Alert, new() { AttributesType = "x" } },
        { "attributes belongs to Live Activities", ApnsPushType.Alert, new() { Attributes = new Hashtable() } },
        { "input-push-channel belongs to Live Activities", ApnsPushType.Alert, new() { InputPushChannel = "x" } },
        { "input-push-token belongs to Live Activities", ApnsPushType.Alert, new() { InputPushToken = true } },
        { "needs an event", ApnsPushType.LiveActivity, new() { ContentState = new Hashtable() } },
        { "needs an alert", ApnsPushType.LiveActivity, Start with { Title = null } },
        { "needs attributes-type", ApnsPushType.LiveActivity, Start with { AttributesType = null } },
        { "needs attributes.", ApnsPushType.LiveActivity, Start with { Attributes = null } },
        { "needs content-state", ApnsPushType.LiveActivity, Start with { ContentState = null } },
        { "exclude each other", ApnsPushType.LiveActivity, Start with { InputPushToken = true, InputPushChannel = "c" } },
        { "belongs to the end", ApnsPushType.LiveActivity, Start with { DismissalDate = Then } },
        { "update of a Live Activity needs content-state", ApnsPushType.LiveActivity, new() { Event = ApnsActivityEvent.Update } },
        { "belongs to the end", ApnsPushType.LiveActivity, new() { Event = ApnsActivityEvent.Update, ContentState = new Hashtable(), DismissalDate = Then } },
        { "attributes belongs to the start", ApnsPushType.LiveActivity, new() { Event = ApnsActivityEvent.End, Attributes = new Hashtable() } },
        { "attributes-type belongs to the start", ApnsPushType.LiveActivity, new() { Event = ApnsActivityEvent.End, AttributesType = "x" } },
        { "input-push-channel belongs to the start", ApnsPushType.LiveActivity, new() { Event = ApnsActivityEvent.End, InputPushChannel = "x" } },
        { "input-push-token belongs to the start", ApnsPushType.LiveActivity, new() { Event = ApnsActivityEvent.End, InputPushToken = true } },
        { "the alert's title is either text or a key", ApnsPushType.LiveActivity, Start with { TitleLocKey = "K" } },
        { "the alert's subtitle is text", ApnsPushType.LiveActivity, Start with { SubtitleLocKey = "K" } },
        { "the alert's subtitle is text", ApnsPushType.LiveActivity, Start with { Subtitle = "S", SubtitleLocKey = "K" } },
        { "the alert's body is either text or a key", ApnsPushType.LiveActivity, Start with { Alert = "A", LocKey = "K" } },
        { "part of its alert, which is missing", ApnsPushType.LiveActivity, new() { Event = ApnsActivityEvent.End, Sound = "x" } },
        { "belongs to the push type Mdm", ApnsPushType.Alert, new() { PushMagic = "x" } },
        { "needs the device's push magic", ApnsPushType.Mdm, new() },
        { "push magic and nothing else", ApnsPushType.Mdm, new() { PushMagic = "x", Badge = 1 } },
        { "push magic and nothing else", ApnsPushType.Mdm, new() { PushMagic = "x", Data = new Hashtable { ["a"] = 1 } } },
    };

    public static TheoryData<string, ApnsPushType, ApnsPayload> Kept => new()
    {
        { """{"aps":{"content-available":1}}""", ApnsPushType.Background, new() },
        { """{"aps":{"content-available":1},"k":1}""", ApnsPushType.Background, new() { Data = new Hashtable { ["k"] = 1 } } },
        { """{"aps":{"content-changed":true}}""", ApnsPushType.Controls, new() },
        { """{"aps":{"content-changed":true}}""", ApnsPushType.Widgets, new() { ContentChanged = true } },
        { """{"aps":{}}""", ApnsPushType.Location, new() },
        { """{"mdm":"magic"}""", ApnsPushType.Mdm, new() { PushMagic = "magic" } },
        { """{"container-identifier":"root","domain":"d"}""", ApnsPushType.FileProvider, new() { Data = new OrderedDictionary { ["container-identifier"] = "root", ["domain"] = "d" } } },
        { """{"aps":{"sound":{"critical":1,"name":"default"}}}""", ApnsPushType.Alert, new() { Critical = true } },
        { """{"aps":{"sound":{"critical":1,"name":"a.caf","volume":0.5}}}""", ApnsPushType.Alert, new() { Critical = true, Sound = "a.caf", Volume = 0.5 } },
        {
            """{"aps":{"timestamp":1800000000,"event":"start","content-state":{"score":1},"attributes-type":"Game","attributes":{"team":"A"},"input-push-token":1,"alert":{"title":"T"}}}""",
            ApnsPushType.LiveActivity, Start with { InputPushToken = true }
        },
        {
            """{"aps":{"timestamp":1800000000,"event":"start","content-state":{"score":1},"attributes-type":"Game","attributes":{"team":"A"},"input-push-channel":"c","alert":{"title":"T"}}}""",
            ApnsPushType.LiveActivity, Start with { InputPushChannel = "c" }
        },
        {
            """{"aps":{"timestamp":1800000000,"event":"update","content-state":{},"stale-date":1800000060,"alert":{"title":{"loc-key":"TK","loc-args":["a"]},"body":{"loc-key":"BK"},"sound":"s"},"relevance-score":75}}""",
            ApnsPushType.LiveActivity,
            new() { Event = ApnsActivityEvent.Update, Timestamp = Then, ContentState = new Hashtable(), StaleDate = Then.AddMinutes(1), TitleLocKey = "TK", TitleLocArgs = ["a"], LocKey = "BK", Sound = "s", RelevanceScore = 75 }
        },
        {
            """{"aps":{"timestamp":1800000000,"event":"end","dismissal-date":1700000000,"alert":{"body":"x"}}}""",
            ApnsPushType.LiveActivity, new() { Event = ApnsActivityEvent.End, Timestamp = Then, DismissalDate = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), Alert = "x" }
        },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_payload_that_breaks_a_rule_of_its_push_type_is_refused_by_name(string message, ApnsPushType type, ApnsPayload payload)
    {
        var error = Assert.Throws<ApnsException>(() => payload.ToUtf8Json(type));
        Assert.Equal(ApnsErrorKind.InvalidNotification, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void A_payload_that_keeps_the_rules_is_written(string json, ApnsPushType type, ApnsPayload payload) =>
        Assert.Equal(json, Encoding.UTF8.GetString(payload.ToUtf8Json(type)));

    [Fact]
    public void A_live_activity_without_a_timestamp_gets_the_time_of_writing()
    {
        long before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        byte[] json = (Start with { Timestamp = null }).ToUtf8Json(ApnsPushType.LiveActivity);
        using var document = System.Text.Json.JsonDocument.Parse(json);
        Assert.InRange(document.RootElement.GetProperty("aps").GetProperty("timestamp").GetInt64(), before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData(ApnsPushType.Alert, null, null, null)]
    [InlineData(ApnsPushType.Mdm, "magic", null, null)]
    [InlineData(ApnsPushType.LiveActivity, null, ApnsActivityEvent.End, null)]
    [InlineData(ApnsPushType.Background, null, null, true)]
    public void The_parts_suggest_the_push_type(ApnsPushType type, string? magic, ApnsActivityEvent? happens, bool? available)
    {
        var payload = new ApnsPayload { PushMagic = magic, Event = happens, ContentAvailable = available == true };
        Assert.Equal(type, payload.SuggestedPushType);
        if (available == true) Assert.Equal(ApnsPushType.Alert, (payload with { Sound = "x" }).SuggestedPushType);
    }
}
