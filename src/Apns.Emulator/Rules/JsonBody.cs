using System;
using System.Text.Json;
using System.Text.Unicode;

namespace Apns.Emulator;

/// <summary>Bodies of requests, which are JSON objects.</summary>
internal static class JsonBody
{
    /// <summary>Apple knows no limit to the depth, so the largest payload's length is the only one.</summary>
    public const int MaxDepth = 5120;

    /// <summary>Whether the body is one JSON object, whole, in UTF-8, and nothing else. Allocates nothing for one that is.</summary>
    public static bool IsObject(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body)) return false;
        Utf8JsonReader reader = Read(body);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            reader.Skip();

            // Reads on to the end: what follows the object makes it throw.
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The reason to refuse a body for what it says, or null.</summary>
    public static string? Check(ReadOnlySpan<byte> body, Func<JsonElement, string?> check)
    {
        if (!IsObject(body)) return "BadRequestPayload";
        Utf8JsonReader reader = Read(body);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        try
        {
            return check(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, escaped: well-formed JSON, but no text.
            return "BadRequestPayload";
        }
    }

    private static Utf8JsonReader Read(ReadOnlySpan<byte> body) => new(body, new JsonReaderOptions { MaxDepth = MaxDepth });
}
