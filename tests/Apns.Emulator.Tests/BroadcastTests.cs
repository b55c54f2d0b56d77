using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Broadcasts to channels: "Sending broadcast push notification requests to APNs".</summary>
public sealed class BroadcastTests : IClassFixture<BroadcastTests.Fixture>
{
    private const string Id = "123e4567-e89b-12d3-a456-426614174000";
    private const int Limit = 5120;

    private readonly Fixture _fixture;

    public BroadcastTests(Fixture fixture) => _fixture = fixture;

    [Theory]
    [InlineData("apns-priority: 10")]
    [InlineData("apns-priority: 5")]
    [InlineData("apns-priority: 1")]
    [InlineData("apns-push-type: Liveactivity")]
    [InlineData("apns-push-type: liveactivity")]
    [InlineData("apns-push-type: LiveActivity")]
    [InlineData("apns-expiration: 0")]
    [InlineData("apns-topic: com.example.other")] // Not used
    [InlineData("""text: {"aps":{"event":"update"}}""")]
    [InlineData("""text: {"aps":{"event":"end","dismissal-date":1790000000}}""")]
    public async Task A_right_broadcast_gets_200_and_both_ids(params string[] changes)
    {
        foreach (string channel in new[] { _fixture.Storing, _fixture.Forgetful })
        {
            Reply reply = await _fixture.Client.SendAsync(Push.Broadcast(channel, changes));
            Assert.Equal((200, ""), (reply.Status, reply.Body));
            Assert.Equal(["apns-request-id", "apns-unique-id"], reply.Headers.Keys.Order());
            Assert.True(Guid.TryParseExact(reply.RequestId, "D", out _));
            Assert.True(Guid.TryParseExact(reply.UniqueId, "D", out _));
            Assert.NotEqual(reply.RequestId, reply.UniqueId);
        }
    }

    [Theory]
    [InlineData(400, "MissingChannelId", "-apns-channel-id")]
    [InlineData(400, "MissingChannelId", "apns-channel-id:")]
    [InlineData(400, "BadChannelId", "apns-channel-id: no base64!")]
    [InlineData(400, "BadChannelId", "apns-channel-id: QUJ")]
    [InlineData(400, "ChannelNotRegistered", "apns-channel-id: QUJD")]
    [InlineData(400, "BadExpirationDate", "-apns-expiration")]
    [InlineData(400, "BadExpirationDate", "apns-expiration: -1")]
    [InlineData(400, "BadExpirationDate", "apns-expiration: tomorrow")]
    [InlineData(400, "BadExpirationDate", "apns-expiration: 1893456000")] // The channel stores nothing
    [InlineData(400, "BadPriority", "-apns-priority")]
    [InlineData(400, "BadPriority", "apns-priority: 7")]
    [InlineData(400, "MissingPushType", "-apns-push-type")]
    [InlineData(400, "InvalidPushType", "apns-push-type: alert")]
    [InlineData(400, "InvalidPushType", "apns-push-type:")]
    [InlineData(400, "BadMessageId", "apns-request-id: 1")]
    [InlineData(400, "PayloadEmpty", "body: 0")]
    [InlineData(400, "BadRequestPayload", "text: []")]
    [InlineData(400, "BadRequestPayload", "text: {")]
    [InlineData(400, "BadRequestPayload", "text: {}")]
    [InlineData(400, "BadRequestPayload", """text: {"aps":1}""")]
    [InlineData(400, "BadRequestPayload", """text: {"aps":{"content-state":{}}}""")]
    [InlineData(400, "BadRequestPayload", """text: {"aps":{"event":1}}""")]
    [InlineData(400, "BadRequestPayload", """text: {"aps":{"event":"\ud800"}}""")] // Half a character
    [InlineData(400, "BadRequestPayload", """text: {"aps":{"event":"start","attributes-type":"Game","attributes":{}}}""")]
    [InlineData(413, "PayloadTooLarge", "body: 5121")]
    [InlineData(400, "FeatureNotEnabled", ":path: /4/broadcasts/apps/com.example.plain")]
    [InlineData(400, "TopicDisallowed", ":path: /4/broadcasts/apps/com.example.app.push-type.liveactivity")]
    [InlineData(400, "ChannelNotRegistered", ":path: /4/broadcasts/apps/com.example.other")] // The channel is another app's
    [InlineData(403, "InvalidProviderToken", "authorization: bearer x")]
    public async Task A_wrong_broadcast_is_refused_with_its_reason(int status, string reason, params string[] changes)
    {
        Reply reply = await _fixture.Client.SendAsync(Push.Broadcast(_fixture.Forgetful, changes));

        Assert.Equal((status, reason), (reply.Status, reply.Reason));
        Assert.Equal(["apns-request-id", "apns-unique-id"], reply.Headers.Keys.Order());
        Assert.All(_fixture.Emulator.GetChannels(), channel => Assert.True(channel.MessageStoragePolicy == MessageStoragePolicy.MostRecent || channel.StoredMessage is null));
    }

    [Theory]
    [InlineData(Limit, 200)]
    [InlineData(Limit + 1, 413)]
    public async Task The_limit_is_5120_bytes(int size, int status)
    {
        const string Start = """{"aps":{"event":"update"},"x":"é""";
        const string End = "\"}";
        string text = Start + new string('x', size - Start.Length - 1 - End.Length) + End;
        Assert.Equal(status, (await _fixture.Client.SendAsync(Push.Broadcast(_fixture.Storing).WithBody(text))).Status);
    }

