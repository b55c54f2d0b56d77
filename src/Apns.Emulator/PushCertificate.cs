using System;
using System.Collections.Generic;
using System.Formats.Asn1;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Apns.Emulator;

/// <summary>
/// What a client certificate is good for. Apple's push certificates tell it in extensions: marks of the environments,
/// and topics. One without them, as anybody can make it, is taken as good for anything.
/// </summary>
internal sealed class PushCertificate
{
    private const string DevelopmentMark = "1.2.840.113635.100.6.3.1";
    private const string ProductionMark = "1.2.840.113635.100.6.3.2";
    private const string VoipTopics = "1.2.840.113635.100.6.3.4";
    private const string AllTopics = "1.2.840.113635.100.6.3.6";
    private const string UserId = "0.9.2342.19200300.100.1.1";

    private readonly byte[][] _topics;
    private readonly bool _development;
    private readonly bool _production;

    private PushCertificate(X509Certificate2 certificate)
    {
        var topics = new SortedSet<string>(StringComparer.Ordinal);
        bool isApples = false;
        foreach (X509Extension extension in certificate.Extensions)
        {
            string? id = extension.Oid?.Value;
            if (id is not (DevelopmentMark or ProductionMark or VoipTopics or AllTopics)) continue;
            isApples = true;
            _development |= id == DevelopmentMark;
            _production |= id == ProductionMark;
            if (id is VoipTopics or AllTopics) AddTopics(extension.RawData, topics);
        }

        // Apple's certificates of old, and those for MDM, have one topic: the UID of their subject.
        if (isApples && topics.Count == 0) topics.UnionWith(UserIds(certificate));
        _topics = [.. topics.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Reads a certificate in DER.</summary>
    public static PushCertificate Read(byte[] certificate)
    {
        using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(certificate);
        return new PushCertificate(loaded);
    }

    /// <summary>The topic when the certificate has one only: then a request need not name it.</summary>
    public ReadOnlySpan<byte> OnlyTopic => _topics.Length == 1 ? _topics[0] : default;

    /// <summary>Whether it has topics to choose from, so that a request has to name one.</summary>
    public bool HasSeveralTopics => _topics.Length > 1;

    /// <summary>Whether the topic is the certificate's.</summary>
    public bool Allows(ReadOnlySpan<byte> topic)
    {
        if (_topics.Length == 0) return true;
        foreach (byte[] own in _topics)
        {
            if (topic.SequenceEqual(own)) return true;
        }

        return false;
    }

    /// <summary>Whether it is for the environment; with both marks it is for both.</summary>
    public bool IsFor(EmulatedEnvironment environment) =>
        _development == _production || (environment == EmulatedEnvironment.Development ? _development : _production);

    /// <summary>
    /// Takes topics out of an extension: one string, or a sequence of strings, each followed by a sequence that names
    /// the topic's use. What cannot be read has no topics.
    /// </summary>
    private static void AddTopics(byte[] extension, SortedSet<string> topics)
    {
        try
        {
            var reader = new AsnReader(extension, AsnEncodingRules.DER);
            if (reader.PeekTag() == Asn1Tag.Sequence) reader = reader.ReadSequence();
            while (reader.HasData)
            {
                if (reader.PeekTag() == new Asn1Tag(UniversalTagNumber.UTF8String)) topics.Add(reader.ReadCharacterString(UniversalTagNumber.UTF8String));
                else reader.ReadEncodedValue();
            }
        }
        catch (AsnContentException)
        {
        }
    }

    private static IEnumerable<string> UserIds(X509Certificate2 certificate) => certificate.SubjectName
        .EnumerateRelativeDistinguishedNames()
        .Where(static name => !name.HasMultipleElements && name.GetSingleElementType().Value == UserId)
        .Select(static name => name.GetSingleElementValue())
        .OfType<string>();
}
