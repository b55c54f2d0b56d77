using System.Text.Json;

namespace Apns.Emulator.Tests;

/// <summary>What the emulator answered.</summary>
internal sealed record Reply(int Status, string? Id, string? UniqueId, string Body)
{
    internal string? Reason => Body.Length == 0 ? null : Json().GetProperty("reason").GetString();

    internal long? Timestamp => Json().TryGetProperty("timestamp", out JsonElement timestamp) ? timestamp.GetInt64() : null;

    internal JsonElement Json()
    {
        using JsonDocument document = JsonDocument.Parse(Body);
        return document.RootElement.Clone();
    }
}
