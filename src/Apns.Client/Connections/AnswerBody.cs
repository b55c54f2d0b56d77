using System;
using System.Text.Json;

namespace Apns.Client;

/// <summary>The JSON that comes with an answer other than 200: reason, and timestamp with 410 (milliseconds).</summary>
internal static class AnswerBody
{
    /// <summary>Reads what there is; an answer without body, or with another one, is an answer all the same.</summary>
    public static void Read(ApnsRequest request)
    {
        if (request.Body is not { Length: > 0 } body) return;
        try
        {
            var json = new Utf8JsonReader(body.WrittenSpan);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool reason = json.ValueTextEquals("reason"u8);
                bool timestamp = json.ValueTextEquals("timestamp"u8);
                json.Read();
                if (reason && json.TokenType == JsonTokenType.String) request.Reason = ReadReason(json);
                else if (timestamp && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long milliseconds)) request.InvalidSinceMilliseconds = milliseconds;
                else json.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or cut off: what was read before holds, and the status says the rest.
        }
    }

    internal static string ReadReason(in Utf8JsonReader json) =>
        json.ValueIsEscaped || json.HasValueSequence ? json.GetString()! : ApnsReason.Intern(json.ValueSpan);
}
