using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Channel management, on its own port: "Sending channel management requests to APNs".</summary>
public sealed class ChannelTests : IDisposable
{
    private const string Id = "123e4567-e89b-12d3-a456-426614174000";
    private const string AllChannels = ":path: /1/apps/com.example.app/all-channels";

    private readonly ApnsEmulator _emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
    {
        Topics = [Push.Topic, "com.example.plain", "com.example.full.voip"],
        BroadcastApps = [Push.Topic, "com.example.elsewhere", "com.example.full"],
    });

    private readonly Stranger _client;

    public ChannelTests() => _client = Stranger.Manager(_emulator);

    public void Dispose()
    {
        _client.Dispose();
        _emulator.Dispose();
    }

    [Theory]
    [InlineData(0, MessageStoragePolicy.None)]
    [InlineData(1, MessageStoragePolicy.MostRecent)]
    public async Task A_channel_is_made_read_listed_and_deleted(int policy, MessageStoragePolicy expected)
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        Reply made = await _client.SendAsync(Push.Manage("POST", $$"""text: {"message-storage-policy":{{policy}},"push-type":"LiveActivity"}"""));
        Assert.Equal((201, ""), (made.Status, made.Body));
        Assert.Equal(["apns-channel-id", "apns-request-id"], made.Headers.Keys.Order());
        string channel = made.ChannelId!;
        Assert.InRange(Convert.FromBase64String(channel).Length, 8, 64);
        EmulatedChannel known = Assert.Single(_emulator.GetChannels());
        Assert.InRange(known.Created, before, DateTimeOffset.UtcNow);
        Assert.Equal(new EmulatedChannel { ChannelId = channel, BundleId = Push.Topic, MessageStoragePolicy = expected, PushType = "LiveActivity", Created = known.Created }, known);

        Reply read = await _client.SendAsync(Push.Manage("GET", "apns-channel-id: " + channel));
        Assert.Equal((200, $$"""{"message-storage-policy":{{policy}},"push-type":"LiveActivity"}"""), (read.Status, read.Body));
        Assert.Equal(["apns-request-id"], read.Headers.Keys);

        Reply listed = await _client.SendAsync(Push.Manage("GET", AllChannels));
        Assert.Equal((200, $$"""{"channels":["{{channel}}"]}"""), (listed.Status, listed.Body));
        Assert.Equal(["apns-request-id"], listed.Headers.Keys);

        Reply deleted = await _client.SendAsync(Push.Manage("DELETE", "apns-channel-id: " + channel));
        Assert.Equal((204, ""), (deleted.Status, deleted.Body));
        Assert.Equal(["apns-request-id"], deleted.Headers.Keys);

        Assert.Empty(_emulator.GetChannels());
        Assert.Equal("""{"channels":[]}""", (await _client.SendAsync(Push.Manage("GET", AllChannels))).Body);
        Assert.Equal("ChannelNotRegistered", (await _client.SendAsync(Push.Manage("GET", "apns-channel-id: " + channel))).Reason);
        Assert.Equal("ChannelNotRegistered", (await _client.SendAsync(Push.Manage("DELETE", "apns-channel-id: " + channel))).Reason);
        Assert.Equal((5, 2), (_emulator.Accepted, _emulator.Rejected));
    }

    [Theory]
    [InlineData(404, "BadPath", "POST", ":path: /")]
    [InlineData(404, "BadPath", "POST", ":path: /1/apps")]
    [InlineData(404, "BadPath", "POST", ":path: /1/apps/")]
    [InlineData(404, "BadPath", "POST", ":path: /1/apps//channels")]
    [InlineData(404, "BadPath", "POST", ":path: /1/apps/channels")]
    [InlineData(404, "BadPath", "POST", ":path: /1/apps/com.example.app")]
    [InlineData(404, "BadPath", "POST", ":path: /1/apps/com.example.app/")]
    [InlineData(404, "BadPath", "POST", ":path: /1/apps/com.example.app/channel")]
    [InlineData(404, "BadPath", "POST", ":path: /1/apps/com.example.app/channels/")]
    [InlineData(404, "BadPath", "GET", ":path: /1/apps/com.example.app/channels/QUJD")]
    [InlineData(404, "BadPath", "GET", ":path: /1/apps/com.example.app/channels?all")]
    [InlineData(404, "BadPath", "GET", ":path: /1/apps/com.example.app/com/channels")]
    [InlineData(404, "BadPath", "POST", ":path: /2/apps/com.example.app/channels")]
    [InlineData(404, "BadPath", "POST", ":path: /3/device/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData(404, "BadPath", "POST", ":path: /4/broadcasts/apps/com.example.app")]
    [InlineData(405, "MethodNotAllowed", "PUT")]
    [InlineData(405, "MethodNotAllowed", "PATCH")]
    [InlineData(405, "MethodNotAllowed", "POST", AllChannels)]
    [InlineData(405, "MethodNotAllowed", "DELETE", AllChannels)]
    [InlineData(400, "BadMessageId", "POST", "apns-request-id: 1")]
    [InlineData(400, "BadMessageId", "GET", AllChannels, "apns-request-id: 123e4567e89b12d3a456426614174000")]
    [InlineData(400, "MissingChannelId", "GET")]
    [InlineData(400, "MissingChannelId", "GET", "apns-channel-id:")]
    [InlineData(400, "MissingChannelId", "DELETE")]
    [InlineData(400, "BadChannelId", "GET", "apns-channel-id: no base64")]
    [InlineData(400, "BadChannelId", "GET", "apns-channel-id: QUJ")]
    [InlineData(400, "BadChannelId", "DELETE", "apns-channel-id: _-_-")]
    [InlineData(400, "ChannelNotRegistered", "GET", "apns-channel-id: QUJD")]
    [InlineData(400, "ChannelNotRegistered", "DELETE", "apns-channel-id: QUJD")]
    [InlineData(400, "PayloadEmpty", "POST", "body: 0")]
    [InlineData(413, "PayloadTooLarge", "POST", "body: 5000")]
    [InlineData(400, "BadRequestPayload", "POST", "text: []")]
    [InlineData(400, "BadRequestPayload", "POST", "text: {")]
    [InlineData(400, "BadRequestPayload", "POST", """text: {"push-type":"\ud800LiveActivity"}""")] // Half a character
    [InlineData(400, "MissingPushType", "POST", """text: {"message-storage-policy":1}""")]
    [InlineData(400, "InvalidPushType", "POST", """text: {"message-storage-policy":1,"push-type":"alert"}""")]
    [InlineData(400, "InvalidPushType", "POST", """text: {"message-storage-policy":1,"push-type":1}""")]
    [InlineData(400, "BadRequestParams", "POST", """text: {"push-type":"LiveActivity"}""")]
    [InlineData(400, "BadRequestParams", "POST", """text: {"message-storage-policy":2,"push-type":"LiveActivity"}""")]
    [InlineData(400, "BadRequestParams", "POST", """text: {"message-storage-policy":-1,"push-type":"LiveActivity"}""")]
    [InlineData(400, "BadRequestParams", "POST", """text: {"message-storage-policy":0.5,"push-type":"LiveActivity"}""")]
    [InlineData(400, "BadRequestParams", "POST", """text: {"message-storage-policy":"1","push-type":"LiveActivity"}""")]
    [InlineData(400, "BadRequestParams", "POST", """text: {"message-storage-policy":null,"push-type":"LiveActivity"}""")]
    [InlineData(400, "FeatureNotEnabled", "POST", ":path: /1/apps/com.example.plain/channels")]
    [InlineData(400, "FeatureNotEnabled", "GET", ":path: /1/apps/com.example.plain/all-channels")]
    [InlineData(400, "TopicDisallowed", "POST", ":path: /1/apps/com.example.elsewhere/channels")]
    [InlineData(400, "TopicDisallowed", "POST", ":path: /1/apps/com.example.full/channels")]
    [InlineData(400, "TopicDisallowed", "POST", ":path: /1/apps/com.example.app.push-type.liveactivity/channels")]
    [InlineData(403, "InvalidProviderToken", "POST", "authorization: bearer x")]
    [InlineData(403, "InvalidProviderToken", "GET", AllChannels, "authorization: bearer x")]
    public async Task A_wrong_request_is_refused_with_its_reason(int status, string reason, string method, params string[] changes)
    {
        Reply reply = await _client.SendAsync(Push.Manage(method, changes));

        Assert.Equal((status, reason), (reply.Status, reply.Reason));
        Assert.Equal($$"""{"reason":"{{reason}}"}""", reply.Body);
        Assert.Equal(["apns-request-id"], reply.Headers.Keys);
        Assert.Empty(_emulator.GetChannels());
    }

    [Theory]
    [InlineData("liveactivity")]
    [InlineData("Liveactivity")]
    [InlineData("LIVEACTIVITY")]
    public async Task The_push_types_case_does_not_matter(string spelling)
    {
        Reply reply = await _client.SendAsync(Push.Manage("POST", $$"""text: {"push-type":"{{spelling}}","message-storage-policy":0,"name":"unknown keys do no harm"}"""));
        Assert.Equal(201, reply.Status);
        Assert.Equal("LiveActivity", Assert.Single(_emulator.GetChannels()).PushType);
    }

    [Fact]
    public async Task A_request_id_comes_back_or_is_made()
    {
        Reply sent = await _client.SendAsync(Push.Manage("GET", AllChannels, "apns-request-id: " + Id));
        Reply refused = await _client.SendAsync(Push.Manage("GET", "apns-request-id: " + Id));
        Reply one = await _client.SendAsync(Push.Manage("GET", AllChannels));
        Reply two = await _client.SendAsync(Push.Manage("GET", AllChannels));

        Assert.Equal((Id, Id), (sent.RequestId, refused.RequestId));
        Assert.All([one, two], reply => Assert.True(Guid.TryParseExact(reply.RequestId, "D", out _)));
        Assert.NotEqual(one.RequestId, two.RequestId);
    }

    [Fact]
    public async Task Channels_are_listed_in_the_order_in_which_they_were_made()
    {
        List<string> made = [];
        for (int i = 0; i < 30; i++) made.Add((await _client.SendAsync(Push.Manage("POST"))).ChannelId!);
        await _client.SendAsync(Push.Manage("DELETE", "apns-channel-id: " + made[7]));
        made.RemoveAt(7);

        Assert.Equal(29, made.Distinct().Count());
        Assert.Equal(made, Listed(await _client.SendAsync(Push.Manage("GET", AllChannels))));
        Assert.Equal(made, _emulator.GetChannels().Select(channel => channel.ChannelId));

        // No size is promised for ids, so there is more than one.
        Assert.True(made.Select(id => id.Length).Distinct().Count() > 1);
    }

    [Fact]
    public async Task Apps_do_not_share_channels()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger client = Stranger.Manager(emulator);
        string channel = (await client.SendAsync(Push.Manage("POST"))).ChannelId!;

        Assert.Empty(Listed(await client.SendAsync(Push.Manage("GET", ":path: /1/apps/com.example.other/all-channels"))));
        foreach (string method in new[] { "GET", "DELETE" })
        {
            Reply reply = await client.SendAsync(Push.Manage(method, ":path: /1/apps/com.example.other/channels", "apns-channel-id: " + channel));
            Assert.Equal("ChannelNotRegistered", reply.Reason);
        }

        Assert.Equal(channel, Assert.Single(emulator.GetChannels()).ChannelId);
    }

    [Fact]
    public async Task An_app_has_ten_thousand_channels_at_most()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 0 });
        using Stranger client = Stranger.Manager(emulator);
        Assert.Equal(201, (await client.SendAsync(Push.Manage("POST"))).Status);
        for (int made = 1; made < 10_000;)
        {
            Reply[] replies = await Task.WhenAll(Enumerable.Range(0, Math.Min(500, 10_000 - made)).Select(_ => client.SendAsync(Push.Manage("POST"))));
            Assert.All(replies, reply => Assert.Equal(201, reply.Status));
            made += replies.Length;
        }

        Reply oneMore = await client.SendAsync(Push.Manage("POST"));
        Reply ofAnotherApp = await client.SendAsync(Push.Manage("POST", ":path: /1/apps/com.example.other/channels"));
        Reply list = await client.SendAsync(Push.Manage("GET", AllChannels));

        Assert.Equal((400, "CannotCreateChannelConfig"), (oneMore.Status, oneMore.Reason));
        Assert.Equal(201, ofAnotherApp.Status);
        Assert.Equal(10_000, Listed(list).Distinct().Count());
        Assert.DoesNotContain('\\', list.Body); // A plus needs no escape.
        Assert.Equal(10_001, emulator.GetChannels().Count);
    }

    [Fact]
    public async Task The_limit_can_be_lowered_and_a_deleted_channel_makes_room()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { MaxChannels = 2 });
        using Stranger client = Stranger.Manager(emulator);
        await client.SendAsync(Push.Manage("POST"));
        string channel = (await client.SendAsync(Push.Manage("POST"))).ChannelId!;
        Assert.Equal("CannotCreateChannelConfig", (await client.SendAsync(Push.Manage("POST"))).Reason);

        await client.SendAsync(Push.Manage("DELETE", "apns-channel-id: " + channel));
        Assert.Equal(201, (await client.SendAsync(Push.Manage("POST"))).Status);
    }

    [Theory]
    [InlineData(201, null, "com.example.app", "com.example.app.voip")]
    [InlineData(403, "TopicMismatch", "com.example.other")]
    [InlineData(403, "TopicMismatch", "com.example.app.push-type.liveactivity")]
    public async Task A_certificate_manages_the_channels_of_its_app(int status, string? reason, params string[] topics)
    {
        using X509Certificate2 certificate = ClientCertificate.Create((ClientCertificate.AllTopics, ClientCertificate.Topics(topics)));
        using var client = new Stranger(_emulator, certificate: certificate, port: _emulator.ManagementPort);
        Reply reply = await client.SendAsync(Push.Manage("POST"));
        Assert.Equal((status, reason), (reply.Status, reply.Reason));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Nobody_manages_channels_without_a_credential(string method)
    {
        using var client = new Stranger(_emulator, port: _emulator.ManagementPort);
        Reply reply = await client.SendAsync(Push.Manage(method));
        Assert.Equal((403, "MissingProviderToken"), (reply.Status, reply.Reason));
    }

    [Fact]
    public void A_repeated_header_is_refused_and_one_stream_is_all_until_a_token_was_seen()
    {
        using RawClient client = RawClient.Connect(_emulator, port: _emulator.ManagementPort);
        Assert.Equal(1u, client.ReadSettings()[Http2.Http2SettingId.MaxConcurrentStreams]);
        Push push = Push.Manage("GET", AllChannels, "apns-request-id: " + Id).Authorized(Jwt.Good(_emulator));
        (Reply reply, Dictionary<Http2.Http2SettingId, uint>? settings) = client.Exchange(1, push);
        Assert.Equal((200, 1000u), (reply.Status, settings![Http2.Http2SettingId.MaxConcurrentStreams]));

        client.Headers(3, push, endStream: true, ("apns-request-id", Id));
        client.Flush();
        Assert.Equal("DuplicateHeaders", client.ReadReply(3).Reply.Reason);
    }

    private static string[] Listed(Reply reply) => [.. reply.Json().GetProperty("channels").EnumerateArray().Select(id => id.GetString()!)];
}
