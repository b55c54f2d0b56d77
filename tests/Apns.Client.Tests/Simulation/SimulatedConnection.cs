using System;
using System.Collections.Generic;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests.Simulation;

/// <summary>
/// What <see cref="ApnsConnection"/> is, without threads and sockets: the real engine at one end of two
/// <see cref="SimulatedLink"/>s, a <see cref="SimulatedServer"/> at the other.
/// </summary>
internal sealed class SimulatedConnection : IPoolConnection
{
    private static readonly ConnectionOptions Options = new();
    private static readonly long LastWords = TimeSpan.FromSeconds(2).Ticks;

    private readonly Random _random;
    private readonly Arena _arena;
    private readonly ConnectionEngine _engine;
    private readonly SimulatedLink _toServer;
    private readonly SimulatedLink _toClient;
    private readonly List<ApnsRequest> _finished = [];
    private readonly long _startedAt;
    private readonly long _connectedAt;
    private readonly bool _fails;
    private long _nextWrite;
    private long _brokenAt;
    private ReadOnlyMemory<byte> _lost;
    private bool _stalledForGood;

    /// <summary>Begins to connect.</summary>
    /// <param name="random">What the connection's life is drawn from.</param>
    /// <param name="arena">What the bytes on their way are kept in.</param>
    /// <param name="log">Where its server writes.</param>
    /// <param name="credential">What the client is known by.</param>
    /// <param name="utcNow">The clock on the wall.</param>
    /// <param name="now">The time.</param>
    /// <param name="fails">Whether it will find no server.</param>
    public SimulatedConnection(Random random, Arena arena, ServerLog log, ApnsCredential credential, Func<DateTimeOffset> utcNow, long now, bool fails)
    {
        _random = random;
        _arena = arena;
        _startedAt = now;
        _fails = fails;
        long delay = Milliseconds(random.Next(4) switch { 0 => 0, 1 => 1, 2 => 20, _ => random.Next(200) });
        (_toServer, _toClient) = (new SimulatedLink(random, delay), new SimulatedLink(random, delay));
        _connectedAt = now + (4 * delay);
        Server = new SimulatedServer(random, log, now);
        _engine = new ConnectionEngine("localhost", credential, Options, utcNow, now);

        // The preface leaves once there is a connection; taken now, what follows is written into a buffer that has grown before.
        ReadOnlyMemory<byte> preface = Take(_engine.Session.SwapOutput(arena.TakeBuffer()));
        if (!fails) _toServer.Send(preface, _connectedAt);
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

    /// <summary>When something happens on it, apart from the clock's ticks.</summary>
    public long NextDue => Math.Min(Math.Min(_toServer.NextDue, _toClient.NextDue), Server.NextAct);

    public bool TryPost(ApnsRequest request, long now, bool more) => _engine.TryPost(request, now);

    public void Sweep()
    {
    }

    public void Flush()
    {
    }

    public void Close()
    {
        if (_engine.State == ApnsConnectionState.Connecting) _engine.Fail(null);
        _engine.Close(null);
    }

    public void Abort(ApnsException reason) => _engine.Fail(reason);

    /// <summary>The coarse clock.</summary>
    public void Sweep(long now)
    {
        if (State == ApnsConnectionState.Connecting && now - _startedAt >= Options.ConnectTimeout.Ticks) Fail("not ready in time", ApnsErrorKind.ConnectTimeout);
        else if (_fails && now >= _connectedAt) Fail("no such host", ApnsErrorKind.ConnectFailed);
        else if (_brokenAt != 0 && now - _brokenAt >= LastWords) _engine.Fail(_engine.CloseReason);
        else _engine.Sweep(now);
    }

    /// <summary>The client's transport takes what is put out, unless it is busy.</summary>
    public void Write(long now)
    {
        if (_fails || _brokenAt != 0 || now < _connectedAt || now < _nextWrite) return;
        if (_engine.State == ApnsConnectionState.Closing && _engine.InFlight == 0 && _engine.Session.Output.Length == 0) _engine.SayGoodbye();
        if (_engine.Session.Output.Length == 0) return;
        _toServer.Send(TakeBatch(), now);
        if (_random.Next(4) == 0) _nextWrite = now + Milliseconds(_random.Next(300));
    }

    /// <summary>Bytes that are due arrive, and the server does what it is at.</summary>
    /// <returns>Whether something was due.</returns>
    public bool Run(long now)
    {
        if (NextDue > now) return false;
        if (_toServer.Receive(now) is { IsEmpty: false } requests) Server.Receive(requests, now);
        if (Server.NextAct <= now) Server.Act(now);
        _toClient.Send(_arena.Copy(Server.Peer.Output.WrittenSpan), now);
        Server.Peer.Output.Clear();
        if (_toClient.Receive(now) is { IsEmpty: false } answers) Receive(answers, now);
        return true;
    }

    private void Receive(ReadOnlyMemory<byte> answers, long now)
    {
        try
        {
            _engine.Receive(answers.Span, now);
        }
        catch (Http2ConnectionException e)
        {
            Assert.True(Server.BrokeProtocol, $"the simulated server kept the rules, and yet: {e.Message}");
            Fail("the server broke the protocol");
        }
    }

    /// <summary>Something happens to the wire.</summary>
    public void Disturb(long now)
    {
        switch (_random.Next(8))
        {
            case 0:
                Fail("cut");
                break;
            case 1:
                BreakWriting(now);
                break;
            case 2 when _random.Next(3) == 0:
                Stall(long.MaxValue);
                _stalledForGood = true;
                break;
            case < 6:
                Stall(now + Milliseconds(_random.Next(8000)));
                break;
            default:
                _nextWrite = now + Milliseconds(_random.Next(5000));
                break;
        }
    }

    /// <summary>From now on all is well, except on a connection that is silent for good.</summary>
    public void CalmDown(long now)
    {
        Server.CalmDown(now);
        Stall(0);
        _nextWrite = 0;
    }

    public List<ApnsRequest> TakeFinished()
    {
        _finished.Clear();
        _engine.TakeFinished(_finished);
        if (_engine.State == ApnsConnectionState.Closed) End();
        return _finished;
    }

    private static long Milliseconds(int count) => count * TimeSpan.TicksPerMillisecond;

    private void Stall(long until)
    {
        if (_stalledForGood) return;
        _toServer.StallUntil(until);
        _toClient.StallUntil(until);
    }

    /// <summary>The client has done with it; what had left may reach the server all the same, and be delivered.</summary>
    private void End()
    {
        if (Reported) return;
        Reported = true;
        bool arrives = _random.Next(2) == 0;
        if (!arrives) Server.End();
        foreach (ReadOnlyMemory<byte> piece in _toServer.Drain())
        {
            if (arrives) Server.Receive(piece, 0);
            else Server.Lose(piece);
        }

        if (arrives) Server.End();
        Server.Lose(_lost);
        _arena.GiveBack(_engine.Session.SwapOutput(new ByteBuffer(0)));
    }

    /// <summary>Writing fails, and some of what was written has left all the same; what the server said can still be read for a moment.</summary>
    private void BreakWriting(long now)
    {
        if (now < _connectedAt || _fails || _brokenAt != 0 || State == ApnsConnectionState.Closed) return;
        ReadOnlyMemory<byte> batch = TakeBatch();
        int left = _random.Next(batch.Length + 1);
        _toServer.Send(batch[..left], now);
        _lost = batch[left..];
        _brokenAt = now;
        _engine.Close(new ApnsException(ApnsErrorKind.ConnectionLost, "writing failed"));
    }

    private void Fail(string why, ApnsErrorKind kind = ApnsErrorKind.ConnectionLost) => _engine.Fail(new ApnsException(kind, why));

    /// <summary>As in the real one, the transport is given a whole batch, and counts as having it before it is known to.</summary>
    private ReadOnlyMemory<byte> TakeBatch()
    {
        ByteBuffer batch = _engine.Session.SwapOutput(_arena.TakeBuffer());
        ReadOnlyMemory<byte> bytes = Take(batch);
        _arena.GiveBack(batch);
        return bytes;
    }

    private ReadOnlyMemory<byte> Take(ByteBuffer batch)
    {
        _engine.Attempted += batch.Length;
        return _arena.Copy(batch.WrittenSpan);
    }
}
