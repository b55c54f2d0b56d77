using System;
using Xunit;

namespace Apns.Client.Tests.Results;

public class ResultBuilderTests
{
    [Fact]
    public void A_delivered_notification_carries_all_that_is_known()
    {
        var input = new object();
        var answered = Guid.NewGuid();
        ApnsResult result = ResultBuilder.Build(new ApnsRequest
        {
            Index = 7,
            InputObject = input,
            Token = "ab",
            ApnsId = Guid.NewGuid(),
            AnsweredId = answered,
            UniqueId = "u",
            Status = 200,
            Outcome = ApnsOutcome.Delivered,
            LastEnd = AttemptEnd.Answered,
            Attempts = 2,
            PossibleDuplicate = true,
            TakenAt = 100,
            FinishedAt = 100 + TimeSpan.TicksPerSecond,
        });
        Assert.Equal((7, input, "ab", answered, "u", 200), (result.Index, result.InputObject, result.Token, result.ApnsId, result.UniqueId, result.Status));
        Assert.Equal((ApnsOutcome.Delivered, ApnsAdvice.None, null, null), (result.Outcome, result.Advice, result.Reason, result.Error));
        Assert.Equal((2, true, TimeSpan.FromSeconds(1), null), (result.Attempts, result.PossibleDuplicate, result.Duration, result.InvalidSince));
    }

    [Fact]
    public void Without_an_answer_the_id_is_the_one_that_was_sent()
    {
        var id = Guid.NewGuid();
        Assert.Equal(id, ResultBuilder.Build(new ApnsRequest { ApnsId = id, Outcome = ApnsOutcome.Unknown }).ApnsId);
    }

    [Fact]
    public void The_end_is_a_date_in_utc_unless_it_was_in_an_earlier_run()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        long now = MonotonicClock.Now;
        DateTimeOffset? time = ResultBuilder.Build(new ApnsRequest { FinishedAt = now }).Time;

        // Clocks are read one after the other, and the system's may be slewed.
        Assert.InRange(time!.Value, before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal(TimeSpan.Zero, time.Value.Offset);
        Assert.Equal(time - TimeSpan.FromTicks(3), ResultBuilder.Build(new ApnsRequest { FinishedAt = now - 3 }).Time);
        Assert.Null(ResultBuilder.Build(new ApnsRequest { FinishedAt = now, Skipped = true }).Time);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(-1, null)]
    [InlineData(1, "1970-01-01T00:00:00.001Z")]
    [InlineData(1771934400123, "2026-02-24T12:00:00.123Z")]
    [InlineData(253402300799999, "9999-12-31T23:59:59.999Z")]
    [InlineData(253402300800000, null)]
    [InlineData(long.MaxValue, null)]
    public void The_timestamp_is_milliseconds_in_utc(long milliseconds, string? expected)
    {
        var request = new ApnsRequest { Outcome = ApnsOutcome.Rejected, Status = 410, Reason = "Unregistered", InvalidSinceMilliseconds = milliseconds };
        DateTimeOffset? invalidSince = ResultBuilder.Build(request).InvalidSince;
        Assert.Equal(expected, invalidSince?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(invalidSince is null || invalidSince.Value.Offset == TimeSpan.Zero);
    }

    [Fact]
    public void What_was_not_sent_is_advised_by_its_cause()
    {
        Assert.Equal(ApnsAdvice.FixRequest, AdviceFor(new ApnsException(ApnsErrorKind.InvalidNotification, "x")));
        Assert.Equal(ApnsAdvice.FixCredentials, AdviceFor(new ApnsException(ApnsErrorKind.InvalidKey, "x")));
        Assert.Equal(ApnsAdvice.FixCredentials, AdviceFor(new ApnsException(ApnsErrorKind.InvalidCertificate, "x")));
        Assert.Equal(ApnsAdvice.FixCredentials, AdviceFor(new ApnsException(ApnsErrorKind.Refused, "x") { Reason = "InvalidProviderToken" }));
        Assert.Equal(ApnsAdvice.FixRequest, AdviceFor(new ApnsException(ApnsErrorKind.Refused, "x") { Reason = "TopicDisallowed" }));
        Assert.Equal(ApnsAdvice.Retry, AdviceFor(new ApnsException(ApnsErrorKind.ConnectFailed, "x")));
        Assert.Equal(ApnsAdvice.Retry, AdviceFor(new ApnsException(ApnsErrorKind.Closed, "x")));
        Assert.Equal(ApnsAdvice.Retry, AdviceFor(null));
    }

    [Fact]
    public void Everything_but_a_delivery_says_why_in_words()
    {
        foreach (ApnsOutcome outcome in new[] { ApnsOutcome.Rejected, ApnsOutcome.Unknown, ApnsOutcome.NotSent })
        {
            ApnsResult result = ResultBuilder.Build(new ApnsRequest { Outcome = outcome, Status = outcome == ApnsOutcome.Rejected ? 418 : 0 });
            Assert.False(string.IsNullOrWhiteSpace(result.Error));
        }

        var cut = new ApnsException(ApnsErrorKind.ConnectionLost, "the cable was cut");
        Assert.Contains("the cable was cut", ResultBuilder.Build(new ApnsRequest { Outcome = ApnsOutcome.Unknown, Failure = cut, LastEnd = AttemptEnd.Lost }).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_line_does_not_tell_the_whole_token()
    {
        string token = Samples.Token(0x1234) + "ff";
        Assert.Equal("00000000… Rejected Unregistered", new ApnsResult { Token = token, Outcome = ApnsOutcome.Rejected, Reason = "Unregistered" }.ToString());
        Assert.Equal("00000000… Delivered", new ApnsResult { Token = token }.ToString());
        Assert.Equal("0123456789", ApnsResult.ShortToken("0123456789"));
    }

    private static ApnsAdvice AdviceFor(ApnsException? failure) =>
        ResultBuilder.Build(new ApnsRequest { Outcome = ApnsOutcome.NotSent, Failure = failure }).Advice;
}
