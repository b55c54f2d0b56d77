using System;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>
/// The one place where operating systems differ about client certificates. Windows' SChannel cannot use ephemeral keys,
/// macOS has no ephemeral key set; elsewhere a key never touches the disk. Tried on Linux only.
/// </summary>
internal static class PlatformCertificates
{
    public static X509KeyStorageFlags KeyStorage =>
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;

    /// <summary>A certificate read from PEM in a form that the system's TLS can use; the one given is consumed.</summary>
    public static X509Certificate2 MakeUsable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows()) return certificate;
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, KeyStorage);
        }
    }
}
