using System;
using System.Globalization;

namespace Apns.PowerShell.Report;

/// <summary>Numbers, times and dates as a report writes them, the same on every machine.</summary>
internal static class ReportText
{
    /// <summary>Between a number and its unit.</summary>
    public const char NarrowSpace = '\u202f';

    public static string Number(double number) => number.ToString(number is > 0 and < 10 ? "G2" : "#,0", CultureInfo.InvariantCulture);

    /// <summary>A share of all; what is not all is never told as 100 %, and what is something never as 0.</summary>
    public static string Share(long part, long all)
    {
        double percent = 100.0 * part / Math.Max(1, all);
        string text = percent switch
        {
            0 or 100 => $"{percent:0}",
            > 99.9 => $">{NarrowSpace}99.9",
            < 0.1 => $"<{NarrowSpace}0.1",
            _ => percent.ToString("0.0", CultureInfo.InvariantCulture),
        };
        return $"{text}{NarrowSpace}%";
    }

    public static string Duration(TimeSpan time) => time switch
    {
        { Ticks: 0 } => "0",
        { TotalMilliseconds: < 1 } => With(time.TotalMicroseconds, "0", "µs"),
        { TotalMilliseconds: < 9.95 } => With(time.TotalMilliseconds, "0.#", "ms"),
        { TotalMilliseconds: < 999.5 } => With(time.TotalMilliseconds, "0", "ms"),
        { TotalSeconds: < 9.95 } => With(time.TotalSeconds, "0.#", "s"),
        { TotalSeconds: < 59.5 } => With(time.TotalSeconds, "0", "s"),
        { TotalHours: < 1 } => Two(time.TotalMinutes, "min", time.Seconds, "s"),
        { TotalDays: < 1 } => Two(time.TotalHours, "h", time.Minutes, "min"),
        _ => Two(time.TotalDays, "d", time.Hours, "h"),
    };

    public static string Date(DateTimeOffset date) => date.UtcDateTime.ToString("d MMMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    private static string With(double number, string format, string unit) => number.ToString(format, CultureInfo.InvariantCulture) + NarrowSpace + unit;

    private static string Two(double large, string unit, int small, string smallUnit) =>
        small == 0 ? With(Math.Floor(large), "0", unit) : $"{With(Math.Floor(large), "0", unit)} {With(small, "0", smallUnit)}";
}
