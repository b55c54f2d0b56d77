using System;
using System.Collections.Generic;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>A connection that could take nothing any more must not keep its place for ever.</summary>
public class StuckConnectionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void One_stream_that_timed_out_does_not_block_a_connection_for_good()
    {
        EngineHarness harness = EngineHarness.Active(streams: 1);
        harness.Post(timeout: 5 * Second);
        harness.Advance(5 * Second);
        Assert.Equal(AttemptEnd.TimedOut, harness.OneFinished().LastEnd);
        Assert.False(harness.TryPost(harness.NewRequest()));

        // Silent still: it is dead, and the pool opens another.
        harness.Advance(5 * Second);
        Assert.Equal(ApnsConnectionState.Closed, harness.Engine.State);
    }

    [Fact]
    public void A_distant_server_that_says_other_things_too_is_not_asked_in_vain_about_a_stream_that_timed_out()
    {
        EngineHarness harness = EngineHarness.Active(streams: 1);
        harness.Peer.AnswersPings = true;
        harness.Post(timeout: 5 * Second);
        harness.Advance(4 * Second);

        // Looked at every 50 ms, with three of these from a frame to its answer. A PING comes after the reset, before the
        // answer to the question about it.
        var underWay = new Queue<byte[]>([[], [], []]);
        for (int i = 0; i < 100; i++)
        {
            harness.Pass(TimeSpan.FromMilliseconds(50));
            harness.Engine.Sweep(harness.Now);
            harness.Peer.Receive(harness.TakeOutput());
            if (i == 17) harness.Peer.Ping(1);
            underWay.Enqueue(harness.Peer.TakeOutput());
            if (underWay.Dequeue() is { Length: > 0 } arrived) harness.Engine.Receive(arrived, harness.Now);
        }

        Assert.True(harness.TryPost(harness.NewRequest()));
    }

    [Fact]
    public void A_server_that_allows_no_stream_and_falls_silent_is_given_up()
    {
        EngineHarness harness = EngineHarness.Active(streams: 0);
        harness.Peer.AnswersPings = true;
        harness.Advance(10 * Second);
        Assert.Single(harness.Peer.Pings);
        harness.Advance(9 * Second);
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);

        harness.Peer.AnswersPings = false;
        harness.Advance(Second);
        harness.Advance(5 * Second);
        Assert.Equal(ApnsConnectionState.Closed, harness.Engine.State);
    }

    [Fact]
    public void A_window_that_opens_in_time_saves_the_connection()
    {
        EngineHarness harness = EngineHarness.Active();
        RequestTemplate large = Samples.Template(4000);
        harness.PostAll(large);
        harness.Pump();
        foreach (var request in harness.Peer.Requests) harness.Peer.Answer(request);
        harness.Pump();
        Assert.False(harness.TryPost(harness.NewRequest(large)));
        harness.Advance(4 * Second);
        harness.Peer.WindowUpdate(0, 100_000);
        harness.Pump();
        Assert.True(harness.TryPost(harness.NewRequest(large)));
        harness.Advance(4 * Second);
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
    }

    [Fact]
    public void A_server_that_throttles_with_every_answer_is_no_flood()
    {
        EngineHarness harness = EngineHarness.Active();
        for (int i = 0; i < 3000; i++)
        {
            harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, i % 2 == 0 ? 1 : 1000));
            harness.Pump();
            harness.Pass(TimeSpan.FromMilliseconds(5));
        }

        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
    }
}
