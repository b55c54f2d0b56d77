using System;

namespace Apns.Client;

/// <summary>One signed JWT: the value of the authorization header, and when it was signed.</summary>
internal sealed class ProviderToken
{
    public ProviderToken(byte[] authorization, DateTimeOffset issuedAt)
    {
        Authorization = authorization;
        IssuedAt = issuedAt;
    }

    /// <summary>The bytes of <c>bearer …</c>.</summary>
    public byte[] Authorization { get; }

    public DateTimeOffset IssuedAt { get; }

    /// <summary>Says nothing of the secret.</summary>
    public override string ToString() => $"provider token of {IssuedAt:u}";
}
