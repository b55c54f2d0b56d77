using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Apns.Client;

/// <summary>One header of a template.</summary>
/// <param name="Name">Lower-case name.</param>
/// <param name="Value">Value.</param>
/// <param name="Indexed">Whether the value repeats over so many requests that it deserves a place in HPACK's table.</param>
internal readonly record struct TemplateHeader(byte[] Name, byte[] Value, bool Indexed);

/// <summary>
/// A notification compiled: checked against Apple's rules, its headers and payload as bytes. Only the path (the token),
/// authorization and apns-id are added for each request. Immutable.
/// </summary>
internal sealed class RequestTemplate
{
    public const int MaxCollapseIdBytes = 64;

    private RequestTemplate(byte[] payload, TemplateHeader[] headers)
    {
        Payload = payload;
        Headers = headers;
    }

    public byte[] Payload { get; }

    public TemplateHeader[] Headers { get; }

    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>, with the reason APNs would give.</exception>
    public static RequestTemplate Compile(ApnsNotification notification, string? defaultTopic, bool topicRequired)
    {
        ArgumentNullException.ThrowIfNull(notification);
        byte[] payload = CheckPayload(notification);
        var headers = new List<TemplateHeader>();
        string? topic = notification.Topic ?? defaultTopic;
        if (!string.IsNullOrEmpty(topic)) headers.Add(Header("apns-topic", CheckTopic(topic), indexed: true));
        else if (topicRequired) throw Invalid(ApnsReason.MissingTopic, "The notification has no topic.");

        headers.Add(Header("apns-push-type", PushTypes.WireName(notification.PushType), indexed: true));
        int? priority = notification.Priority ?? (notification.PushType == ApnsPushType.Background ? 5 : null);
        if (priority is not null) headers.Add(Header("apns-priority", CheckPriority(priority.Value, notification.PushType), indexed: true));
        if (notification.Expiration is { } expiration)
        {
            string seconds = Math.Max(0, expiration.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);
            headers.Add(Header("apns-expiration", seconds, indexed: false));
        }

        if (notification.CollapseId is { } collapseId) headers.Add(Header("apns-collapse-id", CheckCollapseId(collapseId), indexed: false));
        return new RequestTemplate(payload, headers.ToArray());
    }

    private static byte[] CheckPayload(ApnsNotification notification)
    {
        ReadOnlySpan<byte> payload = notification.Payload.Span;
        if (payload.IsEmpty) throw Invalid(ApnsReason.PayloadEmpty, "The payload is empty.");
        int limit = PushTypes.PayloadLimit(notification.PushType);
        if (payload.Length > limit)
        {
            throw Invalid(ApnsReason.PayloadTooLarge, $"The payload has {payload.Length} bytes, {payload.Length - limit} more than the {limit} that a push of type {PushTypes.WireName(notification.PushType)} may have.");
        }

        try
        {
            // As deep as its length allows: the limit in bytes is the only one that APNs has.
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = limit });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Invalid(null, "The payload is not a JSON object.");
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            throw Invalid(null, $"The payload is not valid JSON: {e.Message}");
        }

        return payload.ToArray();
    }

    private static string CheckTopic(string topic)
    {
        foreach (char c in topic)
        {
            if (c is <= ' ' or > '~') throw Invalid(ApnsReason.BadTopic, $"The topic '{topic}' holds a character that no bundle id has.");
        }

        return topic;
    }

    private static string CheckPriority(int priority, ApnsPushType type)
    {
        if (priority is not (1 or 5 or 10)) throw Invalid(ApnsReason.BadPriority, $"The priority is {priority}.");
        if (type == ApnsPushType.Background && priority != 5) throw Invalid(ApnsReason.BadPriority, $"The priority of a background notification is {priority}.");
        return priority.ToString(CultureInfo.InvariantCulture);
    }

    private static string CheckCollapseId(string collapseId)
    {
        int bytes = Encoding.UTF8.GetByteCount(collapseId);
        if (bytes > MaxCollapseIdBytes) throw Invalid(ApnsReason.BadCollapseId, $"The collapse id has {bytes} bytes.");
        foreach (char c in collapseId)
        {
            if (char.IsControl(c)) throw Invalid(ApnsReason.BadCollapseId, "The collapse id holds a control character.");
        }

        if (collapseId.AsSpan().Trim(" \t").Length != collapseId.Length || bytes == 0)
        {
            throw Invalid(ApnsReason.BadCollapseId, "The collapse id is empty or begins or ends with a space.");
        }

        return collapseId;
    }

    private static TemplateHeader Header(string name, string value, bool indexed) =>
        new(Encoding.ASCII.GetBytes(name), Encoding.UTF8.GetBytes(value), indexed);

    private static ApnsException Invalid(string? reason, string what)
    {
        string message = reason is null ? what : $"{what} {ApnsReason.For(400, reason).Remedy}";
        return new ApnsException(ApnsErrorKind.InvalidNotification, message) { Reason = reason };
    }
}
