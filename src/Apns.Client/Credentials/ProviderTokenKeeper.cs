using System;

namespace Apns.Client;

/// <summary>
/// The provider tokens of one connection. APNs takes a token for an hour, and another one on the same connection no
/// sooner than 20 minutes after it first saw the last (Apple, "Establishing a token-based connection to APNs"). So an
/// unused token is replaced freely, a used one at 45 minutes, and never within 20 minutes of its first use.
/// </summary>
internal sealed class ProviderTokenKeeper
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(45);
    private static readonly TimeSpan MinimumUse = TimeSpan.FromMinutes(20);

    // Used at this age it is still in use for 20 minutes when it is renewed.
    private static readonly TimeSpan LongestUnused = Lifetime - MinimumUse;

    // A clock that jumped can make a token this old too soon; APNs would refuse it at 60 minutes.
    private static readonly TimeSpan LastResort = TimeSpan.FromMinutes(55);

    private readonly ApnsCredential _credential;
    private readonly Func<DateTimeOffset> _utcNow;
    private ProviderToken? _token;
    private long? _firstUsed;

    public ProviderTokenKeeper(ApnsCredential credential, Func<DateTimeOffset> utcNow)
    {
        _credential = credential;
        _utcNow = utcNow;
        _token = credential.ProviderTokens.Take(utcNow());
    }

    /// <summary>The authorization header's value; null with a certificate.</summary>
    public byte[]? Authorization => _token?.Authorization;

    /// <summary>Whether the connection is authorised by tokens at all.</summary>
    public bool HasToken => _token is not null;

    /// <summary>Whether the only remedy is another connection.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>When the token was signed, by this machine's clock.</summary>
    public DateTimeOffset? IssuedAt => _token?.IssuedAt;

    /// <summary>Notes that the token goes out now, in ticks of the monotonic clock.</summary>
    public void Use(long now) => _firstUsed ??= now;

    /// <summary>APNs found that tokens change too often: no connection of the credential makes a new one for a while.</summary>
    public void Hold() => _credential.ProviderTokens.Hold(_utcNow());

    /// <summary>Renews the token if it is time; true when <see cref="Authorization"/> has changed.</summary>
    public bool Refresh(long now)
    {
        if (_token is null) return false;
        DateTimeOffset utcNow = _utcNow();

        // Either way: APNs wants the time of issue within an hour of its own, before or after.
        TimeSpan age = (utcNow - _token.IssuedAt).Duration();
        if (age < (_firstUsed is null ? LongestUnused : Lifetime)) return false;
        if (_firstUsed is { } used && now - used < MinimumUse.Ticks)
        {
            IsSpent = age >= LastResort;
            return false;
        }

        ProviderToken? next = _credential.ProviderTokens.Take(utcNow);
        if (ReferenceEquals(next, _token)) return false;
        _token = next;
        _firstUsed = null;
        return true;
    }
}
