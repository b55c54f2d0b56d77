using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Apns.Http2.Hpack;

namespace Apns.Client;

/// <summary>One header of a template.</summary>
/// <param name="Name">Lower-case name.</param>
/// <param name="Value">Value.</param>
/// <param name="Indexed">Whether the value repeats over so many requests that it deserves a place in HPACK's table.</param>
internal readonly record struct TemplateHeader(byte[] Name, byte[] Value, bool Indexed);

/// <summary>
/// What the requests of one kind have in common, compiled to bytes: method, path up to the token, headers, payload. Only
/// the token, authorization and the id are added for each request. Immutable.
/// </summary>
internal sealed class RequestTemplate
{
    private const int MaxCollapseIdBytes = 64;

    private static readonly HuffmanHexPath DevicePath = new("/3/device/"u8);

    // An answer that refuses has some 50 bytes of JSON; what is longer is not APNs and need not be kept.
    private const int ShortAnswer = 4096;

    /// <summary>The value of :method.</summary>
    public byte[] Method { get; init; } = "POST"u8.ToArray();

    /// <summary>The value of :path, before the token where there is one.</summary>
    public required HuffmanHexPath Path { get; init; }

    /// <summary>The header that carries the request's UUID.</summary>
    public byte[] IdName { get; init; } = "apns-id"u8.ToArray();

    /// <summary>The request's content; empty for none.</summary>
    public required byte[] Payload { get; init; }

    public required TemplateHeader[] Headers { get; init; }

    /// <summary>Bytes of an answer's content that are kept.</summary>
    public int MaxAnswer { get; init; } = ShortAnswer;

    /// <summary>Compiles a notification for devices, checked against Apple's rules.</summary>
    /// <param name="notification">What to send.</param>
    /// <param name="defaultTopic">The topic where it names none.</param>
    /// <param name="credential">What it will be sent with; null checks only what does not depend on that.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>, with the reason APNs would give.</exception>
    public static RequestTemplate Compile(ApnsNotification notification, string? defaultTopic, ApnsCredential? credential)
    {
        ArgumentNullException.ThrowIfNull(notification);
        PushTypeRules rules = PushTypeRules.For(notification.PushType);
        var headers = new List<TemplateHeader>();
        byte[] payload = PayloadCheck.Check(notification.Payload.Span, rules.PayloadLimit, $"a push of type {rules.WireName}");
        if (TopicFor(notification, rules, defaultTopic, credential) is { } topic) headers.Add(Header("apns-topic", topic, indexed: true));
        headers.Add(Header("apns-push-type", rules.WireName, indexed: true));
        int? priority = notification.Priority ?? (notification.PushType == ApnsPushType.Background ? 5 : null);
        if (priority is not null) headers.Add(Header("apns-priority", CheckPriority(priority.Value, notification.PushType), indexed: true));
        if (notification.Expiration is { } expiration) headers.Add(Header("apns-expiration", ExpirationText(expiration), indexed: false));
        if (notification.CollapseId is { } collapseId) headers.Add(Header("apns-collapse-id", CheckCollapseId(collapseId), indexed: false));
        foreach ((string name, string value) in ExtraHeaders.Check(notification.Headers)) headers.Add(Header(name, value, indexed: true));
        return new RequestTemplate { Path = DevicePath, Payload = payload, Headers = headers.ToArray() };
    }

    public static TemplateHeader Header(string name, string value, bool indexed) =>
        new(Encoding.ASCII.GetBytes(name), Encoding.UTF8.GetBytes(value), indexed);

    /// <summary>apns-expiration in Unix seconds; what lies before 1970 means 0 as well.</summary>
    public static string ExpirationText(DateTimeOffset expiration) => Math.Max(0, expiration.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);

    public static string CheckPriority(int priority, ApnsPushType type)
    {
        if (priority is not (1 or 5 or 10)) throw Invalid(ApnsReasons.BadPriority, $"The priority is {priority}.");
        if (type == ApnsPushType.Background && priority != 5) throw Invalid(ApnsReasons.BadPriority, $"The priority of a background notification is {priority}.");
        return priority.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>An error that carries APNs's reason and the remedy that goes with it.</summary>
    public static ApnsException Invalid(string? reason, string what)
    {
        string message = reason is null ? what : $"{what} {ApnsReason.For(400, reason).Remedy}";
        return new ApnsException(ApnsErrorKind.InvalidNotification, message) { Reason = reason };
    }

    private static string? TopicFor(ApnsNotification notification, PushTypeRules rules, string? defaultTopic, ApnsCredential? credential)
    {
        if (rules.NeedsKey && credential?.Certificate is not null)
        {
            throw Invalid(null, $"APNs takes a push of type {rules.WireName} with a signing key only, and this session uses a certificate.");
        }

        string? topic = notification.Topic ?? defaultTopic;
        if (string.IsNullOrEmpty(topic))
        {
            // A certificate that is good for one topic only stands for it.
            return credential is null || credential.Certificate is not null ? null : throw Invalid(ApnsReasons.MissingTopic, "The notification has no topic.");
        }

        foreach (char c in topic)
        {
            if (c is <= ' ' or > '~') throw Invalid(ApnsReasons.BadTopic, $"The topic '{topic}' holds a character that no bundle id has.");
        }

        if (!topic.EndsWith(rules.TopicSuffix, StringComparison.Ordinal)) topic += rules.TopicSuffix;
        return credential is null || credential.AllowsTopic(topic) ? topic : throw Invalid(ApnsReasons.TopicDisallowed, $"The certificate does not name the topic '{topic}'.");
    }

    private static string CheckCollapseId(string collapseId)
    {
        int bytes = Encoding.UTF8.GetByteCount(collapseId);
        if (bytes > MaxCollapseIdBytes) throw Invalid(ApnsReasons.BadCollapseId, $"The collapse id has {bytes} bytes.");
        foreach (char c in collapseId)
        {
            if (char.IsControl(c)) throw Invalid(ApnsReasons.BadCollapseId, "The collapse id holds a control character.");
        }

        if (collapseId.AsSpan().Trim(" \t").Length != collapseId.Length || bytes == 0)
        {
            throw Invalid(ApnsReasons.BadCollapseId, "The collapse id is empty or begins or ends with a space.");
        }

        return collapseId;
    }
}
