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

    /// <summary>The topic of notifications that name none, where the credential tells it: a certificate for one app.</summary>
    internal virtual string? DefaultTopic => null;

    /// <summary>A provider token signed now, or null with a certificate.</summary>
    internal virtual ProviderToken? IssueProviderToken(DateTimeOffset now) => null;

    /// <summary>Whether a topic is among those that the credential is for; a key, and a certificate that names none, allow every one.</summary>
    internal virtual bool AllowsTopic(string topic) => true;

    /// <summary>Refuses an environment that the credential is not for, as APNs would; a key does not tell.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.Refused"/>, with the reason BadCertificateEnvironment.</exception>
    internal virtual void CheckEnvironment(ApnsEnvironment environment)
    {
    }

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
