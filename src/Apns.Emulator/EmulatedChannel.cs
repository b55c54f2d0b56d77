using System;

namespace Apns.Emulator;

/// <summary>A broadcast channel as it was when it was looked at.</summary>
public sealed record EmulatedChannel
{
    /// <summary>Its id, in base64.</summary>
    public required string ChannelId { get; init; }

    /// <summary>The app it belongs to.</summary>
    public required string BundleId { get; init; }

    /// <summary>Whether it keeps its latest message; chosen when it was made, for good.</summary>
    public required MessageStoragePolicy MessageStoragePolicy { get; init; }

    /// <summary>The push type it was made for: LiveActivity is the only one there is.</summary>
    public required string PushType { get; init; }

    /// <summary>When it was made, by the emulator's clock.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The payload it keeps for devices that are away; null when there is none, or none any more.</summary>
    public string? StoredMessage { get; init; }
}
