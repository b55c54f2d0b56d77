using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>
/// What Apple demands of a push to a device, header by header, apart from its provider token and what belongs to its
/// push type.
/// </summary>
public sealed class RequestRuleTests : IClassFixture<RequestRuleTests.Fixture>
{
    private readonly Fixture _fixture;

    public RequestRuleTests(Fixture fixture) => _fixture = fixture;

    [Theory]
    [InlineData(405, "MethodNotAllowed", ":method: GET")]
    [InlineData(405, "MethodNotAllowed", ":method: PUT")]
    [InlineData(405, "MethodNotAllowed", ":method: DELETE")]
    [InlineData(405, "MethodNotAllowed", ":method: GET", ":path: /")]
    [InlineData(405, "MethodNotAllowed", ":method: GET", ":path: /4/broadcasts/apps/com.example.app")]
    [InlineData(404, "BadPath", ":path: /")]
    [InlineData(404, "BadPath", ":path: /3")]
    [InlineData(404, "BadPath", ":path: /3/devices")]
    [InlineData(404, "BadPath", ":path: /3/devices/aaaa")]
    [InlineData(404, "BadPath", ":path: /3/DEVICE/aaaa")]
    [InlineData(404, "BadPath", ":path: /2/device/aaaa")]
    [InlineData(404, "BadPath", ":path: /3/device/aaaa/")]
    [InlineData(404, "BadPath", ":path: /3/device/aaaa/bbbb")]
    [InlineData(404, "BadPath", ":path: /4/broadcasts/apps")]
    [InlineData(404, "BadPath", ":path: /4/broadcasts/apps/")]
    [InlineData(404, "BadPath", ":path: /4/broadcasts/apps/com.example.app/")]
    [InlineData(404, "BadPath", ":path: /4/broadcasts/com.example.app")]
    [InlineData(404, "BadPath", ":path: /1/apps/com.example.app/channels")]
    [InlineData(404, "BadPath", ":path: /1/apps/com.example.app/channels", ":method: GET")]
    [InlineData(404, "BadPath", ":path: /1/apps/com.example.app/channels", ":method: DELETE")]
    [InlineData(404, "BadPath", ":path: /1/apps/com.example.app/all-channels", ":method: GET")]
    [InlineData(400, "MissingDeviceToken", ":path: /3/device")]
    [InlineData(400, "MissingDeviceToken", ":path: /3/device/")]
    [InlineData(400, "BadDeviceToken", ":path: /3/device/aaaa")]
    [InlineData(400, "BadDeviceToken", ":path: /3/device/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")] // 63
    [InlineData(400, "BadDeviceToken", ":path: /3/device/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")] // 65
    [InlineData(400, "BadDeviceToken", ":path: /3/device/gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")] // Not hexadecimal
    [InlineData(400, "BadDeviceToken", ":path: /3/device/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?a=b")]
    [InlineData(400, "MissingTopic", "-apns-topic")]
    [InlineData(400, "MissingTopic", "apns-topic:")]
    [InlineData(400, "BadTopic", "apns-topic: com.example app")]
    [InlineData(400, "BadTopic", "apns-topic: com.éxample.app")]
    [InlineData(400, "InvalidPushType", "apns-push-type: loud")]
    [InlineData(400, "InvalidPushType", "apns-push-type: Alert")]
    [InlineData(400, "InvalidPushType", "apns-push-type:")]
    [InlineData(400, "BadPriority", "apns-priority: 0")]
    [InlineData(400, "BadPriority", "apns-priority: 7")]
    [InlineData(400, "BadPriority", "apns-priority: 11")]
    [InlineData(400, "BadPriority", "apns-priority: 05")]
    [InlineData(400, "BadPriority", "apns-priority: high")]
    [InlineData(400, "BadPriority", "apns-priority:")]
    [InlineData(400, "BadPriority", "apns-push-type: background", "apns-priority: 10")]
    [InlineData(400, "BadPriority", "apns-push-type: background", "apns-priority: 1")]
    [InlineData(400, "BadExpirationDate", "apns-expiration: -1")]
    [InlineData(400, "BadExpirationDate", "apns-expiration: 1.5")]
    [InlineData(400, "BadExpirationDate", "apns-expiration: tomorrow")]
    [InlineData(400, "BadExpirationDate", "apns-expiration: 99999999999999999999")]
    [InlineData(400, "BadExpirationDate", "apns-expiration:")]
    [InlineData(400, "BadMessageId", "apns-id: 1")]
    [InlineData(400, "BadMessageId", "apns-id: {123e4567-e89b-12d3-a456-426614174000}")]
    [InlineData(400, "BadMessageId", "apns-id: 123e4567e89b12d3a456426614174000")]
    [InlineData(400, "BadMessageId", "apns-id: 123e4567-e89b-12d3-a456-42661417400g")]
    [InlineData(400, "BadMessageId", "apns-id: 123e4567-e89b-12d3-a456-426614174000f")]
    [InlineData(400, "BadMessageId", "apns-id:")]
    [InlineData(400, "BadCollapseId", "apns-collapse-id: 0123456789012345678901234567890123456789012345678901234567890123x")]
    [InlineData(400, "BadCollapseId", "apns-collapse-id: ééééééééééééééééééééééééééééééééé")] // 33 characters, 66 bytes
    [InlineData(400, "PayloadEmpty", "body: 0")]
    [InlineData(400, "PayloadEmpty", "text: []")]
    [InlineData(400, "PayloadEmpty", "text: null")]
    [InlineData(400, "PayloadEmpty", "text: Hello")]
    [InlineData(400, "PayloadEmpty", "text: \"Hello\"")]
    [InlineData(400, "PayloadEmpty", "text: {")]
    [InlineData(400, "PayloadEmpty", "text: {}{}")]
    [InlineData(400, "PayloadEmpty", "text: {},")]
    [InlineData(400, "PayloadEmpty", "text: {\"a\":1,}")]
    [InlineData(400, "PayloadEmpty", "text: {a:1}")]
    [InlineData(400, "PayloadEmpty", "text: \ufeff{}")]
    [InlineData(413, "PayloadTooLarge", "body: 4097")]
    [InlineData(413, "PayloadTooLarge", "body: 100000")]
    [InlineData(413, "PayloadTooLarge", "body: 4097", "-apns-push-type")]
    public async Task A_wrong_request_is_refused_with_its_reason(int status, string reason, params string[] changes)
    {
        Reply reply = await _fixture.Client.SendAsync(changes);

        Assert.Equal((status, reason), (reply.Status, reply.Reason));
        Assert.Equal($$"""{"reason":"{{reason}}"}""", reply.Body);
        Assert.False(string.IsNullOrEmpty(reply.Id));
    }

