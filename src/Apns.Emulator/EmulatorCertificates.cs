using System;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Emulator;

/// <summary>A certificate authority and a server certificate for loopback, made in memory for one emulator.</summary>
internal sealed class EmulatorCertificates : IDisposable
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly X509Certificate2 _server;

    public EmulatorCertificates()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Apns emulator root", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        authority.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authority.PublicKey, false));
        using X509Certificate2 signer = authority.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        Root = X509CertificateLoader.LoadCertificate(signer.RawData);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=localhost", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], false));
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] &= 0x7f;
        using X509Certificate2 certificate = server.Create(signer, now.AddDays(-1), now.AddMonths(6), serial);
        using X509Certificate2 withKey = certificate.CopyWithPrivateKey(serverKey);

        // Windows' TLS cannot use the ephemeral key as it is; a PKCS#12 round trip gives it one it can.
        _server = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        Context = SslStreamCertificateContext.Create(_server, null, offline: true);
    }

    /// <summary>The root that clients have to trust.</summary>
    public X509Certificate2 Root { get; }

    public SslStreamCertificateContext Context { get; }

    public void Dispose()
    {
        _server.Dispose();
        Root.Dispose();
    }
}
