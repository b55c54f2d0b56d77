using System;
using System.Collections.Generic;

namespace Apns.PowerShell.Report;

/// <summary>How many results ended in an interval.</summary>
internal readonly record struct RateInterval(long Delivered, long Others)
{
    public long Count => Delivered + Others;
}

/// <summary>
/// Counts results by the time at which they ended, in at most 120 intervals: when more would be needed they become twice as
/// wide. The order in which results come does not matter.
/// </summary>
internal sealed class RateSeries
{
    private const int MaxIntervals = 120;

    // By number: an interval begins at a multiple of the width.
    private Dictionary<long, RateInterval> _intervals = [];
    private long _first = long.MaxValue;
    private long _last = long.MinValue;

    /// <summary>How long an interval is.</summary>
    public TimeSpan Width { get; private set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Counts a result.</summary>
    public void Add(DateTimeOffset time, bool delivered)
    {
        long number = time.UtcTicks / Width.Ticks;
        _first = Math.Min(_first, number);
        _last = Math.Max(_last, number);
        Add(_intervals, number, delivered ? new RateInterval(1, 0) : new RateInterval(0, 1));
        while (_last - _first >= MaxIntervals) Widen();
    }

    /// <summary>The intervals from the first with a result to the last, empty ones included.</summary>
    public IReadOnlyList<RateInterval> ToIntervals()
    {
        var all = new List<RateInterval>();
        for (long number = _first; number <= _last; number++) all.Add(_intervals.GetValueOrDefault(number));
        return all;
    }

    private static void Add(Dictionary<long, RateInterval> intervals, long number, RateInterval more)
    {
        RateInterval found = intervals.GetValueOrDefault(number);
        intervals[number] = new RateInterval(found.Delivered + more.Delivered, found.Others + more.Others);
    }

    private void Widen()
    {
        var wider = new Dictionary<long, RateInterval>();
        foreach ((long number, RateInterval interval) in _intervals) Add(wider, number / 2, interval);
        (_intervals, _first, _last, Width) = (wider, _first / 2, _last / 2, 2 * Width);
    }
}
