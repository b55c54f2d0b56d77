using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>The SETTINGS it announces, and the one stream before the first valid token, as frames.</summary>
public sealed class StreamLimitTests
{
    [Fact]
    public void With_a_provider_token_one_stream_is_announced_at_first()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Connect(emulator);

        // What is not in it has the RFC's value, which is APNs' too: table 4096, window 65,535, frames of 16,384.
        Assert.Equal(
            new Dictionary<Http2SettingId, uint> { [Http2SettingId.MaxConcurrentStreams] = 1, [Http2SettingId.MaxHeaderListSize] = 8000 },
            client.ReadSettings());
    }

    [Fact]
    public void Headers_beyond_the_announced_size_are_answered_with_431()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator);

        client.Headers(1, Push.With(), endStream: true, ("x", new string('a', 8000)));
        client.Headers(3, Push.With(), endStream: false, ("x", new string('a', 8000)));
        client.Request(5, Push.With());
        client.Flush();
        Assert.Equal(431, client.ReadReply(1).Reply.Status);
        Assert.Equal(431, client.ReadReply(3).Reply.Status);

        // The rest of the second one is not wanted; the first one has none.
        ReceivedFrame reset = client.ReadUntil(frame => frame.Header.Type == FrameType.ResetStream);
        Assert.Equal((3, Http2ErrorCode.NoError), (reset.Header.StreamId, reset.ErrorCode));
        Assert.Equal(403, client.ReadReply(5).Reply.Status);
        Assert.Equal([431, 431, 403], emulator.GetReceived().Select(received => received.Status));
    }

    [Fact]
    public void Where_channels_are_managed_too_and_with_its_own_id()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator, port: emulator.ManagementPort);
        client.Headers(1, Push.Manage("POST"), endStream: true, ("x", new string('a', 8000)));
        client.Flush();
        Reply reply = client.ReadReply(1).Reply;
        Assert.Equal((431, null), (reply.Status, reply.Id));
        Assert.True(Guid.TryParse(reply.RequestId, out _));
    }

    [Fact]
    public void With_a_client_certificate_the_full_limit_is_announced_at_once()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Connect(emulator, certificate);

        Assert.Equal(1000u, client.ReadSettings()[Http2SettingId.MaxConcurrentStreams]);
        Assert.Null(client.Exchange(1, Push.With()).Settings);
    }

    [Fact]
    public void The_first_valid_token_raises_the_limit_once()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { MaxConcurrentStreams = 77 });
        using RawClient client = RawClient.Greet(emulator);
        Push push = Push.With().Authorized(Jwt.Good(emulator));

        (Reply reply, Dictionary<Http2SettingId, uint>? settings) = client.Exchange(1, push);
        Assert.Equal(200, reply.Status);
        Assert.Equal(new Dictionary<Http2SettingId, uint> { [Http2SettingId.MaxConcurrentStreams] = 77 }, settings);
        Assert.Null(client.Exchange(3, push).Settings);
    }

    [Fact]
    public void A_valid_token_raises_the_limit_even_when_the_request_is_refused()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator);

        (Reply reply, Dictionary<Http2SettingId, uint>? settings) = client.Exchange(1, Push.With("body: 0").Authorized(Jwt.Good(emulator)));
        Assert.Equal("PayloadEmpty", reply.Reason);
        Assert.Equal(1000u, settings![Http2SettingId.MaxConcurrentStreams]);
    }

    [Fact]
    public void A_valid_token_raises_the_limit_whatever_reason_is_asked_for_the_device()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            Reasons = new Dictionary<string, string> { [Push.Token] = "ExpiredProviderToken" },
        });
        using RawClient client = RawClient.Greet(emulator);

        (Reply reply, Dictionary<Http2SettingId, uint>? settings) = client.Exchange(1, Push.With().Authorized(Jwt.Good(emulator)));
        Assert.Equal("ExpiredProviderToken", reply.Reason);
        Assert.NotNull(settings);
    }

    [Theory]
    [InlineData("MissingProviderToken")]
    [InlineData("InvalidProviderToken", "authorization: bearer x")]
    [InlineData("MethodNotAllowed", ":method: GET")]
    [InlineData("BadPath", ":path: /")]
    public void Without_a_valid_token_the_limit_stays(string reason, params string[] changes)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator);

        (Reply reply, Dictionary<Http2SettingId, uint>? settings) = client.Exchange(1, Push.With(changes));
        Assert.Equal((reason, null), (reply.Reason, settings));
        AssertOneStream(client, 3, Jwt.Good(emulator));
    }

    [Fact]
    public void An_expired_token_leaves_the_limit()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator);
        string expired = Jwt.Issued(emulator, DateTimeOffset.UtcNow.AddHours(-2));

        (Reply reply, Dictionary<Http2SettingId, uint>? settings) = client.Exchange(1, Push.With().Authorized(expired));
        Assert.Equal(("ExpiredProviderToken", null), (reply.Reason, settings));
        AssertOneStream(client, 3, Jwt.Good(emulator));
    }

    [Fact]
    public void Before_the_first_valid_token_a_second_stream_is_refused()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator);
        AssertOneStream(client, 1, Jwt.Good(emulator));
    }

    [Fact]
    public void A_stream_beyond_the_announced_limit_is_refused_and_may_be_sent_again()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { MaxConcurrentStreams = 3 });
        using RawClient client = RawClient.Greet(emulator, certificate);
        for (int id = 1; id <= 7; id += 2) client.Headers(id, Push.With());
        client.Flush();

        ReceivedFrame refusal = client.ReadUntil(frame => frame.Header.StreamId != 0);
        Assert.Equal((FrameType.ResetStream, 7, Http2ErrorCode.RefusedStream), (refusal.Header.Type, refusal.Header.StreamId, refusal.ErrorCode));
        for (int id = 1; id <= 5; id += 2)
        {
            client.Data(id, "{}"u8);
            client.Flush();
            Assert.Equal(200, client.ReadReply(id).Reply.Status);
        }

        Assert.Equal(200, client.Exchange(9, Push.With()).Reply.Status);
        Assert.Equal(4, emulator.GetReceived().Count);
    }

    [Fact]
    public void Success_is_one_frame_and_a_refusal_two()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator, certificate);
        client.Request(1, Push.With());
        client.Request(3, Push.With("body: 0"));
        client.Flush();

        ReceivedFrame[] frames = [.. Enumerable.Range(0, 3).Select(_ => client.ReadUntil(frame => frame.Header.StreamId != 0))];
        Assert.Equal(
            [
                new FrameHeader(frames[0].Payload.Length, FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1),
                new FrameHeader(frames[1].Payload.Length, FrameType.Headers, FrameFlags.EndHeaders, 3),
                new FrameHeader("""{"reason":"PayloadEmpty"}""".Length, FrameType.Data, FrameFlags.EndStream, 3),
            ],
            frames.Select(frame => frame.Header));
    }

    /// <summary>A second stream beside an open one is refused; the open one then gets its answer, and with it the limit rises.</summary>
    private static void AssertOneStream(RawClient client, int streamId, string authorization)
    {
        Push push = Push.With().Authorized(authorization);
        client.Headers(streamId, push);
        client.Request(streamId + 2, push);
        client.Flush();
        ReceivedFrame refusal = client.ReadUntil(frame => frame.Header.StreamId != 0);
        Assert.Equal((FrameType.ResetStream, streamId + 2, Http2ErrorCode.RefusedStream), (refusal.Header.Type, refusal.Header.StreamId, refusal.ErrorCode));

        client.Data(streamId, push.Body);
        client.Flush();
        (Reply reply, Dictionary<Http2SettingId, uint>? settings) = client.ReadReply(streamId);
        Assert.Equal((200, 1000u), (reply.Status, settings![Http2SettingId.MaxConcurrentStreams]));

        client.Headers(streamId + 4, push);
        Assert.Equal(200, client.Exchange(streamId + 6, push).Reply.Status);
    }
}
