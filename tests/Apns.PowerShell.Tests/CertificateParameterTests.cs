using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Connect-Apns with client certificates, and what it makes of what they tell.</summary>
public sealed class CertificateParameterTests : IDisposable
{
    private const string Server = "-Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate";

    private readonly TempFolder _folder = new();
    private readonly Engine _engine = new();
    private readonly X509Certificate2 _certificate = Secrets.NewPushCertificate();

    public CertificateParameterTests()
    {
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        _engine["folder"] = _folder.Path;
        _engine["certificate"] = _certificate;
        _engine["password"] = Secrets.Secure("sesame");
        _engine["wrong"] = Secrets.Secure("closed");
        using RSA key = _certificate.GetRSAPrivateKey()!;
        _folder.Write("push.p12", _certificate.Export(X509ContentType.Pkcs12, "sesame"));
        _folder.Write("push.pem", _certificate.ExportCertificatePem());
        _folder.Write("push.cer", _certificate.RawData);
        _folder.Write("push.key", key.ExportPkcs8PrivateKeyPem());
        _folder.Write("locked.key", key.ExportEncryptedPkcs8PrivateKeyPem("sesame", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("-CertificatePath \"$folder/push.p12\" -CertificatePassword $password")]
    [InlineData("-CertificatePath \"$folder/push.pem\" -CertificateKeyPath \"$folder/push.key\"")]
    [InlineData("-CertificatePath \"$folder/push.cer\" -CertificateKeyPath \"$folder/locked.key\" -CertificatePassword $password")]
    [InlineData("-Certificate $certificate")]
    public void Every_kind_of_certificate_connects_and_says_what_it_is_for(string parameters)
    {
        PSObject session = Connect(parameters);
        Assert.Equal(["com.example.app", "com.example.app.voip"], session.Get<string[]>("Topics"));
        Assert.Equal(["app", "voip"], session.Get<string[]>("PushKinds"));
        Assert.Equal("Production, Development", session.Text("CredentialEnvironments"));
        Assert.Equal(new DateTimeOffset(_certificate.NotAfter.ToUniversalTime()), session.Get("CredentialExpires"));
        AssertSendsToTheApp(session);
    }

    [Fact]
    public void A_certificate_of_the_store_connects_by_its_thumbprint()
    {
        using X509Certificate2 kept = X509CertificateLoader.LoadPkcs12(_certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.PersistKeySet);
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser, OpenFlags.ReadWrite);
        store.Add(kept);
        try
        {
            _engine["thumbprint"] = kept.Thumbprint;
            AssertSendsToTheApp(Connect("-CertificateThumbprint $thumbprint"));
            AssertSendsToTheApp(Connect("-CertificateThumbprint $thumbprint -CertificateStoreLocation CurrentUser"));
            Fails("-CertificateThumbprint $thumbprint -CertificateStoreLocation LocalMachine", @"LocalMachine\My");
        }
        finally
        {
            store.Remove(kept);
        }

        Fails("-CertificateThumbprint $thumbprint", $"There is no certificate with the thumbprint {_certificate.Thumbprint}");
    }

    [Theory]
    [InlineData("-CertificatePath \"$folder/push.pem\"", "-CertificateKeyPath")]
    [InlineData("-CertificatePath \"$folder/push.pem\" -CertificateKeyPath \"$folder/nowhere.key\"", "nowhere.key' cannot be read")]
    [InlineData("-CertificatePath \"$folder/push.pem\" -CertificateKeyPath \"$folder/locked.key\"", "-CertificatePassword")]
    [InlineData("-CertificatePath \"$folder/push.pem\" -CertificateKeyPath \"$folder/locked.key\" -CertificatePassword $wrong", "password is wrong")]
    [InlineData("-CertificatePath \"$folder/push.p12\" -CertificateKeyPath \"$folder/push.key\" -CertificatePassword $password", "Leave out the key's own file")]
    [InlineData("-CertificateThumbprint nonsense", "'nonsense' is no thumbprint")]
    public void What_does_not_go_together_is_an_error_that_says_what_to_do(string parameters, string message) => Fails(parameters, message);

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        _folder.Write("other.key", Secrets.OtherKey.ExportPkcs8PrivateKeyPem());
        Fails("-CertificatePath \"$folder/push.pem\" -CertificateKeyPath \"$folder/other.key\"", "do not belong together");
    }

