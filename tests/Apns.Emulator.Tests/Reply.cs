using System.Collections.Generic;
using System.Text.Json;

namespace Apns.Emulator.Tests;

/// <summary>What the emulator answered; pseudo-headers are not among the headers.</summary>
internal sealed record Reply(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    internal string? Id => this["apns-id"];

    internal string? UniqueId => this["apns-unique-id"];

    internal string? RequestId => this["apns-request-id"];

    internal string? ChannelId => this["apns-channel-id"];

    internal string? Reason => Body.Length == 0 ? null : Json().GetProperty("reason").GetString();

    internal long? Timestamp => Json().TryGetProperty("timestamp", out JsonElement timestamp) ? timestamp.GetInt64() : null;

    internal string? this[string header] => Headers.GetValueOrDefault(header);

    internal JsonElement Json()
    {
        using JsonDocument document = JsonDocument.Parse(Body);
        return document.RootElement.Clone();
    }
}
