using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>What is sent again, when, and what is told about it.</summary>
public class ReplayTests
{
    [Theory]
    [InlineData(ApnsDelivery.AtLeastOnce)]
    [InlineData(ApnsDelivery.AtMostOnce)]
    public void What_was_not_processed_goes_again_at_once_and_does_not_count(ApnsDelivery delivery)
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 2 });
        pool.Delivery = delivery;
        ApnsRequest request = pool.Submit();
        FakeConnection first = pool.Where(request)!;
        first.Blocked = true;
        pool.EndWith(request, AttemptEnd.NotProcessed);

        Assert.NotSame(first, pool.Where(request));
        pool.Answer(request);
        Assert.Equal((ApnsOutcome.Delivered, 1, false), (request.Outcome, request.Attempts, request.PossibleDuplicate));
    }

    [Fact]
    public void What_is_refused_again_and_again_is_not_sent_in_a_frenzy()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit(seconds: 30);
        int sendings = 0;
        for (double passed = 0; passed < 31 && pool.Sink.Ended.Count == 0; passed += 0.05)
        {
            while (pool.Where(request) is not null)
            {
                sendings++;
                Assert.True(sendings < 50, "a frenzy");
                pool.EndWith(request, AttemptEnd.NotProcessed);
            }

            pool.Advance(0.05);
        }

        // The first, three replays at once, then pauses of 1, 2, 4, 8 seconds.
        Assert.InRange(sendings, 7, 10);
        Assert.Equal((ApnsOutcome.NotSent, 0, false), (request.Outcome, request.Attempts, request.PossibleDuplicate));
    }

    [Fact]
    public void With_at_least_once_what_was_lost_goes_again_marked()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit();
        pool.Lose(pool[0]);
        Assert.Empty(pool.Sink.Ended);
        pool.AdvanceUntil(() => pool.Connections.Count == 2, 5);
        pool.Activate(pool[1]);
        Assert.Same(pool[1], pool.Where(request));

        pool.Answer(request);
        Assert.Equal((ApnsOutcome.Delivered, 2, true), (request.Outcome, request.Attempts, request.PossibleDuplicate));
    }

    [Fact]
    public void With_at_most_once_what_was_lost_is_unknown()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool.Delivery = ApnsDelivery.AtMostOnce;
        ApnsRequest request = pool.Submit();
        pool.Lose(pool[0]);

        Assert.Same(request, Assert.Single(pool.Sink.Ended));
        Assert.Equal((ApnsOutcome.Unknown, 1, false), (request.Outcome, request.Attempts, request.PossibleDuplicate));
        Assert.Equal(ApnsAdvice.Retry, ResultBuilder.Build(request).Advice);
        pool.Advance(60);
        Assert.Single(pool.Connections);
    }

    [Theory]
    [InlineData(ApnsDelivery.AtLeastOnce)]
    [InlineData(ApnsDelivery.AtMostOnce)]
    public void What_timed_out_is_unknown_and_never_goes_again(ApnsDelivery delivery)
    {
        PoolHarness pool = PoolHarness.Ready();
        pool.Delivery = delivery;
        ApnsRequest request = pool.Submit();
        pool.EndWith(request, AttemptEnd.TimedOut);

        Assert.Equal((ApnsOutcome.Unknown, 1, false), (request.Outcome, request.Attempts, request.PossibleDuplicate));
        Assert.Equal("No answer came before the deadline.", ResultBuilder.Build(request).Error);
    }

    [Fact]
    public void What_kills_one_connection_after_the_other_is_given_up()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { MaxLosses = 3 });
        ApnsRequest request = pool.Submit(seconds: 1000);
        int losses = 0;
        while (pool.Sink.Ended.Count == 0 && losses < 10)
        {
            pool.AdvanceUntil(() => pool.Connections[^1].State == ApnsConnectionState.Connecting || pool.Where(request) is not null, 100);
            if (pool.Connections[^1].State == ApnsConnectionState.Connecting) pool.Activate(pool.Connections[^1]);
            pool.AdvanceUntil(() => pool.Where(request) is not null, 100);
            pool.Lose(pool.Where(request)!);
            losses++;
        }

        Assert.Equal(3, losses);
        Assert.Equal((ApnsOutcome.Unknown, 3, true), (request.Outcome, request.Attempts, request.PossibleDuplicate));
    }

    [Fact]
    public void Answers_that_were_retried_are_no_losses()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { MaxLosses = 2 });
        ApnsRequest request = pool.Submit(seconds: 1000);
        for (int i = 0; i < 4; i++)
        {
            pool.Answer(request, 503);
            pool.AdvanceUntil(() => pool.Where(request) is not null, 100);
        }

        pool.Lose(pool.Where(request)!);
        Assert.Empty(pool.Sink.Ended);
    }

    [Fact]
    public void What_one_connection_refused_goes_to_another_however_busy()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 2 });
        pool.Submit(9);
        ApnsRequest request = pool.Submit();
        FakeConnection first = pool.Where(request)!;
        FakeConnection second = pool.Connections.Single(connection => connection != first);
        pool.EndWith(request, AttemptEnd.NotProcessed);
        Assert.Same(second, pool.Where(request));

        // With no other that takes it, the same one may have it again.
        first.Blocked = true;
        pool.EndWith(request, AttemptEnd.NotProcessed);
        Assert.Same(second, pool.Where(request));
    }

    [Fact]
    public void A_lost_request_that_did_not_go_again_is_no_duplicate()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit(seconds: 10);
        pool.Lose(pool[0]);
        pool.Advance(10);

        Assert.Equal(ApnsOutcome.Unknown, request.Outcome);
        ApnsResult result = ResultBuilder.Build(request);
        Assert.Equal((1, false), (result.Attempts, result.PossibleDuplicate));
    }

    [Fact]
    public void A_request_that_was_lost_and_then_refused_may_have_been_processed()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit(seconds: 3);
        pool.Lose(pool[0]);
        pool.AdvanceUntil(() => pool.Connections.Count == 2, 2);
        pool.Activate(pool[1]);
        while (pool.Where(request) is not null) pool.EndWith(request, AttemptEnd.NotProcessed);
        pool.Advance(3);

        Assert.Same(request, Assert.Single(pool.Sink.Ended));
        Assert.Equal((ApnsOutcome.Unknown, 1), (request.Outcome, request.Attempts));
    }

    [Fact]
    public void A_request_that_was_answered_503_and_then_refused_did_leave()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit(seconds: 3);
        pool.Answer(request, 503);
        pool.AdvanceUntil(() => pool.Where(request) is not null, 2);
        while (pool.Where(request) is not null) pool.EndWith(request, AttemptEnd.NotProcessed);
        pool.Advance(3);

        Assert.Same(request, Assert.Single(pool.Sink.Ended));
        Assert.NotEqual(ApnsOutcome.NotSent, request.Outcome);
        Assert.Equal((1, ApnsAdvice.Retry), (request.Attempts, ResultBuilder.Build(request).Advice));
    }

    [Theory]
    [InlineData(500, null)]
    [InlineData(500, "InternalServerError")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(503, "Shutdown")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(429, null)]
    [InlineData(504, "SomethingNew")]
    [InlineData(400, "IdleTimeout")]
    public void What_may_succeed_later_goes_again_after_a_pause(int status, string? reason)
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit();
        pool.Answer(request, status, reason);
        Assert.Null(pool.Where(request));
        Assert.Equal(1, pool.Dispatcher.Waiting);
        Assert.False(pool.Dispatcher.IsIdle);

        Assert.InRange(pool.AdvanceUntil(() => pool.Where(request) is not null, 5), 0.5, 1.05);
        pool.Answer(request);
        Assert.Equal((ApnsOutcome.Delivered, 2, false), (request.Outcome, request.Attempts, request.PossibleDuplicate));
    }

    [Theory]
    [InlineData(400, "BadDeviceToken", ApnsAdvice.FixRequest)]
    [InlineData(403, "InvalidProviderToken", ApnsAdvice.FixCredentials)]
    [InlineData(403, null, ApnsAdvice.FixCredentials)]
    [InlineData(404, "BadPath", ApnsAdvice.FixRequest)]
    [InlineData(410, "Unregistered", ApnsAdvice.Drop)]
    [InlineData(410, "ExpiredToken", ApnsAdvice.Drop)]
    [InlineData(413, "PayloadTooLarge", ApnsAdvice.FixRequest)]
    [InlineData(418, "SomethingNew", ApnsAdvice.FixRequest)]
    public void Any_other_answer_is_final(int status, string? reason, ApnsAdvice advice)
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit();
        pool.Answer(request, status, reason);

        Assert.Same(request, Assert.Single(pool.Sink.Ended));
        ApnsResult result = ResultBuilder.Build(request);
        Assert.Equal((ApnsOutcome.Rejected, status, reason, advice, 1), (result.Outcome, result.Status, result.Reason, result.Advice, result.Attempts));
    }

    [Fact]
    public void Pauses_double_with_jitter_and_have_a_ceiling()
    {
        var pauses = new List<List<double>>();
        for (int seed = 0; seed < 30; seed++)
        {
            var pool = new PoolHarness(new PoolOptions { LongestBackOff = TimeSpan.FromSeconds(4) }, seed);
            pool.Dispatcher.Start(pool.Now);
            pool.Activate(pool[0]);
            ApnsRequest request = pool.Submit(seconds: 1000);
            pauses.Add([]);
            for (int i = 0; i < 5; i++)
            {
                pool.Answer(request, 503);
                pauses[^1].Add(pool.AdvanceUntil(() => pool.Where(request) is not null, 60));
            }
        }

        double[] most = [1, 2, 4, 4, 4];
        for (int i = 0; i < most.Length; i++)
        {
            double[] taken = [.. pauses.Select(run => run[i])];
            Assert.All(taken, pause => Assert.InRange(pause, (most[i] / 2) - 0.001, most[i] + 0.051));
            Assert.True(taken.Max() - taken.Min() > most[i] / 5, "there is no jitter");
        }
    }

    [Fact]
    public void Retry_after_is_obeyed_when_it_is_longer_than_the_own_pause()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit();
        pool.Answer(request, 503, retryAfter: 12);
        Assert.InRange(pool.AdvanceUntil(() => pool.Where(request) is not null, 60), 12, 12.06);

        pool.Answer(request, 503, retryAfter: 0);
        Assert.InRange(pool.AdvanceUntil(() => pool.Where(request) is not null, 60), 1, 2.06);
    }

    [Fact]
    public void A_pause_that_would_end_after_the_deadline_is_not_waited_for()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit(seconds: 60);
        pool.Answer(request, 429, "TooManyRequests", retryAfter: 60);

        Assert.Same(request, Assert.Single(pool.Sink.Ended));
        Assert.Equal((ApnsOutcome.Rejected, 429, ApnsAdvice.Retry), (request.Outcome, request.Status, ResultBuilder.Build(request).Advice));

        ApnsRequest endless = pool.Submit();
        pool.Answer(endless, 503, retryAfter: int.MaxValue);
        Assert.Equal((ApnsOutcome.Rejected, 503), (endless.Outcome, endless.Status));
    }

    [Fact]
    public void Requests_in_a_pause_do_not_hold_up_the_others()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest pausing = pool.Submit();
        pool.Answer(pausing, 503);
        ApnsRequest other = pool.Submit();
        Assert.NotNull(pool.Where(other));
        Assert.Null(pool.Where(pausing));
    }

    [Fact]
    public void A_used_up_provider_token_sends_the_request_to_a_new_connection_once()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsRequest request = pool.Submit();
        FakeConnection first = pool[0];
        first.End(request, AttemptEnd.Answered);
        (request.Status, request.Reason) = (403, "ExpiredProviderToken");
        first.State = ApnsConnectionState.Closing;
        first.CloseReason = new ApnsException(ApnsErrorKind.ConnectionLost, "token") { Reason = "ExpiredProviderToken" };
        pool.Progress(first, request);

        // It served nothing, so it counts as a failure to connect: a moment's pause.
        Assert.Single(pool.Connections);
        Assert.InRange(pool.AdvanceUntil(() => pool.Connections.Count == 2, 5), 0.1, 0.251);
        pool.Activate(pool[1]);
        Assert.Same(pool[1], pool.Where(request));
        Assert.Equal(2, request.Attempts);

        pool.Answer(request, 403, "ExpiredProviderToken");
        Assert.Equal((ApnsOutcome.Rejected, "ExpiredProviderToken"), (request.Outcome, request.Reason));
        Assert.Equal(ApnsAdvice.FixCredentials, ResultBuilder.Build(request).Advice);
        Assert.False(request.PossibleDuplicate);
    }

    [Fact]
    public void Connections_of_the_same_age_may_refuse_it_as_well()
    {
        PoolHarness pool = PoolHarness.Ready(new PoolOptions { Connections = 3 });
        pool.Advance(1);
        ApnsRequest request = pool.Submit();
        for (int turn = 0; turn < 3; turn++)
        {
            FakeConnection connection = pool.Where(request)!;
            connection.State = ApnsConnectionState.Closing;
            pool.Answer(request, 403, "ExpiredProviderToken");
        }

        pool.AdvanceUntil(() => pool.Connections.Count > 3, 5);
        pool.Activate(pool[3]);
        Assert.Same(pool[3], pool.Where(request));
        pool.Answer(request, 200);
        Assert.Equal((ApnsOutcome.Delivered, 4), (request.Outcome, request.Attempts));
    }
}
