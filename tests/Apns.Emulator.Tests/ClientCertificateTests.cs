using System;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Certificate authentication: no provider token, and the topic may be left to the certificate.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private readonly ApnsEmulator _emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Topics = [Push.Topic] });
    private readonly X509Certificate2 _certificate = ClientCertificate.Create();
    private readonly Stranger _client;

    public ClientCertificateTests() => _client = new Stranger(_emulator, certificate: _certificate);

    public void Dispose()
    {
        _client.Dispose();
        _certificate.Dispose();
        _emulator.Dispose();
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(200, null, "-apns-topic")]
    [InlineData(200, null, "authorization: bearer nonsense")] // Not looked at
    [InlineData(400, "TopicDisallowed", "apns-topic: com.example.other")]
    [InlineData(400, "BadTopic", "apns-topic: com example")]
    [InlineData(400, "BadPriority", "apns-priority: 7")]
    [InlineData(400, "PayloadEmpty", "body: 0")]
    [InlineData(400, "BadDeviceToken", ":path: /3/device/00")]
    public async Task Needs_neither_token_nor_topic(int status, string? reason, params string[] changes)
    {
        Reply reply = await _client.SendAsync(changes);
        Assert.Equal((status, reason), (reply.Status, reply.Reason));
        Assert.False(string.IsNullOrEmpty(reply.Id));
    }

    [Fact]
    public async Task A_request_without_a_topic_is_received_without_one()
    {
        await _client.SendAsync("-apns-topic");
        Assert.Null(Assert.Single(_emulator.GetReceived()).Topic);
    }

    [Fact]
    public async Task Other_connections_need_a_token_all_the_same()
    {
        await _client.SendAsync();
        using var other = new Stranger(_emulator);
        Assert.Equal("MissingProviderToken", (await other.SendAsync()).Reason);
    }
}
