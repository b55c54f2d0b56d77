using System;
using System.Globalization;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>
/// Refuses a number for a time span. PowerShell reads one as ticks of 100 ns, and the text of one as days, and whoever
/// writes 200 means neither.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = ScriptValues.Unwrap(inputData);
        bool isNumber = value is int or long or double or decimal or float or short or byte or uint or ulong or ushort
            || (value is string text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        if (!isNumber || LanguagePrimitives.Equals(value, 0)) return inputData;
        string number = LanguagePrimitives.ConvertTo<string>(value);
        throw new ArgumentTransformationMetadataException($"{number} may be milliseconds, seconds or days. Give a time span: (New-TimeSpan -Seconds {number}), or [timespan]::FromMilliseconds({number}).");
    }
}