    [Theory]
    [InlineData("-apns-push-type")]
    [InlineData("-apns-priority")]
    [InlineData("apns-priority: 10")]
    [InlineData("apns-priority: 5")]
    [InlineData("apns-priority: 1")]
    [InlineData("apns-expiration: 0")]
    [InlineData("apns-expiration: 1893456000")]
    [InlineData("apns-id: 123e4567-e89b-12d3-a456-426614174000")]
    [InlineData("apns-collapse-id: 0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("apns-collapse-id: éééééééééééééééééééééééééééééééé")] // 32 characters, 64 bytes
    [InlineData("apns-id: 123E4567-E89B-12D3-A456-426614174000")]
    [InlineData("body: 2")] // {}: what Wallet passes need
    [InlineData("body: 4096")]
    [InlineData("text:  {\"a\" : [1, {}, null]} ")]
    [InlineData("text: {\"mdm\":\"magic\"}")]
    [InlineData("apns-future: header")]
    [InlineData("x-custom: header")]
    [InlineData(":path: /3/device/0123456789abcdefABCDEF000000000000000000000000000000000000000000")]
    [InlineData(":path: /3/device/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task A_right_request_gets_200_and_nothing_more(params string[] changes)
    {
        Reply reply = await _fixture.Client.SendAsync(changes);

        Assert.Equal((200, ""), (reply.Status, reply.Body));
        Assert.False(string.IsNullOrEmpty(reply.Id));
        Assert.Null(reply.UniqueId);
    }

    [Theory]
    [InlineData(":authority")]
    [InlineData("authorization")]
    [InlineData("apns-topic")]
    [InlineData("apns-push-type")]
    [InlineData("apns-priority")]
    [InlineData("apns-expiration")]
    [InlineData("apns-id")]
    [InlineData("apns-collapse-id")]
    [InlineData("apns-channel-id")]
    [InlineData("apns-request-id")]
    [InlineData("apns-future")]
    public void A_repeated_header_is_refused(string name)
    {
        Push push = Push.With("apns-priority: 5", "apns-expiration: 0", "apns-id: 123e4567-e89b-12d3-a456-426614174000", "apns-collapse-id: x",
                "apns-channel-id: x", "apns-request-id: x", "apns-future: x")
            .Authorized(Jwt.Good(_fixture.Emulator));
        using RawClient client = RawClient.Greet(_fixture.Emulator);
        bool pseudo = name.StartsWith(':');
        client.Headers(1, push, endStream: false, (name, pseudo ? "localhost" : push.Headers[name]));
        client.Data(1, push.Body);
        client.Flush();

        if (pseudo)
        {
            // HTTP/2 itself forbids that (RFC 9113 section 8.3), and APNs does not come to see it.
            ReceivedFrame reset = client.ReadUntil(frame => frame.Header.StreamId == 1);
            Assert.Equal((Http2.Frames.FrameType.ResetStream, Http2.Http2ErrorCode.ProtocolError), (reset.Header.Type, reset.ErrorCode));
        }
        else
        {
            Reply reply = client.ReadReply(1).Reply;
            Assert.Equal((400, "DuplicateHeaders"), (reply.Status, reply.Reason));
        }

        Assert.Equal(200, client.Exchange(3, push).Reply.Status);
    }

    [Fact]
    public void Headers_that_mean_nothing_to_APNs_may_be_repeated()
    {
        using RawClient client = RawClient.Greet(_fixture.Emulator);
        Push push = Push.With().Authorized(Jwt.Good(_fixture.Emulator));
        client.Headers(1, push, endStream: false, ("x-trace", "1"), ("x-trace", "2"));
        client.Data(1, push.Body);
        client.Flush();

        Assert.Equal(200, client.ReadReply(1).Reply.Status);
    }

    [Fact]
    public async Task A_payload_may_be_as_deep_as_its_limit_allows()
    {
        string deep = "{\"a\":" + new string('[', 2000) + new string(']', 2000) + "}";
        Assert.Equal(200, (await _fixture.Client.SendAsync("text: " + deep)).Status);
        Assert.Equal("PayloadEmpty", (await _fixture.Client.SendAsync("text: " + deep[..^1])).Reason);
        Assert.Equal([[], ["The payload is not JSON."]], _fixture.Emulator.GetReceived().TakeLast(2).Select(one => one.PayloadProblems));
    }

    [Fact]
    public async Task A_body_that_is_not_UTF8_is_refused()
    {
        Push push = Push.With();
        push.Body[^5] = 0xff;
        Reply reply = await _fixture.Client.SendAsync(push);
        Assert.Equal((400, "PayloadEmpty"), (reply.Status, reply.Reason));
    }

    [Fact]
    public async Task A_wrong_payload_after_a_right_one_is_not_taken_for_it()
    {
        foreach (string text in new[] { "{\"a\":1}", "{\"a\":1", "{\"a\":1}", "{\"a\":1}}", "", "{\"a\":1}" })
        {
            Reply reply = await _fixture.Client.SendAsync("text: " + text);
            Assert.Equal(text == "{\"a\":1}" ? null : "PayloadEmpty", reply.Reason);
        }
    }

    [Fact]
    public async Task An_apns_id_comes_back_as_it_was_sent()
    {
        Reply lower = await _fixture.Client.SendAsync("apns-id: 123e4567-e89b-12d3-a456-426614174000");
        Reply upper = await _fixture.Client.SendAsync("apns-id: 123E4567-E89B-12D3-A456-426614174000");
        Reply refused = await _fixture.Client.SendAsync("apns-id: 123e4567-e89b-12d3-a456-426614174001", "body: 0");

        Assert.Equal("123e4567-e89b-12d3-a456-426614174000", lower.Id);
        Assert.Equal("123E4567-E89B-12D3-A456-426614174000", upper.Id);
        Assert.Equal((400, "123e4567-e89b-12d3-a456-426614174001"), (refused.Status, refused.Id));
    }

    [Fact]
    public async Task Without_an_apns_id_each_answer_has_a_new_one()
    {
        var ids = new HashSet<string>();
        for (int i = 0; i < 10; i++)
        {
            Reply reply = await _fixture.Client.SendAsync(i % 2 == 0 ? [] : ["body: 0"]);
            Assert.True(Guid.TryParseExact(reply.Id, "D", out Guid id));
            Assert.Equal(id.ToString(), reply.Id);
            Assert.True(ids.Add(reply.Id));
        }
    }

    /// <summary>One emulator and one client with a good token for all rules.</summary>
    public sealed class Fixture : IDisposable
    {
        public Fixture()
        {
            Emulator = ApnsEmulator.Start();
            Client = Stranger.WithToken(Emulator);
        }

        internal ApnsEmulator Emulator { get; }

        internal Stranger Client { get; }

        public void Dispose()
        {
            Client.Dispose();
            Emulator.Dispose();
        }
    }
}
