using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>Certificate-based trust: an APNs client certificate with its private key. Thread-safe.</summary>
public sealed class ApnsCertificateCredential : ApnsCredential
{
    private readonly X509Certificate2Collection? _intermediates;
    private readonly bool _owned;

    /// <summary>Takes a certificate that the caller goes on owning.</summary>
    /// <param name="certificate">A certificate with its private key.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidCertificate"/>: it has no private key or is out of date.</exception>
    public ApnsCertificateCredential(X509Certificate2 certificate)
        : this(certificate, null, owned: false)
    {
    }

    private ApnsCertificateCredential(X509Certificate2 certificate, X509Certificate2Collection? intermediates, bool owned)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        Check(certificate);
        Certificate = certificate;
        _intermediates = intermediates;
        _owned = owned;
    }

    internal override X509Certificate2 Certificate { get; }

    internal override X509Certificate2Collection? Intermediates => _intermediates;

    /// <summary>Reads a certificate with its key from a file: .p12 or .pfx, or PEM.</summary>
    /// <param name="path">The file. A PEM file holds the certificate, and the key too unless <paramref name="keyPath"/> names its file.</param>
    /// <param name="password">The password of the .p12 or of the encrypted PEM key, if it has one.</param>
    /// <param name="keyPath">The key's own PEM file, if it has one.</param>
    /// <returns>The credential, which owns what it read.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidCertificate"/>: unreadable, wrong password, no key, or out of date.</exception>
    public static ApnsCertificateCredential FromFile(string path, ReadOnlySpan<char> password = default, string? keyPath = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            // OpenSSL reports a file that is missing or locked as one that is no certificate.
            using (File.OpenRead(path))
            {
            }

            return X509Certificate2.GetCertContentType(path) == X509ContentType.Pfx
                ? FromPkcs12(path, password)
                : FromPem(path, password, keyPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApnsException(ApnsErrorKind.InvalidCertificate, $"The certificate file '{path}' cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ApnsException(
                ApnsErrorKind.InvalidCertificate,
                $"The file '{path}' is not a certificate with its private key, or the password is wrong: {e.Message} Use a .p12 exported with its key, or a PEM pair.",
                e);
        }
    }

    /// <summary>Says whose certificate it is.</summary>
    /// <returns>Its subject and its last day.</returns>
    public override string ToString() => $"certificate {Certificate.Subject}, valid until {Certificate.NotAfter.ToUniversalTime():u}";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing || !_owned) return;
        Certificate.Dispose();
        foreach (X509Certificate2 intermediate in _intermediates ?? []) intermediate.Dispose();
    }

    private static ApnsCertificateCredential FromPkcs12(string path, ReadOnlySpan<char> password)
    {
        X509Certificate2Collection all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password, PlatformCertificates.KeyStorage);
        X509Certificate2? own = null;
        foreach (X509Certificate2 certificate in all)
        {
            if (certificate.HasPrivateKey) own ??= certificate;
        }

        if (own is null) throw new CryptographicException("No certificate in it has a private key.");
        all.Remove(own);
        return new ApnsCertificateCredential(own, all, owned: true);
    }

    private static ApnsCertificateCredential FromPem(string path, ReadOnlySpan<char> password, string? keyPath)
    {
        X509Certificate2 read = password.IsEmpty
            ? X509Certificate2.CreateFromPemFile(path, keyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath);
        return new ApnsCertificateCredential(PlatformCertificates.MakeUsable(read), null, owned: true);
    }

    private static void Check(X509Certificate2 certificate)
    {
        if (!certificate.HasPrivateKey)
        {
            throw new ApnsException(ApnsErrorKind.InvalidCertificate, $"The certificate '{certificate.Subject}' comes without its private key. Export it together with the key.");
        }

        DateTime now = DateTime.Now;
        if (now > certificate.NotAfter)
        {
            throw new ApnsException(ApnsErrorKind.InvalidCertificate, $"The certificate '{certificate.Subject}' expired on {certificate.NotAfter.ToUniversalTime():u}. Renew it in the developer account.");
        }

        if (now < certificate.NotBefore)
        {
            throw new ApnsException(ApnsErrorKind.InvalidCertificate, $"The certificate '{certificate.Subject}' is valid only from {certificate.NotBefore.ToUniversalTime():u}. Check the clock of this machine.");
        }
    }
}
