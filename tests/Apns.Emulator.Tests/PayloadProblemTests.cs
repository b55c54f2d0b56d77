using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>What a received payload's contents have against them, key by key and type by type as in Apple's tables.</summary>
public sealed class PayloadProblemTests
{
    [Theory]
    [InlineData("alert", """{"aps":{"alert":"Hi"}}""")]
    [InlineData("alert", """{"aps":{"alert":{"title":"T","subtitle":"S","body":"B","launch-image":"L"}}}""")]
    [InlineData("alert", """{"aps":{"alert":{"title-loc-key":"T","title-loc-args":["1"],"subtitle-loc-key":"S","subtitle-loc-args":[],"loc-key":"L","loc-args":["1","2"]}}}""")]
    [InlineData("alert", """{"aps":{"alert":{"body":"B","action":"A","action-loc-key":"K","summary-arg":"S","summary-arg-count":2},"url-args":["a","b"]}}""")]
    [InlineData("alert", """{"aps":{"badge":0}}""")]
    [InlineData("alert", """{"aps":{"sound":"default"}}""")]
    [InlineData("alert", """{"aps":{"sound":{"critical":1,"name":"bell","volume":0.5}}}""")]
    [InlineData("alert", """{"aps":{"alert":"Hi","thread-id":"t","category":"c","target-content-id":"w","filter-criteria":"f","mutable-content":1,"content-available":1}}""")]
    [InlineData("alert", """{"aps":{"alert":"Hi","interruption-level":"time-sensitive","relevance-score":1}}""")]
    [InlineData("alert", """{"aps":{"alert":"Hi"},"own":{"deep":[1,{"aps":2}]}}""")]
    [InlineData("alert", "{}")] // Wallet passes
    [InlineData("background", """{"aps":{"content-available":1},"k":"v"}""")]
    [InlineData("voip", """{"caller":"me"}""")]
    [InlineData("pushtotalk", """{"aps":{},"activeSpeaker":"me"}""")]
    [InlineData("complication", """{"aps":{},"k":"v"}""")]
    [InlineData("location", """{"aps":{}}""")]
    [InlineData("fileprovider", """{"container-identifier":"NSFileProviderRootContainerItemIdentifier","domain":"d"}""")]
    [InlineData("mdm", """{"mdm":"PushMagic"}""")]
    [InlineData("controls", """{"aps":{"content-changed":true}}""")]
    [InlineData("widgets", """{"aps":{"content-changed":true}}""")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1790000000,"event":"update","content-state":{},"stale-date":1790000060,"relevance-score":75}}""")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1790000000,"event":"end","dismissal-date":1790000060}}""")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1790000000,"event":"start","alert":{"title":{"loc-key":"k","loc-args":["1"]},"body":"B","sound":"s"},"attributes-type":"A","attributes":{},"content-state":{},"input-push-token":1}}""")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1790000000,"event":"start","alert":"A","attributes-type":"A","attributes":{},"content-state":{},"input-push-channel":"QUJD"}}""")]
    [InlineData("Liveactivity", """{"aps":{"timestamp":1790000000,"event":"update","content-state":{}}}""")] // As broadcasts spell it
    public void Nothing_is_wrong(string type, string payload) => Assert.Empty(PayloadRules.Check(payload, type));

    [Theory]
    [InlineData("alert", "[]", "not a JSON object")]
    [InlineData("alert", "{", "not JSON")]
    [InlineData("alert", "", "not JSON")]
    [InlineData("alert", """{"aps":[]}""", "aps is not a dictionary")]
    [InlineData("alert", """{"aps":{}}""", "An alert has")]
    [InlineData("alert", """{"aps":{"alert":1}}""", "aps.alert is not text or a dictionary")]
    [InlineData("alert", """{"aps":{"badge":"1"}}""", "aps.badge is not a number")]
    [InlineData("alert", """{"aps":{"sound":true}}""", "aps.sound is not")]
    [InlineData("alert", """{"aps":{"sound":{"critical":true}}}""", "aps.sound.critical is not 0 or 1")]
    [InlineData("alert", """{"aps":{"sound":{"volume":1.5}}}""", "aps.sound.volume is not")]
    [InlineData("alert", """{"aps":{"sound":{"level":1}}}""", "aps.sound.level is not a key of Apple's")]
    [InlineData("alert", """{"aps":{"alert":"Hi","thread-id":1}}""", "aps.thread-id is not text")]
    [InlineData("alert", """{"aps":{"alert":"Hi","category":null}}""", "aps.category is not text")]
    [InlineData("alert", """{"aps":{"alert":"Hi","content-available":"1"}}""", "aps.content-available is not the number 1")]
    [InlineData("alert", """{"aps":{"alert":"Hi","mutable-content":true}}""", "aps.mutable-content is not")]
    [InlineData("alert", """{"aps":{"alert":"Hi","target-content-id":2}}""", "aps.target-content-id is not")]
    [InlineData("alert", """{"aps":{"alert":"Hi","interruption-level":"loud"}}""", "aps.interruption-level is not one of")]
    [InlineData("alert", """{"aps":{"alert":"Hi","relevance-score":2}}""", "aps.relevance-score is not a number from 0 to 1")]
    [InlineData("alert", """{"aps":{"alert":"Hi","filter-criteria":{}}}""", "aps.filter-criteria is not")]
    [InlineData("alert", """{"aps":{"alert":"Hi","url-args":"a"}}""", "aps.url-args is not a list of texts")]
    [InlineData("alert", """{"aps":{"alert":"Hi","own":1}}""", "go beside aps")]
    [InlineData("alert", """{"aps":{"alert":{"body":1}}}""", "aps.alert.body is not text")]
    [InlineData("alert", """{"aps":{"alert":{"title":{"loc-key":"k"}}}}""", "aps.alert.title is not text")]
    [InlineData("alert", """{"aps":{"alert":{"loc-args":[1]}}}""", "aps.alert.loc-args is not a list of texts")]
    [InlineData("alert", """{"aps":{"alert":{"text":"Hi"}}}""", "aps.alert.text is not a key")]
    [InlineData("alert", """{"aps":{"alert":"Hi","interruption-level":"\ud800"}}""", "half a character")]
    [InlineData("background", "{}", "aps is missing")]
    [InlineData("background", """{"aps":{}}""", "has content-available")]
    [InlineData("background", """{"aps":{"content-available":1,"badge":1}}""", "no alert, sound or badge")]
    [InlineData("mdm", "{}", "PushMagic")]
    [InlineData("mdm", """{"mdm":1}""", "PushMagic")]
    [InlineData("mdm", """{"mdm":"m","aps":{}}""", "does not belong to mdm")]
    [InlineData("controls", """{"aps":{}}""", "has content-changed")]
    [InlineData("widgets", """{"aps":{"content-changed":1}}""", "aps.content-changed is not true")]
    [InlineData("widgets", "{}", "aps is missing")]
    [InlineData("liveactivity", """{"aps":{"event":"end"}}""", "timestamp is missing")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1790000000}}""", "event is missing")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1790000000000,"event":"end"}}""", "aps.timestamp is not a time in Unix seconds")]
    [InlineData("liveactivity", """{"aps":{"timestamp":"now","event":"end"}}""", "aps.timestamp is not")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"end","stale-date":1790000000000}}""", "aps.stale-date is not")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"end","dismissal-date":"now"}}""", "aps.dismissal-date is not")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"begin"}}""", "aps.event is not one of start, update, end")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"update","content-state":[]}}""", "aps.content-state is not a dictionary")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"update","input-push-token":1}}""", "event start only")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"end","input-push-channel":"QUJD"}}""", "event start only")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"start","attributes-type":"A","attributes":{},"content-state":{}}}""", "alert is missing")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"start","alert":"A","attributes":{},"content-state":{}}}""", "attributes-type is missing")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"start","alert":"A","attributes-type":"A","content-state":{}}}""", "attributes is missing")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"start","alert":"A","attributes-type":"A","attributes":{}}}""", "content-state is missing")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"start","alert":"A","attributes-type":1,"attributes":{},"content-state":{}}}""", "aps.attributes-type is not text")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"start","alert":"A","attributes-type":"A","attributes":{},"content-state":{},"input-push-token":1,"input-push-channel":"QUJD"}}""", "exclude each other")]
    [InlineData("liveactivity", """{"aps":{"timestamp":1,"event":"start","alert":"A","attributes-type":"A","attributes":{},"content-state":{},"input-push-token":true}}""", "aps.input-push-token is not")]
    public void One_thing_is_wrong(string type, string payload, string problem) =>
        Assert.Contains(problem, Assert.Single(PayloadRules.Check(payload, type)), StringComparison.Ordinal);

    [Fact]
    public void All_that_is_wrong_is_told() =>
        Assert.Equal(4, PayloadRules.Check("""{"aps":{"badge":"1","alert":{"body":1,"x":1},"sound":{"volume":2}}}""", "alert").Count);

    [Fact]
    public async Task A_received_notification_tells_what_is_wrong_with_it_and_is_accepted_all_the_same()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger client = Stranger.WithToken(emulator);
        using Stranger manager = Stranger.Manager(emulator);
        string channel = (await manager.SendAsync(Push.Manage("POST"))).ChannelId!;

        Reply[] replies =
        [
            await client.SendAsync(),
            await client.SendAsync("""text: {"aps":{"badge":"1"}}"""),
            await client.SendAsync("-apns-push-type", "apns-topic: com.apple.mgmt.External.1"),
            await client.SendAsync(Push.Broadcast(channel)),
            await client.SendAsync(Push.Broadcast(channel, """text: {"aps":{"event":"end"}}""")),
        ];

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Equal(
            ["", "", "aps.badge is not a number.", "mdm, the PushMagic, is missing. aps does not belong to mdm.", "", "timestamp is missing."],
            emulator.GetReceived().Select(received => string.Join(' ', received.PayloadProblems)));
    }
}
