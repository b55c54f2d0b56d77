using System;
using System.Globalization;

namespace Apns.PowerShell;

/// <summary>
/// A point in time as scripts say it: a date, a time span from now, Unix seconds (0 among them), or text of any of these
/// as PowerShell reads dates and time spans.
/// </summary>
internal static class Moment
{
    private static readonly DateTimeOffset FirstYear = DateTimeOffset.UnixEpoch.AddYears(1);

    /// <exception cref="FormatException">It is none of these.</exception>
    public static DateTimeOffset Read(object value)
    {
        try
        {
            return value switch
            {
                DateTimeOffset date => date,
                DateTime date => new DateTimeOffset(date),
                TimeSpan span => DateTimeOffset.UtcNow + span,
                int or long or uint or short or ushort or byte => FromSeconds(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
                double or decimal or float => FromSeconds(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
                string text => FromText(text),
                _ => throw Unusable(value),
            };
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            // Before the year 1, or after 9999.
            throw Unusable(value);
        }
    }

    /// <summary>What is wrong with Unix seconds that were meant from now on, as 3600 for an hour; null when nothing is.</summary>
    public static string? Doubt(DateTimeOffset moment)
    {
        if (moment <= DateTimeOffset.UnixEpoch || moment >= FirstYear) return null;
        long seconds = moment.ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"{seconds} is {moment:HH:mm:ss} on {moment:d MMMM yyyy}. For that many seconds from now give (New-TimeSpan -Seconds {seconds}).");
    }

    private static DateTimeOffset FromSeconds(long seconds) => seconds is >= 0 and < 253_402_300_800
        ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : throw Unusable(seconds);

    private static DateTimeOffset FromText(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)) return FromSeconds(seconds);
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span)) return DateTimeOffset.UtcNow + span;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset date) ? date : throw Unusable(text);
    }

    private static FormatException Unusable(object value) =>
        new($"'{value}' is no point in time. Give a date, a time span from now such as (New-TimeSpan -Hours 4), or Unix seconds.");
}
