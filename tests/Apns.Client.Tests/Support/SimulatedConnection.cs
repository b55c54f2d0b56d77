using System;
using System.Collections.Generic;
using System.IO;
using Apns.Http2;

namespace Apns.Client.Tests;

/// <summary>
/// What <see cref="ApnsConnection"/> is, without threads and sockets: the real engine at one end of a simulated network,
/// a <see cref="SimulatedServer"/> at the other. The network carries bytes in chunks of any size, late, or not at all.
/// </summary>
internal sealed class SimulatedConnection : IPoolConnection
{
    private readonly Random _random;
    private readonly ConnectionEngine _engine;
    private readonly Queue<byte> _toServer = new();
    private readonly Queue<byte> _toClient = new();
    private readonly List<ApnsRequest> _finished = [];

    public SimulatedConnection(Random random, ServerLog log, ApnsCredential credential, Func<DateTimeOffset> utcNow, long now)
    {
        _random = random;
        Server = new SimulatedServer(random, log);
        _engine = new ConnectionEngine("localhost", credential, new ConnectionOptions(), utcNow, now);
    }

    public SimulatedServer Server { get; }

    /// <summary>Whether its end was told.</summary>
    public bool Reported { get; private set; }

    public ApnsConnectionState State => _engine.State;

    public ApnsException? CloseReason => _engine.CloseReason;

    public int InFlight => _engine.InFlight;

    public ApnsConnectionInfo Info => throw new NotSupportedException();

    public ConnectionFigures Figures => _engine.Figures;

    public bool IsBlocked => _engine.IsBlocked;

    public bool TryPost(ApnsRequest request, long now, bool more) => _engine.TryPost(request, now);

    public void Sweep()
    {
    }

    public void Flush()
    {
    }

    public void Close() => _engine.Close(null);

    public void Abort(ApnsException reason) => _engine.Fail(reason);

    public void Sweep(long now) => _engine.Sweep(now);

    /// <summary>The client's transport takes what is put out, or some of it.</summary>
    public void Write()
    {
        if (_engine.State == ApnsConnectionState.Closing && _engine.InFlight == 0 && _engine.Session.Output.Length == 0)
        {
            _engine.SayGoodbye();
            _engine.Fail(null);
        }

        if (_engine.State == ApnsConnectionState.Closed) return;
        byte[] batch = _engine.Session.SwapOutput(new ByteBuffer()).WrittenSpan.ToArray();

        // As in the real one, the transport is given a whole batch, and counts as having it before it is known to.
        _engine.Attempted += batch.Length;
        foreach (byte b in batch) _toServer.Enqueue(b);
    }

    /// <summary>Bytes arrive: some, or all.</summary>
    public void Carry(bool all, long now)
    {
        Server.Receive(Take(_toServer, all));
        foreach (byte b in Server.Peer.TakeOutput()) _toClient.Enqueue(b);
        if (_engine.State == ApnsConnectionState.Closed) return;
        try
        {
            _engine.Receive(Take(_toClient, all), now);
        }
        catch (Http2ConnectionException e)
        {
            throw new InvalidDataException($"the simulated server broke the protocol: {e.Message}", e);
        }
    }

    /// <summary>The wire is cut: what is on its way is gone, though the client may have been told that it was sent.</summary>
    public void Cut() => _engine.Fail(new ApnsException(ApnsErrorKind.ConnectionLost, "cut"));

    public List<ApnsRequest> TakeFinished()
    {
        _finished.Clear();
        _engine.TakeFinished(_finished);
        if (_engine.State == ApnsConnectionState.Closed) Reported = true;
        return _finished;
    }

    private byte[] Take(Queue<byte> queue, bool all)
    {
        int count = all ? queue.Count : _random.Next(queue.Count + 1);
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) bytes[i] = queue.Dequeue();
        return bytes;
    }
}
