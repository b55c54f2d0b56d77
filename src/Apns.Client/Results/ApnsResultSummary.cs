using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Apns.Client;

/// <summary>
/// What many results come to, as <see cref="ApnsResultMeter.ToSummary"/> gives it. Immutable.
/// Times and latencies are of results whose <see cref="IApnsResult.Time"/> is known.
/// </summary>
public sealed class ApnsResultSummary
{
    /// <summary>All results.</summary>
    public long Count { get; init; }

    /// <summary>Results with <see cref="ApnsOutcome.Delivered"/>.</summary>
    public long Delivered { get; init; }

    /// <summary>Results with <see cref="ApnsOutcome.Rejected"/>.</summary>
    public long Rejected { get; init; }

    /// <summary>Results with <see cref="ApnsOutcome.Unknown"/>.</summary>
    public long Unknown { get; init; }

    /// <summary>Results with <see cref="ApnsOutcome.NotSent"/>.</summary>
    public long NotSent { get; init; }

    /// <summary>Results with <see cref="ApnsResult.Skipped"/>: of an earlier run, as its journal has them.</summary>
    public long Skipped { get; init; }

    /// <summary>Results with <see cref="IApnsResult.PossibleDuplicate"/>.</summary>
    public long PossibleDuplicates { get; init; }

    /// <summary>How often notifications were sent, repetitions included.</summary>
    public long Attempts { get; init; }

    /// <summary>
    /// How many results have which reason, the most frequent first. What is beyond a hundred different reasons is counted as
    /// <c>other</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, long> Reasons { get; init; }

    /// <summary>How many results have which advice, by the advice's name, the most frequent first.</summary>
    public required IReadOnlyDictionary<string, long> Advice { get; init; }

    /// <summary>When the first was taken in (UTC); null when no result has a time.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When the last ended (UTC); null when no result has a time.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>From <see cref="Started"/> to <see cref="Ended"/>, pauses included.</summary>
    public TimeSpan Duration => Ended - Started ?? TimeSpan.Zero;

    /// <summary>Results a second over the whole duration; null where that is too short to tell.</summary>
    public double? Rate { get; init; }

    /// <summary>
    /// Half of the answers took no longer, from being taken in, waiting included; to 1 %. Null without answers: what ended
    /// without one has no latency.
    /// </summary>
    public TimeSpan? LatencyP50 { get; init; }

    /// <summary>Nine of ten answers took no longer; to 1 %.</summary>
    public TimeSpan? LatencyP90 { get; init; }

    /// <summary>99 of a hundred answers took no longer; to 1 %.</summary>
    public TimeSpan? LatencyP99 { get; init; }

    /// <summary>The answer that took longest.</summary>
    public TimeSpan? LatencyMax { get; init; }

    /// <summary>The mean of all answers.</summary>
    public TimeSpan? LatencyMean { get; init; }

    /// <summary>How many answers took how long, in ranges of 1/64 at most, the shortest first; those without any are left out.</summary>
    public required IReadOnlyList<ApnsLatencyBucket> Latencies { get; init; }

    /// <summary>Outcomes, rate and latency in one line.</summary>
    /// <returns>For example <c>10,000 results: 9,990 delivered, 10 rejected; 41,200 a second; p50 24 ms, p99 31 ms</c>.</returns>
    public override string ToString()
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        var line = new StringBuilder();
        line.Append(culture, $"{Count:N0} {(Count == 1 ? "result" : "results")}");
        string separator = ": ";
        foreach ((long count, string outcome) in new[] { (Delivered, "delivered"), (Rejected, "rejected"), (Unknown, "unknown"), (NotSent, "not sent") })
        {
            if (count == 0) continue;
            line.Append(culture, $"{separator}{count:N0} {outcome}");
            separator = ", ";
        }

        if (Rate is { } rate) line.Append(culture, $"; {rate:N0} a second");
        if (LatencyP50 is { } p50 && LatencyP99 is { } p99) line.Append(culture, $"; p50 {p50.TotalMilliseconds:#,0.#} ms, p99 {p99.TotalMilliseconds:#,0.#} ms");
        return line.ToString();
    }
}
