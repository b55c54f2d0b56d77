using System;

namespace Apns.Client;

/// <summary>The times and limits of one connection. Times are in <see cref="TimeSpan"/>; the engine counts its ticks.</summary>
internal sealed record ConnectionOptions
{
    /// <summary>From the beginning to the server's SETTINGS, the proxy's settings and DNS included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// A connection that heard nothing for so long is asked by PING before it is used again: NATs and load balancers
    /// forget idle connections without a word.
    /// </summary>
    public TimeSpan ProbeAfterIdle { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests in flight and nothing heard for so long: it is asked by PING whether it still lives.</summary>
    public TimeSpan ProbeAfterSilence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A PING that finds no answer in this time means that the connection is dead.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Deadlines missed in a row that make the connection suspect.</summary>
    public int SuspiciousTimeouts { get; init; } = 2;

    /// <summary>Streams used at once however many the server allows: APNs announces 1000.</summary>
    public int MaxStreams { get; init; } = 4096;
}
