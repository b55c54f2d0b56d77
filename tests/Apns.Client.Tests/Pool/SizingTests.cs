using System;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>A pool that grows under pressure, shrinks in peace, and does as it is told in between.</summary>
public class SizingTests
{
    private static readonly PoolOptions UpToFour = new() { Connections = 1, MaxConnections = 4 };

    [Fact]
    public void Used_up_stream_limits_make_it_grow()
    {
        PoolHarness pool = PoolHarness.Ready(UpToFour);
        pool[0].StreamLimit = 10;
        Press(pool, 20);
        Assert.Equal(4, pool.Connections.Count);
        Assert.All(pool.Connections, connection => Assert.Equal(ApnsConnectionState.Active, connection.State));
    }

    [Fact]
    public void Used_up_windows_make_it_grow()
    {
        PoolHarness pool = PoolHarness.Ready(UpToFour);
        ApnsRequest[] before = pool.Submit(30);
        pool[0].Window = 50;
        foreach (ApnsRequest request in before)
        {
            pool.Submit(payload: 100, seconds: 1000);
            pool.Advance(0.05);
            pool.Answer(request);
        }

        Assert.False(pool[0].IsBlocked);
        Assert.Equal(2, pool.Connections.Count);
        pool.Activate(pool[1]);
        Assert.Equal(30, pool[1].InFlight);
        Assert.Equal(0, pool.Dispatcher.Waiting);
    }

    [Fact]
    public void With_room_left_it_does_not_grow()
    {
        PoolHarness pool = PoolHarness.Ready(UpToFour);
        for (int i = 0; i < 400; i++)
        {
            ApnsRequest[] requests = pool.Submit(5);
            pool.Advance(0.05);
            foreach (ApnsRequest request in requests) pool.Answer(request);
        }

        Assert.Single(pool.Connections);
    }

