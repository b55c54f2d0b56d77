using System;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests.Reference;

/// <summary>The request headers of a push to a device, row by row (Apple, "Sending notification requests to APNs").</summary>
public sealed class RequestHeaderTable : IClassFixture<ConnectedEngine>
{
    private const string Id = "0f47ac10-58cc-4372-a567-0e02b2c3d479";

    private readonly Engine _engine;

    public RequestHeaderTable(ConnectedEngine connected) => _engine = connected.Fresh();

    [Fact]
    public void Every_request_has_these()
    {
        PSObject received = _engine.Arrival("-Alert Hi");
        Assert.Equal("POST", received.Header(":method"));
        Assert.Equal("https", received.Header(":scheme"));
        Assert.Equal($"localhost:{_engine.Object("emulator").Port}", received.Header(":authority"));
        Assert.Equal($"/3/device/{Engine.Token(1)}", received.Header(":path"));
        Assert.StartsWith("bearer", received.Header("authorization"), StringComparison.Ordinal);
        Assert.True(Guid.TryParseExact(received.Header("apns-id"), "D", out _));
    }

    [Theory]
    [InlineData("", "apns-topic: com.example.app; apns-push-type: alert")]
    [InlineData("-Topic com.other", "apns-topic: com.other; apns-push-type: alert")]
    [InlineData("-PushType Voip", "apns-topic: com.example.app.voip; apns-push-type: voip")]
    [InlineData("-PushType voip -Topic com.other.voip", "apns-topic: com.other.voip; apns-push-type: voip")]
    [InlineData("-Priority 10", "apns-topic: com.example.app; apns-push-type: alert; apns-priority: 10")]
    [InlineData("-Priority 5", "apns-topic: com.example.app; apns-push-type: alert; apns-priority: 5")]
    [InlineData("-Priority 1", "apns-topic: com.example.app; apns-push-type: alert; apns-priority: 1")]
    [InlineData("-Expiration 0", "apns-topic: com.example.app; apns-push-type: alert; apns-expiration: 0")]
    [InlineData("-Expiration 1900000000", "apns-topic: com.example.app; apns-push-type: alert; apns-expiration: 1900000000")]
    [InlineData("-Expiration '2030-01-01T00:00:00Z'", "apns-topic: com.example.app; apns-push-type: alert; apns-expiration: 1893456000")]
    [InlineData("-CollapseId news", "apns-topic: com.example.app; apns-push-type: alert; apns-collapse-id: news")]
    [InlineData("-CollapseId ('ü' * 32)", "apns-topic: com.example.app; apns-push-type: alert; apns-collapse-id: üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü")]
    [InlineData("-Header @{ 'Apns-Tomorrow' = 'yes' }", "apns-topic: com.example.app; apns-push-type: alert; apns-tomorrow: yes")]
    [InlineData("-Priority 5 -Expiration 0 -CollapseId c", "apns-topic: com.example.app; apns-push-type: alert; apns-priority: 5; apns-expiration: 0; apns-collapse-id: c")]
    public void These_are_sent_as_said_and_left_out_otherwise(string parameters, string headers) =>
        Assert.Equal(headers, _engine.Arrival($"-Alert Hi {parameters}").OwnHeaders());

    [Theory]
    [InlineData(Id)]
    [InlineData("0F47AC10-58CC-4372-A567-0E02B2C3D479")]
    [InlineData("{0f47ac10-58cc-4372-a567-0e02b2c3d479}")]
    public void The_id_goes_out_in_its_canonical_form(string given) => Assert.Equal(Id, _engine.Arrival($"-Alert Hi -ApnsId '{given}'").Header("apns-id"));

    [Theory]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    public void The_token_is_in_the_path_in_hexadecimal(string token, string path)
    {
        _engine["other"] = token;
        _engine.Output("$other | Send-ApnsNotification -Alert Hi");
        Assert.Equal($"/3/device/{path}", Assert.Single(_engine.Received()).Header(":path"));
    }

    [Theory]
    [InlineData("-Priority 3", "BadPriority", "Use priority 10, 5 or 1")]
    [InlineData("-CollapseId ('ü' * 33)", "BadCollapseId", "66 bytes")]
    [InlineData("-Topic 'a b'", "BadTopic", "'a b'")]
    [InlineData("-Header @{ 'apns-topic' = 'x' }", null, "parameter of its own")]
    [InlineData("-Header @{ 'a' = \"b`r`nc: d\" }", null, "line end")]
    public void What_APNs_would_refuse_is_refused_before_the_wire(string parameters, string? reason, string message)
    {
        ErrorRecord error = _engine.Failure($"$t | Send-ApnsNotification -Alert Hi {parameters}");
        Assert.StartsWith("InvalidNotification,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(reason, (string?)((dynamic)error.Exception).Reason);
        Assert.Empty(_engine.Received());
    }
}
