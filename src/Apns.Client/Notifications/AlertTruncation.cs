using System;
using System.Globalization;
using System.Text;

namespace Apns.Client;

/// <summary>Shortens an alert's text until its payload fits.</summary>
internal static class AlertTruncation
{
    private const string Ellipsis = "…";

    /// <summary>Writes the payload anew with as much of the alert's text as fits, cut at a character's boundary, and an ellipsis.</summary>
    public static byte[] Shorten(ApnsPayload payload, ApnsPushType type, byte[] written, int limit)
    {
        string? text = payload.Body ?? payload.Alert;
        int room = text is null ? -1 : WrittenLength(text) - (written.Length - limit) - WrittenLength(Ellipsis);
        if (text is null || room < 0)
        {
            throw new ApnsException(
                ApnsErrorKind.InvalidNotification,
                $"The payload has {written.Length} bytes, {written.Length - limit} more than the {limit} it may have, and the alert's text is not long enough to make up for it. Shorten the rest.")
            { Reason = ApnsReasons.PayloadTooLarge };
        }

        string shortened = string.Concat(text.AsSpan(0, LengthWithin(text, room)), Ellipsis);
        ApnsPayload fitting = payload.Body is null ? payload with { Alert = shortened } : payload with { Body = shortened };
        return fitting.Write(type == ApnsPushType.LiveActivity);
    }

    /// <summary>How many UTF-16 units of a text, in whole characters as people see them, fit into so many bytes of JSON.</summary>
    private static int LengthWithin(string text, int bytes)
    {
        int length = 0;
        while (length < text.Length)
        {
            int step = StringInfo.GetNextTextElementLength(text, length);
            bytes -= WrittenLength(text.AsSpan(length, step));
            if (bytes < 0) break;
            length += step;
        }

        return length;
    }

    private static int WrittenLength(ReadOnlySpan<char> text)
    {
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            length += rune.Value switch
            {
                '"' or '\\' or '\n' or '\r' or '\t' or '\b' or '\f' => 2,
                < ' ' => 6,
                _ => rune.Utf8SequenceLength,
            };
        }

        return length;
    }
}
