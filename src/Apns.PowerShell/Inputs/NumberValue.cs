using System;
using System.Globalization;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>Reads numbers, and only these: PowerShell's conversions round, count <c>$true</c> as 1, and read '1,5' as 15.</summary>
internal static class NumberValue
{
    /// <exception cref="FormatException">It is no whole number, or has more than 32 bits.</exception>
    public static int ReadWhole(object value)
    {
        bool known = TextOf(value) is { } text
            ? decimal.TryParse(text, NumberStyles.Integer | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            : Convert(value, out number);
        bool fits = known && decimal.IsInteger(number) && number is >= int.MinValue and <= int.MaxValue;
        return fits ? (int)number : throw new FormatException($"'{value}' is not a whole number.");
    }

    /// <exception cref="FormatException">It is no number.</exception>
    public static double Read(object value)
    {
        bool known = TextOf(value) is { } text
            ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            : Convert(value, out number);
        return known ? number : throw new FormatException($"'{value}' is not a number.");
    }

    private static string? TextOf(object value) => value as string ?? (value as char?)?.ToString();

    // Numbers can be formatted; switches and booleans cannot.
    private static bool Convert<T>(object value, out T? number)
    {
        number = default;
        return value is IFormattable && LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out number);
    }
}
