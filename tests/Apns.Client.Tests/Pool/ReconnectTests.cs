using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>When connections are opened again, and when never.</summary>
public class ReconnectTests
{
    [Fact]
    public void A_connection_that_served_is_replaced_at_once_while_there_is_work()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest[] requests = pool.Submit(2);
        pool.Answer(requests[0]);
        pool.Lose(pool[0]);

        Assert.Equal(2, pool.Connections.Count);
        pool.Activate(pool[1]);
        Assert.Same(pool[1], pool.Where(requests[1]));
    }

    [Fact]
    public void An_idle_pool_does_not_reconnect_until_there_is_work()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool.Answer(pool.Submit());
        pool.Lose(pool[0]);
        pool.Advance(100);
        Assert.Single(pool.Connections);
        Assert.Equal(0, pool.Dispatcher.Connections);
        Assert.True(pool.Dispatcher.IsIdle);

        pool.Submit();
        Assert.Equal(2, pool.Connections.Count);
    }

    [Fact]
    public void A_host_that_is_down_is_asked_at_growing_intervals()
    {
        var pool = new PoolHarness();
        pool.Dispatcher.Start(pool.Now);
        pool.Submit(seconds: 10_000);
        var intervals = new List<double>();
        for (int i = 0; i < 15; i++)
        {
            pool.Lose(pool.Connections[^1], ApnsErrorKind.ConnectFailed);
            int before = pool.Connections.Count;
            Assert.Equal(i + 1, before);
            intervals.Add(pool.AdvanceUntil(() => pool.Connections.Count > before, 100));
        }

        // 200 ms, doubled up to half a minute, with jitter over the upper half.
        for (int i = 0; i < intervals.Count; i++)
        {
            double most = Math.Min(30, 0.2 * Math.Pow(2, i));
            Assert.InRange(intervals[i], (most / 2) - 0.001, most + 0.051);
        }
    }

    [Fact]
    public void Requests_that_keep_coming_do_not_make_it_knock_more_often()
    {
        var pool = new PoolHarness(new PoolOptions { FirstReconnect = TimeSpan.FromSeconds(5) });
        pool.Dispatcher.Start(pool.Now);
        pool.Lose(pool[0], ApnsErrorKind.ConnectFailed);
        for (int i = 0; i < 24; i++)
        {
            pool.Submit();
            pool.Advance(0.1);
        }

        Assert.Single(pool.Connections);
        pool.Advance(3);
        Assert.Equal(2, pool.Connections.Count);
    }

    [Fact]
    public void A_connection_that_is_ready_and_dies_without_an_answer_counts_as_a_failure()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { FirstReconnect = TimeSpan.FromSeconds(5) });
        pool.Submit(seconds: 100);
        pool.Lose(pool[0]);
        pool.Advance(2.4);
        Assert.Single(pool.Connections);
        pool.Advance(2.7);
        Assert.Equal(2, pool.Connections.Count);
    }

    [Theory]
    [InlineData(500, "InternalServerError")]
    [InlineData(503, "Shutdown")]
    [InlineData(429, "TooManyProviderTokenUpdates")]
    public void A_connection_that_only_ever_answered_that_it_cannot_serve_counts_as_a_failure_too(int status, string reason)
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { FirstReconnect = TimeSpan.FromSeconds(5) });
        ApnsRequest request = pool.Submit(seconds: 100);
        ApnsRequest waiting = pool.Submit(seconds: 100);
        pool.Answer(request, status, reason);
        pool[0].State = ApnsConnectionState.Closing;
        pool[0].CloseReason = new ApnsException(ApnsErrorKind.ConnectionLost, reason) { Reason = reason };
        pool.Progress(pool[0], pool[0].End(waiting, AttemptEnd.NotProcessed));
        pool.Advance(2.4);
        Assert.Single(pool.Connections);

        // What waited and what was answered so go to the next.
        pool.Advance(2.7);
        pool.Activate(pool[1]);
        Assert.Same(pool[1], pool.Where(waiting));
        Assert.Same(pool[1], pool.Where(request));
    }

    [Fact]
    public void An_answer_ends_the_growth_of_the_intervals()
    {
        var pool = new PoolHarness();
        pool.Dispatcher.Start(pool.Now);
        ApnsRequest request = pool.Submit(seconds: 10_000);
        for (int i = 0; i < 8; i++)
        {
            pool.Lose(pool.Connections[^1], ApnsErrorKind.ConnectFailed);
            int before = pool.Connections.Count;
            pool.AdvanceUntil(() => pool.Connections.Count > before, 100);
        }

        pool.Activate(pool.Connections[^1]);
        pool.Answer(request);
        pool.Submit();
        pool.Lose(pool.Connections[^1]);
        pool.Lose(pool.Connections[^1], ApnsErrorKind.ConnectFailed);
        int opened = pool.Connections.Count;
        Assert.InRange(pool.AdvanceUntil(() => pool.Connections.Count > opened, 100), 0.1, 0.251);
    }

    [Fact]
    public void A_closing_connection_is_replaced_while_it_drains()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest[] requests = pool.Submit(2);
        pool.Answer(requests[0]);
        pool[0].State = ApnsConnectionState.Closing;
        pool[0].CloseReason = new ApnsException(ApnsErrorKind.ConnectionLost, "GOAWAY");
        pool.Progress(pool[0]);

        Assert.Equal(2, pool.Dispatcher.Connections);
        pool.Activate(pool[1]);
        ApnsRequest next = pool.Submit();
        Assert.Same(pool[1], pool.Where(next));
        Assert.Same(pool[0], pool.Where(requests[1]));

        pool.Answer(requests[1]);
        pool.Lose(pool[0]);
        Assert.Equal((1, 2), (pool.Dispatcher.Connections, pool.Connections.Count));
    }

    [Theory]
    [InlineData(ApnsErrorKind.ServerNotTrusted)]
    [InlineData(ApnsErrorKind.Http2NotOffered)]
    [InlineData(ApnsErrorKind.Refused)]
    public void When_nobody_is_left_and_trying_again_cannot_help_what_waits_fails_at_once(ApnsErrorKind kind)
    {
        var pool = new PoolHarness(new PoolOptions { Connections = 2 });
        pool.Dispatcher.Start(pool.Now);
        ApnsRequest[] requests = pool.Submit(3);
        pool.Lose(pool[0], kind);
        Assert.Empty(pool.Sink.Ended);

        pool.Lose(pool[1], kind);
        Assert.Equal(requests, pool.Sink.Ended);
        Assert.All(requests, request => Assert.Equal((ApnsOutcome.NotSent, kind), (request.Outcome, request.Failure!.Kind)));
        Assert.Equal(0, pool.Dispatcher.Waiting);
        Assert.Equal(kind, pool.Dispatcher.LastFailure!.Kind);
        Assert.Equal(1, pool.Sink.Wakes);
    }

    [Fact]
    public void What_goaway_gave_back_fails_with_its_reason_too()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest[] requests = pool.Submit(3);
        pool[0].State = ApnsConnectionState.Closing;
        pool[0].CloseReason = new ApnsException(ApnsErrorKind.Refused, "wrong environment") { Reason = "BadCertificateEnvironment" };
        pool.Progress(pool[0], [.. requests.Select(request => pool[0].End(request, AttemptEnd.NotProcessed))]);

        Assert.Equal(3, pool.Sink.Ended.Count);
        Assert.All(requests, request => Assert.Equal((ApnsOutcome.NotSent, 0, "BadCertificateEnvironment"), (request.Outcome, request.Attempts, request.Failure!.Reason)));
        Assert.All(requests, request => Assert.Equal(ApnsAdvice.FixCredentials, ResultBuilder.Build(request).Advice));
    }

    [Fact]
    public void A_failure_that_may_pass_lets_them_wait()
    {
        var pool = new PoolHarness();
        pool.Dispatcher.Start(pool.Now);
        ApnsRequest request = pool.Submit();
        pool.Lose(pool[0], ApnsErrorKind.ConnectFailed);
        Assert.Empty(pool.Sink.Ended);
        pool.AdvanceUntil(() => pool.Connections.Count == 2, 5);
        pool.Activate(pool[1]);
        Assert.Null(pool.Dispatcher.LastFailure);
        pool.Answer(request);
        Assert.Equal(ApnsOutcome.Delivered, request.Outcome);
    }

    [Fact]
    public void A_connection_that_retires_without_a_reason_is_replaced_without_a_pause()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { FirstReconnect = TimeSpan.FromSeconds(20) });
        ApnsRequest request = pool.Submit();
        pool[0].State = ApnsConnectionState.Closing;
        pool.Progress(pool[0], pool[0].End(request, AttemptEnd.NotProcessed));

        Assert.Equal(2, pool.Connections.Count);
        Assert.Null(pool.Dispatcher.LastFailure);
    }
}
