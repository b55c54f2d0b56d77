using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Results;

[Collection(nameof(Alone))]
public class ApnsResultMeterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly ApnsResultMeter _meter = new();

    [Fact]
    public void Everything_is_counted_once()
    {
        for (int i = 0; i < 6; i++) _meter.Add(Answered(i, milliseconds: 10 * (i + 1)));
        _meter.Add(new ApnsResult { Outcome = ApnsOutcome.Rejected, Status = 410, Reason = "Unregistered", Advice = ApnsAdvice.Drop, Attempts = 2, PossibleDuplicate = true });
        _meter.Add(new ApnsResult { Outcome = ApnsOutcome.Rejected, Status = 410, Reason = "Unregistered", Advice = ApnsAdvice.Drop, Attempts = 1 });
        _meter.Add(new ApnsResult { Outcome = ApnsOutcome.Unknown, Advice = ApnsAdvice.Retry, Attempts = 3 });
        _meter.Add(new ApnsResult { Outcome = ApnsOutcome.NotSent, Reason = "BadDeviceToken", Advice = ApnsAdvice.FixRequest, Skipped = true });

        ApnsResultSummary summary = _meter.ToSummary();
        Assert.Equal((10, 6, 2, 1, 1), (summary.Count, summary.Delivered, summary.Rejected, summary.Unknown, summary.NotSent));
        Assert.Equal((12, 1, 1), (summary.Attempts, summary.PossibleDuplicates, summary.Skipped));
        Assert.Equal(["Unregistered 2", "BadDeviceToken 1"], Lines(summary.Reasons));
        Assert.Equal(["None 6", "Drop 2", "FixRequest 1", "Retry 1"], Lines(summary.Advice));
    }

    [Fact]
    public void Rate_and_duration_go_from_the_first_taken_in_to_the_last_ended()
    {
        // In the order in which they end, which is not that in which they came.
        _meter.Add(Answered(seconds: 2, milliseconds: 500));
        _meter.Add(Answered(seconds: 5, milliseconds: 6000));
        _meter.Add(Answered(seconds: 4, milliseconds: 10));

        // Nothing is known of the times of these.
        _meter.Add(new ApnsResult { Status = 200, Duration = TimeSpan.FromHours(1), Skipped = true });
        ApnsResultSummary summary = _meter.ToSummary();
        Assert.Equal((Noon.AddSeconds(-1), Noon.AddSeconds(5), TimeSpan.FromSeconds(6), 0.5), (summary.Started, summary.Ended, summary.Duration, summary.Rate));
        Assert.Equal(TimeSpan.FromSeconds(6), summary.LatencyMax);
    }

    [Fact]
    public void Latency_is_of_answers_only()
    {
        for (int i = 1; i <= 100; i++) _meter.Add(Answered(0, i));
        _meter.Add(new ApnsResult { Outcome = ApnsOutcome.Unknown, Duration = TimeSpan.FromSeconds(30), Time = Noon });
        _meter.Add(new ApnsResult { Outcome = ApnsOutcome.NotSent, Time = Noon });
        ApnsResultSummary summary = _meter.ToSummary();
        Assert.InRange(summary.LatencyP50!.Value.TotalMilliseconds, 49.5, 50.5);
        Assert.InRange(summary.LatencyP90!.Value.TotalMilliseconds, 89.1, 90.9);
        Assert.InRange(summary.LatencyP99!.Value.TotalMilliseconds, 98.01, 99.99);
        Assert.Equal((TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(50.5)), (summary.LatencyMax, summary.LatencyMean));
        Assert.Equal(100, summary.Latencies.Sum(static bucket => bucket.Count));
    }

    [Fact]
    public void A_summary_does_not_change_with_what_is_added_later()
    {
        ApnsResultSummary empty = _meter.ToSummary();
        _meter.Add(Answered(1, 1));
        Assert.Equal((0, null, TimeSpan.Zero, null, null), (empty.Count, empty.Started, empty.Duration, empty.Rate, empty.LatencyP50));
        Assert.Empty(empty.Reasons);
        Assert.Empty(empty.Latencies);
        Assert.Equal(1, _meter.ToSummary().Count);
    }

    [Fact]
    public void A_million_results_with_ever_new_reasons_take_no_more_memory_than_a_thousand()
    {
        void Add(int from, int to)
        {
            for (int i = from; i < to; i++) _meter.Add(new ApnsResult { Outcome = ApnsOutcome.Rejected, Status = 400, Reason = $"Reason{i}", Time = Noon.AddSeconds(i), Duration = TimeSpan.FromMilliseconds(i) });
        }

        Add(0, 1000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Add(1000, 1_000_000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 500_000);

        ApnsResultSummary summary = _meter.ToSummary();
        Assert.Equal((101, "other 999900"), (summary.Reasons.Count, Lines(summary.Reasons).First()));
    }

    [Fact]
    public void A_line_tells_what_there_is()
    {
        Assert.Equal("0 results", _meter.ToSummary().ToString());
        _meter.Add(Answered(0, 1000));
        Assert.Equal("1 result: 1 delivered; 1 a second; p50 1,000 ms, p99 1,000 ms", _meter.ToSummary().ToString());
        _meter.Add(new ApnsResult { Outcome = ApnsOutcome.NotSent });
        Assert.StartsWith("2 results: 1 delivered, 1 not sent; ", _meter.ToSummary().ToString(), StringComparison.Ordinal);
    }

    private static ApnsResult Answered(int seconds, int milliseconds) => new()
    {
        Outcome = ApnsOutcome.Delivered,
        Status = 200,
        Attempts = 1,
        Time = Noon.AddSeconds(seconds),
        Duration = TimeSpan.FromMilliseconds(milliseconds),
    };

    private static IEnumerable<string> Lines(IReadOnlyDictionary<string, long> counts) => counts.Select(static count => $"{count.Key} {count.Value}");
}
