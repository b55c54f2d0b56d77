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

    // Grown once, for all connections that a thread simulates.
    [ThreadStatic]
    private static Stack<ByteBuffer>? _threadSpares;

    private readonly Random _random;
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
    /// <param name="log">Where its server writes.</param>
    /// <param name="credential">What the client is known by.</param>
    /// <param name="utcNow">The clock on the wall.</param>
    /// <param name="now">The time.</param>
    /// <param name="fails">Whether it will find no server.</param>
    public SimulatedConnection(Random random, ServerLog log, ApnsCredential credential, Func<DateTimeOffset> utcNow, long now, bool fails)
    {
        _random = random;
        _startedAt = now;
        _fails = fails;
        long delay = Milliseconds(random.Next(4) switch { 0 => 0, 1 => 1, 2 => 20, _ => random.Next(200) });
        (_toServer, _toClient) = (new SimulatedLink(random, delay), new SimulatedLink(random, delay));
        _connectedAt = now + (4 * delay);
        Server = new SimulatedServer(random, log, now);
        _engine = new ConnectionEngine("localhost", credential, Options, utcNow, now);
    }

    private static Stack<ByteBuffer> Spares => _threadSpares ??= new();

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
    public void Run(long now)
    {
        if (_toServer.Receive(now) is { IsEmpty: false } requests) Server.Receive(requests, now);
        if (Server.NextAct <= now) Server.Act(now);
        _toClient.Send(Server.Peer.TakeOutput(), now);
        if (_toClient.Receive(now) is not { IsEmpty: false } answers) return;
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
        byte[] underWay = _toServer.Drain();
        bool arrives = _random.Next(2) == 0;
        if (arrives) Server.Receive(underWay, 0);
        Server.End();
        if (!arrives) Server.Lose(underWay);
        Server.Lose(_lost);
    }

    /// <summary>Writing fails, and some of what was written has left all the same; what the server said can still be read for a moment.</summary>
    private void BreakWriting(long now)
    {
        if (now < _connectedAt || _fails || _brokenAt != 0 || State == ApnsConnectionState.Closed) return;
        byte[] batch = TakeBatch();
        int left = _random.Next(batch.Length + 1);
        _toServer.Send(batch.AsMemory(0, left), now);
        _lost = batch.AsMemory(left);
        _brokenAt = now;
        _engine.Close(new ApnsException(ApnsErrorKind.ConnectionLost, "writing failed"));
    }

    private void Fail(string why, ApnsErrorKind kind = ApnsErrorKind.ConnectionLost) => _engine.Fail(new ApnsException(kind, why));

    /// <summary>As in the real one, the transport is given a whole batch, and counts as having it before it is known to.</summary>
    private byte[] TakeBatch()
    {
        ByteBuffer batch = _engine.Session.SwapOutput(Spares.TryPop(out ByteBuffer? spare) ? spare : new ByteBuffer());
        byte[] bytes = batch.WrittenSpan.ToArray();
        batch.Clear();
        Spares.Push(batch);
        _engine.Attempted += bytes.Length;
        return bytes;
    }
}
