using System.Linq;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>What may be posted when: SETTINGS, the one-stream rule of provider tokens, a limit that moves.</summary>
public class StreamLimitTests
{
    [Fact]
    public void Before_the_servers_settings_nothing_is_posted()
    {
        foreach (EngineHarness harness in new[] { EngineHarness.WithKey(), EngineHarness.WithCertificate() })
        {
            harness.Pump();

            Assert.False(harness.TryPost(harness.NewRequest()));
            Assert.True(harness.Engine.IsBlocked);
            Assert.Equal(0, harness.Engine.StreamLimit);
            Assert.Equal(ApnsConnectionState.Connecting, harness.Engine.State);
            harness.Pump();
            Assert.Empty(harness.Peer.Requests);

            harness.Peer.Settings();
            harness.Pump();
            Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
            Assert.False(harness.Engine.IsBlocked);
            harness.Post();
        }
    }

    [Fact]
    public void The_first_frame_is_settings_without_push_and_no_frame_sets_a_priority()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post(10);
        harness.Pump();

        PeerFrame first = harness.Peer.Frames[0];
        Assert.Equal(FrameType.Settings, first.Type);
        byte[] noPush = [0, 2, 0, 0, 0, 0];
        Assert.Contains(first.Payload.ToArray().Chunk(6), entry => entry.SequenceEqual(noPush));
        Assert.DoesNotContain(harness.Peer.Frames, frame => frame.Type == FrameType.Priority || (frame.Type == FrameType.Headers && frame.Flags.HasFlag(FrameFlags.Priority)));
        Assert.Contains(harness.Peer.FramesOf(FrameType.Settings), frame => frame.Flags.HasFlag(FrameFlags.Acknowledge));
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(400, "BadDeviceToken")]
    [InlineData(400, "BadTopic")]
    [InlineData(410, "Unregistered")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(500, null)]
    public void With_a_provider_token_there_is_one_stream_until_any_answer_shows_that_it_was_accepted(int status, string? reason)
    {
        EngineHarness harness = EngineHarness.WithKey();
        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, 1000));
        harness.Pump();

        Assert.Equal(1, harness.PostAll());
        Assert.True(harness.Engine.IsBlocked);
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Last, status, reason is null ? null : $$"""{"reason":"{{reason}}"}""");
        harness.Pump();

        Assert.False(harness.Engine.IsBlocked);
        Assert.Equal(1000, harness.PostAll());
    }

    [Theory]
    [InlineData(403, "ExpiredProviderToken")]
    [InlineData(403, "InvalidProviderToken")]
    [InlineData(403, "MissingProviderToken")]
    [InlineData(429, "TooManyProviderTokenUpdates")]
    public void An_answer_that_refuses_the_provider_token_retires_the_connection(int status, string reason)
    {
        EngineHarness harness = EngineHarness.Accepted();
        ApnsRequest first = harness.Post();
        ApnsRequest second = harness.Post();
        harness.Pump();
        harness.Peer.Reject(harness.Peer.Requests[^2], status, reason);
        harness.Pump();

        Assert.Same(first, harness.OneFinished());
        Assert.Equal(ApnsConnectionState.Closing, harness.Engine.State);
        Assert.Equal(reason, harness.Engine.CloseReason!.Reason);
        Assert.False(harness.TryPost(harness.NewRequest()));

        // What is in flight is waited for.
        Assert.Equal(1, harness.Engine.InFlight);
        harness.Peer.Answer(harness.Peer.Last);
        harness.Pump();
        Assert.Same(second, harness.OneFinished());
        Assert.Equal(200, second.Status);
    }

    [Fact]
    public void An_answer_403_of_another_kind_leaves_it_open_whether_the_token_was_accepted()
    {
        EngineHarness harness = EngineHarness.WithKey();
        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, 1000));
        harness.Pump();
        foreach (string? body in new[] { null, """{"reason":"Forbidden"}""" })
        {
            Assert.Equal(1, harness.PostAll());
            harness.Pump();
            harness.Peer.Answer(harness.Peer.Last, 403, body);
            harness.Pump();
            Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
        }

        Assert.Equal(1, harness.PostAll());
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Last);
        harness.Pump();
        Assert.Equal(1000, harness.PostAll());
    }

    [Fact]
    public void With_a_provider_token_a_first_stream_that_was_cancelled_counts_until_the_server_has_seen_it()
    {
        EngineHarness harness = EngineHarness.WithKey();
        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, 1000));
        harness.Pump();
        harness.Post(timeout: System.TimeSpan.FromSeconds(1));
        harness.Pump();
        harness.Advance(System.TimeSpan.FromSeconds(1));
        Assert.Equal(0, harness.PostAll());

        foreach (ulong ping in harness.Peer.Pings) harness.Peer.Ping(ping, acknowledge: true);
        harness.Pump();
        Assert.Equal(1, harness.PostAll());
    }

    [Fact]
    public void A_refused_provider_token_does_not_open_the_connection_for_more()
    {
        EngineHarness harness = EngineHarness.WithKey();
        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, 1000));
        harness.Pump();
        harness.Post();
        harness.Pump();
        harness.Peer.Reject(harness.Peer.Last, 403, "InvalidProviderToken");
        harness.Pump();

        Assert.Equal(0, harness.PostAll());
        Assert.True(harness.Engine.IsBlocked);
    }

    [Fact]
    public void A_first_stream_that_is_reset_or_gets_an_interim_answer_only_shows_nothing_about_the_provider_token()
    {
        EngineHarness harness = EngineHarness.WithKey();
        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, 1000));
        harness.Pump();
        harness.Post();
        harness.Pump();
        harness.Peer.ResetStream(1, Http2ErrorCode.RefusedStream);
        harness.Pump();
        Assert.Equal(1, harness.PostAll());

        harness.Pump();
        harness.Peer.Headers(3, endStream: false, (":status", "103"));
        harness.Pump();
        Assert.Equal(0, harness.PostAll());

        harness.Peer.Answer(3, 200);
        harness.Pump();
        Assert.Equal(1000, harness.PostAll());
    }

    [Fact]
    public void With_a_certificate_all_streams_are_used_at_once()
    {
        EngineHarness harness = EngineHarness.Active(streams: 1000);

        Assert.Equal(1000, harness.Engine.StreamLimit);
        Assert.Equal(1000, harness.PostAll());
        harness.Pump();
        Assert.Equal(1000, harness.Peer.Requests.Count(request => request.Ended));
    }

    [Fact]
    public void A_limit_lowered_to_one_holds_at_once()
    {
        EngineHarness harness = EngineHarness.Active(streams: 1000);
        harness.Post(10);
        harness.Pump();
        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, 1));
        harness.Pump();

        Assert.Equal(1, harness.Engine.StreamLimit);
        for (int answered = 0; answered < 10; answered++)
        {
            Assert.True(harness.Engine.IsBlocked);
            Assert.Equal(0, harness.PostAll());
            harness.Peer.Answer(harness.Peer.Requests[answered]);
            harness.Pump();
        }

        Assert.Equal(1, harness.PostAll());
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Last);
        harness.Pump();
        Assert.Equal(1, harness.PostAll());
    }

    [Fact]
    public void A_limit_of_zero_blocks_and_a_raised_one_opens()
    {
        EngineHarness harness = EngineHarness.Active(streams: 0);
        Assert.Equal(0, harness.PostAll());

        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, 5));
        harness.Pump();
        Assert.Equal(5, harness.PostAll());

        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, 7));
        harness.Pump();
        Assert.Equal(2, harness.PostAll());
    }

    [Fact]
    public void Without_a_limit_of_the_servers_the_own_one_holds()
    {
        EngineHarness harness = EngineHarness.WithCertificate(new ConnectionOptions { MaxStreams = 300 });
        harness.Peer.Settings();
        harness.Pump();

        Assert.Equal(300, harness.Engine.StreamLimit);
        Assert.Equal(300, harness.PostAll());
    }

    [Fact]
    public void An_answer_makes_room_for_one_request()
    {
        EngineHarness harness = EngineHarness.Active(streams: 3);
        Assert.Equal(3, harness.PostAll());
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Requests[1]);
        harness.Pump();

        Assert.Equal(2, harness.Engine.InFlight);
        Assert.Equal(1, harness.PostAll());
    }
}
