using System;
using System.Collections.Generic;
using System.Linq;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Client.Tests.Simulation;

/// <summary>
/// One server's end of a simulated connection. It answers when and how it likes, changes its settings, says goodbye, and
/// watches that the client keeps the rules of HTTP/2.
/// </summary>
internal sealed class SimulatedServer
{
    private readonly Random _random;
    private readonly ServerLog _log;
    private readonly List<PeerRequest> _open = [];
    private readonly List<PeerRequest> _silent = [];
    private readonly Dictionary<int, int> _streamCredit = [];
    private readonly Queue<(int Limit, int Window)> _unacknowledged = new();

    // Gives back the connection's window in pieces smaller than a payload.
    private readonly bool _miserly;

    // Gives back nothing, now or later: what it leaves without window has to go elsewhere.
    private readonly bool _starves;
    private int _seen;
    private int _seenFrames;
    private int _limit;
    private int _window;
    private int _lastStream = int.MaxValue;
    private int _highest;
    private int _connectionCredit = 65_535;
    private bool _calm;
    private bool _sentSettings;
    private bool _answered;
    private bool _ended;

    public SimulatedServer(Random random, ServerLog log, long now)
    {
        _random = random;
        _log = log;
        _miserly = random.Next(3) == 0;
        _starves = random.Next(20) == 0;
        (_limit, _window) = (int.MaxValue, 65_535);
        NextAct = now + (random.Next(30) == 0 ? TimeSpan.FromSeconds(random.Next(30)).Ticks : 0);
    }

    public RawPeer Peer { get; } = new() { AnswersPings = true };

    /// <summary>When it does something of itself next. The first thing is its SETTINGS.</summary>
    public long NextAct { get; private set; }

    /// <summary>Whether it has sent what no server may.</summary>
    public bool BrokeProtocol { get; private set; }

    public bool SaidGoodbye => _lastStream != int.MaxValue;

    /// <summary>From now on it only answers, and well.</summary>
    public void CalmDown(long now)
    {
        if (_calm || _ended) return;
        _calm = true;
        Peer.AnswersPings = true;
        if (_sentSettings) SendSettings();
        NextAct = now;
    }

    /// <summary>Its end of the connection is gone, and it answers no more; what it has it may still deliver.</summary>
    public void End()
    {
        foreach (PeerRequest request in _open.Where(open => open.Ended && _random.Next(2) == 0)) ServerLog.Count(_log.Delivered, request.ApnsId);
        _ended = true;
        NextAct = long.MaxValue;
    }

    /// <summary>Takes note of what was written and is lost, after the end.</summary>
    public void Lose(ReadOnlyMemory<byte> bytes) => Read(bytes);

    private void SendSettings()
    {
        int limit = _calm ? 100 : _random.Next(5) switch { 0 => 0, 1 => 1, _ => _random.Next(2, 30) };
        int window = _calm ? 65_535 : _random.Next(4) switch { 0 => _random.Next(0, 60), 1 => _random.Next(60, 2000), _ => 65_535 };
        _sentSettings = true;
        _unacknowledged.Enqueue((limit, window));
        Peer.Settings((Http2SettingId.MaxConcurrentStreams, limit), (Http2SettingId.InitialWindowSize, window));
    }

    public void Receive(ReadOnlyMemory<byte> bytes, long now)
    {
        if (_ended) return;
        Read(bytes);
        if (_calm && _sentSettings) Credit();
        if (NextAct == long.MaxValue) Think(now);
    }

    private void Read(ReadOnlyMemory<byte> bytes)
    {
        Peer.Receive(bytes);
        int newRequests = _seen;
        for (; _seenFrames < Peer.Frames.Count; _seenFrames++) Watch(Peer.Frames[_seenFrames], ref newRequests);
        _seen = newRequests;
    }

    /// <summary>One thing that a server may do of itself.</summary>
    public void Act(long now)
    {
        if (_sentSettings) ActOnce();
        else SendSettings();

        // With nothing to answer, little comes of itself.
        if (_open.Count > 0 || (!_calm && _random.Next(20) > 0)) Think(now);
        else NextAct = long.MaxValue;
    }

    private void Think(long now) => NextAct = now + ((_calm ? 20 : 1 + _random.Next(150)) * TimeSpan.TicksPerMillisecond);

    private void ActOnce()
    {
        switch (_calm ? 0 : _random.Next(20))
        {
            case < 10:
                AnswerSome();
                break;
            case < 13:
                Credit();
                break;
            case 13:
                SendSettings();
                break;
            case 14 when !SaidGoodbye && _random.Next(4) == 0:
                SayGoodbye();
                break;
            case 15:
                Peer.Ping((ulong)_random.Next());
                break;
            case 16 when _random.Next(3) == 0:
                Peer.AnswersPings = !Peer.AnswersPings;
                break;
            case 17 when _random.Next(30) == 0:
                Peer.Data(_highest + 2, "out of nowhere", endStream: true);
                BrokeProtocol = _log.BrokeProtocol = true;
                break;
            default:
                break;
        }
    }

