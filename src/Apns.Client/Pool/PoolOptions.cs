using System;

namespace Apns.Client;

/// <summary>How a pool replaces, replays and retries.</summary>
internal sealed record PoolOptions
{
    /// <summary>Connections to keep while there is work.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>Connections to have at most; one that is less than <see cref="Connections"/> counts as that.</summary>
    public int MaxConnections { get; init; }

    /// <summary>Pause before a refused notification (5xx, TooManyRequests) goes again; doubles each time.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause before the pool connects again after a failure; doubles each time.</summary>
    public TimeSpan FirstReconnect { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause of either kind.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a notification may be lost with its connection before that is taken as its fault.</summary>
    public int MaxLosses { get; init; } = 5;
}
