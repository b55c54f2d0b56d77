using System;
using System.Diagnostics;
using System.Threading;

namespace Apns.PowerShell;

/// <summary>How fast a count grows: over the time since it was last looked at, which is a second at least. Thread-safe.</summary>
internal sealed class RateGauge
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _at = Stopwatch.GetTimestamp();
    private long _count;
    private double _rate;

    /// <summary>A second's growth.</summary>
    public double Read(long count)
    {
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_at, now);
            if (elapsed < Shortest) return _rate;
            _rate = (count - _count) / elapsed.TotalSeconds;
            (_at, _count) = (now, count);
            return _rate;
        }
    }
}
