using System;
using System.Text.Json;

namespace Apns.Client;

/// <summary>The JSON that APNs sends with an answer other than 200, and in GOAWAY: reason, and timestamp with 410 (milliseconds).</summary>
internal static class AnswerBody
{
    /// <summary>Reads what there is; an answer without body, or with another one, is an answer all the same.</summary>
    public static void Read(ApnsRequest request)
    {
        if (request.Body is { Length: > 0 } body) Read(body.WrittenSpan, out request.Reason, out request.InvalidSinceMilliseconds);
    }

    /// <summary>Reads a reason and a timestamp from bytes that may be anything; null and 0 where there is none.</summary>
    public static void Read(ReadOnlySpan<byte> body, out string? reason, out long timestamp)
    {
        reason = null;
        timestamp = 0;

        // Plain text and HTML are seen at the first character, which saves the exception that says where they are wrong.
        if (body.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..]) return;
        try
        {
            var json = new Utf8JsonReader(body);
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool isReason = json.ValueTextEquals("reason"u8);
                bool isTimestamp = json.ValueTextEquals("timestamp"u8);
                json.Read();
                if (isReason && json.TokenType == JsonTokenType.String) reason = json.ValueIsEscaped ? ForeignText.Clean(json.GetString()!) : ApnsReason.Intern(json.ValueSpan);
                else if (isTimestamp && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long milliseconds)) timestamp = milliseconds;
                else json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, not UTF-8, or cut off: what was read before holds, and the status says the rest.
        }
    }
}
