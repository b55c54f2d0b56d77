using System;
using System.Formats.Asn1;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.PowerShell.Tests;

/// <summary>Keys and certificates of the tests.</summary>
internal static class Secrets
{
    // To make one takes longer than most tests.
    private static readonly Lazy<RSA> PushKey = new(static () => RSA.Create(2048));
    private static readonly Lazy<RSA> Other = new(static () => RSA.Create(2048));

    /// <summary>A key that belongs to no certificate.</summary>
    public static RSA OtherKey => Other.Value;

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

    /// <summary>A certificate as Apple makes it for an app, with its calls, but signed by itself.</summary>
    public static X509Certificate2 NewPushCertificate(bool development = true, bool production = true, int untilDays = 365)
    {
        RSA key = PushKey.Value;
        var name = new X500DistinguishedNameBuilder();
        name.Add("0.9.2342.19200300.100.1.1", Engine.Topic, UniversalTagNumber.UTF8String);
        name.AddCommonName($"Apple Push Services: {Engine.Topic}");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        if (development) request.CertificateExtensions.Add(new X509Extension("1.2.840.113635.100.6.3.1", [5, 0], false));
        if (production) request.CertificateExtensions.Add(new X509Extension("1.2.840.113635.100.6.3.2", [5, 0], false));
        request.CertificateExtensions.Add(new X509Extension("1.2.840.113635.100.6.3.6", TopicList((Engine.Topic, "app"), ($"{Engine.Topic}.voip", "voip")), false));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(untilDays).AddHours(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private static byte[] TopicList(params (string Topic, string Kind)[] topics)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach ((string topic, string kind) in topics)
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, topic);
                using (writer.PushSequence()) writer.WriteCharacterString(UniversalTagNumber.UTF8String, kind);
            }
        }

        return writer.Encode();
    }

    /// <summary>A secure string of a text.</summary>
    public static SecureString Secure(string text)
    {
        var secure = new SecureString();
        foreach (char c in text) secure.AppendChar(c);
        secure.MakeReadOnly();
        return secure;
    }
}
