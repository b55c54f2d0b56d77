using System;
using System.Collections.Generic;
using System.Text;
using Apns.Http2.Hpack;

namespace Apns.Client;

/// <summary>
/// What is sent to all subscribers of a channel (iOS 18): the update or the end of their Live Activities (Apple, "Sending
/// broadcast push notification requests to APNs"). Immutable. Thread-safe.
/// </summary>
public sealed record ApnsBroadcast
{
    /// <summary>The app's bundle id, without a suffix: it is part of the path.</summary>
    public required string BundleId { get; init; }

    /// <summary>The payload's JSON in UTF-8, at most 5120 bytes. <see cref="ToUtf8Json"/> writes one.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>apns-priority: 10, 5 or 1.</summary>
    public int Priority { get; init; } = 10;

    /// <summary>
    /// apns-expiration. <see cref="DateTimeOffset.UnixEpoch"/>, which is 0, means one attempt; any other is refused by a
    /// channel that stores nothing.
    /// </summary>
    public DateTimeOffset Expiration { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Further headers by name, as with <see cref="ApnsNotification.Headers"/>.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The payload as text.</summary>
    public string Json => Encoding.UTF8.GetString(Payload.Span);

    /// <summary>Checks a payload against Apple's rules for broadcasts and writes it as JSON in UTF-8, without spaces.</summary>
    /// <param name="payload">Its parts.</param>
    /// <param name="truncate">Whether to shorten the alert's text until the payload fits.</param>
    /// <returns>The bytes for <see cref="Payload"/>.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which rule it breaks.</exception>
    public static byte[] ToUtf8Json(ApnsPayload payload, bool truncate = false)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (payload.Event is null) throw new ApnsException(ApnsErrorKind.InvalidNotification, "A broadcast needs an event: Update or End.");
        if (payload.Event == ApnsActivityEvent.Start) throw new ApnsException(ApnsErrorKind.InvalidNotification, "A broadcast cannot start a Live Activity: it updates or ends those that are subscribed to the channel.");
        return payload.ToUtf8Json(ApnsPushType.LiveActivity, PushTypeRules.LargerPayloadLimit, truncate);
    }

    /// <summary>Checks it against Apple's rules as sending it would.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which rule it breaks.</exception>
    public void Validate() => Compile("AA==");

    internal RequestTemplate Compile(string channelId)
    {
        var headers = new List<TemplateHeader>
        {
            RequestTemplate.Header("apns-channel-id", ChannelNames.CheckChannelId(channelId), indexed: false),
            RequestTemplate.Header("apns-push-type", "Liveactivity", indexed: true),
            RequestTemplate.Header("apns-priority", RequestTemplate.CheckPriority(Priority, ApnsPushType.LiveActivity), indexed: true),
            RequestTemplate.Header("apns-expiration", RequestTemplate.ExpirationText(Expiration), indexed: false),
        };
        foreach ((string name, string value) in ExtraHeaders.Check(Headers)) headers.Add(RequestTemplate.Header(name, value, indexed: true));
        return new RequestTemplate
        {
            Path = new HuffmanHexPath(Encoding.ASCII.GetBytes($"/4/broadcasts/apps/{ChannelNames.CheckBundleId(BundleId)}")),
            IdName = ChannelNames.RequestId,
            Payload = PayloadCheck.Check(Payload.Span, PushTypeRules.LargerPayloadLimit, "a broadcast"),
            Headers = headers.ToArray(),
        };
    }
}
