using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests.Reference;

/// <summary>The keys of a payload, row by row (Apple, "Generating a remote notification" and its ActivityKit companion).</summary>
public sealed class PayloadKeyTable : IClassFixture<ConnectedEngine>
{
    private const string Start = "-Event Start -Timestamp 1800000000 -Title T -AttributesType Game -Attributes @{ team = 'A' } -ContentState @{ score = 1 }";
    private const string Started = "\"timestamp\":1800000000,\"event\":\"start\",\"content-state\":{\"score\":1},\"attributes-type\":\"Game\",\"attributes\":{\"team\":\"A\"}";

    private readonly Engine _engine;

    public PayloadKeyTable(ConnectedEngine connected) => _engine = connected.Fresh();

    [Theory]

    // alert, as a string and as a dictionary
    [InlineData("-Alert Hi", """{"aps":{"alert":"Hi"}}""")]
    [InlineData("-Body Hi", """{"aps":{"alert":{"body":"Hi"}}}""")]
    [InlineData("-Title T -Subtitle S -Body B", """{"aps":{"alert":{"title":"T","subtitle":"S","body":"B"}}}""")]
    [InlineData("-Alert Hi -LaunchImage Launch.png", """{"aps":{"alert":{"body":"Hi","launch-image":"Launch.png"}}}""")]
    [InlineData("-TitleLocKey TK -TitleLocArgs a, b", """{"aps":{"alert":{"title-loc-key":"TK","title-loc-args":["a","b"]}}}""")]
    [InlineData("-SubtitleLocKey SK -SubtitleLocArgs a", """{"aps":{"alert":{"subtitle-loc-key":"SK","subtitle-loc-args":["a"]}}}""")]
    [InlineData("-LocKey K -LocArgs 1, 2", """{"aps":{"alert":{"loc-key":"K","loc-args":["1","2"]}}}""")]
    [InlineData("-LocKey K", """{"aps":{"alert":{"loc-key":"K"}}}""")]
    [InlineData("-Title T -Body B -Action View -ActionLocKey VIEW -UrlArgs flight, '42'", """{"aps":{"alert":{"title":"T","body":"B","action":"View","action-loc-key":"VIEW"},"url-args":["flight","42"]}}""")]
    [InlineData("-Alert Hi -SummaryArg Ann -SummaryArgCount 2", """{"aps":{"alert":{"body":"Hi","summary-arg":"Ann","summary-arg-count":2}}}""")]

    // badge
    [InlineData("-Badge 9", """{"aps":{"badge":9}}""")]
    [InlineData("-Badge 0", """{"aps":{"badge":0}}""")]

    // sound, as a string and as a dictionary
    [InlineData("-Sound default", """{"aps":{"sound":"default"}}""")]
    [InlineData("-Sound bell.aiff -Critical -Volume 0.5", """{"aps":{"sound":{"critical":1,"name":"bell.aiff","volume":0.5}}}""")]
    [InlineData("-Critical", """{"aps":{"sound":{"critical":1,"name":"default"}}}""")]
    [InlineData("-Critical -Volume 0", """{"aps":{"sound":{"critical":1,"name":"default","volume":0}}}""")]

    // thread-id, category
    [InlineData("-Alert Hi -ThreadId chat-7 -Category INVITE", """{"aps":{"alert":"Hi","thread-id":"chat-7","category":"INVITE"}}""")]

    // content-available, mutable-content: numbers, not texts
    [InlineData("-ContentAvailable", """{"aps":{"content-available":1}}""")]
    [InlineData("-Alert Hi -ContentAvailable -MutableContent", """{"aps":{"alert":"Hi","content-available":1,"mutable-content":1}}""")]

    // target-content-id, interruption-level, relevance-score, filter-criteria
    [InlineData("-Alert Hi -TargetContentId w1", """{"aps":{"alert":"Hi","target-content-id":"w1"}}""")]
    [InlineData("-Alert Hi -InterruptionLevel Passive", """{"aps":{"alert":"Hi","interruption-level":"passive"}}""")]
    [InlineData("-Alert Hi -InterruptionLevel Active", """{"aps":{"alert":"Hi","interruption-level":"active"}}""")]
    [InlineData("-Alert Hi -InterruptionLevel TimeSensitive", """{"aps":{"alert":"Hi","interruption-level":"time-sensitive"}}""")]
    [InlineData("-Alert Hi -InterruptionLevel time-sensitive", """{"aps":{"alert":"Hi","interruption-level":"time-sensitive"}}""")]
    [InlineData("-Alert Hi -InterruptionLevel Critical", """{"aps":{"alert":"Hi","interruption-level":"critical"}}""")]
    [InlineData("-Alert Hi -RelevanceScore 0.75", """{"aps":{"alert":"Hi","relevance-score":0.75}}""")]
    [InlineData("-Alert Hi -RelevanceScore 1", """{"aps":{"alert":"Hi","relevance-score":1}}""")]
    [InlineData("-Alert Hi -FilterCriteria work", """{"aps":{"alert":"Hi","filter-criteria":"work"}}""")]

