using System;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client.Tests;

/// <summary>An authority made in memory, and certificates by it: right ones, and ones that are wrong in one way each.</summary>
internal sealed class TestCertificates
{
    private static readonly Lazy<TestCertificates> LazyShared = new(static () => new TestCertificates());

    private readonly X509Certificate2 _signer;

    public TestCertificates(string name = "Apns test root")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        _signer = request.CreateSelfSigned(now.AddYears(-2), now.AddYears(1));
        Root = X509CertificateLoader.LoadCertificate(_signer.RawData);
        Server = ForServer("localhost", now.AddDays(-1), now.AddMonths(1));
    }

    public static TestCertificates Shared => LazyShared.Value;

    public X509Certificate2 Root { get; }

    public X509Certificate2Collection Roots => [Root];

    /// <summary>For localhost, and valid.</summary>
    public X509Certificate2 Server { get; }

    /// <param name="name">The host's name.</param>
    /// <param name="from">Valid from.</param>
    /// <param name="until">Valid until.</param>
    /// <param name="revocationList">Where it says that its revocation list is; null names none.</param>
    /// <returns>A server's certificate with its key.</returns>
    public X509Certificate2 ForServer(string name, DateTimeOffset from, DateTimeOffset until, Uri? revocationList = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        if (revocationList is not null) request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([revocationList.AbsoluteUri]));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        using X509Certificate2 certificate = request.Create(_signer, from, until, serial);
        using X509Certificate2 withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A self-signed client certificate with its key.</summary>
    public static X509Certificate2 ForClient(string subject = "CN=Apple Push Services: com.example.app", int fromDays = -1, int untilDays = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(fromDays), now.AddDays(untilDays));
    }
}
