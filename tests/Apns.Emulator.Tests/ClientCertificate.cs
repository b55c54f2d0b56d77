using System;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Emulator.Tests;

/// <summary>Client certificates that sign themselves; who signed them does not matter to the emulator.</summary>
internal static class ClientCertificate
{
    internal const string DevelopmentMark = "1.2.840.113635.100.6.3.1";
    internal const string ProductionMark = "1.2.840.113635.100.6.3.2";
    internal const string VoipTopics = "1.2.840.113635.100.6.3.4";
    internal const string AllTopics = "1.2.840.113635.100.6.3.6";

    /// <summary>What a mark holds: ASN.1's NULL.</summary>
    internal static readonly byte[] Null = [5, 0];

    /// <summary>A certificate that is good for anything unless it has extensions that say otherwise.</summary>
    internal static X509Certificate2 Create(params (string Id, byte[] Value)[] extensions) => Create("CN=Apple Push Services: com.example.app", extensions);

    internal static X509Certificate2 Create(string subject, params (string Id, byte[] Value)[] extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        foreach ((string id, byte[] value) in extensions) request.CertificateExtensions.Add(new X509Extension(id, value, critical: false));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // Windows' TLS takes no ephemeral key.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>The list of topics as Apple writes it: each topic, and after it a sequence with the name of its use.</summary>
    internal static byte[] Topics(params string[] topics)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (string topic in topics)
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, topic);
                using (writer.PushSequence()) writer.WriteCharacterString(UniversalTagNumber.UTF8String, "app");
            }
        }

        return writer.Encode();
    }

    /// <summary>One topic as a string of its own.</summary>
    internal static byte[] Topic(string topic)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, topic);
        return writer.Encode();
    }
}
