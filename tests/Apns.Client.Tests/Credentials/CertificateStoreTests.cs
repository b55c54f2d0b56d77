using System;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Apns.Client.Tests.Credentials;

/// <summary>Certificates in the current user's store, which .NET has on every system.</summary>
public sealed class CertificateStoreTests : IDisposable
{
    private readonly X509Certificate2 _certificate;

    public CertificateStoreTests()
    {
        using X509Certificate2 made = PushCertificates.Create(PushCertificates.App, PushCertificates.Usual);
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.PersistKeySet);
        Store(store => store.Add(_certificate));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(StoreLocation.CurrentUser)]
    public void A_certificate_is_found_by_its_thumbprint_and_stays_in_the_store(StoreLocation? location)
    {
        for (int i = 0; i < 2; i++)
        {
            using ApnsCertificateCredential credential = ApnsCertificateCredential.FromStore(_certificate.Thumbprint, location);
            Assert.Equal(_certificate.Thumbprint, credential.Certificate.Thumbprint);
            Assert.True(credential.Certificate.HasPrivateKey);
            Assert.Equal(PushCertificates.App, credential.DefaultTopic);
        }
    }

    [Fact]
    public void A_thumbprint_is_taken_as_people_copy_it()
    {
        string spaced = string.Join(' ', _certificate.Thumbprint.Chunk(2).Select(static pair => new string(pair)));
        foreach (string form in new[] { _certificate.Thumbprint.ToLowerInvariant(), $"\u200E{spaced}", spaced.Replace(' ', ':'), $" {_certificate.Thumbprint}\t" })
        {
            using ApnsCertificateCredential credential = ApnsCertificateCredential.FromStore(form);
            Assert.Equal(_certificate.Thumbprint, credential.Certificate.Thumbprint);
        }
    }

    [Fact]
    public void One_that_is_not_there_is_named_with_the_stores_that_were_searched()
    {
        string thumbprint = new('A', 40);
        ApnsException error = Fails(thumbprint, null);
        Assert.Contains(thumbprint, error.Message, StringComparison.Ordinal);
        Assert.Contains(@"CurrentUser\My", error.Message, StringComparison.Ordinal);
        Assert.Contains(@"LocalMachine\My", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LocalMachine", Fails(thumbprint, StoreLocation.CurrentUser).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_store_that_was_asked_for_is_searched()
    {
        ApnsException error = Fails(_certificate.Thumbprint, StoreLocation.LocalMachine);
        Assert.Contains(@"LocalMachine\My", error.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux()) Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("com.example.app")]
    [InlineData("GGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGG")]
    public void What_is_no_thumbprint_is_named(string thumbprint) =>
        Assert.Contains($"'{thumbprint}' is no thumbprint", Fails(thumbprint, null).Message, StringComparison.Ordinal);

    [Fact]
    public void One_without_its_key_is_of_no_use()
    {
        using X509Certificate2 made = PushCertificates.Create(PushCertificates.App);
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(made.RawData);
        Store(store => store.Add(bare));
        try
        {
            Assert.Contains("private key", Fails(bare.Thumbprint, null).Message, StringComparison.Ordinal);
        }
        finally
        {
            Store(store => store.Remove(bare));
        }
    }

    public void Dispose()
    {
        Store(store => store.Remove(_certificate));
        _certificate.Dispose();
    }

    private static ApnsException Fails(string thumbprint, StoreLocation? location)
    {
        var error = Assert.Throws<ApnsException>(() => ApnsCertificateCredential.FromStore(thumbprint, location));
        Assert.Equal(ApnsErrorKind.InvalidCertificate, error.Kind);
        return error;
    }

    private static void Store(Action<X509Store> change)
    {
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser, OpenFlags.ReadWrite);
        change(store);
    }
}
