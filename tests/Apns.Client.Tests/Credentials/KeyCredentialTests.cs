using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Formats.Asn1;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Apns.Client.Tests.Credentials;

public sealed class KeyCredentialTests : IDisposable
{
    private static readonly string Pem = Samples.SigningKey.ExportPkcs8PrivateKeyPem();
    private static readonly string Base64 = Convert.ToBase64String(Samples.SigningKey.ExportPkcs8PrivateKey());
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_771_934_400);

    private readonly string _folder = Directory.CreateTempSubdirectory("apns-key-").FullName;

    private static readonly Dictionary<string, string> Good = new()
    {
        ["PEM"] = Pem,
        ["PEM with CRLF"] = Pem.ReplaceLineEndings("\r\n"),
        ["PEM with lone CR"] = Pem.ReplaceLineEndings("\r"),
        ["PEM with a byte order mark"] = "\uFEFF" + Pem,
        ["PEM with blanks around and within"] = $"  \t\r\n\r\n{Pem.Replace("\n", "  \n \t", StringComparison.Ordinal)}\r\n  ",
        ["PEM with the blank lines and BOM of an editor"] = $"\n\uFEFF\n{Pem}\n\n",
        ["PEM on one line"] = Pem.Replace("\n", "", StringComparison.Ordinal),
        ["PEM between other text"] = $"the key:\n{Pem}\nthat was it",
        ["PEM after EC PARAMETERS"] = $"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{Pem}",
        ["bare base64"] = Base64,
        ["bare base64 in lines"] = string.Join("\r\n", Base64.Chunk(64).Select(line => new string(line))),
        ["bare base64 with blanks and a byte order mark"] = $"\uFEFF  {Base64}  \n",
        ["base64 of the whole file"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Pem)),
        ["base64 of a file with base64"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\uFEFF{Base64}\r\n")),
    };

    private static readonly Dictionary<string, string> Bad = new()
    {
        ["nothing"] = "",
        ["blanks"] = " \r\n\t ",
        ["garbage"] = "this is not a key at all!",
        ["garbage in PEM"] = "-----BEGIN PRIVATE KEY-----\nnot base64 at all !!!\n-----END PRIVATE KEY-----",
        ["empty PEM"] = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
        ["base64 of garbage"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("garbage garbage garbage")),
        ["base64 of a file with another key"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(RsaPem())),
        ["base64 of nothing but blanks"] = "IA0KIA==",
        ["half a key"] = Base64[..(Base64.Length / 2 / 4 * 4)],
        ["PEM without its end"] = Pem.Replace("-----END PRIVATE KEY-----", "", StringComparison.Ordinal),
        ["RSA"] = RsaPem(),
        ["P-384"] = CurvePem(ECCurve.NamedCurves.nistP384),
        ["P-521"] = CurvePem(ECCurve.NamedCurves.nistP521),
        ["the 256-bit curve of Bitcoin"] = CurvePem(ECCurve.CreateFromFriendlyName("secp256k1")),
        ["P-256 spelled out by its parameters"] = CurvePem(Samples.SigningKey.ExportExplicitParameters(includePrivateParameters: false).Curve),
        ["a curve that nobody knows"] = OfUnknownCurve(),
        ["PEM marks that share their dashes"] = "-----BEGIN PRIVATE KEY-----END PRIVATE KEY-----",
        ["SEC1"] = SecPem(),
        ["EC PARAMETERS"] = $"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{SecPem()}",
        ["a public key"] = Samples.SigningKey.ExportSubjectPublicKeyInfoPem(),
        ["a public key in base64"] = Convert.ToBase64String(Samples.SigningKey.ExportSubjectPublicKeyInfo()),
        ["an encrypted key"] = Samples.SigningKey.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000)),
        ["a certificate"] = Samples.Certificate.Certificate.ExportCertificatePem(),
    };

    // Only names: the keys are made anew each time, and have no business in a test's name.
    public static TheoryData<string> GoodForms => [.. Good.Keys];

    public static TheoryData<string> BadForms => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(GoodForms))]
    public void Every_form_of_the_key_is_taken(string form)
    {
        string text = Good[form];
        using var fromText = new ApnsKeyCredential(text, Samples.KeyId, Samples.TeamId);
        Verify(fromText.IssueProviderToken(Now), form);

        using var fromBytes = new ApnsKeyCredential(Encoding.UTF8.GetBytes(text), Samples.KeyId, Samples.TeamId);
        Verify(fromBytes.IssueProviderToken(Now), form);

        string path = Path.Combine(_folder, "AuthKey.p8");
        File.WriteAllText(path, text);
        using ApnsKeyCredential fromFile = ApnsKeyCredential.FromFile(path, Samples.KeyId, Samples.TeamId);
        Verify(fromFile.IssueProviderToken(Now), form);
    }

    [Theory]
    [MemberData(nameof(BadForms))]
    public void What_is_no_such_key_is_refused_with_a_remedy_and_without_its_text(string form)
    {
        string text = Bad[form];
        var error = Assert.Throws<ApnsException>(() => new ApnsKeyCredential(text, Samples.KeyId, Samples.TeamId));
        AssertSaysNothing(error, text, form);

        error = Assert.Throws<ApnsException>(() => new ApnsKeyCredential(Encoding.UTF8.GetBytes(text), Samples.KeyId, Samples.TeamId));
        AssertSaysNothing(error, text, form);

        string path = Path.Combine(_folder, "AuthKey.p8");
        File.WriteAllText(path, text);
        error = Assert.Throws<ApnsException>(() => ApnsKeyCredential.FromFile(path, Samples.KeyId, Samples.TeamId));
        AssertSaysNothing(error, text, form);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bare_DER_is_taken_from_bytes_and_from_a_file()
    {
        foreach (byte[] der in new[] { Samples.SigningKey.ExportPkcs8PrivateKey(), DerWithoutPublicKey() })
        {
            byte[] given = [.. der];
            using var fromBytes = new ApnsKeyCredential(given, Samples.KeyId, Samples.TeamId);
            Verify(fromBytes.IssueProviderToken(Now), "DER");
            Assert.Equal(der, given);

            string path = Path.Combine(_folder, "AuthKey.p8");
            File.WriteAllBytes(path, der);
            using ApnsKeyCredential fromFile = ApnsKeyCredential.FromFile(path, Samples.KeyId, Samples.TeamId);
            Verify(fromFile.IssueProviderToken(Now), "DER");
        }
    }

    [Fact]
    public void Bytes_that_are_neither_DER_nor_text_are_refused()
    {
        byte[] der = Samples.SigningKey.ExportPkcs8PrivateKey();
        using var rsa = RSA.Create(2048);
        foreach (byte[] bytes in new[] { [], [0x30], [0x30, 0], [0, 0, 0], [0xFF, 0xFE, 0xFF], der[..^40], rsa.ExportPkcs8PrivateKey(), Encoding.Unicode.GetBytes(Pem) })
        {
            var error = Assert.Throws<ApnsException>(() => new ApnsKeyCredential(bytes, Samples.KeyId, Samples.TeamId));
            Assert.Equal(ApnsErrorKind.InvalidKey, error.Kind);
            AssertSaysNothing(error, Pem, "bytes");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("ABC123DEF")]
    [InlineData("ABC123DEFGH")]
    [InlineData("ABC 23DEFG")]
    [InlineData("ABC\"23DEFG")]
    [InlineData("ÄBC123DEFG")]
    public void Ids_are_ten_letters_and_digits(string id)
    {
        var error = Assert.Throws<ApnsException>(() => new ApnsKeyCredential(Pem, id, Samples.TeamId));
        Assert.Equal(ApnsErrorKind.InvalidKey, error.Kind);
        Assert.Contains("key id", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ApnsException>(() => new ApnsKeyCredential(Pem, Samples.KeyId, id));
        Assert.Equal(ApnsErrorKind.InvalidKey, error.Kind);
        Assert.Contains("team id", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        string path = Path.Combine(_folder, "AuthKey_GONE.p8");
        var error = Assert.Throws<ApnsException>(() => ApnsKeyCredential.FromFile(path, Samples.KeyId, Samples.TeamId));
        Assert.Equal(ApnsErrorKind.InvalidKey, error.Kind);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_id_is_not_blamed_on_the_file()
    {
        string path = Path.Combine(_folder, "AuthKey.p8");
        File.WriteAllText(path, Pem);
        var error = Assert.Throws<ApnsException>(() => ApnsKeyCredential.FromFile(path, "short", Samples.TeamId));
        Assert.DoesNotContain("not an APNs signing key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_cut_off_or_changed_anywhere_does_not_verify()
    {
        using var credential = new ApnsKeyCredential(Pem, Samples.KeyId, Samples.TeamId);
        string[] parts = Encoding.ASCII.GetString(credential.IssueProviderToken(Now).Authorization)["bearer ".Length..].Split('.');
        byte[] signature = Base64Url.DecodeFromChars(parts[2]);
        byte[] signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        Assert.True(Samples.SigningKey.VerifyData(signed, signature, HashAlgorithmName.SHA256));
        signed[^1] ^= 1;
        Assert.False(Samples.SigningKey.VerifyData(signed, signature, HashAlgorithmName.SHA256));
    }

    [Fact]
    public void Each_token_says_when_it_was_issued()
    {
        using var credential = new ApnsKeyCredential(Pem, Samples.KeyId, Samples.TeamId);
        ProviderToken token = credential.IssueProviderToken(Now.AddMilliseconds(999));
        Assert.Equal(Now, token.IssuedAt);
    }

    [Fact]
    public void Neither_credential_nor_token_tells_the_secret_when_printed()
    {
        using var credential = new ApnsKeyCredential(Pem, Samples.KeyId, Samples.TeamId);
        Assert.Equal($"key {Samples.KeyId} of team {Samples.TeamId}", credential.ToString());
        ProviderToken token = credential.IssueProviderToken(Now);
        Assert.DoesNotContain("eyJ", token.ToString(), StringComparison.Ordinal);
        Assert.Null(credential.Certificate);
    }

    [Fact]
    public void Many_threads_may_sign_at_once()
    {
        using var credential = new ApnsKeyCredential(Pem, Samples.KeyId, Samples.TeamId);
        System.Threading.Tasks.Parallel.For(0, 200, i => Verify(credential.IssueProviderToken(Now), $"{i}"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A verification of its own: what RFC 7515 and Apple's page ask for, and nothing of the code under test.</summary>
    private static void Verify(ProviderToken token, string form)
    {
        string text = Encoding.ASCII.GetString(token.Authorization);
        Assert.StartsWith("bearer ", text, StringComparison.Ordinal);
        string[] parts = text["bearer ".Length..].Split('.');
        Assert.Equal(3, parts.Length);
        Assert.All(parts, part => Assert.Matches("^[A-Za-z0-9_-]+$", part));
        Assert.Equal($$"""{"alg":"ES256","kid":"{{Samples.KeyId}}"}""", Decode(parts[0]));
        Assert.Equal($$"""{"iss":"{{Samples.TeamId}}","iat":1771934400}""", Decode(parts[1]));
        Assert.Equal(JsonValueKind.Number, JsonDocument.Parse(Decode(parts[1])).RootElement.GetProperty("iat").ValueKind);

        byte[] signature = Base64Url.DecodeFromChars(parts[2]);
        Assert.Equal(64, signature.Length);
        using var publicKey = ECDsa.Create();
        publicKey.ImportSubjectPublicKeyInfo(Samples.SigningKey.ExportSubjectPublicKeyInfo(), out _);
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
        Assert.True(publicKey.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation), form);
    }

    private static string Decode(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));

    private static void AssertSaysNothing(ApnsException error, string text, string form)
    {
        Assert.True(error.Kind == ApnsErrorKind.InvalidKey, form);
        Assert.True(error.IsPermanent);
        Assert.Contains("AuthKey_<key id>.p8", error.Message, StringComparison.Ordinal);
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Length > 16 && !line.StartsWith('-')))
            {
                Assert.DoesNotContain(line[..16], e.ToString(), StringComparison.Ordinal);
            }
        }
    }

    private static string OfUnknownCurve()
    {
        ReadOnlySpan<byte> identifier = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
        byte[] key = Samples.SigningKey.ExportPkcs8PrivateKey();
        key[key.AsSpan().IndexOf(identifier) + identifier.Length - 1] = 0x63;
        return Convert.ToBase64String(key);
    }

    /// <summary>PKCS#8 whose inner key leaves out the public key, which RFC 5915 allows.</summary>
    private static byte[] DerWithoutPublicKey()
    {
        var inner = new AsnWriter(AsnEncodingRules.DER);
        using (inner.PushSequence())
        {
            inner.WriteInteger(1);
            inner.WriteOctetString(Samples.SigningKey.ExportParameters(includePrivateParameters: true).D);
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.2.1");
                writer.WriteObjectIdentifier("1.2.840.10045.3.1.7");
            }

            writer.WriteOctetString(inner.Encode());
        }

        return writer.Encode();
    }

    private static string CurvePem(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string SecPem() => Samples.SigningKey.ExportECPrivateKeyPem();

    private static string RsaPem()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
