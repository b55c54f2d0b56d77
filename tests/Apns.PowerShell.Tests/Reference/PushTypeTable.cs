using System;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests.Reference;

/// <summary>The push types, row by row: topic suffix, priority, limit (Apple, "Sending notification requests to APNs").</summary>
public sealed class PushTypeTable : IClassFixture<ConnectedEngine>
{
    private const string Activity = "-Event End -Timestamp 1800000000";

    private readonly Engine _engine;

    public PushTypeTable(ConnectedEngine connected) => _engine = connected.Fresh();

    [Theory]
    [InlineData("-PushType Alert -Alert Hi", "apns-topic: com.example.app; apns-push-type: alert", """{"aps":{"alert":"Hi"}}""")]
    [InlineData("-PushType Background", "apns-topic: com.example.app; apns-push-type: background; apns-priority: 5", """{"aps":{"content-available":1}}""")]
    [InlineData("-PushType Voip -Data @{ call = 1 }", "apns-topic: com.example.app.voip; apns-push-type: voip", """{"aps":{},"call":1}""")]
    [InlineData("-PushType Complication -Data @{ steps = 7 }", "apns-topic: com.example.app.complication; apns-push-type: complication", """{"aps":{},"steps":7}""")]
    [InlineData("-PushType FileProvider -Data ([ordered]@{ 'container-identifier' = 'root'; domain = 'd' })", "apns-topic: com.example.app.pushkit.fileprovider; apns-push-type: fileprovider", """{"container-identifier":"root","domain":"d"}""")]
    [InlineData("-PushMagic M -Topic com.apple.mgmt.External.x", "apns-topic: com.apple.mgmt.External.x; apns-push-type: mdm", """{"mdm":"M"}""")]
    [InlineData("-PushType Location", "apns-topic: com.example.app.location-query; apns-push-type: location", """{"aps":{}}""")]
    [InlineData(Activity, "apns-topic: com.example.app.push-type.liveactivity; apns-push-type: liveactivity", """{"aps":{"timestamp":1800000000,"event":"end"}}""")]
    [InlineData("-PushType PushToTalk -Priority 10 -Expiration 0 -Data @{ speaker = 'a' }", "apns-topic: com.example.app.voip-ptt; apns-push-type: pushtotalk; apns-priority: 10; apns-expiration: 0", """{"aps":{},"speaker":"a"}""")]
    [InlineData("-PushType Controls -Priority 10 -Expiration 0", "apns-topic: com.example.app.push-type.controls; apns-push-type: controls; apns-priority: 10; apns-expiration: 0", """{"aps":{"content-changed":true}}""")]
    [InlineData("-PushType Widgets", "apns-topic: com.example.app.push-type.widgets; apns-push-type: widgets", """{"aps":{"content-changed":true}}""")]
    public void A_push_of_this_type_arrives_so(string parameters, string headers, string payload)
    {
        PSObject received = _engine.Arrival(parameters);
        Assert.Equal(headers, received.OwnHeaders());
        Assert.Equal(payload, received.Text("Payload"));
    }

    [Theory]
    [InlineData("Alert", 4096)]
    [InlineData("Background", 4096)]
    [InlineData("Voip", 5120)]
    [InlineData("Complication", 4096)]
    [InlineData("FileProvider", 4096)]
    [InlineData("Mdm", 4096)]
    [InlineData("Location", 4096)]
    [InlineData("LiveActivity", 4096)]
    [InlineData("PushToTalk", 4096)]
    [InlineData("Controls", 4096)]
    [InlineData("Widgets", 4096)]
    public void The_payload_may_have_so_many_bytes_and_not_one_more(string type, int limit)
    {
        // {"k":"…"} is 8 bytes around the text, and é is two bytes.
        string topic = type == "Mdm" ? "com.apple.mgmt.x" : Engine.Topic;
        string payload = $"-PushType {type} -Topic {topic} -Payload ('{{\"k\":\"' + ('é' * {(limit - 8) / 2}) + '";
        _engine.Run("$emulator.ClearReceived()").Clean();
        Assert.Equal("Delivered", Assert.Single(_engine.Output($"$t | Send-ApnsNotification {payload}\"}}')")).Text("Outcome"));
        Assert.Single(_engine.Received());
        ErrorRecord error = _engine.Failure($"$t | Send-ApnsNotification {payload}x\"}}')");
        Assert.Contains($"{limit + 1} bytes, 1 more than the {limit} that a push of type {type.ToLowerInvariant()} may have", error.Exception.Message, StringComparison.Ordinal);
        Assert.Single(_engine.Received());
    }

    [Theory]
    [InlineData("-PushType Background -Priority 10", "background")]
    [InlineData("-PushType Background -Priority 1", "background")]
    [InlineData("-PushType Background -Alert Hi", "shows nothing")]
    [InlineData("-PushType Mdm -Alert Hi -Topic com.apple.mgmt.x", "needs the device's push magic")]
    [InlineData("-PushType LiveActivity -Alert Hi", "needs an event")]
    [InlineData("-PushType Alert -Alert Hi -ContentChanged", "Controls and Widgets")]
    public void What_the_type_does_not_allow_is_refused_by_name(string parameters, string message) =>
        Assert.Contains(message, _engine.Failure($"$t | Send-ApnsNotification {parameters}").Exception.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("-PushType Location")]
    [InlineData(Activity)]
    public void With_a_certificate_these_are_refused(string parameters)
    {
        _engine["certificate"] = Secrets.NewCertificate();
        _engine.Run("$byCertificate = Connect-Apns -Certificate $certificate -Endpoint \"localhost:$($emulator.Port)\" -TrustedRoot $emulator.RootCertificate -Topic com.example.app").Clean();
        ErrorRecord error = _engine.Failure($"$t | Send-ApnsNotification {parameters} -Session $byCertificate");
        Assert.Contains("with a signing key only", error.Exception.Message, StringComparison.Ordinal);
        _engine.Run("Disconnect-Apns $byCertificate").Clean();
    }
}
