using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>
/// Certificate-based trust: an APNs client certificate with its private key. It supports the push types that the
/// certificate was made for. What the certificate tells of itself (topics, environments) may be less than it is good for:
/// one without Apple's extensions is used all the same. Thread-safe.
/// </summary>
public sealed class ApnsCertificateCredential : ApnsCredential
{
    private readonly X509Certificate2Collection? _intermediates;
    private readonly PushCertificate _contents;
    private readonly string _name;
    private readonly bool _owned;

    /// <summary>
    /// Takes a certificate that the caller goes on owning. On Windows, one with an ephemeral key is copied, since the
    /// system's TLS cannot use such keys.
    /// </summary>
    /// <param name="certificate">A certificate with its private key.</param>
    /// <exception cref="ApnsException">
    /// <see cref="ApnsErrorKind.InvalidCertificate"/>: it has no private key, is out of date, or would have to be copied
    /// and does not let its key be exported.
    /// </exception>
    public ApnsCertificateCredential(X509Certificate2 certificate)
        : this(certificate, null, owned: false)
    {
    }

    private ApnsCertificateCredential(X509Certificate2 certificate, X509Certificate2Collection? intermediates, bool owned)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        try
        {
            Check(certificate);
            _contents = new PushCertificate(certificate);
            _name = certificate.Subject;
            ExpiresOn = certificate.NotAfter.ToUniversalTime();
            Certificate = MakeUsable(certificate);
        }
        catch (Exception e)
        {
            if (owned) Free(certificate, intermediates);
            if (e is not (CryptographicException or PlatformNotSupportedException)) throw;

            // Dates, names and extensions are read only when somebody asks for them.
            throw new ApnsException(ApnsErrorKind.InvalidCertificate, $"The certificate is damaged: {e.Message} Export or download it anew.", e);
        }

