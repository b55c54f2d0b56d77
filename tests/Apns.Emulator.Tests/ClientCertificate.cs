using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Emulator.Tests;

/// <summary>A client certificate that signs itself; the emulator takes any.</summary>
internal static class ClientCertificate
{
    internal static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Apple Push Services: com.example.app", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // Windows' TLS takes no ephemeral key.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
