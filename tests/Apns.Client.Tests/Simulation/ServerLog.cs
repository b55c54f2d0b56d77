using System;
using System.Collections.Generic;

namespace Apns.Client.Tests.Simulation;

/// <summary>What servers did with notifications, over all connections of one session.</summary>
internal sealed class ServerLog
{
    /// <summary>How often each apns-id was delivered to its device.</summary>
    public Dictionary<Guid, int> Delivered { get; } = [];

    /// <summary>How often each was given to the transport to its last byte, whether or not that arrived.</summary>
    public Dictionary<Guid, int> Written { get; } = [];

    /// <summary>Whether one has sent what no server may, such as an answer to what had not been written.</summary>
    public bool BrokeProtocol { get; set; }

    /// <summary>How often a connection's window ended within a payload.</summary>
    public int Halves { get; set; }

    public static void Count(Dictionary<Guid, int> counts, Guid id) => counts[id] = counts.GetValueOrDefault(id) + 1;
}
