using System;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client.Tests;

/// <summary>Client certificates as Apple makes them, but signed by themselves.</summary>
internal static class PushCertificates
{
    public const string App = "com.example.app";

    public static readonly X509Extension Development = Mark("1.2.840.113635.100.6.3.1");
    public static readonly X509Extension Production = Mark("1.2.840.113635.100.6.3.2");

    /// <summary>The usual one: universal, for an app with its calls and complications.</summary>
    public static readonly X509Extension[] Usual = [Development, Production, Topics((App, "app"), ($"{App}.voip", "voip"), ($"{App}.complication", "complication"))];

    // One for all: making a key takes longer than all else here.
    private static readonly RSA Key = RSA.Create(2048);

    /// <param name="userId">The user id of the subject, or null for none.</param>
    /// <param name="extensions">Extensions beside those that each client certificate has.</param>
    public static X509Certificate2 Create(string? userId, params X509Extension[] extensions)
    {
        lock (Key) return Create(Key, userId, extensions);
    }

    public static X509Certificate2 Create(RSA key, string? userId, params X509Extension[] extensions)
    {
        var name = new X500DistinguishedNameBuilder();
        if (userId is not null) name.Add("0.9.2342.19200300.100.1.1", userId, UniversalTagNumber.UTF8String);
        name.AddCommonName($"Apple Push Services: {App}");
        name.AddOrganizationalUnitName("DEF123GHIJ");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        foreach (X509Extension extension in extensions) request.CertificateExtensions.Add(extension);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
    }

    /// <summary>Apple's list of topics, each with its kind.</summary>
    public static X509Extension Topics(params (string Topic, string Kind)[] topics)
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

        return TopicList(writer.Encode());
    }

    public static X509Extension TopicList(byte[] value) => new("1.2.840.113635.100.6.3.6", value, critical: false);

    public static X509Extension VoipTopic(byte[] value) => new("1.2.840.113635.100.6.3.4", value, critical: false);

    private static X509Extension Mark(string oid) => new(oid, [0x05, 0x00], critical: false);
}