    private void Watch(PeerFrame frame, ref int newRequests)
    {
        switch (frame.Type)
        {
            case FrameType.Headers:
                PeerRequest request = Peer.Requests[newRequests++];
                Assert.True(request.StreamId > _highest, "stream ids must grow");
                _highest = request.StreamId;
                _streamCredit[request.StreamId] = _window;
                if (request.StreamId > _lastStream) break;
                _open.Add(request);
                if (_open.Count + _silent.Count > Loosest()) Assert.Fail($"{_open.Count} streams at a limit of {_limit}");
                if (!_answered && _open.Count + _silent.Count > 1 && request["authorization"] is not null) Assert.Fail("a second stream before the provider token was accepted");
                break;
            case FrameType.Data:
                _connectionCredit -= frame.Payload.Length;
                _streamCredit[frame.StreamId] -= frame.Payload.Length;
                Assert.True(_connectionCredit >= 0, "the connection's window is overdrawn");
                bool kept = frame.Payload.Length == 0 || _streamCredit[frame.StreamId] >= 0 || _unacknowledged.Count > 0;
                if (!kept) Assert.Fail($"the window of stream {frame.StreamId} is overdrawn");
                if (_connectionCredit == 0 && !frame.Flags.HasFlag(FrameFlags.EndStream)) _log.Halves++;
                if (frame.Flags.HasFlag(FrameFlags.EndStream)) ServerLog.Count(_log.Written, Peer[frame.StreamId].ApnsId);
                break;
            case FrameType.ResetStream:
                _open.RemoveAll(open => open.StreamId == frame.StreamId);
                _silent.RemoveAll(open => open.StreamId == frame.StreamId);
                break;
            case FrameType.Settings when frame.Flags.HasFlag(FrameFlags.Acknowledge):
                (int limit, int window) = _unacknowledged.Dequeue();
                foreach (int id in _streamCredit.Keys.ToArray()) _streamCredit[id] += window - _window;
                (_limit, _window) = (limit, window);
                break;
            default:
                break;
        }
    }

    /// <summary>The highest limit the client may still be going by: what it had when a lower one was on its way.</summary>
    private int Loosest()
    {
        int loosest = _limit;
        foreach ((int limit, _) in _unacknowledged) loosest = Math.Max(loosest, limit);
        return loosest;
    }

    private void AnswerSome()
    {
        for (int i = 0; i < _open.Count; i++)
        {
            if (!_open[i].Ended || (!_calm && _random.Next(3) != 0)) continue;
            PeerRequest request = _open[i];
            _open.RemoveAt(i--);
            Answer(request);
        }
    }

    private void Answer(PeerRequest request)
    {
        _answered = true;
        int id = request.StreamId;
        switch (_calm ? 0 : _random.Next(27))
        {
            case < 12:
                ServerLog.Count(_log.Delivered, request.ApnsId);
                Peer.Answer(request);
                break;
            case < 14:
                Peer.Headers(id, endStream: false, (":status", "410"));
                Peer.Data(id, """{"reason":"Unregis""", endStream: false);
                Peer.Data(id, """tered","timestamp":1}""", endStream: true);
                break;
            case 14:
                Peer.Answer(request, 400);
                break;
            case < 18:
                Peer.Reject(request, 503, "ServiceUnavailable");
                break;
            case < 20:
                Peer.ResetStream(id, Http2ErrorCode.RefusedStream);
                break;
            case 20:
                if (_random.Next(2) == 0) ServerLog.Count(_log.Delivered, request.ApnsId);
                Peer.ResetStream(id, Http2ErrorCode.InternalError);
                break;
            case 21:
                // It was delivered, and the answer breaks off.
                ServerLog.Count(_log.Delivered, request.ApnsId);
                Peer.Headers(id, endStream: false, (":status", "200"));
                _silent.Add(request);
                break;
            case 22:
                Peer.Reject(request, 500, "InternalServerError");
                break;
            case 23:
                Peer.Answer(request.StreamId, 429, """{"reason":"TooManyRequests"}""", ("retry-after", "2"));
                break;
            case 24:
                Peer.Reject(request, 403, "ExpiredProviderToken");
                break;
            default:
                if (_random.Next(2) == 0) ServerLog.Count(_log.Delivered, request.ApnsId);
                _silent.Add(request);
                break;
        }
    }

    private void Credit()
    {
        if (_starves) return;
        if (_connectionCredit < 60_000)
        {
            int more = _calm ? 65_535 - _connectionCredit : _random.Next(1, _miserly ? 4000 : 65_535 - _connectionCredit);
            _connectionCredit += more;
            Peer.WindowUpdate(0, more);
        }

        foreach (PeerRequest request in _open)
        {
            if (request.Ended) continue;
            int more = _calm ? 5000 : _random.Next(1, 200);
            _streamCredit[request.StreamId] += more;
            Peer.WindowUpdate(request.StreamId, more);
        }
    }

    /// <summary>Says goodbye: nothing above its last stream was looked at, nor will be.</summary>
    private void SayGoodbye()
    {
        int last = _open.Count == 0 || _random.Next(2) == 0 ? _highest : _open[_random.Next(_open.Count)].StreamId;

        // What was answered, delivered or is being thought about must be below.
        foreach (PeerRequest request in Peer.Requests)
        {
            if (!_open.Contains(request)) last = Math.Max(last, request.StreamId);
        }

        if (_random.Next(2) == 0) Peer.GoAway(int.MaxValue, debugData: """{"reason":"Shutdown"}""");
        Peer.GoAway(last, debugData: _random.Next(2) == 0 ? "plain text" : "");
        _lastStream = last;
        _open.RemoveAll(open => open.StreamId > last);
    }
}
