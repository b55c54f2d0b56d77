using System;
using System.Linq;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>The connection's window is used to the last byte; what has begun goes on before anything else begins.</summary>
public class WindowTests
{
    // What sixteen payloads of 4000 bytes leave of the connection's first window.
    private const int Left = 65_535 - (16 * 4000);

    [Fact]
    public void The_last_request_begins_with_what_the_connection_window_has_left()
    {
        EngineHarness harness = EngineHarness.Active();
        Assert.Equal(17, harness.PostAll(Samples.Template(4000)));
        harness.Pump();

        Assert.All(harness.Peer.Requests[..16], request => Assert.Equal([4000], request.Pieces));
        Assert.Equal([Left], harness.Peer.Last.Pieces);
        Assert.False(harness.Peer.Last.Ended);
        Assert.Equal(0, harness.Engine.Session.SendWindow);
        Assert.True(harness.Engine.IsBlocked);
    }

    [Fact]
    public void Nothing_begins_before_the_rest_of_what_has_begun()
    {
        EngineHarness harness = HalfSent(out _);
        harness.Peer.WindowUpdate(0, 4000 - Left - 1);
        harness.Pump();
        Assert.True(harness.Engine.IsBlocked);
        Assert.False(harness.TryPost(harness.NewRequest()));
        Assert.False(harness.Peer.Last.Ended);

        harness.Peer.WindowUpdate(0, 1 + 40);
        harness.Pump();
        Assert.True(harness.Peer.Last.Ended);
        Assert.Equal(Samples.Payload(4000), harness.Peer.Last.Body);
        Assert.Equal(1, harness.PostAll());
    }

    [Fact]
    public void A_payload_that_fits_what_is_left_of_the_window_goes_whole()
    {
        EngineHarness harness = EngineHarness.Active();
        for (int i = 0; i < 16; i++) harness.Post(Samples.Template(4000));
        harness.Post(Samples.Template(Left));
        harness.Pump();

        Assert.True(harness.Peer.Last.Ended);
        Assert.True(harness.Engine.IsBlocked);
        Assert.False(harness.TryPost(harness.NewRequest()));
    }

    [Fact]
    public void The_deadline_of_a_request_that_has_begun_frees_its_place_and_the_window_is_the_next_ones()
    {
        EngineHarness harness = HalfSent(out ApnsRequest half, TimeSpan.FromSeconds(10));
        harness.Advance(TimeSpan.FromSeconds(10));
        Assert.Same(half, harness.OneFinished());
        Assert.Equal((AttemptEnd.NotProcessed, 0), (half.LastEnd, half.Attempts));
        Assert.Equal(Http2ErrorCode.Cancel, harness.Peer.Last.Reset);

        harness.Peer.WindowUpdate(0, 4000);
        harness.Pump();
        harness.Post(Samples.Template(4000));
        harness.Pump();
        Assert.Equal([Left], harness.Peer.Requests[16].Pieces);
        Assert.Equal([4000], harness.Peer.Requests[17].Pieces);
    }

    [Fact]
    public void Of_a_lost_connection_what_had_only_begun_was_not_processed()
    {
        EngineHarness harness = HalfSent(out ApnsRequest half);
        harness.Fail();

        Assert.Equal((AttemptEnd.NotProcessed, 0), (half.LastEnd, half.Attempts));
        Assert.Equal(16, harness.Finished.Count(request => request.LastEnd == AttemptEnd.Lost));
    }

    [Fact]
    public void A_goodbye_below_what_has_begun_ends_it_unprocessed()
    {
        EngineHarness harness = HalfSent(out ApnsRequest half);
        harness.Peer.GoAway(harness.Peer.Last.StreamId - 2);
        harness.Peer.WindowUpdate(0, 4000);
        harness.Pump();

        Assert.Same(half, harness.OneFinished());
        Assert.Equal((AttemptEnd.NotProcessed, 0), (half.LastEnd, half.Attempts));
        Assert.Equal([Left], harness.Peer.Last.Pieces);
    }