        bool copied = !ReferenceEquals(Certificate, certificate);
        if (copied && owned) certificate.Dispose();
        _intermediates = intermediates;
        _owned = owned || copied;
    }

    /// <summary>
    /// The topics that the certificate names, each once: the app's bundle id, and those with a suffix such as
    /// <c>.voip</c>. Empty when it names none. From the extensions 1.2.840.113635.100.6.3.6 and .6.3.4; where a certificate
    /// of Apple's has no such list, the user id of the subject.
    /// </summary>
    public IReadOnlyList<string> Topics => _contents.Topics;

    /// <summary>The kinds of push that the certificate names, in Apple's words: app, voip, complication. Empty when it names none.</summary>
    public IReadOnlyList<string> PushKinds => _contents.PushKinds;

    /// <summary>
    /// The environments that the certificate is marked for, by the extensions 1.2.840.113635.100.6.3.1 (development) and
    /// .6.3.2 (production); both make it universal. <see cref="ApnsEnvironments.None"/> when it is not marked.
    /// </summary>
    public ApnsEnvironments Environments => _contents.Environments;

    /// <summary>When the certificate expires, in UTC.</summary>
    public DateTimeOffset ExpiresOn { get; }

    internal override X509Certificate2 Certificate { get; }

    internal override X509Certificate2Collection? Intermediates => _intermediates;

    internal override string? DefaultTopic => _contents.OnlyApp;

    /// <summary>Reads a certificate with its key from a file: .p12 or .pfx, or PEM.</summary>
    /// <param name="path">
    /// The file. A PEM file holds the certificate, with its intermediates if there are any, and the key too unless
    /// <paramref name="keyPath"/> names its file; then the certificate may be DER (.cer) as well.
    /// </param>
    /// <param name="password">The password of the .p12 or of the encrypted PEM key, if it has one.</param>
    /// <param name="keyPath">The key's own PEM file, if it has one: PKCS#8, encrypted or not, PKCS#1 or SEC 1.</param>
    /// <returns>The credential, which owns what it read.</returns>
    /// <exception cref="ApnsException">
    /// <see cref="ApnsErrorKind.InvalidCertificate"/>: unreadable, wrong password, no key or one that does not belong to
    /// it, or out of date.
    /// </exception>
    public static ApnsCertificateCredential FromFile(string path, ReadOnlySpan<char> password = default, string? keyPath = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using SecretBuffer<byte> file = ReadFile(path);
        using SecretBuffer<byte> keyFile = keyPath is null ? new([]) : ReadFile(keyPath);
        return FromBytes($"file '{path}'", file.Span, keyFile.Span, password);
    }

    /// <summary>Reads a certificate with its key from the bytes of a .p12 or .pfx.</summary>
    /// <param name="pkcs12">The bytes.</param>
    /// <param name="password">The password, if it has one.</param>
    /// <returns>The credential, which owns what it read.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidCertificate"/>: unreadable, wrong password, no key, or out of date.</exception>
    public static ApnsCertificateCredential FromPkcs12(ReadOnlySpan<byte> pkcs12, ReadOnlySpan<char> password = default) =>
        FromBytes("given PKCS#12", pkcs12, default, password);

    /// <summary>Finds a certificate with its key in the system's store My.</summary>
    /// <param name="thumbprint">Its SHA-1 thumbprint in hexadecimal; blanks and colons do no harm.</param>
    /// <param name="location">Whose store; null looks in the current user's, then in the machine's, where there is one.</param>
    /// <returns>The credential. The certificate stays in the store.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidCertificate"/>: not found, no key, or out of date.</exception>
    public static ApnsCertificateCredential FromStore(string thumbprint, StoreLocation? location = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(thumbprint);
        return new ApnsCertificateCredential(CertificateStore.Find(thumbprint, location), null, owned: true);
    }

    /// <summary>Says whose certificate it is.</summary>
    /// <returns>Its subject and its last day.</returns>
    public override string ToString() => $"certificate {_name}, valid until {ExpiresOn:u}";

    /// <summary>Reads what the files hold; <see cref="CertificateFile.Read"/> says how.</summary>
    internal static ApnsCertificateCredential FromBytes(string source, ReadOnlySpan<byte> file, ReadOnlySpan<byte> keyFile, ReadOnlySpan<char> password)
    {
        (X509Certificate2 own, X509Certificate2Collection others) = CertificateFile.Read(source, file, keyFile, password);
        return new ApnsCertificateCredential(own, others, owned: true);
    }

    internal override bool AllowsTopic(string topic) => _contents.Allows(topic);

    internal override void CheckEnvironment(ApnsEnvironment environment)
    {
        ApnsEnvironments wanted = environment == ApnsEnvironment.Production ? ApnsEnvironments.Production : ApnsEnvironments.Development;
        if (Environments == ApnsEnvironments.None || Environments.HasFlag(wanted)) return;
        throw new ApnsException(
            ApnsErrorKind.Refused,
            $"The certificate '{_name}' is for the environment {Environments} only, not for {environment}. "
            + $"Connect with -Environment {Environments}, or use a certificate for {environment}; a device token belongs to one environment too.")
        {
            Reason = ApnsReasons.BadCertificateEnvironment,
        };
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _owned) Free(Certificate, _intermediates);
    }

    private static SecretBuffer<byte> ReadFile(string path) => SecretFile.Read(path, "certificate file", ApnsErrorKind.InvalidCertificate);

    private static X509Certificate2 MakeUsable(X509Certificate2 certificate)
    {
        try
        {
            return PlatformCertificates.MakeUsable(certificate);
        }
        catch (CryptographicException e)
        {
            throw Unusable(certificate, $"has an ephemeral key, which this system's TLS cannot use, and which may not be exported ({e.Message}). Load it without EphemeralKeySet, or with Exportable.", e);
        }
    }

    private static void Free(X509Certificate2 certificate, X509Certificate2Collection? intermediates)
    {
        certificate.Dispose();
        foreach (X509Certificate2 intermediate in intermediates ?? []) intermediate.Dispose();
    }

    private static void Check(X509Certificate2 certificate)
    {
        if (!certificate.HasPrivateKey) throw Unusable(certificate, "comes without its private key. Export it together with the key.");

        DateTime now = DateTime.Now;
        if (now > certificate.NotAfter) throw Unusable(certificate, $"expired on {certificate.NotAfter.ToUniversalTime():u}, and the clock of this machine says {now.ToUniversalTime():u}. Renew it in the developer account.");
        if (now < certificate.NotBefore) throw Unusable(certificate, $"is valid only from {certificate.NotBefore.ToUniversalTime():u}, and the clock of this machine says {now.ToUniversalTime():u}. Check the clock of this machine.");
        try
        {
            // A .p12 is read whichever key is in it.
            using AsymmetricAlgorithm? key = PlatformCertificates.PrivateKeyOf(certificate);
            bool fits = key is null || key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo());
            if (!fits) throw Unusable(certificate, "and its key do not belong together. Export it with the key that it was requested with.");
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            throw Unusable(certificate, $"has a key that cannot be used ({e.Message}). Either they do not belong together, or this account may not use the key.", e);
        }
    }

    private static ApnsException Unusable(X509Certificate2 certificate, string why, Exception? cause = null) =>
        new(ApnsErrorKind.InvalidCertificate, $"The certificate '{certificate.Subject}' {why}", cause);
}
