using System;
using System.Collections.Generic;

namespace Apns.PowerShell.Report;

/// <summary>Round numbers for an axis.</summary>
internal static class Scale
{
    private const int Minute = 60;
    private const int Hour = 60 * Minute;
    private const int Day = 24 * Hour;

    private static readonly double[] Seconds =
    [
        0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30,
        Minute, 2 * Minute, 5 * Minute, 10 * Minute, 15 * Minute, 30 * Minute,
        Hour, 2 * Hour, 3 * Hour, 6 * Hour, 12 * Hour,
        Day, 2 * Day, 7 * Day, 14 * Day, 30 * Day, 91 * Day, 365 * Day,
    ];

    /// <summary>The step that reaches a largest value in at most as many steps: 1, 2 or 5 times a power of ten.</summary>
    public static double Step(double largest, int steps)
    {
        for (double power = Math.Pow(10, Math.Floor(Math.Log10(largest / steps))); ; power *= 10)
        {
            foreach (double step in (ReadOnlySpan<double>)[power, 2 * power, 5 * power])
            {
                if (step * steps >= largest) return step;
            }
        }
    }

    /// <summary>Round times from 0 on, at most as many as are wanted, not counting 0.</summary>
    public static IEnumerable<TimeSpan> Times(TimeSpan longest, int count)
    {
        int found = Array.FindIndex(Seconds, s => s * count >= longest.TotalSeconds);
        TimeSpan step = found < 0 ? longest / count : TimeSpan.FromSeconds(Seconds[found]);
        for (TimeSpan time = TimeSpan.Zero; time <= longest; time += step) yield return time;
    }

    /// <summary>Round times on a logarithmic axis: 1, 10, 100, with 3, or 2 and 5, between them where there is room.</summary>
    public static IEnumerable<TimeSpan> LogTimes(TimeSpan from, TimeSpan to)
    {
        int[] factors = Math.Log10(to / from) switch
        {
            < 1.5 => [1, 2, 5],
            < 2.8 => [1, 3],
            _ => [1],
        };
        for (double power = 1; power <= to.Ticks; power *= 10)
        {
            foreach (int factor in factors)
            {
                TimeSpan time = TimeSpan.FromTicks((long)(power * factor));
                if (time >= from && time <= to) yield return time;
            }
        }
    }
}
