using System;

namespace Apns.Client;

/// <summary>One signed JWT: the value of the authorization header, and when it was signed.</summary>
internal sealed class ProviderToken
{
    /// <summary>
    /// When a token is renewed. APNs takes one for up to an hour (Apple, "Establishing a token-based connection to APNs").
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(45);

    /// <summary>APNs takes a new token at most every 20 minutes on one connection (same place).</summary>
    public static readonly TimeSpan MinimumAge = TimeSpan.FromMinutes(20);

    public ProviderToken(byte[] authorization, DateTimeOffset issuedAt)
    {
        Authorization = authorization;
        IssuedAt = issuedAt;
    }

    /// <summary>The bytes of <c>bearer …</c>.</summary>
    public byte[] Authorization { get; }

    public DateTimeOffset IssuedAt { get; }

    /// <summary>Whether to renew it; a clock that was set back does not make a token young again for ever.</summary>
    public bool IsOld(DateTimeOffset now) => (now - IssuedAt).Duration() >= Lifetime;

    /// <summary>Says nothing of the secret.</summary>
    public override string ToString() => $"provider token of {IssuedAt:u}";
}
