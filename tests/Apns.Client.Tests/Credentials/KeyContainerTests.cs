using System;
using System.IO;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Apns.Client.Tests.Credentials;

/// <summary>What Windows keeps of a key while its TLS needs it.</summary>
public sealed class KeyContainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("apns-key-container-").FullName;
    private readonly X509Certificate2 _certificate = TestCertificates.ForClient();

    public static bool IsWindows => OperatingSystem.IsWindows();

    [Theory(Skip = "only Windows has key containers", SkipUnless = nameof(IsWindows))]
    [SupportedOSPlatform("windows")]
    [InlineData("p12")]
    [InlineData("p12 from a machine's store")]
    [InlineData("PEM pair")]
    [InlineData("object")]
    public void A_key_has_a_container_of_the_users_until_the_credential_is_disposed(string form)
    {
        ApnsCertificateCredential credential = Read(form);
        (string? name, CngProvider? provider) = ContainerOf(credential.Certificate);
        Assert.NotNull(name);
        Assert.True(CngKey.Exists(name, provider!));
        credential.Dispose();
        Assert.False(CngKey.Exists(name, provider!));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [SupportedOSPlatform("windows")]
    private static (string? Name, CngProvider? Provider) ContainerOf(X509Certificate2 certificate)
    {
        using var ecdsa = (ECDsaCng)certificate.GetECDsaPrivateKey()!;
        using CngKey key = ecdsa.Key;
        Assert.False(key.IsEphemeral);
        Assert.False(key.IsMachineKey);
        return (key.KeyName, key.Provider);
    }

    private ApnsCertificateCredential Read(string form)
    {
        using ECDsa key = _certificate.GetECDsaPrivateKey()!;
        return form switch
        {
            "p12" => ApnsCertificateCredential.FromPkcs12(_certificate.Export(X509ContentType.Pkcs12)),
            "p12 from a machine's store" => ApnsCertificateCredential.FromPkcs12(FromMachine(key), "p"),
            "PEM pair" => ApnsCertificateCredential.FromFile(Write("push.pem", _certificate.ExportCertificatePem()), default, Write("push.key", key.ExportPkcs8PrivateKeyPem())),
            _ => new ApnsCertificateCredential(_certificate),
        };
    }

    /// <summary>Marked as Windows marks what it exports from a machine's store.</summary>
    private byte[] FromMachine(ECDsa key)
    {
        byte[] id = [1];
        var contents = new Pkcs12SafeContents();
        contents.AddCertificate(_certificate).Attributes.Add(new Pkcs9LocalKeyId(id));
        Pkcs12ShroudedKeyBag bag = contents.AddShroudedKey(key, "p", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        bag.Attributes.Add(new Pkcs9LocalKeyId(id));
        bag.Attributes.Add(new CryptographicAttributeObject(new Oid("1.3.6.1.4.1.311.17.2")));
        var builder = new Pkcs12Builder();
        builder.AddSafeContentsUnencrypted(contents);
        builder.SealWithMac("p", HashAlgorithmName.SHA256, 1000);
        return builder.Encode();
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
