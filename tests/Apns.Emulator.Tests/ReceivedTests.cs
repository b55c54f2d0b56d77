using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>What the emulator keeps for a test to look at.</summary>
public sealed class ReceivedTests
{
    [Fact]
    public async Task A_request_is_kept_as_it_came()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger client = Stranger.WithToken(emulator);

        Reply reply = await client.SendAsync(Push.To(
            Push.NumberedToken(7), "apns-push-type: background", "apns-priority: 5", "apns-expiration: 0", "apns-collapse-id: spiel-é",
            "apns-id: 123e4567-e89b-12d3-a456-426614174000").WithBody("""{"aps":{"alert":"Grüße 👋"}}"""));

        Assert.Equal(200, reply.Status);
        ReceivedNotification received = Assert.Single(emulator.GetReceived());
        Assert.InRange(received.Time, before, DateTimeOffset.UtcNow);
        Assert.Equal(
            new ReceivedNotification
            {
                Connection = 0,
                Time = received.Time,
                Method = "POST",
                Path = "/3/device/" + Push.NumberedToken(7),
                Headers = received.Headers,
                Token = Push.NumberedToken(7),
                Payload = """{"aps":{"alert":"Grüße 👋"}}""",
                Topic = Push.Topic,
                PushType = "background",
                Priority = "5",
                Expiration = "0",
                CollapseId = "spiel-é",
                ApnsId = "123e4567-e89b-12d3-a456-426614174000",
                Status = 200,
            },
            received);
    }

    [Fact]
    public void Every_header_is_kept_in_its_order_but_for_secrets()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator);
        Push push = Push.With("apns-priority: 5").Authorized(Jwt.Good(emulator));
        client.Headers(1, push, endStream: false, ("x-trace", "één"), ("apns-future", "a"), ("x-trace", "two"), ("x-empty", ""));
        client.Data(1, push.Body);
        client.Flush();
        Assert.Equal(200, client.ReadReply(1).Reply.Status);

        Assert.Equal(
            [
                (":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", "/3/device/" + Push.Token),
                ("apns-topic", Push.Topic), ("apns-push-type", "alert"), ("apns-priority", "5"), ("authorization", "bearer"),
                ("x-trace", "één, two"), ("apns-future", "a"), ("x-empty", ""),
            ],
            Assert.Single(emulator.GetReceived()).Headers.Select(header => (header.Key, header.Value)));
    }

    [Theory]
    [InlineData("Bearer abc.def.ghi", "Bearer")]
    [InlineData("basic dXNlcjpwYXNz", "basic")]
    [InlineData("bearer", "")]
    [InlineData("abc.def.ghi", "")]
    [InlineData("abc.def.ghi jkl", "")] // No scheme: a token, perhaps
    [InlineData("ZWluZ2VoZWlt MTIz", "")]
    public async Task Of_authorization_there_is_the_scheme_only(string authorization, string kept)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var client = new Stranger(emulator, authorization);
        await client.SendAsync();
        Assert.Equal(kept, Assert.Single(emulator.GetReceived()).Headers["authorization"]);
    }

    [Fact]
    public async Task Broadcasts_and_channel_management_are_kept_too()
    {
        const string Id = "123e4567-e89b-12d3-a456-426614174000";
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger manager = Stranger.Manager(emulator);
        using Stranger client = Stranger.WithToken(emulator);

        Reply made = await manager.SendAsync(Push.Manage("POST"));
        string channel = made.ChannelId!;
        await client.SendAsync(Push.Broadcast(channel, "apns-request-id: " + Id));
        Reply deleted = await manager.SendAsync(Push.Manage("DELETE", "apns-channel-id: " + channel));
        await manager.SendAsync(Push.Manage("GET", "apns-channel-id: " + channel, "apns-request-id: " + Id));
        Reply pushed = await client.SendAsync();

        Assert.Equal(
            [
                (0, "POST", "/1/apps/com.example.app/channels", channel, made.RequestId, "", 201, null),
                (1, "POST", "/4/broadcasts/apps/com.example.app", channel, Id, "", 200, null),
                (0, "DELETE", "/1/apps/com.example.app/channels", channel, deleted.RequestId, "", 204, null),
                (0, "GET", "/1/apps/com.example.app/channels", channel, Id, "", 400, "ChannelNotRegistered"),
                (1, "POST", "/3/device/" + Push.Token, null, null, pushed.Id!, 200, null),
            ],
            emulator.GetReceived().Select(one => (one.Connection, one.Method, one.Path, one.ChannelId, one.RequestId, one.ApnsId, one.Status, one.Reason)));
        Assert.All(emulator.GetReceived().Take(4), one => Assert.Equal("", one.Token));
        Assert.Equal("""{"message-storage-policy":1,"push-type":"LiveActivity"}""", emulator.GetReceived()[0].Payload);
        Assert.Equal(("Liveactivity", "10", "0", Id), Described(emulator.GetReceived()[1]));

        static (string?, string?, string?, string) Described(ReceivedNotification one) => (one.PushType, one.Priority, one.Expiration, one.Headers["apns-request-id"]);
    }

    [Fact]
    public async Task Of_a_body_that_is_far_too_large_the_beginning_is_kept()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger client = Stranger.WithToken(emulator);
        Push push = Push.With("body: 100000");
        await client.SendAsync(push);
        Assert.Equal(push.Body[..8192], System.Text.Encoding.ASCII.GetBytes(Assert.Single(emulator.GetReceived()).Payload));
    }

    [Fact]
    public async Task What_was_not_sent_is_null_and_not_empty()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger client = Stranger.WithToken(emulator);

        Reply refused = await client.SendAsync("-apns-topic", "-apns-push-type", ":path: /3/device/", "body: 0");
        await client.SendAsync("apns-collapse-id:");

        IReadOnlyList<ReceivedNotification> received = emulator.GetReceived();
        Assert.Equal(
            new ReceivedNotification
            {
                Connection = 0,
                Time = received[0].Time,
                Method = "POST",
                Path = "/3/device/",
                Headers = received[0].Headers,
                Token = "",
                Payload = "",
                ApnsId = refused.Id!,
                Status = 400,
                Reason = "MissingTopic",
            },
            received[0]);
        Assert.Equal("", received[1].CollapseId);
    }

    [Fact]
    public async Task Requests_do_not_mix_with_those_before_them()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger client = Stranger.WithToken(emulator);

        await client.SendAsync("apns-priority: 5", "apns-expiration: 7", "apns-collapse-id: x", "body: 4096");
        await client.SendAsync(Push.With().WithBody("{}"));
        await client.SendAsync("body: 50000");
        await client.SendAsync(Push.With().WithBody("{ }"));

        IReadOnlyList<ReceivedNotification> received = emulator.GetReceived();
        Assert.Equal([200, 200, 413, 200], received.Select(one => one.Status));
        Assert.Equal((null, null, null, "{}"), (received[1].Priority, received[1].Expiration, received[1].CollapseId, received[1].Payload));
        Assert.Equal("{ }", received[3].Payload);
    }

    [Fact]
    public async Task Only_the_latest_are_kept_oldest_first()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 3 });
        using Stranger client = Stranger.WithToken(emulator);
        for (int i = 0; i < 5; i++) await client.SendAsync(Push.To(Push.NumberedToken(i)));

        Assert.Equal([2, 3, 4], emulator.GetReceived().Select(received => Convert.ToInt32(received.Token, 16)));
        Assert.Equal(5, emulator.Accepted);
    }

    [Fact]
    public async Task Nothing_is_kept_when_keeping_is_off_but_all_is_counted()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 0 });
        using Stranger client = Stranger.WithToken(emulator);
        await client.SendAsync();
        await client.SendAsync();
        await client.SendAsync("body: 0");

        Assert.Empty(emulator.GetReceived());
        Assert.Equal((2, 1), (emulator.Accepted, emulator.Rejected));
    }

    [Fact]
    public async Task A_list_once_taken_does_not_change_and_can_be_cleared()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger client = Stranger.WithToken(emulator);
        await client.SendAsync();
        IReadOnlyList<ReceivedNotification> first = emulator.GetReceived();
        await client.SendAsync();
        emulator.ClearReceived();
        Assert.Empty(emulator.GetReceived());
        await client.SendAsync(Push.To(Push.NumberedToken(3)));

        Assert.Single(first);
        Assert.Equal(Push.NumberedToken(3), Assert.Single(emulator.GetReceived()).Token);
    }

    [Fact]
    public async Task Connections_are_told_apart()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        for (int i = 0; i < 3; i++)
        {
            using Stranger client = Stranger.WithToken(emulator);
            await client.SendAsync();
            await client.SendAsync();
        }

        Assert.Equal([0, 0, 1, 1, 2, 2], emulator.GetReceived().Select(received => received.Connection));
    }
}
