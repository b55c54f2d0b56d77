using System;
using System.Collections.Generic;
using System.Linq;

namespace Apns.Client;

/// <summary>
/// Sums up results as they pass, in memory that stays the same for any number of them. Not thread-safe: for one thread at a
/// time.
/// </summary>
public sealed class ApnsResultMeter
{
    // Reasons come from the server, so there might be any number of them.
    private const int MaxReasons = 100;
    private const string OtherReason = "other";

    private readonly long[] _outcomes = new long[Enum.GetValues<ApnsOutcome>().Length];
    private readonly long[] _advice = new long[Enum.GetValues<ApnsAdvice>().Length];
    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly LatencyHistogram _latencies = new();
    private long _count;
    private long _skipped;
    private long _possibleDuplicates;
    private long _attempts;
    private long _timed;
    private DateTimeOffset _started = DateTimeOffset.MaxValue;
    private DateTimeOffset _ended = DateTimeOffset.MinValue;

    /// <summary>Adds a result.</summary>
    /// <param name="result">The result of a notification or of a broadcast; the meter does not keep it.</param>
    public void Add(IApnsResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _count++;
        _outcomes[(int)result.Outcome]++;
        _advice[(int)result.Advice]++;
        _attempts += result.Attempts;
        if (result.PossibleDuplicate) _possibleDuplicates++;
        if (result is ApnsResult { Skipped: true }) _skipped++;
        if (result.Reason is { } reason) AddReason(reason);
        if (result.Time is { } time) AddTime(time, result);
    }

    /// <summary>What has been added so far comes to this.</summary>
    /// <returns>A summary that further results do not change.</returns>
    public ApnsResultSummary ToSummary() => new()
    {
        Count = _count,
        Delivered = _outcomes[(int)ApnsOutcome.Delivered],
        Rejected = _outcomes[(int)ApnsOutcome.Rejected],
        Unknown = _outcomes[(int)ApnsOutcome.Unknown],
        NotSent = _outcomes[(int)ApnsOutcome.NotSent],
        Skipped = _skipped,
        PossibleDuplicates = _possibleDuplicates,
        Attempts = _attempts,
        Reasons = ByCount(_reasons),
        Advice = ByCount(Enum.GetValues<ApnsAdvice>().Where(advice => _advice[(int)advice] > 0).Select(advice => KeyValuePair.Create($"{advice}", _advice[(int)advice]))),
        Started = _timed == 0 ? null : _started,
        Ended = _timed == 0 ? null : _ended,
        Rate = _ended > _started ? _timed / (_ended - _started).TotalSeconds : null,
        LatencyP50 = _latencies.Percentile(0.5),
        LatencyP90 = _latencies.Percentile(0.9),
        LatencyP99 = _latencies.Percentile(0.99),
        LatencyMax = _latencies.Max,
        LatencyMean = _latencies.Mean,
        Latencies = _latencies.ToBuckets(),
    };

    private static OrderedDictionary<string, long> ByCount(IEnumerable<KeyValuePair<string, long>> counts) =>
        new(counts.OrderByDescending(static count => count.Value).ThenBy(static count => count.Key, StringComparer.Ordinal));

    private void AddReason(string reason)
    {
        if (_reasons.Count >= MaxReasons && !_reasons.ContainsKey(reason)) reason = OtherReason;
        _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
    }

    private void AddTime(DateTimeOffset time, IApnsResult result)
    {
        _timed++;
        DateTimeOffset taken = time - result.Duration;
        if (taken < _started) _started = taken;
        if (time > _ended) _ended = time;
        if (result.Status > 0) _latencies.Add(result.Duration);
    }
}