    [Fact]
    public void A_fixed_number_stays()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 2 });
        pool[0].StreamLimit = pool[1].StreamLimit = 3;
        Press(pool, 20);
        Assert.Equal(2, pool.Connections.Count);
    }

    [Fact]
    public void Pauses_of_requests_are_no_pressure()
    {
        PoolHarness pool = PoolHarness.Ready(UpToFour);
        for (int i = 0; i < 100; i++)
        {
            pool.Answer(pool.Submit(), 503, "ServiceUnavailable", retryAfter: 50);
            pool.Advance(0.05);
        }

        Assert.Equal(100, pool.Dispatcher.Waiting);
        Assert.Single(pool.Connections);
    }

    [Fact]
    public void A_new_connection_that_fails_is_not_tried_again_and_again()
    {
        PoolHarness pool = PoolHarness.Ready(UpToFour);
        pool[0].StreamLimit = 10;
        for (int i = 0; i < 1000; i++)
        {
            Press(pool, 0.05, ready: false);
            if (pool.Connections[^1].State == ApnsConnectionState.Connecting) pool.Lose(pool.Connections[^1], ApnsErrorKind.ConnectFailed);
        }

        Assert.Equal(2, pool.Connections.Count);
        Assert.Equal(ApnsConnectionState.Active, pool[0].State);
    }

    [Fact]
    public void What_was_added_and_is_not_needed_any_more_goes_with_its_last_answer()
    {
        PoolHarness pool = PoolHarness.Ready(UpToFour);
        pool[0].StreamLimit = 10;
        Press(pool, 20);
        while (pool.Connections.Any(connection => connection.InFlight > 0)) AnswerAll(pool);
        Assert.False(pool.Dispatcher.IsIdle);

        ApnsRequest[] steady = pool.Submit(4);
        pool.Advance(301);
        FakeConnection leaving = Assert.Single(pool.Connections, connection => connection.CloseAsked);
        ApnsRequest last = Assert.Single(leaving.Requests);
        pool.Answer(last);
        Assert.Equal(ApnsOutcome.Delivered, last.Outcome);
        pool.Lose(leaving);
        Assert.Equal(3, pool.Dispatcher.Connections);
        Assert.Equal(4, steady.Length);

        for (int i = 0; i < 4; i++)
        {
            pool.Advance(301);
            foreach (FakeConnection connection in pool.Connections.Where(connection => connection.State == ApnsConnectionState.Closing).ToArray()) pool.Lose(connection);
        }

        Assert.Equal(1, pool.Dispatcher.Connections);
        Assert.Equal(4, pool.Connections.Count);
    }

    [Fact]
    public void Only_with_the_connections_to_keep_there_is_nothing_that_time_could_change()
    {
        PoolHarness pool = PoolHarness.Ready(UpToFour);
        pool.Dispatcher.SetLimits(2, 4, pool.Now);
        pool.Activate(pool[1]);
        Assert.True(pool.Dispatcher.IsIdle);
        pool.Dispatcher.SetLimits(1, 4, pool.Now);
        Assert.False(pool.Dispatcher.IsIdle);
        pool.Advance(301);
        pool.Lose(pool.Connections.Single(connection => connection.CloseAsked));
        Assert.True(pool.Dispatcher.IsIdle);
    }

    [Fact]
    public void When_the_server_closed_all_of_them_in_peace_the_next_request_opens_one()
    {
        PoolHarness pool = PoolHarness.Ready(UpToFour);
        pool[0].StreamLimit = 10;
        Press(pool, 20);
        while (pool.Connections.Any(connection => connection.InFlight > 0)) AnswerAll(pool);
        foreach (FakeConnection connection in pool.Connections.ToArray()) pool.Lose(connection);
        Assert.Equal(0, pool.Dispatcher.Connections);

        pool.Submit();
        Assert.Equal(5, pool.Connections.Count);
    }

    [Fact]
    public void Told_to_grow_it_grows_at_once_even_idle()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool.Dispatcher.SetLimits(3, 3, pool.Now);
        Assert.Equal(3, pool.Connections.Count);
        pool.Activate(pool[1]);
        pool.Activate(pool[2]);
        pool.Submit(9);
        Assert.All(pool.Connections, connection => Assert.Equal(3, connection.InFlight));
    }

    [Fact]
    public void Told_to_shrink_it_lets_go_those_on_their_way_and_then_the_least_busy_and_loses_nothing()
    {
        var pool = new PoolHarness(new PoolOptions { Connections = 4 });
        pool.Dispatcher.Start(pool.Now);
        for (int i = 0; i < 3; i++) pool.Activate(pool[i]);
        ApnsRequest[] requests = pool.Submit(9);
        pool.Answer(pool[1].Requests[0]);
        pool.Dispatcher.SetLimits(2, 2, pool.Now);
        Assert.Equal([false, true, false, true], pool.Connections.Select(connection => connection.CloseAsked));

        ApnsRequest[] more = pool.Submit(4);
        Assert.All(more, request => Assert.Contains(pool.Where(request), new[] { pool[0], pool[2] }));
        Assert.Equal(2, pool[1].InFlight);
        while (pool.Connections.Any(connection => connection.InFlight > 0)) AnswerAll(pool);
        pool.Lose(pool[1]);
        pool.Lose(pool[3]);
        Assert.All(requests.Concat(more), request => Assert.Equal((ApnsOutcome.Delivered, 1), (request.Outcome, request.Attempts)));
        Assert.Equal((2, 4), (pool.Dispatcher.Connections, pool.Connections.Count));
        pool.Advance(1000);
        pool.Submit(3);
        Assert.Equal(4, pool.Connections.Count);
    }

    [Fact]
    public void A_connection_that_leaves_and_is_lost_is_no_failure_and_its_requests_go_elsewhere()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 2, FirstReconnect = TimeSpan.FromSeconds(20) });
        ApnsRequest[] requests = pool.Submit(2);
        pool.Dispatcher.SetLimits(1, 1, pool.Now);
        FakeConnection leaving = pool.Connections.Single(connection => connection.CloseAsked);
        ApnsRequest onIt = Assert.Single(leaving.Requests);
        pool.Lose(leaving);
        Assert.NotNull(pool.Where(onIt));
        Assert.Null(pool.Dispatcher.LastFailure);
        Assert.Equal(2, pool.Connections.Count);
        Assert.Equal(2, requests.Length);
    }

    [Fact]
    public void Told_to_shrink_and_to_grow_again_it_opens_new_ones()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 3 });
        pool.Dispatcher.SetLimits(1, 1, pool.Now);
        pool.Dispatcher.SetLimits(3, 3, pool.Now);
        Assert.Equal(5, pool.Connections.Count);
        Assert.Equal(2, pool.Connections.Count(connection => connection.CloseAsked));
    }

    [Fact]
    public void A_closed_pool_opens_nothing()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool.Dispatcher.Close(pool.Now);
        pool.Dispatcher.SetLimits(3, 3, pool.Now);
        Assert.Single(pool.Connections);
    }

    /// <summary>More is submitted than is answered, for so long; connections that are opened are ready at once.</summary>
    private static void Press(PoolHarness pool, double seconds, bool ready = true)
    {
        for (int i = 0; i < (int)Math.Round(seconds / 0.05); i++)
        {
            while (pool.Dispatcher.Waiting < 5) pool.Submit(seconds: 10_000);
            pool.Advance(0.05);
            foreach (FakeConnection connection in pool.Connections.ToArray())
            {
                if (ready && connection.State == ApnsConnectionState.Connecting)
                {
                    connection.StreamLimit = pool[0].StreamLimit;
                    pool.Activate(connection);
                }

                foreach (ApnsRequest request in connection.Requests.Take(5).ToArray()) pool.Answer(request);
            }

            while (pool.Dispatcher.Waiting < 5) pool.Submit(seconds: 10_000);
        }
    }

    private static void AnswerAll(PoolHarness pool)
    {
        foreach (FakeConnection connection in pool.Connections)
        {
            foreach (ApnsRequest request in connection.Requests.ToArray()) pool.Answer(request);
        }
    }
}
