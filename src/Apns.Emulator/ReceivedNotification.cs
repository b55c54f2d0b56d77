using System;
using System.Collections.Generic;
using System.Text;

namespace Apns.Emulator;

/// <summary>A request that the emulator got, on either of its ports, and what it answered.</summary>
public sealed record ReceivedNotification
{
    /// <summary>Number of the connection it came on, from 0.</summary>
    public required int Connection { get; init; }

    /// <summary>When it was answered, by the emulator's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The whole path.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Every header as it came and in its order, pseudo-headers included, by its lower-case name. One that came several
    /// times has all values, separated by commas. Of authorization there is the scheme only: provider tokens are secret.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The device token in the path; empty when there is none, as with broadcasts and channel management.</summary>
    public required string Token { get; init; }

    /// <summary>The body's bytes read as UTF-8, nothing else changed; of one that is far too large the first 8192.</summary>
    public required string Payload { get; init; }

    /// <summary>
    /// What Apple's rules have against the payload's contents, in words; empty when nothing. APNs does not look at
    /// them and so neither does the emulator's answer: the device would make nothing of such a payload, and nobody
    /// would hear of it. Found out when it is read. Of channel management there is never anything.
    /// </summary>
    public IReadOnlyList<string> PayloadProblems => IsManagement ? [] : PayloadRules.Check(Payload, PushType ?? Emulator.PushType.OfTopic(Encoding.UTF8.GetBytes(Topic ?? "")).Name);

    /// <summary>apns-topic, or null.</summary>
    public string? Topic { get; init; }

    /// <summary>apns-push-type, or null.</summary>
    public string? PushType { get; init; }

    /// <summary>apns-priority, or null.</summary>
    public string? Priority { get; init; }

    /// <summary>apns-expiration, or null.</summary>
    public string? Expiration { get; init; }

    /// <summary>apns-collapse-id, or null.</summary>
    public string? CollapseId { get; init; }

    /// <summary>apns-channel-id, or the id of the channel that was made, or null.</summary>
    public string? ChannelId { get; init; }

    /// <summary>apns-id as received, or the one made here; empty with broadcasts and channel management.</summary>
    public required string ApnsId { get; init; }

    /// <summary>With broadcasts and channel management apns-request-id as received, or the one made here; otherwise null.</summary>
    public string? RequestId { get; init; }

    /// <summary>The status answered, also when a fault kept the answer from getting through.</summary>
    public required int Status { get; init; }

    /// <summary>The reason answered; null with success.</summary>
    public string? Reason { get; init; }

    private bool IsManagement => Path.StartsWith("/1/", StringComparison.Ordinal);
}
