using System;

namespace Apns.Http2;

/// <summary>A token bucket over one <see cref="Http2Rate"/>.</summary>
internal struct FloodGuard
{
    private readonly Http2Rate _rate;
    private readonly string _what;
    private double _left;
    private long _last;

    public FloodGuard(Http2Rate rate, string what)
    {
        _rate = rate;
        _what = what;
        _left = rate.Burst;
    }

    /// <exception cref="Http2ConnectionException">ENHANCE_YOUR_CALM: the allowance is used up.</exception>
    public void Take(long nowMilliseconds)
    {
        _left = Math.Min(_rate.Burst, _left + (nowMilliseconds - _last) * (_rate.PerSecond / 1000.0));
        _last = nowMilliseconds;
        if (_left < 1) throw new Http2ConnectionException(Http2ErrorCode.EnhanceYourCalm, $"too many {_what}");
        _left--;
    }
}
