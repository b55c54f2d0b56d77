using System;
using System.Globalization;
using System.Text;

namespace Apns.Client;

/// <summary>The dates of HTTP headers, RFC 9110 section 5.6.7: one form that is sent today, and two that must be understood.</summary>
internal static class HttpDate
{
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowInnerWhite;

    private static readonly string[] Forms =
    [
        "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
        "dddd, dd-MMM-yy HH':'mm':'ss 'GMT'",
        "ddd MMM d HH':'mm':'ss yyyy",
    ];

    /// <summary>Reads a date; null for what is none.</summary>
    public static DateTimeOffset? Read(ReadOnlySpan<byte> value)
    {
        Span<char> text = stackalloc char[40];
        if (value.Length > text.Length) return null;
        int length = Encoding.Latin1.GetChars(value, text);
        return DateTimeOffset.TryParseExact(text[..length], Forms, CultureInfo.InvariantCulture, Utc, out DateTimeOffset date) ? date : null;
    }
}
