using System;

namespace Apns.Client;

/// <summary>
/// Whether the other side of a connection still lives: when to ask by PING, and when silence is the answer.
/// Times are ticks of 100 ns on the owner's monotonic clock.
/// </summary>
internal sealed class Liveness
{
    private readonly ConnectionOptions _options;
    private long _lastHeard;
    private long _busySince;
    private long _askedAt;
    private int _timeoutsInRow;

    public Liveness(ConnectionOptions options, long now)
    {
        _options = options;
        _lastHeard = now;
    }

    /// <summary>Whether a PING is out and nothing was heard since.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>Something came: whatever it is, the other side lives.</summary>
    public void Heard(long now)
    {
        _lastHeard = now;
        if (!IsAsking) return;
        IsAsking = false;
        _timeoutsInRow = 0;
    }

    /// <summary>The first request after a pause goes out.</summary>
    public void Busy(long now) => _busySince = now;

    public void Answered() => _timeoutsInRow = 0;

    public void TimedOut() => _timeoutsInRow++;

    /// <summary>Whether the connection was idle for so long that it must be asked before it is used.</summary>
    public bool IsDoubtfulAfterIdle(long now) => now - _lastHeard >= _options.ProbeAfterIdle.Ticks;

    /// <summary>Whether it is time to ask.</summary>
    /// <param name="now">The time.</param>
    /// <param name="inFlight">Requests without an answer.</param>
    /// <param name="blocked">Whether no request may be sent, so that one may be waiting for the server's leave.</param>
    /// <param name="unseenResets">Whether streams were reset here and the server has not shown that it knows.</param>
    public bool IsDoubtful(long now, int inFlight, bool blocked, bool unseenResets)
    {
        if (IsAsking) return false;
        if (_timeoutsInRow >= _options.SuspiciousTimeouts || (unseenResets && inFlight == 0)) return true;
        return (inFlight > 0 || blocked) && now - Math.Max(_lastHeard, _busySince) >= _options.ProbeAfterSilence.Ticks;
    }

    public void Ask(long now)
    {
        IsAsking = true;
        _askedAt = now;
    }

    /// <summary>Whether it was asked and has been silent for too long.</summary>
    public bool IsDead(long now) => IsAsking && now - Math.Max(_askedAt, _lastHeard) >= _options.PingTimeout.Ticks;
}
