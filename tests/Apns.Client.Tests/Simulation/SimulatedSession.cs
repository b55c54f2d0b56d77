using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Simulation;

/// <summary>
/// A whole session under virtual time: the real dispatcher over real engines, simulated networks and hostile servers. The
/// world gets well in the end. What the client says about each notification is held against what the servers did.
/// The same seed is the same session.
/// </summary>
internal sealed class SimulatedSession
{
    private const int LateRequests = 3;
    private static readonly long ShortUnrest = TimeSpan.FromSeconds(4).Ticks;
    private static readonly long LongUnrest = TimeSpan.FromSeconds(20).Ticks;
    private static readonly TimeSpan LateTimeout = TimeSpan.FromMinutes(3);
    private static readonly RequestTemplate[] Templates = [Samples.Template(40), Samples.Template(500), Samples.Template(4096)];

    private readonly Random _random;
    private readonly Arena _arena = Arena.Fresh();
    private readonly ApnsDelivery _delivery;
    private readonly ServerLog _log = new();
    private readonly RecordingSink[] _sinks = [new(), new()];
    private readonly List<SimulatedConnection> _open = [];
    private readonly Dispatcher _dispatcher;
    private readonly ApnsCredential _credential;
    private readonly RequestTemplate[] _templates = Templates;
    private readonly long _tick;
    private readonly long _unrest;
    private readonly long _start = TimeSpan.FromDays(1).Ticks;
    private readonly int _count;
    private long _now;
    private long _nextTick;
    private long _nextSubmission;
    private long _outageUntil;
    private bool _closed;
    private bool _calm;

    public SimulatedSession(ApnsDelivery delivery, int seed)
    {
        _delivery = delivery;
        _random = new Random(seed);
        _now = _nextTick = _nextSubmission = _start;
        if (_random.Next(3) == 0)
        {
            // Some sessions use up the connections' windows, which takes many requests.
            (_templates, _count, _unrest) = (_templates[2..], 3 * _random.Next(5, 45), LongUnrest);
        }
        else
        {
            // Of bugs put in on purpose short sessions find as many in a second of processor time as long ones.
            double length = _random.NextDouble();
            (_count, _unrest) = (_random.Next(3, 25), ShortUnrest + (long)((LongUnrest - ShortUnrest) * length * length));
        }

        // A clock that is called late, as on a busy machine, must do as well.
        _tick = TimeSpan.FromMilliseconds(_random.Next(4) == 0 ? 500 : 50).Ticks;

        _credential = _random.Next(2) == 0 ? new SimulatedCredential() : Samples.Certificate;
        _dispatcher = new Dispatcher(new PoolOptions { Connections = _random.Next(1, 4), MaxConnections = _random.Next(1, 6) }, Open, _random);
    }

    public List<ApnsRequest> Requests { get; } = [];

    public int Halves => _log.Halves;

    public int DeliveredTwice => _log.Delivered.Values.Count(count => count > 1);

    private int Ended => _sinks[0].Ended.Count + _sinks[1].Ended.Count;

    private DateTimeOffset UtcNow => new DateTimeOffset(2026, 5, 5, 5, 5, 5, TimeSpan.Zero) + TimeSpan.FromTicks(_now - _start);

    public void Run()
    {
        _dispatcher.Start(_now);
        while (!_calm || Ended < Requests.Count)
        {
            _now = Math.Max(_now, NextEvent());
            if (!_calm && (_now - _start > _unrest || (Requests.Count == _count && Ended == _count))) CalmDown();
            if (Requests.Count < _count && !_closed && _now >= _nextSubmission) SubmitNext();
            for (int i = 0; i < _open.Count; i++) Run(_open[i]);
            if (_now >= _nextTick) Tick();
            _open.RemoveAll(static connection => connection.Reported);
            if (_now - _start > _unrest + (2 * LateTimeout.Ticks)) Assert.Fail($"{Requests.Count - Ended} of {Requests.Count} do not end");
        }

        Assert.Equal(0, _dispatcher.Waiting);
        foreach (ApnsRequest request in Requests) Check(request);
    }

    private long NextEvent()
    {
        long next = _nextTick;
        foreach (SimulatedConnection connection in _open) next = Math.Min(next, connection.NextDue);
        return next;
    }

    private void Run(SimulatedConnection connection)
    {
        connection.Write(_now);
        if (connection.Run(_now)) Report(connection);
    }

    private void Report(SimulatedConnection connection)
    {
        if (!connection.Reported) _dispatcher.OnProgress(connection, connection.TakeFinished(), _now);
    }

    private void Tick()
    {
        _nextTick = _now + _tick;
        for (int i = 0; i < _open.Count; i++)
        {
            SimulatedConnection connection = _open[i];
            if (connection.Reported) continue;
            ApnsConnectionState before = connection.State;
            if (!_calm && _random.Next(60) == 0) connection.Disturb(_now);
            connection.Sweep(_now);

            // As ApnsConnection does: a sweep that changed nothing is not told.
            List<ApnsRequest> finished = connection.TakeFinished();
            if (finished.Count > 0 || connection.State != before) _dispatcher.OnProgress(connection, finished, _now);
        }

        _dispatcher.Tick(_now);
        if (!_calm) TellDispatcher();
    }

