using System.Linq;
using System.Management.Automation;
using System.Text.Json.Nodes;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>What the emulator received, to the letter.</summary>
public sealed class PayloadTests : IClassFixture<ConnectedEngine>
{
    private readonly Engine _engine;

    public PayloadTests(ConnectedEngine connected) => _engine = connected.Fresh();

    [Theory]
    [InlineData("-Alert hi", """{"aps":{"alert":"hi"}}""")]
    [InlineData("-Title T", """{"aps":{"alert":{"title":"T"}}}""")]
    [InlineData("-Title T -Body B", """{"aps":{"alert":{"title":"T","body":"B"}}}""")]
    [InlineData("-Title T -Subtitle S -Alert A", """{"aps":{"alert":{"title":"T","subtitle":"S","body":"A"}}}""")]
    [InlineData("-Subtitle S", """{"aps":{"alert":{"subtitle":"S"}}}""")]
    [InlineData("-Body B", """{"aps":{"alert":{"body":"B"}}}""")]
    [InlineData("-Badge 0", """{"aps":{"badge":0}}""")]
    [InlineData("-Badge 7 -Sound default", """{"aps":{"badge":7,"sound":"default"}}""")]
    [InlineData("-Alert hi -Category c -ThreadId t", """{"aps":{"alert":"hi","thread-id":"t","category":"c"}}""")]
    [InlineData("-Alert ''", """{"aps":{"alert":""}}""")]
    [InlineData("""-Alert "a`n`"b`"\`t" """, """{"aps":{"alert":"a\n\"b\"\\\t"}}""")]
    [InlineData("-Alert 'Grüße, <b>你好</b> & ''x'''", """{"aps":{"alert":"Grüße, <b>你好</b> & 'x'"}}""")]
    [InlineData("-PushType Background", """{"aps":{"content-available":1}}""")]
    [InlineData("-PushType Background -Data @{ k = 1 }", """{"aps":{"content-available":1},"k":1}""")]
    public void The_parameters_make_this_payload(string parameters, string json) => Sends(parameters, json);

    [Fact]
    public void Emoji_arrive_whole()
    {
        const string Text = "👋🏽 Hi 👨‍👩‍👧‍👦 🇩🇪";
        _engine["text"] = Text;
        _engine.Output("$t | Send-ApnsNotification -Title $text -Body $text -Data @{ $text = $text }");
        JsonNode payload = JsonNode.Parse(Assert.Single(_engine.Received()).Text("Payload")!)!;
        Assert.Equal(Text, (string?)payload["aps"]!["alert"]!["title"]);
        Assert.Equal(Text, (string?)payload["aps"]!["alert"]!["body"]);
        Assert.Equal(Text, (string?)payload[Text]);
    }

    [Theory]
    [InlineData("@{ a = 1 }", "{\"a\":1}")]
    [InlineData("[ordered]@{ z = 1; a = 2; m = 3 }", """{"z":1,"a":2,"m":3}""")]
    [InlineData("@{ n = [ordered]@{ z = @{ deep = @(1, @(2), @()) }; a = $null } }", """{"n":{"z":{"deep":[1,[2],[]]},"a":null}}""")]
    [InlineData("@{ n = [pscustomobject]@{ z = 'x'; a = [pscustomobject]@{ b = $true } } }", """{"n":{"z":"x","a":{"b":true}}}""")]
    [InlineData("@{ n = @([pscustomobject]@{ i = 1 }, @{ i = 2 }) }", """{"n":[{"i":1},{"i":2}]}""")]
    [InlineData("[ordered]@{ a = 1.5; b = [decimal]::Parse('1.10'); c = [long]::MaxValue; d = [byte]3; e = -7; f = [bigint]::Parse('123456789012345678901') }", """{"a":1.5,"b":1.10,"c":9223372036854775807,"d":3,"e":-7,"f":123456789012345678901}""")]
    [InlineData("[ordered]@{ a = [datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc); b = [guid]'11111111-2222-4333-8444-555555555555'; c = [uri]'https://example.com/x?y=1' }", """{"a":"2026-01-02T03:04:05.0000000Z","b":"11111111-2222-4333-8444-555555555555","c":"https://example.com/x?y=1"}""")]
    [InlineData("@{ n = 'text' | ForEach-Object { $_ } }", """{"n":"text"}""")]
    [InlineData("@{ n = [Collections.Generic.List[object]]@('x', 1) }", """{"n":["x",1]}""")]
    [InlineData("@{ 5 = 'number as key' }", """{"5":"number as key"}""")]
    public void The_apps_own_keys_stand_beside_aps(string data, string json)
    {
        _engine.Output($"$data = {data}");
        Sends("-Alert hi -Data $data", $$"""{"aps":{"alert":"hi"},{{json[1..]}}""");
        Sends("-Payload @{ own = $data }", $$"""{"own":{{json}}}""");
    }

    [Fact]
    public void Nothing_is_cut_off_however_deep_it_is()
    {
        const int Depth = 100;
        _engine.Output($"$data = @{{ x = 'end' }}; 1..{Depth} | ForEach-Object {{ $data = @{{ x = $data }} }}");
        string nested = string.Concat(Enumerable.Repeat("""{"x":""", Depth)) + """{"x":"end"}""" + new string('}', Depth);
        Sends("-Payload $data", nested);
    }

    [Theory]
    [InlineData("""{"aps":{"alert":"hi"}}""")]
    [InlineData(""" { "aps" : { "alert" : { "loc-key" : "K" , "loc-args" : [ "a" ] } } , "x" : 1.0 } """)]
    [InlineData("""{"aps":{"alert":"Grüße \ud83d\udc4b 👋"}}""")]
    [InlineData("""{}""")]
    public void JSON_text_is_sent_as_it_is(string json)
    {
        _engine["json"] = json;
        Sends("-Payload $json", json);
    }

    [Fact]
    public void A_payload_may_be_a_hashtable_or_a_custom_object()
    {
        Sends("-Payload ([ordered]@{ aps = [ordered]@{ alert = 'hi'; badge = 0; 'mutable-content' = 1 }; k = 'v' })", """{"aps":{"alert":"hi","badge":0,"mutable-content":1},"k":"v"}""");
        Sends("-Payload ([pscustomobject]@{ aps = [pscustomobject]@{ alert = 'hi' }; k = @('v') })", """{"aps":{"alert":"hi"},"k":["v"]}""");
    }

    [Fact]
    public void Payloads_up_to_the_limit_are_sent()
    {
        // {"aps":{"alert":"…"}} is 20 bytes around the text.
        _engine.Output("$t | Send-ApnsNotification -Alert ('x' * 4076)");
        _engine.Output("$t | Send-ApnsNotification -Alert ('x' * 5100) -PushType Voip");
        Assert.Equal([4096, 5120], _engine.Received().Select(static n => n.Text("Payload")!.Length));
    }

    private void Sends(string parameters, string json)
    {
        _engine.Run("$emulator.ClearReceived()").Clean();
        PSObject result = Assert.Single(_engine.Output($"$t | Send-ApnsNotification {parameters}"));
        Assert.Equal("Delivered", result.Text("Outcome"));
        Assert.Equal(json, Assert.Single(_engine.Received()).Text("Payload"));
    }
}
