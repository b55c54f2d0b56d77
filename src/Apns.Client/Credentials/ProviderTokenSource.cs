using System;
using System.Threading;

namespace Apns.Client;

/// <summary>
/// The provider tokens of one credential, over all its connections. Each connection takes one of its own. But once APNs
/// has answered TooManyProviderTokenUpdates, no new one is signed for 20 minutes: who needs a token meanwhile takes the
/// newest there is, as long as APNs accepts its age. Thread-safe.
/// </summary>
internal sealed class ProviderTokenSource
{
    private static readonly TimeSpan HoldTime = TimeSpan.FromMinutes(20);

    // APNs takes a token for 60 minutes; what is taken over must still be good for a while.
    private static readonly TimeSpan OldestShared = TimeSpan.FromMinutes(55);

    private readonly Lock _gate = new();
    private readonly Func<DateTimeOffset, ProviderToken?> _sign;
    private ProviderToken? _newest;
    private DateTimeOffset? _heldSince;

    /// <param name="sign">Signs a token at a time; null with a certificate.</param>
    public ProviderTokenSource(Func<DateTimeOffset, ProviderToken?> sign) => _sign = sign;

    /// <summary>A token for a connection; null with a certificate.</summary>
    public ProviderToken? Take(DateTimeOffset now)
    {
        lock (_gate)
        {
            bool held = _heldSince is { } since && (now - since).Duration() < HoldTime;
            bool shareable = _newest is { } newest && (now - newest.IssuedAt).Duration() < OldestShared;
            if (!held || !shareable) _newest = _sign(now);
            return _newest;
        }
    }

    /// <summary>APNs finds that the token changes too often.</summary>
    public void Hold(DateTimeOffset now)
    {
        lock (_gate) _heldSince = now;
    }
}
