using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>Which connection takes what, in which order, and what waits.</summary>
public class DispatcherTests
{
    private static readonly PoolOptions Three = new() { Connections = 3 };

    [Fact]
    public void At_the_start_all_connections_are_opened()
    {
        var pool = new PoolHarness(Three);
        pool.Dispatcher.Start(pool.Now);

        Assert.Equal([0, 1, 2], pool.Connections.Select(connection => connection.Number));
        Assert.Equal(3, pool.Dispatcher.Connections);
        Assert.False(pool.Dispatcher.Started);
        Assert.False(pool.Dispatcher.IsIdle);

        pool.Activate(pool[1]);
        Assert.True(pool.Dispatcher.Started);
        Assert.False(pool.Dispatcher.IsIdle);
        pool.Activate(pool[0]);
        pool.Activate(pool[2]);
        Assert.True(pool.Dispatcher.IsIdle);
        Assert.Equal(3000, pool.Dispatcher.StreamLimit);
    }

    [Fact]
    public void The_connection_with_the_least_in_flight_takes_the_next()
    {
        PoolHarness pool = PoolHarness.Ready(Three);
        ApnsRequest[] requests = pool.Submit(9);
        Assert.All(pool.Connections, connection => Assert.Equal(3, connection.InFlight));

        foreach (ApnsRequest request in pool[1].Requests.ToArray()) pool.Answer(request);
        ApnsRequest next = pool.Submit();
        Assert.Same(pool[1], pool.Where(next));
        Assert.Equal(3, pool.Sink.Ended.Count);
        Assert.Equal(7, pool.Dispatcher.InFlight);
        Assert.Equal(9, requests.Length);
    }

    [Fact]
    public void Blocked_closing_and_unready_connections_are_passed_over()
    {
        var pool = new PoolHarness(new PoolOptions { Connections = 4 });
        pool.Dispatcher.Start(pool.Now);
        foreach (FakeConnection connection in pool.Connections.Take(3)) pool.Activate(connection);
        pool[0].Blocked = true;
        pool[1].State = ApnsConnectionState.Closing;

        pool.Submit(5);
        Assert.Equal([0, 0, 5, 0], pool.Connections.Select(connection => connection.InFlight));
    }

