using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Apns.Emulator;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>Each way to come by a client certificate, against a server that demands one and says which it got.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const string Password = "secret";

    private readonly string _folder = Directory.CreateTempSubdirectory("apns-client-certificate-").FullName;

    [Theory]
    [InlineData("RSA", "p12")]
    [InlineData("RSA", "p12 in bytes")]
    [InlineData("RSA", "PEM")]
    [InlineData("RSA", "PEM pair")]
    [InlineData("RSA", "DER with an encrypted key")]
    [InlineData("RSA", "object")]
    [InlineData("RSA", "store")]
    [InlineData("EC", "p12")]
    [InlineData("EC", "PEM")]
    [InlineData("EC", "PEM pair")]
    [InlineData("EC", "DER with an encrypted key")]
    [InlineData("EC", "object")]
    public async Task Every_kind_of_certificate_gets_to_Kestrel_and_to_the_emulator(string algorithm, string form)
    {
        using X509Certificate2 certificate = algorithm == "RSA" ? PushCertificates.Create(Samples.Topic, PushCertificates.Usual) : TestCertificates.ForClient();
        string? topic = algorithm == "RSA" ? Samples.Topic : null;
        using ApnsCertificateCredential credential = Read(certificate, form);

        foreach (SslProtocols protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            var seen = new ConcurrentQueue<string?>();
            await using KestrelServer kestrel = await AskAsync(protocol, ClientCertificateMode.RequireCertificate, seen);
            await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(kestrel.Endpoint, credential) with { Topic = null });
            ApnsResult result = await client.SendAsync(1);
            Assert.Equal(ApnsOutcome.Delivered, result.Outcome);
            Assert.Equal(certificate.Thumbprint, Assert.Single(seen));
            Assert.Equal(topic, client.Options.Topic);
            Assert.True(kestrel.Requests.TryDequeue(out KestrelRequest? request));
            Assert.Equal(topic, request.Headers.GetValueOrDefault("apns-topic"));
        }

        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient toEmulator = await Clients.ConnectAsync(Clients.Options(emulator) with { Credential = credential, Topic = null });
        Assert.Equal(ApnsOutcome.Delivered, (await toEmulator.SendAsync(1)).Outcome);
        Assert.Equal(topic, Assert.Single(emulator.GetReceived()).Topic);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_key_shows_no_certificate_where_one_was_shown_before(SslProtocols protocol)
    {
        // Windows' TLS remembers what the process has shown.
        using X509Certificate2 certificate = PushCertificates.Create(Samples.Topic, PushCertificates.Usual);
        using var withCertificate = new ApnsCertificateCredential(certificate);
        var seen = new ConcurrentQueue<string?>();
        await using KestrelServer kestrel = await AskAsync(protocol, ClientCertificateMode.AllowCertificate, seen);
        foreach (ApnsCredential credential in new ApnsCredential[] { withCertificate, Samples.Key })
        {
            await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(kestrel.Endpoint, credential));
            Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
        }

        Assert.Equal(certificate.Thumbprint, Assert.Single(seen));
    }

    [Fact]
    public async Task A_topic_that_is_given_wins_over_the_certificates()
    {
        using X509Certificate2 certificate = PushCertificates.Create(Samples.Topic, PushCertificates.Usual);
        using var credential = new ApnsCertificateCredential(certificate);
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Credential = credential, Topic = $"{Samples.Topic}.voip" });
        await client.SendAsync(1);
        Assert.Equal($"{Samples.Topic}.voip", Assert.Single(emulator.GetReceived()).Topic);
    }

    [Fact]
    public async Task A_certificate_for_one_environment_may_be_used_with_a_server_that_is_not_Apples()
    {
        using X509Certificate2 certificate = PushCertificates.Create(Samples.Topic, PushCertificates.Development);
        using var credential = new ApnsCertificateCredential(certificate);
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Credential = credential });
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ApnsCertificateCredential Read(X509Certificate2 certificate, string form)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()!;
        switch (form)
        {
            case "p12":
                return ApnsCertificateCredential.FromFile(Write("push.p12", certificate.Export(X509ContentType.Pkcs12, Password)), Password);
            case "p12 in bytes":
                return ApnsCertificateCredential.FromPkcs12(certificate.Export(X509ContentType.Pkcs12, Password), Password);
            case "PEM":
                return ApnsCertificateCredential.FromFile(Write("push.pem", $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}"));
            case "PEM pair":
                return ApnsCertificateCredential.FromFile(Write("push.pem", certificate.ExportCertificatePem()), default, Write("push.key", key.ExportPkcs8PrivateKeyPem()));
            case "DER with an encrypted key":
                var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
                return ApnsCertificateCredential.FromFile(Write("push.cer", certificate.RawData), Password, Write("push.key", key.ExportEncryptedPkcs8PrivateKeyPem(Password, encryption)));
            case "object":
                return new ApnsCertificateCredential(certificate);
            default:
                return FromStore(certificate);
        }
    }

    private static ApnsCertificateCredential FromStore(X509Certificate2 certificate)
    {
        using X509Certificate2 kept = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.PersistKeySet);
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser, OpenFlags.ReadWrite);
        store.Add(kept);
        try
        {
            return ApnsCertificateCredential.FromStore(certificate.Thumbprint);
        }
        finally
        {
            store.Remove(kept);
        }
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A server that asks for a certificate and notes which ones it is shown.</summary>
    private static Task<KestrelServer> AskAsync(SslProtocols protocol, ClientCertificateMode mode, ConcurrentQueue<string?> seen) =>
        KestrelServer.StartAsync(static (_, _) => Task.CompletedTask, https: options =>
        {
            options.SslProtocols = protocol;
            options.ClientCertificateMode = mode;
            options.ClientCertificateValidation = (shown, _, _) =>
            {
                seen.Enqueue(shown.Thumbprint);
                return true;
            };
        });

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
