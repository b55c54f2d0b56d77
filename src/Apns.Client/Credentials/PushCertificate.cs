using System;
using System.Collections.Generic;
using System.Formats.Asn1;
using System.Linq;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>
/// What a push certificate tells of itself: the topics it is good for, for which kinds of push, and in which
/// environments. Topics are listed in Apple's extensions 1.2.840.113635.100.6.3.6 and .6.3.4 (Apple, "Sending notification
/// requests to APNs"). Certificates for MDM, and Apple's of old, have none of them: their topic is the user id of the
/// subject, which counts only beside Apple's extensions, since anybody's certificate may have one. Whatever cannot be read
/// is taken as not there, so that an extension of tomorrow keeps nobody from sending. Immutable.
/// </summary>
internal sealed class PushCertificate
{
    // RFC 4519 section 2.39.
    private const string UserId = "0.9.2342.19200300.100.1.1";
    private const string DevelopmentMark = "1.2.840.113635.100.6.3.1";
    private const string ProductionMark = "1.2.840.113635.100.6.3.2";
    private const string VoipTopic = "1.2.840.113635.100.6.3.4";
    private const string TopicList = "1.2.840.113635.100.6.3.6";

    private readonly List<string> _topics = [];
    private readonly List<string> _kinds = [];

    private bool _unread;

    public PushCertificate(X509Certificate2 certificate)
    {
        bool isApples = false;
        foreach (X509Extension extension in certificate.Extensions)
        {
            string? id = extension.Oid?.Value;
            isApples |= id is DevelopmentMark or ProductionMark or VoipTopic or TopicList;
            switch (id)
            {
                case DevelopmentMark:
                    Environments |= ApnsEnvironments.Development;
                    break;
                case ProductionMark:
                    Environments |= ApnsEnvironments.Production;
                    break;
                case TopicList:
                    ReadTopics(extension.RawData, kind: null);
                    break;
                case VoipTopic:
                    ReadTopics(extension.RawData, kind: "voip");
                    break;
            }
        }

        if (isApples && _topics.Count == 0) ReadSubject(certificate.SubjectName);
    }

    /// <summary>Each topic once; empty when the certificate names none.</summary>
    public IReadOnlyList<string> Topics => _topics.AsReadOnly();

    /// <summary>Whether the topic is one of them; any is, where it names none or has a list that cannot be read.</summary>
    public bool Allows(string topic) => _unread || _topics.Count == 0 || _topics.Contains(topic);

    /// <summary>The kinds of push, in Apple's words (app, voip, complication); empty when the certificate names none.</summary>
    public IReadOnlyList<string> PushKinds => _kinds.AsReadOnly();

    public ApnsEnvironments Environments { get; }

    /// <summary>The topic of the only app there is; its topics with a suffix (.voip, .complication) do not make it two.</summary>
    public string? OnlyApp =>
        _topics.Find(app => _topics.TrueForAll(topic => topic == app || topic.StartsWith(app + ".", StringComparison.Ordinal)));

    private void ReadSubject(X500DistinguishedName subject)
    {
        foreach (X500RelativeDistinguishedName name in subject.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (name.HasMultipleElements || name.GetSingleElementType().Value != UserId) continue;
            if (name.GetSingleElementValue() is { } id && IsBundleId(id)) Add(_topics, [id]);
        }
    }

    /// <summary>
    /// A SEQUENCE in which each topic, a string, is followed by a SEQUENCE of its kinds; or a single topic. What is
    /// neither is passed over.
    /// </summary>
    private void ReadTopics(ReadOnlyMemory<byte> encoded, string? kind)
    {
        var topics = new List<string>();
        var kinds = new List<string>();
        try
        {
            var reader = new AsnReader(encoded, AsnEncodingRules.BER);
            if (reader.PeekTag() == Asn1Tag.Sequence) reader = reader.ReadSequence();
            ReadTexts(reader, topics, kinds);
        }
        catch (AsnContentException)
        {
            topics.Clear();
        }

        topics.RemoveAll(string.IsNullOrEmpty);
        if (topics.Count == 0)
        {
            _unread = true;
            return;
        }

        if (kind is not null) kinds.Add(kind);
        Add(_topics, topics);
        Add(_kinds, kinds);
    }

    private static void ReadTexts(AsnReader reader, List<string> texts, List<string>? nested)
    {
        while (reader.HasData)
        {
            if (TryReadText(reader) is { } text) texts.Add(text);
            else if (nested is not null && reader.PeekTag() == Asn1Tag.Sequence) ReadTexts(reader.ReadSequence(), nested, null);
            else reader.ReadEncodedValue();
        }
    }

    private static string? TryReadText(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        if (tag.TagClass != TagClass.Universal) return null;
        var type = (UniversalTagNumber)tag.TagValue;
        return type is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
            ? reader.ReadCharacterString(type)
            : null;
    }

    private static void Add(List<string> all, IEnumerable<string> more)
    {
        foreach (string item in more)
        {
            if (!all.Contains(item)) all.Add(item);
        }
    }

    /// <summary>Keeps out the user ids of certificates that are not Apple's, such as a login name or a mail address.</summary>
    private static bool IsBundleId(string id) =>
        id.Contains('.', StringComparison.Ordinal) && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
