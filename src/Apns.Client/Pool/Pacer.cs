using System;

namespace Apns.Client;

/// <summary>
/// Lets something happen so many times a second, evenly: each is due an interval after the one before. Who comes late
/// may catch up on ten milliseconds at most, since no wait is more exact than one or two of them, so that the mean is
/// kept and nothing comes in bursts. Where waits are longer than that, as they may be on Windows (not tried), a fast pace
/// comes out slower than asked, never faster. (The generic cell rate algorithm of ATM, as a schedule.) Without a clock:
/// times are ticks of 100 ns.
/// </summary>
internal sealed class Pacer
{
    private static readonly long Catchable = TimeSpan.FromMilliseconds(10).Ticks;

    private readonly double _interval;
    private double _due;

    /// <param name="ratePerSecond">How often; more than zero, and fractions are fine.</param>
    /// <param name="now">The time; the first is due at once.</param>
    public Pacer(double ratePerSecond, long now)
    {
        _interval = TimeSpan.TicksPerSecond / ratePerSecond;
        _due = now;
    }

    /// <summary>How long to wait until the next is due; zero when it is.</summary>
    public TimeSpan Pause(long now) => TimeSpan.FromTicks((long)Math.Ceiling(Math.Max(0, _due - now)));

    /// <summary>One happens now.</summary>
    public void Take(long now) => _due = Math.Max(_due, now - Catchable) + _interval;
}
