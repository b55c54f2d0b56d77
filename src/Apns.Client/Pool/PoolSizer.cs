using System;

namespace Apns.Client;

/// <summary>
/// How many connections a pool should have, between its limits. One is added while requests wait without a break that
/// no connection takes, as long as each brings more answers; one is given back when it did not, and when nothing has had
/// to wait for minutes. Without a clock: times are ticks of 100 ns.
/// </summary>
internal sealed class PoolSizer
{
    // A span is what it takes to see the effect of a new connection: some round trips, but no shorter than is measured well.
    private const int SpanRoundTrips = 3;

    // What a connection more must bring, of what it would bring if connections were all that is lacking. Where the
    // processor, the sender or the server is the limit, it brings nothing.
    private const double LeastGain = 1.0 / 3;

    private const double NotMeasured = -1;

    private static readonly long ShortestSpan = TimeSpan.FromMilliseconds(250).Ticks;
    private static readonly long LongestSpan = TimeSpan.FromSeconds(5).Ticks;
    private static readonly long Rest = TimeSpan.FromMinutes(5).Ticks;
    private static readonly long LongestIdle = TimeSpan.FromMinutes(5).Ticks;

    private long? _pressedSince;
    private bool _measuring;
    private long _answeredBefore;
    private double _rateBefore = NotMeasured;
    private long _restUntil = long.MinValue;
    private long _lastNeeded;

    public PoolSizer(int min, int max)
    {
        (Min, Max) = (min, max);
        Wanted = min;
    }

    public int Min { get; private set; }

    public int Max { get; private set; }

    /// <summary>How many connections there should be now.</summary>
    public int Wanted { get; private set; }

    public void SetLimits(int min, int max, long now)
    {
        (Min, Max) = (min, max);
        Wanted = Math.Clamp(Wanted, min, max);
        _restUntil = long.MinValue;
        _lastNeeded = now;
        Forget();
    }

    /// <summary>The coarse clock.</summary>
    /// <param name="waits">Whether something waits that no connection takes.</param>
    /// <param name="complete">Whether all connections wanted are there and ready, so that one more could be added.</param>
    /// <param name="answered">Answers so far, over all connections.</param>
    /// <param name="roundTrip">How long an answer takes.</param>
    /// <param name="now">The time.</param>
    public void Tick(bool waits, bool complete, long answered, long roundTrip, long now)
    {
        if (waits) _lastNeeded = now;
        else _rateBefore = NotMeasured;

        if (Wanted > Min && now - _lastNeeded >= LongestIdle)
        {
            Wanted--;
            _lastNeeded = now;
        }

        if (!waits || !complete)
        {
            _pressedSince = null;
            _measuring = false;
            return;
        }

        long span = Math.Clamp(SpanRoundTrips * roundTrip, ShortestSpan, LongestSpan);
        _pressedSince ??= now;
        if (now - _pressedSince < span) return;

        // One span to settle, one to measure.
        if (_measuring) Decide((double)(answered - _answeredBefore) / (now - _pressedSince.Value), now);
        else _answeredBefore = answered;
        _measuring = !_measuring;
        _pressedSince = now;
    }

    /// <summary>A connection ended before it served anything, while others serve: the server wants no more of them.</summary>
    public void Refused(long now) => GiveOneBack(now);

    /// <summary>Connections ended while there was nothing to do: what is left is enough.</summary>
    public void Settle(int connections)
    {
        Wanted = Math.Clamp(connections, Min, Wanted);
        Forget();
    }

    /// <summary>Judges the step before by what has been answered in a tick since, and takes the next.</summary>
    private void Decide(double rate, long now)
    {
        double before = _rateBefore;
        _rateBefore = NotMeasured;
        if (before != NotMeasured && rate < before * (1 + (LeastGain / (Wanted - 1))))
        {
            GiveOneBack(now);
            return;
        }

        // A server that answers nothing has other troubles than too few connections.
        if (Wanted >= Max || now < _restUntil || rate == 0) return;
        _rateBefore = rate;
        Wanted++;
    }

    private void GiveOneBack(long now)
    {
        if (Wanted > Min) Wanted--;
        _restUntil = now + Rest;
        Forget();
    }

    private void Forget()
    {
        _rateBefore = NotMeasured;
        _pressedSince = null;
        _measuring = false;
    }
}