    [Fact]
    public async Task A_request_id_comes_back_or_is_made()
    {
        Reply sent = await _fixture.Client.SendAsync(Push.Broadcast(_fixture.Storing, "apns-request-id: " + Id));
        Reply refused = await _fixture.Client.SendAsync(Push.Broadcast("QUJD", "apns-request-id: " + Id.ToUpperInvariant()));
        Assert.Equal((Id, Id.ToUpperInvariant()), (sent.RequestId, refused.RequestId));
    }

    [Fact]
    public async Task A_storing_channel_keeps_the_latest_message_that_may_be_stored()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger manager = Stranger.Manager(emulator);
        using Stranger client = Stranger.WithToken(emulator);
        string channel = (await manager.SendAsync(Push.Manage("POST"))).ChannelId!;
        string later = "apns-expiration: " + DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds();

        await Send("one", "apns-expiration: 0");
        Assert.Null(Assert.Single(emulator.GetChannels()).StoredMessage);
        await Send("two", later);
        await Send("three", later);
        Assert.Equal(Payload("three"), Assert.Single(emulator.GetChannels()).StoredMessage);
        await Send("four", "apns-expiration: 0");
        Assert.Equal(Payload("three"), Assert.Single(emulator.GetChannels()).StoredMessage);

        // What has expired already replaces it and is gone at once; the largest number there is does no harm.
        await Send("five", "apns-expiration: 1");
        Assert.Null(Assert.Single(emulator.GetChannels()).StoredMessage);
        await Send("six", "apns-expiration: 999999999999999999");
        Assert.Equal(Payload("six"), Assert.Single(emulator.GetChannels()).StoredMessage);

        async Task Send(string text, string expiration) =>
            Assert.Equal(200, (await client.SendAsync(Push.Broadcast(channel, expiration, "text: " + Payload(text)))).Status);

        static string Payload(string text) => $$"""{"aps":{"event":"update","stale-date":1},"text":"{{text}}"}""";
    }

    [Fact]
    public void A_stored_message_is_kept_until_it_expires_but_not_beyond_eight_hours()
    {
        DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var channels = new ChannelTable(2);
        string shortly = channels.Create("app", MessageStoragePolicy.MostRecent, now)!;
        string forLong = channels.Create("app", MessageStoragePolicy.MostRecent, now)!;
        channels.Store("app", shortly, "short", now.AddHours(1), now);
        channels.Store("app", forLong, "long", now.AddDays(30), now);
        channels.Store("app", "gone", "none", now.AddHours(1), now);

        Assert.Equal(["short", "long"], Stored(now.AddMinutes(59)));
        Assert.Equal([null, "long"], Stored(now.AddHours(1)));
        Assert.Equal([null, "long"], Stored(now.AddHours(7.9)));
        Assert.Equal([null, null], Stored(now.AddHours(8)));

        IEnumerable<string?> Stored(DateTimeOffset time) => channels.GetAll(time).Select(channel => channel.StoredMessage);
    }

    [Theory]
    [InlineData(200, null, "com.example.app")]
    [InlineData(403, "TopicMismatch", "com.example.other")]
    public async Task A_certificate_broadcasts_for_its_app(int status, string? reason, string topic)
    {
        using X509Certificate2 certificate = ClientCertificate.Create((ClientCertificate.AllTopics, ClientCertificate.Topics(topic)));
        using var client = new Stranger(_fixture.Emulator, certificate: certificate);
        Reply reply = await client.SendAsync(Push.Broadcast(_fixture.Storing));
        Assert.Equal((status, reason), (reply.Status, reply.Reason));
    }

    [Fact]
    public async Task Nobody_broadcasts_without_a_credential()
    {
        using var client = new Stranger(_fixture.Emulator);
        Reply reply = await client.SendAsync(Push.Broadcast(_fixture.Storing));
        Assert.Equal((403, "MissingProviderToken"), (reply.Status, reply.Reason));
    }

    [Theory]
    [InlineData("apns-channel-id")]
    [InlineData("apns-request-id")]
    [InlineData("apns-expiration")]
    [InlineData("apns-priority")]
    [InlineData("apns-push-type")]
    public void A_repeated_header_is_refused(string name)
    {
        using RawClient client = RawClient.Greet(_fixture.Emulator);
        Push push = Push.Broadcast(_fixture.Storing, "apns-request-id: " + Id).Authorized(Jwt.Good(_fixture.Emulator));
        client.Headers(1, push, endStream: false, (name, push.Headers[name]));
        client.Data(1, push.Body);
        client.Flush();

        Reply reply = client.ReadReply(1).Reply;
        Assert.Equal((400, "DuplicateHeaders"), (reply.Status, reply.Reason));
        Assert.Equal(200, client.Exchange(3, push).Reply.Status);
    }

    /// <summary>One emulator with a channel of each policy.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal ApnsEmulator Emulator { get; } = ApnsEmulator.Start(new ApnsEmulatorOptions { BroadcastApps = [Push.Topic, "com.example.other"] });

        internal Stranger Client { get; private set; } = null!;

        /// <summary>A channel that keeps its latest message.</summary>
        internal string Storing { get; private set; } = "";

        /// <summary>A channel that keeps none.</summary>
        internal string Forgetful { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Client = Stranger.WithToken(Emulator);
            using Stranger manager = Stranger.Manager(Emulator);
            Storing = (await manager.SendAsync(Push.Manage("POST"))).ChannelId!;
            Forgetful = (await manager.SendAsync(Push.Manage("POST", """text: {"message-storage-policy":0,"push-type":"LiveActivity"}"""))).ChannelId!;
        }

        public ValueTask DisposeAsync()
        {
            Client.Dispose();
            Emulator.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
