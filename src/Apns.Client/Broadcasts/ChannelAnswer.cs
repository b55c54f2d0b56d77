using System;
using System.Collections.Generic;
using System.Text.Json;

namespace Apns.Client;

/// <summary>Reads what APNs answers about channels.</summary>
/// <exception cref="ApnsException"><see cref="ApnsErrorKind.Rejected"/>: it cannot be read.</exception>
internal static class ChannelAnswer
{
    /// <summary>What a channel is like.</summary>
    public static ApnsChannel ReadChannel(ReadOnlyMemory<byte> answer, string bundleId, string channelId) =>
        Read(answer, body => new ApnsChannel(bundleId, channelId, ReadPolicy(body), ReadPushType(body)));

    /// <summary>An app's channels, by id only.</summary>
    public static IReadOnlyList<ApnsChannel> ReadList(ReadOnlyMemory<byte> answer, string bundleId) => Read(answer, body =>
    {
        var channels = new List<ApnsChannel>();
        foreach (JsonElement id in body.GetProperty("channels").EnumerateArray()) channels.Add(new ApnsChannel(bundleId, ReadId(id)));
        return channels;
    });

    private static T Read<T>(ReadOnlyMemory<byte> answer, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument body = JsonDocument.Parse(answer);
            return read(body.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // Not JSON; a value of another kind, or a text with half a character; a value that is missing; too large a number.
            throw new ApnsException(ApnsErrorKind.Rejected, "APNs's answer about channels cannot be read.", e);
        }
    }

    private static ApnsMessageStoragePolicy? ReadPolicy(JsonElement body) =>
        body.TryGetProperty("message-storage-policy", out JsonElement policy) ? (ApnsMessageStoragePolicy)policy.GetInt32() : null;

    private static string? ReadPushType(JsonElement body) => body.TryGetProperty("push-type", out JsonElement type) ? ForeignText.Clean(ReadText(type)) : null;

    private static string ReadId(JsonElement id) =>
        ReadText(id) is var text && ChannelNames.IsChannelId(text) ? text : throw new FormatException("An id is not one of a channel.");

    private static string ReadText(JsonElement value) => value.GetString() ?? throw new FormatException("A text is null.");
}