    [Fact]
    public void After_a_goodbye_that_spares_it_what_has_begun_goes_on_to_its_answer()
    {
        EngineHarness harness = HalfSent(out ApnsRequest half);
        harness.Peer.GoAway(harness.Peer.Last.StreamId);
        harness.Peer.WindowUpdate(0, 4000);
        harness.Pump();
        Assert.True(harness.Peer.Last.Ended);

        harness.Peer.Answer(harness.Peer.Last);
        harness.Pump();
        Assert.Same(half, harness.OneFinished());
        Assert.Equal(200, half.Status);
    }

    [Fact]
    public void A_lowered_stream_window_holds_back_what_has_begun_and_nothing_else()
    {
        EngineHarness harness = HalfSent(out _);
        harness.Peer.Settings((Http2SettingId.InitialWindowSize, 1000));
        harness.Peer.WindowUpdate(0, 10_000);
        harness.Pump();
        Assert.Equal([Left], harness.Peer.Last.Pieces);

        harness.Post();
        harness.Pump();
        Assert.True(harness.Peer.Last.Ended);

        harness.Peer.WindowUpdate(harness.Peer.Requests[16].StreamId, 3000);
        harness.Pump();
        Assert.Equal(Samples.Payload(4000), harness.Peer.Requests[16].Body);
        Assert.True(harness.Peer.Requests[16].Ended);
    }

    [Fact]
    public void A_connection_left_without_window_gives_back_what_has_only_begun()
    {
        EngineHarness harness = HalfSent(out ApnsRequest half);
        foreach (PeerRequest request in harness.Peer.Requests[..15]) harness.Peer.Answer(request);
        harness.Pump();

        // The answer that is still to come may bring window.
        harness.Advance(TimeSpan.FromSeconds(4));
        harness.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);

