using System;
using System.Diagnostics;

namespace Apns.Client;

/// <summary>The engine's clock: ticks of 100 ns that never go back. The classes that decide are given its value.</summary>
internal static class MonotonicClock
{
    private static readonly long Origin = Stopwatch.GetTimestamp();

    // What both clocks said at once. The system's may be set, so it is asked again after a second, but not for each result.
    private static Reading _reading = new(Now, DateTimeOffset.UtcNow);

    public static long Now => Stopwatch.GetElapsedTime(Origin).Ticks;

    /// <summary>The date of a moment of the last second or so.</summary>
    public static DateTimeOffset ToUtc(long ticks)
    {
        Reading reading = _reading;
        if (ticks - reading.Ticks > TimeSpan.TicksPerSecond) _reading = reading = new Reading(Now, DateTimeOffset.UtcNow);
        return reading.Utc.AddTicks(ticks - reading.Ticks);
    }

    private sealed record Reading(long Ticks, DateTimeOffset Utc);
}
