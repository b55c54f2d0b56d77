using System;
using System.Globalization;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>
/// Lets -Expiration be a date, a time span from now, Unix seconds, or 0 for one attempt. Text is read as PowerShell
/// reads dates and time spans.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ExpirationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            null or DateTimeOffset => value,
            DateTime date => new DateTimeOffset(date),
            TimeSpan span => DateTimeOffset.UtcNow + span,
            int or long or uint or short or byte => FromSeconds(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            string text => FromText(text),
            _ => throw Unusable(value),
        };
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

    private static ArgumentTransformationMetadataException Unusable(object value) =>
        new($"'{value}' is no expiration. Give a date, a time span from now such as (New-TimeSpan -Hours 4), or 0 for one attempt without storing.");
}