        harness.Peer.Answer(harness.Peer.Requests[15]);
        harness.Pump();
        harness.Finished.Clear();
        harness.Advance(TimeSpan.FromSeconds(1));
        harness.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);

        harness.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ApnsConnectionState.Closed, harness.Engine.State);
        Assert.Same(half, harness.OneFinished());
        Assert.Equal((AttemptEnd.NotProcessed, 0), (half.LastEnd, half.Attempts));
    }

    [Fact]
    public void Window_that_comes_in_time_saves_the_connection()
    {
        EngineHarness harness = HalfSent(out _);
        foreach (PeerRequest request in harness.Peer.Requests[..16]) harness.Peer.Answer(request);
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(1));
        harness.Advance(TimeSpan.FromSeconds(4));
        harness.Peer.WindowUpdate(0, 4000);
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
    }

    [Fact]
    public void A_payload_larger_than_any_streams_window_goes_in_pieces()
    {
        EngineHarness harness = WithInitialWindow(100);
        ApnsRequest request = harness.Post(Samples.Template(250));
        harness.Pump();
        Assert.Equal([100], harness.Peer.Last.Pieces);
        Assert.False(harness.Peer.Last.Ended);

        harness.Peer.WindowUpdate(1, 149);
        harness.Pump();
        Assert.Equal([100, 149], harness.Peer.Last.Pieces);
        Assert.False(harness.Peer.Last.Ended);

        harness.Peer.WindowUpdate(1, 1);
        harness.Pump();
        Assert.True(harness.Peer.Last.Ended);
        Assert.Equal(Samples.Payload(250), harness.Peer.Last.Body);

        harness.Peer.Answer(harness.Peer.Last);
        harness.Pump();
        Assert.Same(request, harness.OneFinished());
        Assert.Equal(200, request.Status);
    }

    [Fact]
    public void With_a_stream_window_of_zero_headers_go_and_each_payload_waits_until_the_server_asks_for_it()
    {
        EngineHarness harness = WithInitialWindow(0);
        harness.Post(Samples.Template(40));
        harness.Post(Samples.Template(40));
        harness.Pump();
        Assert.Equal(2, harness.Peer.Requests.Count);
        Assert.All(harness.Peer.Requests, request => Assert.Empty(request.Pieces));

        harness.Peer.WindowUpdate(3, 40);
        harness.Pump();
        Assert.Equal([40], harness.Peer.Requests[1].Pieces);
        Assert.True(harness.Peer.Requests[1].Ended);
        Assert.Empty(harness.Peer.Requests[0].Pieces);

        harness.Peer.Settings((Http2SettingId.InitialWindowSize, 100));
        harness.Pump();
        Assert.Equal([40], harness.Peer.Requests[0].Pieces);
        Assert.True(harness.Peer.Requests[0].Ended);
    }

    [Fact]
    public void An_exhausted_connection_window_holds_back_what_a_stream_window_lets_go()
    {
        EngineHarness harness = WithInitialWindow(100);
        harness.Post(Samples.Template(4000));
        harness.PostAll(Samples.Template(100));
        harness.Peer.WindowUpdate(1, 4000);
        harness.Pump();
        Assert.Equal([100], harness.Peer.Requests[0].Pieces);
        Assert.True(harness.Engine.IsBlocked);

        harness.Peer.WindowUpdate(0, 10_000);
        harness.Pump();
        Assert.Equal(Samples.Payload(4000), harness.Peer.Requests[0].Body);
        Assert.True(harness.Peer.Requests[0].Ended);
    }

    [Fact]
    public void A_window_that_went_negative_is_filled_up_before_the_rest_follows()
    {
        EngineHarness harness = WithInitialWindow(2000);
        harness.Post(Samples.Template(4000));
        harness.Pump();
        Assert.Equal([2000], harness.Peer.Last.Pieces);

        // 2000 are spent of what is now 500: the window is -1500.
        harness.Peer.Settings((Http2SettingId.InitialWindowSize, 500));
        harness.Pump();
        harness.Peer.WindowUpdate(1, 1500);
        harness.Pump();
        Assert.Equal([2000], harness.Peer.Last.Pieces);

        harness.Peer.WindowUpdate(1, 1);
        harness.Pump();
        Assert.Equal([2000, 1], harness.Peer.Last.Pieces);

        harness.Peer.WindowUpdate(1, 1999);
        harness.Pump();
        Assert.True(harness.Peer.Last.Ended);
        Assert.Equal(Samples.Payload(4000), harness.Peer.Last.Body);
    }

    [Fact]
    public void A_raised_initial_window_lets_the_rest_of_open_streams_follow()
    {
        EngineHarness harness = WithInitialWindow(1000);
        harness.Post(Samples.Template(4000));
        harness.Post(Samples.Template(900));
        harness.Pump();
        Assert.False(harness.Peer.Requests[0].Ended);
        Assert.True(harness.Peer.Requests[1].Ended);

        harness.Peer.Settings((Http2SettingId.InitialWindowSize, 4000));
        harness.Pump();
        Assert.True(harness.Peer.Requests[0].Ended);
        Assert.Equal(Samples.Payload(4000), harness.Peer.Requests[0].Body);
    }

    [Fact]
    public void The_deadline_of_a_request_that_waits_for_window_resets_its_stream_and_the_rest_never_follows()
    {
        EngineHarness harness = WithInitialWindow(100);
        ApnsRequest request = harness.Post(Samples.Template(250), TimeSpan.FromSeconds(10));
        harness.Pump();
        harness.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(AttemptEnd.NotProcessed, harness.OneFinished().LastEnd);
        Assert.Equal(0, request.Attempts);
        Assert.Equal(Http2ErrorCode.Cancel, harness.Peer.Last.Reset);

        harness.Peer.WindowUpdate(1, 1000);
        harness.Pump();
        Assert.Equal([100], harness.Peer.Last.Pieces);
    }

    [Fact]
    public void A_request_of_which_pieces_are_missing_when_the_connection_ends_was_not_processed()
    {
        EngineHarness harness = WithInitialWindow(100);
        harness.Post(Samples.Template(250));
        harness.Pump();
        harness.Fail();

        ApnsRequest request = harness.OneFinished();
        Assert.Equal(AttemptEnd.NotProcessed, request.LastEnd);
        Assert.Equal(0, request.Attempts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_a_request_in_pieces_the_last_byte_decides_too(bool written)
    {
        EngineHarness harness = WithInitialWindow(100);
        ApnsRequest request = harness.Post(Samples.Template(250));
        harness.Pump();
        harness.Peer.WindowUpdate(1, 150);
        harness.Engine.Receive(harness.Peer.TakeOutput(), harness.Now);
        harness.Engine.Attempted = request.Stream!.EndPosition - (written ? 0 : 1);
        harness.Fail();

        Assert.Equal(written ? AttemptEnd.Lost : AttemptEnd.NotProcessed, harness.OneFinished().LastEnd);
    }

    [Theory]
    [InlineData(Http2ErrorCode.RefusedStream)]
    [InlineData(Http2ErrorCode.InternalError)]
    public void A_request_of_which_pieces_are_missing_when_its_stream_is_reset_was_not_processed(Http2ErrorCode code)
    {
        EngineHarness harness = WithInitialWindow(100);
        harness.Post(Samples.Template(250));
        harness.Pump();
        harness.Peer.ResetStream(1, code);
        harness.Peer.WindowUpdate(1, 1000);
        harness.Pump();

        ApnsRequest request = harness.OneFinished();
        Assert.Equal((AttemptEnd.NotProcessed, 0), (request.LastEnd, request.Attempts));
        Assert.Equal([100], harness.Peer.Last.Pieces);
    }

    [Fact]
    public void An_answer_before_all_was_sent_counts_and_the_rest_is_cancelled()
    {
        EngineHarness harness = WithInitialWindow(100);
        ApnsRequest request = harness.Post(Samples.Template(250));
        harness.Pump();
        harness.Peer.Reject(harness.Peer.Last, 413, "PayloadTooLarge");
        harness.Pump();

        Assert.Same(request, harness.OneFinished());
        Assert.Equal((AttemptEnd.Answered, 413, "PayloadTooLarge"), (request.LastEnd, request.Status, request.Reason));
        Assert.Equal(Http2ErrorCode.Cancel, harness.Peer.Last.Reset);
        Assert.Equal([100], harness.Peer.Last.Pieces);

        // The reset stream is the server's business no more, and its id is not used again.
        harness.Peer.WindowUpdate(1, 1000);
        harness.Post(Samples.Template(50));
        harness.Pump();
        Assert.Equal(3, harness.Peer.Last.StreamId);
    }

    [Fact]
    public void Window_updates_for_closed_streams_do_no_harm()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post();
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Last);
        harness.Peer.WindowUpdate(1, 10);
        harness.Pump();
        harness.Peer.WindowUpdate(1, 10);
        harness.Peer.ResetStream(1, Http2ErrorCode.NoError);
        harness.Pump();

        Assert.Equal(200, harness.OneFinished().Status);
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
        harness.Post();
    }

    [Fact]
    public void The_own_receive_window_is_topped_up_before_it_runs_out()
    {
        EngineHarness harness = EngineHarness.Active();
        string body = """{"reason":"BadDeviceToken"}""" + new string(' ', 4000);
        for (int i = 0; i < 1000; i++)
        {
            harness.Post();
            harness.Pump();
            harness.Peer.Answer(harness.Peer.Last, 400, body);
            harness.Pump();
        }

        // Some 4 MB came in: far more than the window that is announced at the start.
        Assert.Equal(1000, harness.Finished.Count);
        Assert.True(harness.Peer.FramesOf(Http2.Frames.FrameType.WindowUpdate).Count(frame => frame.StreamId == 0) > 3);
    }

    /// <summary>A connection that has sent sixteen payloads of 4000 bytes and the beginning of one more.</summary>
    private static EngineHarness HalfSent(out ApnsRequest half, TimeSpan? timeout = null)
    {
        EngineHarness harness = EngineHarness.Active();
        for (int i = 0; i < 16; i++) harness.Post(Samples.Template(4000));
        half = harness.Post(Samples.Template(4000), timeout);
        harness.Pump();
        return harness;
    }

    private static EngineHarness WithInitialWindow(int window)
    {
        EngineHarness harness = EngineHarness.WithCertificate();
        harness.Peer.Settings((Http2SettingId.InitialWindowSize, window));
        harness.Pump();
        return harness;
    }
}
