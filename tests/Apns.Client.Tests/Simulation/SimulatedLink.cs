using System;
using System.Collections.Generic;

namespace Apns.Client.Tests.Simulation;

/// <summary>
/// One direction of a simulated connection: bytes arrive in order, in pieces, each some time after it was sent; while the
/// link is stalled nothing arrives.
/// </summary>
internal sealed class SimulatedLink(Random random, long delay)
{
    private readonly Queue<(long Due, ReadOnlyMemory<byte> Bytes)> _pieces = new();
    private long _lastDue;
    private long _stalledUntil;

    /// <summary>When something arrives next.</summary>
    public long NextDue => _pieces.Count == 0 ? long.MaxValue : Math.Max(_pieces.Peek().Due, _stalledUntil);

    /// <summary>Sends bytes, which are the link's from now on.</summary>
    public void Send(ReadOnlyMemory<byte> bytes, long now)
    {
        while (!bytes.IsEmpty)
        {
            int count = random.Next(3) == 0 ? random.Next(1, bytes.Length + 1) : bytes.Length;
            _lastDue = Math.Max(_lastDue, now + delay + random.NextInt64(delay + 1));
            _pieces.Enqueue((_lastDue, bytes[..count]));
            bytes = bytes[count..];
        }
    }

    /// <summary>The piece that has arrived, if one has.</summary>
    public ReadOnlyMemory<byte> Receive(long now) => NextDue <= now ? _pieces.Dequeue().Bytes : default;

    public void StallUntil(long time) => _stalledUntil = time;

    /// <summary>All that is on its way, piece by piece, at once: it had left before the cut.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Drain()
    {
        while (_pieces.TryDequeue(out var piece)) yield return piece.Bytes;
    }
}
