using System;
using System.Collections.Generic;

namespace Apns.Emulator;

/// <summary>How an emulator behaves. Everything has the value of APNs unless it is changed.</summary>
public sealed record ApnsEmulatorOptions
{
    /// <summary>TCP port on loopback; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Topics that may be pushed to; null allows any.</summary>
    public IReadOnlyCollection<string>? Topics { get; init; }

    /// <summary>Device tokens that are no longer registered, each with the time since when. Answered 410 Unregistered.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Unregistered { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Device tokens that get a reason of Apple's table, for example <c>BadDeviceToken</c> or <c>TooManyRequests</c>.</summary>
    public IReadOnlyDictionary<string, string> Reasons { get; init; } = new Dictionary<string, string>();

    /// <summary>How long each answer is held back.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>SETTINGS_MAX_CONCURRENT_STREAMS; with a provider token it holds once a valid one was seen, and is 1 before.</summary>
    public int MaxConcurrentStreams { get; init; } = 1000;

    /// <summary>How many of the latest requests to keep for a test to look at; 0 keeps none, which suits load.</summary>
    public int Keep { get; init; } = 10_000;

    /// <summary>Whether answers carry apns-unique-id, as those of the development environment do.</summary>
    public bool UniqueIds { get; init; }
}
