using System.Diagnostics;

namespace Apns.Client;

/// <summary>The engine's clock: ticks of 100 ns that never go back. The classes that decide are given its value.</summary>
internal static class MonotonicClock
{
    private static readonly long Origin = Stopwatch.GetTimestamp();

    public static long Now => Stopwatch.GetElapsedTime(Origin).Ticks;
}
