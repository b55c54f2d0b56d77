using System;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>
/// The one place where operating systems differ about client certificates. Windows' SChannel cannot use ephemeral keys,
/// macOS has no ephemeral key set; elsewhere a key never touches the disk. On Windows and macOS a key that is read gets a
/// container of the system's (a CNG container, a temporary keychain), which .NET removes when the certificate is
/// disposed, since PersistKeySet is not asked for; a process that is killed leaves it behind. UserKeySet keeps it out of
/// the machine's containers, which a file exported from a machine's store asks for. Tried on Linux only; neither the
/// Windows nor the macOS way was.
/// </summary>
internal static class PlatformCertificates
{
    public static X509KeyStorageFlags KeyStorage =>
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? X509KeyStorageFlags.UserKeySet : X509KeyStorageFlags.EphemeralKeySet;

    /// <summary>
    /// Whether connections that show a certificate may resume TLS. Not on Windows: there .NET 10 keeps what it has acquired
    /// of SChannel for later connections, and files what holds a certificate as if it held none. A later connection of this
    /// process without a certificate would then show that one. What may not be resumed is filed apart.
    /// </summary>
    public static bool AllowTlsResume => !OperatingSystem.IsWindows();

    /// <summary>A certificate that the system's TLS can use: the one given, or a copy for the caller to dispose.</summary>
    /// <exception cref="CryptographicException">It needs a copy, and its key may not be exported.</exception>
    public static X509Certificate2 MakeUsable(X509Certificate2 certificate) =>
        OperatingSystem.IsWindows() && HasEphemeralKey(certificate) ? Reload(certificate) : certificate;

    /// <summary>The certificate and its key by way of PKCS#12, which gives the key the kind of storage the system wants.</summary>
    internal static X509Certificate2 Reload(X509Certificate2 certificate)
    {
        using var pkcs12 = new SecretBuffer<byte>(certificate.Export(X509ContentType.Pkcs12));
        return X509CertificateLoader.LoadPkcs12(pkcs12.Span, null, KeyStorage);
    }

    /// <summary>The key, for the caller to dispose; null when it is neither RSA nor EC.</summary>
    /// <exception cref="CryptographicException">The key does not fit the certificate's kind, or this account may not use it.</exception>
    public static AsymmetricAlgorithm? PrivateKeyOf(X509Certificate2 certificate) =>
        (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey();

    [SupportedOSPlatform("windows")]
    private static bool HasEphemeralKey(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = PrivateKeyOf(certificate);
        return key switch
        {
            RSACng rsa => rsa.Key.IsEphemeral,
            ECDsaCng ecdsa => ecdsa.Key.IsEphemeral,
            _ => false,
        };
    }
}
