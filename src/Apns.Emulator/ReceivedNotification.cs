using System;

namespace Apns.Emulator;

/// <summary>A request that the emulator got, and what it answered.</summary>
public sealed record ReceivedNotification
{
    /// <summary>Number of the connection it came on, from 0.</summary>
    public required int Connection { get; init; }

    /// <summary>When it was answered.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The path's last part.</summary>
    public required string Token { get; init; }

    /// <summary>The body as text.</summary>
    public required string Payload { get; init; }

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

    /// <summary>apns-id as received, or the one made here.</summary>
    public required string ApnsId { get; init; }

    /// <summary>The status answered.</summary>
    public required int Status { get; init; }

    /// <summary>The reason answered; null with 200.</summary>
    public string? Reason { get; init; }
}