    [Fact]
    public void A_topic_that_is_given_wins()
    {
        Assert.Equal("com.example.app.voip", Connect("-Certificate $certificate -Topic com.example.app.voip").Text("Topic"));
    }

    [Fact]
    public void A_session_with_a_key_knows_neither_topics_nor_expiry()
    {
        PSObject session = Assert.Single(_engine.Output("Connect-Apns -Emulator $emulator"));
        foreach (string property in new[] { "Topic", "Topics", "PushKinds", "CredentialEnvironments", "CredentialExpires" }) Assert.Null(session.Get(property));
    }

    [Theory]
    [InlineData(false, "Production", "")]
    [InlineData(false, "Production", "-Environment Production -Port 2197")]
    [InlineData(true, "Development", "-Environment Development")]
    public void A_certificate_for_the_other_environment_is_refused(bool production, string environment, string parameters)
    {
        using X509Certificate2 certificate = Secrets.NewPushCertificate(development: !production, production: production);
        _engine["one"] = certificate;
        ErrorRecord error = _engine.Failure($"Connect-Apns -Certificate $one {parameters}");
        Assert.Equal("Refused,Apns.PowerShell.Commands.ConnectApnsCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.PermissionDenied, error.CategoryInfo.Category);
        string right = production ? "Production" : "Development";
        Assert.Contains($"{right} only, not for {environment}. Connect with -Environment {right}", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_engine.Output("Get-ApnsSession"));

        // Elsewhere than at Apple's, it is nobody's business.
        Connect("-Certificate $one");
    }

    [Theory]
    [InlineData(29, "expires in 29 days. Renew it")]
    [InlineData(1, "expires in 1 day. Renew it")]
    [InlineData(0, "expires in less than a day. Renew it")]
    [InlineData(30, null)]
    [InlineData(365, null)]
    public void Thirty_days_before_a_certificate_expires_a_warning_begins(int days, string? warning)
    {
        using X509Certificate2 certificate = Secrets.NewPushCertificate(untilDays: days);
        _engine["one"] = certificate;
        EngineResult run = _engine.Run($"Connect-Apns -Certificate $one {Server}").Clean();
        if (warning is null)
        {
            Assert.Empty(run.Warnings);
            return;
        }

        string text = Assert.Single(run.Warnings);
        Assert.Contains(warning, text, StringComparison.Ordinal);
        Assert.Contains(certificate.NotAfter.ToUniversalTime().ToString("u"), text, StringComparison.Ordinal);
        Assert.Contains("com.example.app", text, StringComparison.Ordinal);
    }

    private PSObject Connect(string parameters) => Assert.Single(_engine.Output($"Connect-Apns {parameters} {Server}"));

    private void AssertSendsToTheApp(PSObject session)
    {
        Assert.Equal("com.example.app", session.Text("Topic"));
        IReadOnlyList<PSObject> results = _engine.Output("$emulator.ClearReceived(); $t | Send-ApnsNotification -Alert hi");
        Assert.Equal("Delivered", Assert.Single(results).Text("Outcome"));
        Assert.Equal("com.example.app", _engine.Received().Single().Text("Topic"));
    }

    private void Fails(string parameters, string message)
    {
        ErrorRecord error = _engine.Failure($"Connect-Apns {parameters} {Server}");
        Assert.Equal("InvalidCertificate,Apns.PowerShell.Commands.ConnectApnsCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.AuthenticationError, error.CategoryInfo.Category);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
    }
}
