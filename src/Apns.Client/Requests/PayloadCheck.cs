using System;
using System.Text.Json;
using System.Text.Unicode;

namespace Apns.Client;

/// <summary>Checks a payload as it goes out: a JSON object, and within the limit.</summary>
internal static class PayloadCheck
{
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>, with the reason APNs would give.</exception>
    public static byte[] Check(ReadOnlySpan<byte> payload, int limit, string what)
    {
        if (payload.IsEmpty) throw RequestTemplate.Invalid(ApnsReasons.PayloadEmpty, "The payload is empty.");
        if (payload.Length > limit)
        {
            throw RequestTemplate.Invalid(ApnsReasons.PayloadTooLarge, $"The payload has {payload.Length} bytes, {payload.Length - limit} more than the {limit} that {what} may have.");
        }

        // The reader leaves texts unread.
        if (!Utf8.IsValid(payload)) throw RequestTemplate.Invalid(null, "The payload is not UTF-8.");
        try
        {
            // As deep as its length allows: the limit in bytes is the only one that APNs has.
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = limit });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw RequestTemplate.Invalid(null, "The payload is not a JSON object.");
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            throw RequestTemplate.Invalid(null, $"The payload is not valid JSON: {e.Message}");
        }

        return payload.ToArray();
    }
}
