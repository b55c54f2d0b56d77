using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.PowerShell.Tests;

/// <summary>Keys and certificates of the tests.</summary>
internal static class Secrets
{
    /// <summary>A key of the kind that APNs uses, in PEM.</summary>
    public static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>A self-signed certificate with its key.</summary>
    public static X509Certificate2 NewCertificate(string name = "Apple Push Services: com.example.app", int fromDays = -1, int untilDays = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name == "localhost" ? name : "example.com");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(fromDays), now.AddDays(untilDays));

        // Windows' TLS cannot use the ephemeral key as it is.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
