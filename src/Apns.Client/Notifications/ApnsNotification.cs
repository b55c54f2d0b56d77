using System;
using System.Collections.Generic;
using System.Text;

namespace Apns.Client;

/// <summary>
/// What is sent, without the token: a payload and the headers that go with it. Immutable, and meant to be sent to many
/// tokens: it is compiled once, when it is first used. Thread-safe.
/// </summary>
public sealed record ApnsNotification
{
    /// <summary>The payload's JSON in UTF-8, at most 4096 bytes (5120 for VoIP). <see cref="ApnsPayload"/> writes one.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The app's bundle id; the push type's suffix is added when it is missing. Null means the client's.</summary>
    public string? Topic { get; init; }

    /// <summary>apns-push-type; it must fit the payload.</summary>
    public ApnsPushType PushType { get; init; } = ApnsPushType.Alert;

    /// <summary>apns-priority: 10, 5 or 1; null leaves it out, which means 10, or 5 for background.</summary>
    public int? Priority { get; init; }

    /// <summary>
    /// apns-expiration. Null leaves it out (APNs stores the notification as it sees fit, up to 30 days);
    /// <see cref="DateTimeOffset.UnixEpoch"/> is 0: one attempt, nothing stored.
    /// </summary>
    public DateTimeOffset? Expiration { get; init; }

    /// <summary>apns-collapse-id, at most 64 bytes of UTF-8: a later notification with the same id replaces this one.</summary>
    public string? CollapseId { get; init; }

    /// <summary>
    /// Further headers by name, for what Apple may add. Names are sent in lower case; those that have a property of their
    /// own here, or that HTTP/2 keeps to itself, are refused when the notification is sent.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The payload as text.</summary>
    public string Json => Encoding.UTF8.GetString(Payload.Span);

    /// <summary>The payload's size in bytes, which APNs counts.</summary>
    public int Size => Payload.Length;

    /// <summary>Checks it against Apple's rules as sending it would, but for those that depend on the session.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which rule it breaks.</exception>
    public void Validate() => RequestTemplate.Compile(this, null, null);

    /// <summary>Push type and payload in one line.</summary>
    /// <returns>For example <c>Alert {"aps":{"alert":"Hi"}}</c>.</returns>
    public override string ToString() => $"{PushType} {Json}";
}
