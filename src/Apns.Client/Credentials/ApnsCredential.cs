using System;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>
/// What APNs knows the sender by: a signing key (<see cref="ApnsKeyCredential"/>) or a client certificate
/// (<see cref="ApnsCertificateCredential"/>). Thread-safe; dispose it when no client uses it any more.
/// </summary>
public abstract class ApnsCredential : IDisposable
{
    private protected ApnsCredential()
    {
        ProviderTokens = new ProviderTokenSource(IssueProviderToken);
    }

    /// <summary>Where connections take their provider tokens from.</summary>
    internal ProviderTokenSource ProviderTokens { get; }

    /// <summary>The certificate to offer in the TLS handshake, or null.</summary>
    internal virtual X509Certificate2? Certificate => null;

    /// <summary>Intermediate certificates that came with <see cref="Certificate"/>, or null.</summary>
    internal virtual X509Certificate2Collection? Intermediates => null;

    /// <summary>A provider token signed now, or null with a certificate.</summary>
    internal virtual ProviderToken? IssueProviderToken(DateTimeOffset now) => null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the key.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
