using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Apns.Client.Tests.Credentials;

public sealed class CertificateCredentialTests : IDisposable
{
    private static readonly PbeParameters Pbe = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);

    private readonly string _folder = Directory.CreateTempSubdirectory("apns-certificate-").FullName;
    private readonly X509Certificate2 _certificate = TestCertificates.ForClient();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("pass word ü")]
    public void A_p12_is_read_with_and_without_password(string? password)
    {
        string path = Write("push.p12", _certificate.Export(X509ContentType.Pkcs12, password));
        using ApnsCertificateCredential credential = ApnsCertificateCredential.FromFile(path, password);

        Assert.Equal(_certificate.Thumbprint, credential.Certificate.Thumbprint);
        Assert.True(credential.Certificate.HasPrivateKey);
        Assert.Null(credential.IssueProviderToken(DateTimeOffset.UtcNow));
        AssertSigns(credential.Certificate);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public void A_wrong_password_is_an_error_that_does_not_repeat_it(string wrong)
    {
        string path = Write("push.p12", _certificate.Export(X509ContentType.Pkcs12, "right secret"));
        ApnsException error = AssertInvalid(() => ApnsCertificateCredential.FromFile(path, wrong));
        Assert.Contains("password", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.True(wrong.Length == 0 || !error.ToString().Contains(wrong == "wrong" ? "'wrong'" : wrong, StringComparison.Ordinal));
    }

    [Fact]
    public void The_certificate_with_the_key_is_found_among_others_in_a_p12()
    {
        X509Certificate2Collection all = [TestCertificates.Shared.Root, _certificate];
        string path = Write("push.p12", all.Export(X509ContentType.Pkcs12, "p")!);
        using ApnsCertificateCredential credential = ApnsCertificateCredential.FromFile(path, "p");

        Assert.Equal(_certificate.Thumbprint, credential.Certificate.Thumbprint);
        X509Certificate2 other = Assert.Single(credential.Intermediates!);
        Assert.Equal(TestCertificates.Shared.Root.Thumbprint, other.Thumbprint);
    }

    [Fact]
    public void A_pem_pair_is_read_from_two_files_or_one_in_either_order()
    {
        string certificate = _certificate.ExportCertificatePem();
        string key = KeyPem(_certificate);
        string certificatePath = Write("push.pem", certificate);
        string keyPath = Write("push.key", key);
        foreach (ApnsCertificateCredential credential in new[]
        {
            ApnsCertificateCredential.FromFile(certificatePath, keyPath: keyPath),
            ApnsCertificateCredential.FromFile(Write("both.pem", certificate + "\n" + key)),
            ApnsCertificateCredential.FromFile(Write("reverse.pem", key + "\n" + certificate)),
        })
        {
            Assert.Equal(_certificate.Thumbprint, credential.Certificate.Thumbprint);
            AssertSigns(credential.Certificate);
            credential.Dispose();
        }
    }

    [Fact]
    public void An_encrypted_pem_key_takes_its_password()
    {
        using ECDsa key = _certificate.GetECDsaPrivateKey()!;
        string encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("secret", Pbe);
        string path = Write("both.pem", _certificate.ExportCertificatePem() + "\n" + encrypted);
        using ApnsCertificateCredential credential = ApnsCertificateCredential.FromFile(path, "secret");
        AssertSigns(credential.Certificate);

        Assert.Contains("password is wrong", AssertInvalid(() => ApnsCertificateCredential.FromFile(path, "wrong")).Message, StringComparison.Ordinal);
        Assert.Contains("is encrypted. Give its password", AssertInvalid(() => ApnsCertificateCredential.FromFile(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PKCS#8")]
    [InlineData("encrypted PKCS#8")]
    [InlineData("PKCS#1")]
    public void An_RSA_key_as_Apples_certificates_have_it_is_read_in_every_form(string form)
    {
        using var key = RSA.Create(2048);
        using X509Certificate2 certificate = PushCertificates.Create(key, PushCertificates.App, PushCertificates.Production);
        string pem = form switch
        {
            "PKCS#8" => key.ExportPkcs8PrivateKeyPem(),
            "PKCS#1" => key.ExportRSAPrivateKeyPem(),
            _ => key.ExportEncryptedPkcs8PrivateKeyPem("secret", Pbe),
        };
        string keyPath = Write("push.key", $"Bag Attributes\n    friendlyName: push\n{pem}\n");

        // Apple hands the certificate out as DER.
        foreach (string path in new[] { Write("aps.pem", certificate.ExportCertificatePem()), Write("aps.cer", certificate.RawData) })
        {
            using ApnsCertificateCredential credential = ApnsCertificateCredential.FromFile(path, "secret", keyPath);
            using RSA own = credential.Certificate.GetRSAPrivateKey()!;
            byte[] data = [1, 2, 3];
            byte[] signature = own.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
            Assert.True(key.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
            Assert.Equal(PushCertificates.App, credential.DefaultTopic);
        }
    }

    [Fact]
    public void An_EC_key_is_read_in_the_form_that_OpenSSL_writes()
    {
        using ECDsa key = _certificate.GetECDsaPrivateKey()!;
        const string Parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        string path = Write("push.pem", Parameters + key.ExportECPrivateKeyPem() + "\n" + _certificate.ExportCertificatePem());
        using ApnsCertificateCredential credential = ApnsCertificateCredential.FromFile(path);
        AssertSigns(credential.Certificate);
    }

    [Fact]
    public void The_certificate_that_the_key_belongs_to_is_found_among_others_in_PEM()
    {
        string path = Write("push.pem", $"{TestCertificates.Shared.Root.ExportCertificatePem()}\n{_certificate.ExportCertificatePem()}\n{KeyPem(_certificate)}");
        using ApnsCertificateCredential credential = ApnsCertificateCredential.FromFile(path);
        Assert.Equal(_certificate.Thumbprint, credential.Certificate.Thumbprint);
        Assert.Equal(TestCertificates.Shared.Root.Thumbprint, Assert.Single(credential.Intermediates!).Thumbprint);
    }

    [Fact]
    public void A_key_that_OpenSSL_encrypted_in_its_old_way_is_told_how_to_write_anew()
    {
        string key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,6AF0D3B14F3D4C5E\n\nAAAA\n-----END RSA PRIVATE KEY-----";
        string path = Write("push.pem", $"{_certificate.ExportCertificatePem()}\n{key}");
        Assert.Contains("openssl pkcs8 -topk8 -in old.pem -out new.pem", AssertInvalid(() => ApnsCertificateCredential.FromFile(path, "secret")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EC")]
    [InlineData("RSA")]
    [InlineData("encrypted")]
    public void A_key_that_belongs_to_another_certificate_is_refused(string kind)
    {
        using X509Certificate2 other = TestCertificates.ForClient();
        using ECDsa ec = other.GetECDsaPrivateKey()!;
        using var rsa = RSA.Create(2048);
        string key = kind switch
        {
            "EC" => ec.ExportPkcs8PrivateKeyPem(),
            "RSA" => rsa.ExportPkcs8PrivateKeyPem(),
            _ => ec.ExportEncryptedPkcs8PrivateKeyPem("secret", Pbe),
        };
        string certificatePath = Write("push.pem", _certificate.ExportCertificatePem());
        ApnsException error = AssertInvalid(() => ApnsCertificateCredential.FromFile(certificatePath, "secret", Write("push.key", key)));
        Assert.Contains("do not belong together", error.Message, StringComparison.Ordinal);
        Assert.Contains(certificatePath, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EC")]
    [InlineData("RSA")]
    public void A_p12_whose_key_belongs_to_another_certificate_is_refused(string kind)
    {
        using AsymmetricAlgorithm key = kind == "RSA" ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] id = [1];
        var certificates = new Pkcs12SafeContents();
        certificates.AddCertificate(_certificate).Attributes.Add(new Pkcs9LocalKeyId(id));
        var keys = new Pkcs12SafeContents();
        keys.AddShroudedKey(key, "p", Pbe).Attributes.Add(new Pkcs9LocalKeyId(id));
        var builder = new Pkcs12Builder();
        builder.AddSafeContentsEncrypted(certificates, "p", Pbe);
        builder.AddSafeContentsUnencrypted(keys);
        builder.SealWithMac("p", HashAlgorithmName.SHA256, 1000);
        string path = Write("push.p12", builder.Encode());
        ApnsException error = AssertInvalid(() => ApnsCertificateCredential.FromFile(path, "p"));
        Assert.Contains("do not belong together", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_p12_needs_no_key_of_its_own()
    {
        string path = Write("push.p12", _certificate.Export(X509ContentType.Pkcs12, "p"));
        Assert.Contains("Leave out", AssertInvalid(() => ApnsCertificateCredential.FromFile(path, "p", Write("push.key", KeyPem(_certificate)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_p12_is_read_from_bytes_too()
    {
        using ApnsCertificateCredential credential = ApnsCertificateCredential.FromPkcs12(_certificate.Export(X509ContentType.Pkcs12, "p"), "p");
        AssertSigns(credential.Certificate);
        AssertInvalid(() => ApnsCertificateCredential.FromPkcs12(_certificate.Export(X509ContentType.Pkcs12, "p"), "wrong"));
        AssertInvalid(() => ApnsCertificateCredential.FromPkcs12([]));
    }

    [Fact]
    public void Without_its_private_key_a_certificate_is_no_credential()
    {
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(_certificate.RawData);
        Assert.Contains("private key", AssertInvalid(() => new ApnsCertificateCredential(bare)).Message, StringComparison.Ordinal);
        AssertInvalid(() => ApnsCertificateCredential.FromFile(Write("push.cer", _certificate.RawData)));
        AssertInvalid(() => ApnsCertificateCredential.FromFile(Write("push.pem", _certificate.ExportCertificatePem())));
        X509Certificate2Collection keyless = [bare];
        AssertInvalid(() => ApnsCertificateCredential.FromFile(Write("push.p12", keyless.Export(X509ContentType.Pkcs12, "p")!), "p"));
    }

    [Fact]
    public void An_expired_certificate_is_refused_with_its_date()
    {
        using X509Certificate2 expired = TestCertificates.ForClient(fromDays: -30, untilDays: -1);
        ApnsException error = AssertInvalid(() => new ApnsCertificateCredential(expired));
        Assert.Contains("expired", error.Message, StringComparison.Ordinal);
        Assert.Contains(expired.NotAfter.ToUniversalTime().ToString("u", System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        AssertInvalid(() => ApnsCertificateCredential.FromFile(Write("old.p12", expired.Export(X509ContentType.Pkcs12, "p")), "p"));
    }

    [Fact]
    public void A_certificate_of_tomorrow_is_refused()
    {
        using X509Certificate2 early = TestCertificates.ForClient(fromDays: 1);
        Assert.Contains("clock", AssertInvalid(() => new ApnsCertificateCredential(early)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_missing_empty_or_something_else_are_named()
    {
        string missing = Path.Combine(_folder, "missing.p12");
        string[] paths = [missing, Write("empty.p12", ""), Write("text.p12", "hello"), Write("key.pem", KeyPem(_certificate)), _folder];
        foreach (string path in paths)
        {
            ApnsException error = AssertInvalid(() => ApnsCertificateCredential.FromFile(path, "p"));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }

        string certificatePath = Write("push.pem", _certificate.ExportCertificatePem());
        AssertInvalid(() => ApnsCertificateCredential.FromFile(certificatePath, keyPath: missing));
    }

    [Fact]
    public void A_certificate_with_a_date_that_is_none_is_refused()
    {
        byte[] certificate = _certificate.RawData;
        ReadOnlySpan<byte> utcTime = [0x17, 13];
        certificate[certificate.AsSpan().IndexOf(utcTime) + utcTime.Length] = (byte)'x';
        string path = Write("push.cer", certificate);
        string keyPath = Write("push.key", KeyPem(_certificate));
        AssertInvalid(() => ApnsCertificateCredential.FromFile(path, keyPath: keyPath));
    }

    [Fact]
    public void A_key_on_a_curve_that_nobody_knows_is_refused()
    {
        using ECDsa key = _certificate.GetECDsaPrivateKey()!;
        byte[] pkcs8 = key.ExportPkcs8PrivateKey();
        ReadOnlySpan<byte> p256 = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
        pkcs8[pkcs8.AsSpan().IndexOf(p256) + p256.Length - 1] = 0x63;
        string path = Write("push.pem", $"{_certificate.ExportCertificatePem()}\n{PemEncoding.WriteString("PRIVATE KEY", pkcs8)}");
        Assert.Contains("cannot be read", AssertInvalid(() => ApnsCertificateCredential.FromFile(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_given_as_an_object_stays_the_callers()
    {
        using X509Certificate2 usable = PlatformCertificates.Reload(_certificate);
        var credential = new ApnsCertificateCredential(usable);
        Assert.Same(usable, credential.Certificate);
        Assert.Contains("CN=Apple Push Services: com.example.app", credential.ToString(), StringComparison.Ordinal);
        credential.Dispose();
        AssertSigns(usable);
    }

    [Fact]
    public void An_ephemeral_key_can_be_given_the_storage_that_the_system_wants()
    {
        // Windows needs it; the way itself is the same everywhere.
        using X509Certificate2 rsa = PushCertificates.Create(PushCertificates.App);
        foreach (X509Certificate2 certificate in new[] { _certificate, rsa })
        {
            using X509Certificate2 copy = PlatformCertificates.Reload(certificate);
            Assert.NotSame(certificate, copy);
            Assert.Equal(certificate.Thumbprint, copy.Thumbprint);
            Assert.True(copy.HasPrivateKey);
        }

        using X509Certificate2 usable = PlatformCertificates.MakeUsable(_certificate);
        Assert.Equal(OperatingSystem.IsWindows(), !ReferenceEquals(_certificate, usable));
    }

    [Fact]
    public void What_was_read_from_a_file_is_freed_with_the_credential()
    {
        ApnsCertificateCredential credential = ApnsCertificateCredential.FromFile(Write("push.p12", _certificate.Export(X509ContentType.Pkcs12)));
        X509Certificate2 read = credential.Certificate;
        credential.Dispose();
        Assert.ThrowsAny<Exception>(() => read.Thumbprint);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string KeyPem(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static void AssertSigns(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        using ECDsa publicKey = certificate.GetECDsaPublicKey()!;
        byte[] data = [1, 2, 3];
        Assert.True(publicKey.VerifyData(data, key.SignData(data, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256));
    }

    private static ApnsException AssertInvalid(Func<object> make)
    {
        var error = Assert.Throws<ApnsException>(make);
        Assert.Equal(ApnsErrorKind.InvalidCertificate, error.Kind);
        Assert.True(error.IsPermanent);
        return error;
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