    /// <summary>What comes from outside: other limits, a name that is not found for a while, a batch that is stopped, the end.</summary>
    private void TellDispatcher()
    {
        switch (_random.Next(400))
        {
            case < 8:
                int min = _random.Next(1, 4);
                _dispatcher.SetLimits(min, _random.Next(min, 6), _now);
                break;
            case < 12:
                _outageUntil = _now + TimeSpan.FromSeconds(_random.Next(10)).Ticks;
                break;
            case 12 when !_sinks[1].Withdrawn:
                _sinks[1].Withdrawn = true;
                _dispatcher.Withdraw(_sinks[1], new ApnsException(ApnsErrorKind.Stopped, "stopped"), _now);
                break;
            case 13 when _random.Next(3) == 0 && !_closed:
                _closed = true;
                _dispatcher.Close(_now);
                break;
            default:
                break;
        }
    }

    private void SubmitNext()
    {
        for (int i = _random.Next(1, 10); i > 0 && Requests.Count < _count; i--) Submit(1 + (_random.NextDouble() * 2 * TimeSpan.FromTicks(_unrest).TotalSeconds));
        _nextSubmission = _now + TimeSpan.FromMilliseconds(_random.Next(1500)).Ticks;
    }

    private void Submit(double seconds)
    {
        RecordingSink sink = _sinks[_random.Next(3) == 0 && !_sinks[1].Withdrawn ? 1 : 0];
        var id = new byte[16];
        _random.NextBytes(id);
        var request = new ApnsRequest
        {
            Sink = sink,
            Index = Requests.Count,
            Token = Samples.Token(Requests.Count),
            Template = _templates[_random.Next(_templates.Length)],
            ApnsId = new Guid(id),
            TakenAt = _now,
            Deadline = _now + TimeSpan.FromSeconds(seconds).Ticks,
            Delivery = _delivery,
        };
        Requests.Add(request);
        _dispatcher.Submit(request, _now);
    }

    /// <summary>Whatever was broken is repaired now, and what is sent from now on must arrive.</summary>
    private void CalmDown()
    {
        _calm = true;
        _outageUntil = 0;
        foreach (SimulatedConnection connection in _open) connection.CalmDown(_now);
        for (int i = 0; i < LateRequests && !_closed; i++) Submit(LateTimeout.TotalSeconds);
    }

    private SimulatedConnection Open(int number)
    {
        var connection = new SimulatedConnection(_random, _arena, _log, _credential, () => UtcNow, _now, fails: _now < _outageUntil);
        if (_calm) connection.CalmDown(_now);
        _open.Add(connection);
        return connection;
    }

    private void Check(ApnsRequest request)
    {
        int delivered = _log.Delivered.GetValueOrDefault(request.ApnsId);
        int written = _log.Written.GetValueOrDefault(request.ApnsId);

        // What timed out may have been put out and not yet written; it counts, since it will be if the connection lasts.
        int possible = written + (request.LastEnd == AttemptEnd.TimedOut ? 1 : 0);
        Holds(delivered <= request.Attempts && (request.Attempts <= possible || _log.BrokeProtocol));
        Holds(delivered <= 1 || request.PossibleDuplicate);
        Holds(possible >= 2 || !request.PossibleDuplicate || _log.BrokeProtocol);
        Holds(delivered <= 1 || _delivery == ApnsDelivery.AtLeastOnce);
        Holds(request.FinishedAt <= request.Deadline + _tick);
        bool late = request.Deadline - request.TakenAt == LateTimeout.Ticks && _delivery == ApnsDelivery.AtLeastOnce;
        Holds(request.Outcome == ApnsOutcome.Delivered || !late);
        switch (request.Outcome)
        {
            case ApnsOutcome.Delivered:
                Holds(delivered >= 1 && request.Status == 200 && request.AnsweredId == request.ApnsId);
                break;
            case ApnsOutcome.Rejected:
                Holds(request.Status >= 400 && (delivered == 0 || request.PossibleDuplicate));
                break;
            case ApnsOutcome.Unknown:
                Holds(request.Attempts > 0 && request.Status == 0);
                break;
            default:
                Holds(request.Attempts == 0 && delivered == 0);
                break;
        }

        // Told only when something is wrong: to put it into words takes longer than the rest.
        void Holds(bool right)
        {
            if (!right) Assert.Fail($"{request.Index}: {request.Outcome} {request.Status} after {request.Attempts} attempts, {request.LastEnd}, {TimeSpan.FromTicks(request.FinishedAt - request.Deadline).TotalSeconds:0.00} s after the deadline, duplicate {request.PossibleDuplicate}; written {written}, delivered {delivered}; {request.Failure?.Message}");
        }
    }
}