    // Live Activities: event, content-state, attributes-type, attributes, timestamp, input-push-channel, input-push-token
    [InlineData(Start, "{\"aps\":{" + Started + ",\"alert\":{\"title\":\"T\"}}}")]
    [InlineData(Start + " -InputPushToken", "{\"aps\":{" + Started + ",\"input-push-token\":1,\"alert\":{\"title\":\"T\"}}}")]
    [InlineData(Start + " -InputPushChannel dHN0LXNyY2gtY2hubA==", "{\"aps\":{" + Started + ",\"input-push-channel\":\"dHN0LXNyY2gtY2hubA==\",\"alert\":{\"title\":\"T\"}}}")]
    [InlineData("-Event Update -Timestamp 1800000000 -ContentState @{ score = 2 } -StaleDate 1800000600", """{"aps":{"timestamp":1800000000,"event":"update","content-state":{"score":2},"stale-date":1800000600}}""")]
    [InlineData("-Event End -Timestamp 1800000000 -DismissalDate ([datetime]::UnixEpoch)", """{"aps":{"timestamp":1800000000,"event":"end","dismissal-date":0}}""")]
    [InlineData("-Event End -Timestamp '2030-01-01T00:00:00Z' -DismissalDate ([datetimeoffset]'2030-01-01T01:00:00Z')", """{"aps":{"timestamp":1893456000,"event":"end","dismissal-date":1893459600}}""")]

    // In a Live Activity's alert texts are dictionaries when localised, and the sound sits inside.
    [InlineData(
        "-Event Update -Timestamp 1800000000 -ContentState @{ a = 1 } -TitleLocKey TK -TitleLocArgs x -LocKey BK -LocArgs y, z -Sound chime.aiff -RelevanceScore 75",
        """{"aps":{"timestamp":1800000000,"event":"update","content-state":{"a":1},"alert":{"title":{"loc-key":"TK","loc-args":["x"]},"body":{"loc-key":"BK","loc-args":["y","z"]},"sound":"chime.aiff"},"relevance-score":75}}""")]

    // content-changed
    [InlineData("-PushType Widgets -ContentChanged", """{"aps":{"content-changed":true}}""")]

    // MDM
    [InlineData("-PushMagic 9B2C -Topic com.apple.mgmt.External.x", """{"mdm":"9B2C"}""")]

    // the app's own keys, and a payload given whole
    [InlineData("-Alert Hi -Data ([ordered]@{ id = 5; nested = @{ list = @(1, 'two', $null, $true, 2.50d) } })", """{"aps":{"alert":"Hi"},"id":5,"nested":{"list":[1,"two",null,true,2.50]}}""")]
    [InlineData("-Alert Hi -Data ([pscustomobject]@{ a = 1; b = [pscustomobject]@{ c = 'ü👋' } })", """{"aps":{"alert":"Hi"},"a":1,"b":{"c":"ü👋"}}""")]
    [InlineData("-Alert Hi -Data '{\"n\":1.0,\"s\":\"é\"}'", """{"aps":{"alert":"Hi"},"n":1.0,"s":"é"}""")]
    [InlineData("-Alert Hi -Data @{ '👋' = 1 }", """{"aps":{"alert":"Hi"},"👋":1}""")]
    [InlineData("-Payload '{\"aps\":{\"alert\":\"raw\"}}'", """{"aps":{"alert":"raw"}}""")]
    [InlineData("-Payload ([ordered]@{ aps = @{ alert = 'map' }; k = 0 })", """{"aps":{"alert":"map"},"k":0}""")]
    public void These_parameters_arrive_as_this_JSON(string parameters, string json)
    {
        parameters = parameters.Replace("2.50d", "[decimal]::Parse('2.50')", System.StringComparison.Ordinal);
        PSObject received = _engine.Arrival(parameters);
        Assert.Equal(json, received.Text("Payload"));
    }

    [Theory]
    [InlineData("-StaleDate (New-TimeSpan -Hours 1)", "stale-date", 3600)]
    [InlineData("-StaleDate '0:30:00'", "stale-date", 1800)]
    public void A_time_span_counts_from_now(string parameters, string key, int seconds)
    {
        parameters = parameters.Replace("(New-TimeSpan -Hours 1)", "([timespan]::FromHours(1))", System.StringComparison.Ordinal);
        long before = System.DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string payload = _engine.Arrival($"-Event Update -ContentState @{{ a = 1 }} {parameters}").Text("Payload")!;
        using var json = System.Text.Json.JsonDocument.Parse(payload);
        System.Text.Json.JsonElement aps = json.RootElement.GetProperty("aps");
        long now = System.DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.InRange(aps.GetProperty("timestamp").GetInt64(), before, now);
        Assert.InRange(aps.GetProperty(key).GetInt64(), before + seconds, now + seconds);
    }

    [Fact]
    public void Truncate_shortens_the_text_until_it_fits()
    {
        PSObject received = _engine.Arrival("-Title T -Body ('👩‍👩‍👧' * 1000) -Truncate");
        string payload = received.Text("Payload")!;
        int bytes = System.Text.Encoding.UTF8.GetByteCount(payload);
        Assert.InRange(bytes, 4096 - 17, 4096);
        Assert.EndsWith("👩‍👩‍👧…\"}}}", payload, System.StringComparison.Ordinal);
    }
}
