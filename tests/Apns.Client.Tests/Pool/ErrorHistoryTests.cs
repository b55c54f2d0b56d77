using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>The error of a result tells the last cause, how often it was tried, and what came before.</summary>
public class ErrorHistoryTests
{
    private readonly PoolHarness _pool = PoolHarness.Ready();

    [Fact]
    public void Errors_until_the_deadline()
    {
        ApnsRequest request = _pool.Submit(seconds: 10);
        AnswerAndWait(request, 500, "InternalServerError");
        AnswerAndWait(request, 503, null);
        Assert.Equal(3, request.Attempts);
        _pool.Answer(request, 503, "ServiceUnavailable", retryAfter: 60);
        AssertError(
            request,
            ApnsOutcome.Rejected,
            "APNs is not available; send it later. There was no time left to try again before the deadline. It was sent 3 times; the time before, the answer was 503.");
    }

    [Fact]
    public void One_error_and_no_time_for_a_second_try()
    {
        ApnsRequest request = _pool.Submit(seconds: 10);
        _pool.Answer(request, 429, "TooManyRequests", retryAfter: 60);
        AssertError(
            request,
            ApnsOutcome.Rejected,
            "Too many notifications in a row to this device; send it later. There was no time left to try again before the deadline.");
    }

    [Fact]
    public void A_pause_that_the_deadline_of_the_batch_ends()
    {
        ApnsRequest request = _pool.NewRequest(seconds: 0.4);
        request.EndsWithBatch = true;
        _pool.Dispatcher.Submit(request, _pool.Now);
        _pool.Answer(request, 503, "Shutdown");
        AssertError(
            request,
            ApnsOutcome.Rejected,
            "APNs is shutting this server down; send it again. There was no time left to try again before the deadline of the batch.");
    }

    [Fact]
    public void A_loss_and_then_no_answer()
    {
        ApnsRequest request = _pool.Submit();
        _pool.Lose(_pool[0]);
        Reconnect(request);
        _pool.EndWith(request, AttemptEnd.TimedOut);
        AssertError(request, ApnsOutcome.Unknown, "No answer came before the deadline. It was sent twice; the time before, no answer came: lost");
    }

    [Fact]
    public void An_error_and_then_a_loss()
    {
        ApnsRequest request = _pool.Submit();
        _pool.Delivery = ApnsDelivery.AtMostOnce;
        request.Delivery = ApnsDelivery.AtMostOnce;
        AnswerAndWait(request, 503, "ServiceUnavailable");
        _pool.Lose(_pool.Where(request)!);
        AssertError(request, ApnsOutcome.Unknown, "No answer came: lost It was sent twice; the time before, the answer was 503 ServiceUnavailable.");
    }

    [Fact]
    public void A_loss_and_no_connection_since()
    {
        ApnsRequest request = _pool.Submit(seconds: 10);
        _pool.Lose(_pool[0]);
        _pool.AdvanceUntil(() => _pool.Connections.Count == 2, 5);
        _pool.Connections[1].CloseReason = new ApnsException(ApnsErrorKind.ConnectFailed, "No connection to APNs.");
        _pool.Lose(_pool[1]);
        _pool.Advance(20);
        AssertError(request, ApnsOutcome.Unknown, "No answer came: No connection to APNs. There was no time left to try again before the deadline.");
    }

    [Fact]
    public void No_connection_in_time()
    {
        var pool = new PoolHarness();
        pool.Dispatcher.Start(pool.Now);
        ApnsRequest request = pool.Submit(seconds: 10);
        pool[0].CloseReason = new ApnsException(ApnsErrorKind.ConnectFailed, "No connection to APNs.");
        pool.Lose(pool[0]);
        pool.Advance(10);
        AssertError(request, ApnsOutcome.NotSent, "There was no time left to send it before the deadline: No connection to APNs.");
    }

    [Fact]
    public void No_stream_in_time()
    {
        _pool[0].StreamLimit = 0;
        ApnsRequest request = _pool.Submit(seconds: 10);
        ApnsRequest other = _pool.NewRequest(seconds: 10);
        other.EndsWithBatch = true;
        _pool.Dispatcher.Submit(other, _pool.Now);
        _pool.Advance(10);
        AssertError(request, ApnsOutcome.NotSent, "There was no time left to send it before the deadline.");
        AssertError(other, ApnsOutcome.NotSent, "There was no time left to send it before the deadline of the batch.");
    }

    [Fact]
    public void Given_back_again_and_again()
    {
        ApnsRequest request = _pool.Submit(seconds: 3);
        for (int i = 0; i < 4; i++) _pool.EndWith(request, AttemptEnd.NotProcessed);
        _pool[0].Blocked = true;
        _pool.Advance(3);
        AssertError(request, ApnsOutcome.NotSent, "There was no time left to send it before the deadline. It was given back unprocessed 4 times.");
    }

    [Fact]
    public void An_error_and_then_given_back_until_the_deadline()
    {
        ApnsRequest request = _pool.Submit(seconds: 10);
        AnswerAndWait(request, 503, "ServiceUnavailable");
        _pool[0].Blocked = true;
        _pool.EndWith(request, AttemptEnd.NotProcessed);
        _pool.Advance(10);
        AssertError(
            request,
            ApnsOutcome.Rejected,
            "APNs is not available; send it later. There was no time left to try again before the deadline.");
        Assert.Equal((503, "ServiceUnavailable"), (request.Status, request.Reason));
    }

    [Fact]
    public void A_refusal_is_not_told_with_what_came_before_a_delivery()
    {
        ApnsRequest request = _pool.Submit();
        AnswerAndWait(request, 503, "ServiceUnavailable");
        _pool.Answer(request);
        AssertError(request, ApnsOutcome.Delivered, null);
        request.Reset();
        Assert.Null(request.Earlier);
    }

    private static void AssertError(ApnsRequest request, ApnsOutcome outcome, string? error) =>
        Assert.Equal((outcome, error), (request.Outcome, ResultBuilder.Build(request).Error));

    private void AnswerAndWait(ApnsRequest request, int status, string? reason)
    {
        _pool.Answer(request, status, reason);
        _pool.AdvanceUntil(() => _pool.Where(request) is not null, 5);
    }

    private void Reconnect(ApnsRequest request)
    {
        _pool.AdvanceUntil(() => _pool.Connections.Count == 2, 5);
        _pool.Activate(_pool[1]);
        Assert.Same(_pool[1], _pool.Where(request));
    }
}
