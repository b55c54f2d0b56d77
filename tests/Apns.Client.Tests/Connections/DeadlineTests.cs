using System;
using System.Linq;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>Silence: deadlines, PINGs, and when a connection is given up.</summary>
public class DeadlineTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_passed_deadline_ends_the_request_and_cancels_its_stream()
    {
        EngineHarness harness = EngineHarness.Active();
        ApnsRequest request = harness.Post(timeout: TimeSpan.FromSeconds(5));
        ApnsRequest other = harness.Post(timeout: TimeSpan.FromSeconds(6));
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.Empty(harness.Finished);

        harness.Advance(TimeSpan.FromTicks(1));
        Assert.Same(request, harness.OneFinished());
        Assert.Equal((AttemptEnd.TimedOut, 1), (request.LastEnd, request.Attempts));
        Assert.Equal(Http2ErrorCode.Cancel, harness.Peer.Requests[0].Reset);
        Assert.Null(harness.Peer.Requests[1].Reset);
        Assert.Equal(1, harness.Engine.InFlight);
        Assert.Equal(AttemptEnd.None, other.LastEnd);
    }

    [Fact]
    public void A_cancelled_stream_counts_until_the_server_has_surely_seen_the_cancel()
    {
        EngineHarness harness = EngineHarness.Active(streams: 2);
        harness.Post(timeout: TimeSpan.FromSeconds(5));
        harness.Post();
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, harness.Engine.InFlight);
        Assert.True(harness.Engine.IsBlocked);
        Assert.False(harness.TryPost(harness.NewRequest()));

        // One PING asks whether the server has seen it; anything else that is heard says nothing.
        ulong ping = Assert.Single(harness.Peer.Pings);
        harness.Peer.Ping(1);
        harness.Peer.Ping(ping + 1, acknowledge: true);
        harness.Pump();
        Assert.True(harness.Engine.IsBlocked);
        harness.Peer.Ping(ping, acknowledge: true);
        harness.Pump();
        Assert.False(harness.Engine.IsBlocked);
        harness.Post();
        Assert.False(harness.TryPost(harness.NewRequest()));
    }

    [Fact]
    public void The_answer_to_a_cancelled_request_is_ignored()
    {
        EngineHarness harness = EngineHarness.Active();
        ApnsRequest request = harness.Post(timeout: TimeSpan.FromSeconds(5));
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(5));
        harness.OneFinished();

        harness.Peer.Answer(1, 410, """{"reason":"Unregistered"}""");
        harness.Peer.ResetStream(1, Http2ErrorCode.StreamClosed);
        harness.Pump();
        Assert.Empty(harness.Finished);
        Assert.Equal((0, null), (request.Status, request.Reason));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
        harness.Post();
    }

    [Fact]
    public void Two_deadlines_in_a_row_make_the_connection_suspect_and_an_answered_ping_clears_it()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post(timeout: TimeSpan.FromSeconds(5));
        harness.Post(timeout: TimeSpan.FromSeconds(6));
        harness.Post();
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(5));
        Assert.False(harness.Engine.IsBlocked);
        int asked = harness.Peer.Pings.Count;

        harness.Advance(TimeSpan.FromSeconds(1));
        Assert.True(harness.Engine.IsBlocked);
        Assert.Equal(0, harness.PostAll());

        // Whether it lives, and once more whether it has seen the cancels.
        Assert.Equal(asked + 2, harness.Peer.Pings.Count);

        harness.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
        foreach (ulong ping in harness.Peer.Pings) harness.Peer.Ping(ping, acknowledge: true);
        harness.Pump();
        Assert.False(harness.Engine.IsBlocked);
        harness.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
        harness.Post();
    }

    [Fact]
    public void A_ping_without_answer_means_that_the_connection_is_dead()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post(timeout: TimeSpan.FromSeconds(5));
        harness.Post(timeout: TimeSpan.FromSeconds(5));
        ApnsRequest inFlight = harness.Post();
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(5));
        harness.Finished.Clear();
        harness.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);

        harness.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(ApnsConnectionState.Closed, harness.Engine.State);
        Assert.Equal(ApnsErrorKind.ConnectionLost, harness.Engine.CloseReason!.Kind);
        Assert.Contains("PING", harness.Engine.CloseReason.Message, StringComparison.Ordinal);
        Assert.Same(inFlight, harness.OneFinished());
        Assert.Equal(AttemptEnd.Lost, inFlight.LastEnd);
    }

    [Fact]
    public void Whatever_is_heard_shows_that_a_suspect_connection_lives()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post(timeout: TimeSpan.FromSeconds(5));
        harness.Post(timeout: TimeSpan.FromSeconds(5));
        harness.Post();
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(5));
        Assert.True(harness.Engine.IsBlocked);

        harness.Peer.Answer(harness.Peer.Last);
        harness.Pump();
        Assert.False(harness.Engine.IsBlocked);
        harness.Post();
        harness.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
    }

    [Fact]
    public void An_answer_between_two_deadlines_clears_the_suspicion()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post(timeout: TimeSpan.FromSeconds(5));
        harness.Post();
        harness.Post(timeout: TimeSpan.FromSeconds(7));
        harness.Post();
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(5));
        harness.Peer.Answer(harness.Peer.Requests[1]);
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(2));

        Assert.False(harness.Engine.IsBlocked);
        harness.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
    }

    [Fact]
    public void Ten_seconds_of_silence_with_requests_in_flight_are_asked_about()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Pass(TimeSpan.FromSeconds(50));
        ApnsRequest request = harness.Post();
        harness.Pump();

        // Silence before the request was idleness, and does not count.
        harness.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Empty(harness.Peer.Pings);
        harness.Advance(TimeSpan.FromTicks(1));
        Assert.Single(harness.Peer.Pings);
        Assert.True(harness.Engine.IsBlocked);

        harness.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ApnsConnectionState.Closed, harness.Engine.State);
        Assert.Same(request, harness.OneFinished());
        Assert.Equal(AttemptEnd.Lost, request.LastEnd);
    }

    [Fact]
    public void A_server_that_answers_pings_but_not_requests_keeps_its_connection()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Peer.AnswersPings = true;
        ApnsRequest request = harness.Post(timeout: TimeSpan.FromSeconds(55));
        for (int i = 0; i < 54; i++) harness.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(harness.Peer.Pings.Count, 3, 6);
        Assert.Empty(harness.Finished);
        harness.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(AttemptEnd.TimedOut, harness.OneFinished().LastEnd);
        Assert.Equal((ApnsConnectionState.Active, 1), (harness.Engine.State, request.Attempts));
    }

    [Fact]
    public void After_idleness_a_ping_goes_out_before_the_next_request()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Pass(Minute);
        Assert.False(harness.Engine.IsBlocked);
        ApnsRequest request = harness.NewRequest();
        Assert.False(harness.TryPost(request));
        Assert.True(harness.Engine.IsBlocked);
        harness.Pump();
        Assert.Empty(harness.Peer.Requests);

        harness.Peer.Ping(Assert.Single(harness.Peer.Pings), acknowledge: true);
        harness.Pump();
        Assert.True(harness.TryPost(request));
        Assert.Equal(1, request.Attempts);
    }

    [Fact]
    public void A_short_pause_needs_no_ping()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Pass(Minute - TimeSpan.FromTicks(1));
        harness.Post();
        harness.Pump();
        Assert.Empty(harness.Peer.Pings);
    }

    [Fact]
    public void Anything_heard_counts_as_life()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Pass(Minute / 2);
        harness.Peer.Ping(77);
        harness.Pump();
        harness.Pass(Minute - TimeSpan.FromTicks(1));
        harness.Post();
    }

    [Fact]
    public void An_idle_connection_that_does_not_answer_its_ping_is_dead_and_nothing_was_lost_on_it()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Pass(TimeSpan.FromHours(3));
        ApnsRequest request = harness.NewRequest();
        Assert.False(harness.TryPost(request));
        harness.Pump();
        Assert.Single(harness.Peer.Pings);
        harness.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(ApnsConnectionState.Closed, harness.Engine.State);
        Assert.Empty(harness.Finished);
        Assert.Equal(0, request.Attempts);
    }

    [Fact]
    public void A_silent_connection_is_asked_once_and_not_at_each_sweep()
    {
        EngineHarness harness = EngineHarness.Active();
        for (int i = 0; i < 20; i++) harness.Post(timeout: TimeSpan.FromSeconds(5) + (i * Moment));
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(5));
        for (int i = 0; i < 20; i++) harness.Advance(Moment);

        // One whether the cancels were seen, and when it is asked whether it lives that again.
        Assert.Equal(20, harness.Finished.Count);
        Assert.Equal(3, harness.Peer.Pings.Count);
        Assert.Equal(20, harness.Peer.Requests.Count(request => request.Reset == Http2ErrorCode.Cancel));
    }

    [Fact]
    public void A_server_that_never_sees_the_cancels_is_found_dead_though_nothing_is_in_flight()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post(timeout: TimeSpan.FromSeconds(5));
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, harness.Engine.InFlight);
        harness.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ApnsConnectionState.Closed, harness.Engine.State);
    }

    [Fact]
    public void A_server_that_leaves_no_window_though_nothing_is_in_flight_is_left()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.PostAll(Samples.Template(65_535 / 17));
        harness.Pump();
        foreach (PeerRequest request in harness.Peer.Requests) harness.Peer.Answer(request);
        harness.Pump();
        Assert.Equal(0, harness.Engine.InFlight);
        harness.Advance(TimeSpan.Zero);
        harness.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
        harness.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((ApnsConnectionState.Closed, ApnsErrorKind.ConnectionLost), (harness.Engine.State, harness.Engine.CloseReason!.Kind));
        Assert.Contains("window", harness.Engine.CloseReason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closing_connection_still_keeps_its_deadlines()
    {
        EngineHarness harness = EngineHarness.Active();
        ApnsRequest request = harness.Post(timeout: TimeSpan.FromSeconds(5));
        harness.Pump();
        harness.Engine.Close(null);
        harness.Advance(TimeSpan.FromSeconds(5));

        Assert.Same(request, harness.OneFinished());
        Assert.Equal(AttemptEnd.TimedOut, request.LastEnd);
        Assert.Equal((ApnsConnectionState.Closing, 0), (harness.Engine.State, harness.Engine.InFlight));
    }
}
