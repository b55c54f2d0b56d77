using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Apns.Client.Tests.Credentials;

public sealed class CertificateCredentialTests : IDisposable
{
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
        string encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        string path = Write("both.pem", _certificate.ExportCertificatePem() + "\n" + encrypted);
        using ApnsCertificateCredential credential = ApnsCertificateCredential.FromFile(path, "secret");
        AssertSigns(credential.Certificate);

        AssertInvalid(() => ApnsCertificateCredential.FromFile(path, "wrong"));
        AssertInvalid(() => ApnsCertificateCredential.FromFile(path));
    }

    [Fact]
    public void A_key_that_belongs_to_another_certificate_is_refused()
    {
        using X509Certificate2 other = TestCertificates.ForClient();
        string certificatePath = Write("push.pem", _certificate.ExportCertificatePem());
        string keyPath = Write("push.key", KeyPem(other));
        AssertInvalid(() => ApnsCertificateCredential.FromFile(certificatePath, keyPath: keyPath));
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
    public void A_certificate_given_as_an_object_stays_the_callers()
    {
        var credential = new ApnsCertificateCredential(_certificate);
        Assert.Same(_certificate, credential.Certificate);
        Assert.Contains("CN=Apple Push Services: com.example.app", credential.ToString(), StringComparison.Ordinal);
        credential.Dispose();
        AssertSigns(_certificate);
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