    [Fact]
    public void A_connection_without_window_for_this_one_is_passed_over_and_asked_again_for_the_next()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 2 });
        pool[0].Window = 50;
        ApnsRequest large = pool.Submit(payload: 100);
        ApnsRequest small = pool.Submit(payload: 40);

        Assert.Same(pool[1], pool.Where(large));
        Assert.Same(pool[0], pool.Where(small));
        Assert.Equal(1, pool[0].Refusals);
        ApnsRequest another = pool.Submit(payload: 100);
        Assert.Same(pool[1], pool.Where(another));
    }

    [Fact]
    public void When_no_connection_takes_it_a_request_waits_and_those_after_it_wait_behind_it()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 2 });
        pool[0].Window = pool[1].Window = 50;
        ApnsRequest large = pool.Submit(payload: 100);
        ApnsRequest small = pool.Submit(payload: 40);
        Assert.Equal(2, pool.Dispatcher.Waiting);

        pool[1].Window = 200;
        pool.Progress(pool[1]);
        Assert.Same(pool[1], pool.Where(large));
        Assert.NotNull(pool.Where(small));
        Assert.Equal(0, pool.Dispatcher.Waiting);
    }

    [Fact]
    public void What_waits_goes_out_in_the_order_it_came()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool[0].StreamLimit = 2;
        ApnsRequest[] requests = pool.Submit(6);
        Assert.Equal(requests[..2], pool[0].Requests);
        Assert.Equal(4, pool.Dispatcher.Waiting);
        Assert.False(pool.Dispatcher.IsIdle);

        pool.Answer(requests[1]);
        Assert.Equal([requests[0], requests[2]], pool[0].Requests);
        pool.Answer(requests[0]);
        pool.Answer(requests[2]);
        Assert.Equal([requests[3], requests[4]], pool[0].Requests);
        pool.Answer(requests[3]);
        pool.Answer(requests[4]);
        pool.Answer(requests[5]);
        Assert.Equal([1, 0, 2, 3, 4, 5], pool.Sink.Ended.Select(request => request.Index));
        Assert.True(pool.Dispatcher.IsIdle);
    }

    [Fact]
    public void What_goes_again_goes_before_what_is_new()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool[0].StreamLimit = 1;
        ApnsRequest[] requests = pool.Submit(3);
        pool.EndWith(requests[0], AttemptEnd.NotProcessed);
        Assert.Equal([requests[0]], pool[0].Requests);
        Assert.Equal(2, pool.Dispatcher.Waiting);
    }

    [Fact]
    public void What_goes_again_is_not_overtaken_by_what_is_new_and_smaller()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest again = pool.Submit(payload: 100);
        pool[0].Window = 50;
        pool.EndWith(again, AttemptEnd.NotProcessed);
        ApnsRequest small = pool.Submit(payload: 40);
        pool.Progress(pool[0]);
        Assert.Empty(pool[0].Requests);

        pool[0].Window = 200;
        pool.Progress(pool[0]);
        Assert.Equal([again, small], pool[0].Requests);
    }

    [Fact]
    public void Before_the_first_connection_is_ready_everything_waits()
    {
        var pool = new PoolHarness();
        pool.Dispatcher.Start(pool.Now);
        ApnsRequest[] requests = pool.Submit(10);
        Assert.Equal(10, pool.Dispatcher.Waiting);
        Assert.Single(pool.Connections);

        pool.Activate(pool[0]);
        Assert.Equal(requests, pool[0].Requests);
    }

    [Fact]
    public void A_connection_is_flushed_once_after_what_was_posted()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 2 });
        int before = pool[0].Flushes;
        pool.Submit();
        pool.Dispatcher.Flush();
        pool.Dispatcher.Flush();
        Assert.Equal((before + 1, 0), (pool[0].Flushes, pool[1].Flushes));
    }

    [Fact]
    public void What_is_done_is_counted_however_quick_the_answers_are()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool[0].OnPost = static request => request.LastEnd = AttemptEnd.Answered;
        ApnsRequest[] requests = pool.Submit(4);
        Assert.Equal((4, 0), (pool.Dispatcher.Totals.Sent, pool.Dispatcher.Totals.Retried));

        pool.Answer(requests[0]);
        pool.Answer(requests[1], 410, "Unregistered");
        pool.EndWith(requests[2], AttemptEnd.TimedOut);
        pool.EndWith(requests[3], AttemptEnd.NotProcessed);
        Assert.Equal((5, 1, 2), (pool.Dispatcher.Totals.Sent, pool.Dispatcher.Totals.Retried, pool.Dispatcher.Totals.Answered));
        Assert.Equal((1, 1, 1, 0), (pool.Dispatcher.Totals.Delivered, pool.Dispatcher.Totals.Rejected, pool.Dispatcher.Totals.Unknown, pool.Dispatcher.Totals.NotSent));
        Assert.Equal([((ApnsOutcome.Rejected, "Unregistered"), 1L), ((ApnsOutcome.Unknown, ""), 1L)], pool.Dispatcher.Refusals.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void The_figures_of_connections_add_up_and_outlive_them()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 2 });
        pool[0].Done = new ConnectionFigures { BytesSent = 100, BytesReceived = 10, RoundTrip = 30, Throttles = 1 };
        pool[1].Done = new ConnectionFigures { BytesSent = 1, BytesReceived = 2, RoundTrip = 50 };
        pool.Progress(pool[0]);
        pool.Progress(pool[1]);
        pool[0].Done = pool[0].Done with { BytesSent = 150, RoundTrip = 20 };
        pool.Progress(pool[0]);
        pool.Progress(pool[0]);
        PoolTotals totals = pool.Dispatcher.Totals;
        Assert.Equal((151, 12, 1, 2, 0, 35), (totals.BytesSent, totals.BytesReceived, totals.Throttles, totals.Opened, totals.Closed, pool.Dispatcher.RoundTrip));

        pool.Lose(pool[0]);
        Assert.Equal(50, pool.Dispatcher.RoundTrip);
        pool.Lose(pool[1], ApnsErrorKind.Refused);
        Assert.Equal((151, 2, 50), (pool.Dispatcher.Totals.BytesSent, pool.Dispatcher.Totals.Closed, pool.Dispatcher.RoundTrip));
        Assert.Equal([("ConnectionLost", 1L), ("Refused", 1L)], pool.Dispatcher.Endings.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Sinks_are_woken_once_for_all_that_ended_together()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest[] requests = pool.Submit(5);
        FakeConnection connection = pool[0];
        foreach (ApnsRequest request in requests)
        {
            connection.End(request, AttemptEnd.Answered);
            request.Status = 200;
        }

        pool.Progress(connection, [.. requests]);
        Assert.Equal(5, pool.Sink.Ended.Count);
        Assert.Equal(1, pool.Sink.Wakes);
    }

    [Fact]
    public void Results_carry_when_they_ended()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit();
        pool.Advance(1.5);
        pool.Answer(request);
        Assert.Equal(1.5, ResultBuilder.Build(request).Duration.TotalSeconds, 3);
    }

    [Fact]
    public void A_deadline_passes_in_the_queue_too()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool[0].StreamLimit = 1;
        pool.Submit(seconds: 100);
        ApnsRequest late = pool.Submit(seconds: 10);
        ApnsRequest later = pool.Submit(seconds: 20);
        pool.Advance(9.9);
        Assert.Empty(pool.Sink.Ended);

        pool.Advance(0.1);
        Assert.Same(late, Assert.Single(pool.Sink.Ended));
        Assert.Equal((ApnsOutcome.NotSent, 0), (late.Outcome, late.Attempts));
        Assert.Equal(ApnsAdvice.Retry, ResultBuilder.Build(late).Advice);
        Assert.Equal(1, pool.Sink.Wakes);
        Assert.DoesNotContain(later, pool.Sink.Ended);
    }

    [Fact]
    public void A_request_whose_deadline_passed_between_two_ticks_is_not_sent_any_more()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool[0].StreamLimit = 1;
        ApnsRequest first = pool.Submit();
        ApnsRequest late = pool.Submit(seconds: 10);
        ApnsRequest next = pool.Submit();
        pool.Pass(10);
        pool.Answer(first);

        Assert.Equal((ApnsOutcome.NotSent, 0), (late.Outcome, late.Attempts));
        Assert.Equal([next], pool[0].Requests);
    }

    [Fact]
    public void A_deadline_in_the_queue_says_why_there_was_no_connection()
    {
        var pool = new PoolHarness();
        pool.Dispatcher.Start(pool.Now);
        ApnsRequest request = pool.Submit(seconds: 10);
        pool.Lose(pool[0], ApnsErrorKind.ConnectFailed);
        pool.Advance(10);

        Assert.Same(request, Assert.Single(pool.Sink.Ended));
        Assert.Equal(ApnsErrorKind.ConnectFailed, request.Failure!.Kind);
        Assert.Equal(ApnsOutcome.NotSent, request.Outcome);
    }

    [Fact]
    public void Withdrawing_takes_back_what_waits_of_one_sink_only()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool[0].StreamLimit = 2;
        var other = new RecordingSink();
        ApnsRequest inFlight = pool.Submit();
        ApnsRequest others = pool.Submit(sink: other);
        ApnsRequest waiting = pool.Submit();
        ApnsRequest othersWaiting = pool.Submit(sink: other);
        ApnsRequest backingOff = pool.Submit();
        pool.Answer(inFlight);
        pool.Answer(others);
        pool.Answer(waiting);
        pool.Answer(backingOff, 503);
        pool.Answer(othersWaiting, 503);
        ApnsRequest[] more = pool.Submit(3);
        Assert.Equal(3, pool.Dispatcher.Waiting);

        pool.Sink.Withdrawn = true;
        var reason = new ApnsException(ApnsErrorKind.Stopped, "stopped");
        pool.Dispatcher.Withdraw(pool.Sink, reason, pool.Now);
        Assert.Equal([0, 2, 7, 4], pool.Sink.Ended.Select(request => request.Index));
        Assert.Equal((ApnsOutcome.NotSent, reason), (more[2].Outcome, more[2].Failure));
        Assert.Equal((ApnsOutcome.Rejected, 503), (backingOff.Outcome, backingOff.Status));
        Assert.Equal(2, pool.Dispatcher.InFlight);

        // The other's goes on, and what is in flight ends as it may, but does not go again.
        pool.EndWith(more[0], AttemptEnd.NotProcessed);
        pool.Answer(more[1], 503);
        Assert.Equal((ApnsOutcome.NotSent, ApnsOutcome.Rejected), (more[0].Outcome, more[1].Outcome));
        pool.Advance(10);
        Assert.NotNull(pool.Where(othersWaiting));
        pool.Answer(othersWaiting);
        Assert.Equal(2, other.Ended.Count);
    }

    [Fact]
    public void What_a_withdrawn_sink_submits_is_not_sent()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool.Sink.Withdrawn = true;
        ApnsRequest request = pool.Submit();
        Assert.Equal((ApnsOutcome.NotSent, ApnsErrorKind.Stopped), (request.Outcome, request.Failure!.Kind));
        Assert.Same(request, Assert.Single(pool.Sink.Ended));
        Assert.Equal(0, pool[0].InFlight);
    }

    [Fact]
    public void Closing_ends_what_waits_waits_for_what_is_in_flight_and_takes_no_more()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 2 });
        pool[0].StreamLimit = pool[1].StreamLimit = 1;
        ApnsRequest[] requests = pool.Submit(4);
        pool.Dispatcher.Close(pool.Now);

        Assert.Equal(requests[2..], pool.Sink.Ended);
        Assert.All(requests[2..], request => Assert.Equal((ApnsOutcome.NotSent, ApnsErrorKind.Closed), (request.Outcome, request.Failure!.Kind)));
        Assert.All(pool.Connections, connection => Assert.True(connection.CloseAsked));

        ApnsRequest after = pool.Submit();
        Assert.Equal((ApnsOutcome.NotSent, ApnsErrorKind.Closed), (after.Outcome, after.Failure!.Kind));

        pool.Answer(requests[0]);
        Assert.Equal(ApnsOutcome.Delivered, requests[0].Outcome);
        pool.Lose(pool[1]);
        Assert.Equal(ApnsOutcome.Unknown, requests[1].Outcome);
        pool.Lose(pool[0]);
        Assert.Equal(0, pool.Dispatcher.Connections);
        pool.Advance(100);
        Assert.Equal(2, pool.Connections.Count);
        Assert.Equal(5, pool.Sink.Ended.Count);
    }
}
