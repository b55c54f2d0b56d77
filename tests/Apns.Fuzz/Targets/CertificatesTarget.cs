using System;
using Apns.Client;

namespace Apns.Fuzz;

/// <summary>
/// A certificate's file, PKCS#12 or PEM, alone and beside a key's: a credential, or the error that says that it is none.
/// </summary>
internal sealed class CertificatesTarget : FuzzTarget
{
    private static readonly byte[] Key = System.Text.Encoding.ASCII.GetBytes(Keys.Pem);

    public override string Name => "certificates";

    public override void Run(ReadOnlySpan<byte> input)
    {
        Read(input, default);
        Read(input, Key);
    }

    private static void Read(ReadOnlySpan<byte> file, ReadOnlySpan<byte> key)
    {
        try
        {
            using ApnsCertificateCredential credential = ApnsCertificateCredential.FromBytes("file", file, key, "secret");
            Promise(credential.Certificate.HasPrivateKey, "a credential has its key");
            Promise(credential.DefaultTopic is not { } topic || credential.AllowsTopic(topic), "its topic is one of its own");
            credential.ToString();
        }
        catch (ApnsException e)
        {
            Promise(e.Kind == ApnsErrorKind.InvalidCertificate, "it is told that the certificate is at fault");
            Promise(!e.Message.Contains("secret", StringComparison.Ordinal), "no password is told");
        }
    }
}
