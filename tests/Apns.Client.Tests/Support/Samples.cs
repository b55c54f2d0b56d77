using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Apns.Client.Tests;

/// <summary>What most tests need one of and do not care about.</summary>
internal static class Samples
{
    public const string KeyId = "ABC123DEFG";
    public const string TeamId = "DEF123GHIJ";
    public const string Topic = "com.example.app";

    private static readonly Lazy<ECDsa> LazySigningKey = new(static () => ECDsa.Create(ECCurve.NamedCurves.nistP256));

    private static readonly Lazy<ApnsKeyCredential> LazyKey = new(NewKey);

    private static readonly Lazy<ApnsCertificateCredential> LazyCertificate = new(static () => new ApnsCertificateCredential(TestCertificates.ForClient()));

    public static ECDsa SigningKey => LazySigningKey.Value;

    public static ApnsKeyCredential Key => LazyKey.Value;

    public static ApnsCertificateCredential Certificate => LazyCertificate.Value;

    /// <summary>A credential of the one key that shares no provider token with another.</summary>
    public static ApnsKeyCredential NewKey() => new(SigningKey.ExportPkcs8PrivateKeyPem(), KeyId, TeamId);

    /// <summary>A device token of 64 digits that holds a number.</summary>
    public static string Token(int number) => number.ToString("x64", CultureInfo.InvariantCulture);

    public static byte[] Payload(int length)
    {
        const string Frame = """{"aps":{"alert":""}}""";
        return Encoding.ASCII.GetBytes(Frame.Insert(Frame.IndexOf("\"\"", StringComparison.Ordinal) + 1, new string('x', length - Frame.Length)));
    }

    public static ApnsNotification Notification(int payloadLength = 40) => new() { Payload = Payload(payloadLength) };

    public static RequestTemplate Template(int payloadLength = 40) => RequestTemplate.Compile(Notification(payloadLength), Topic, Key);
}
