using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>The ways to connect.</summary>
public sealed class ConnectTests : IDisposable
{
    private const string Ids = "-KeyId EMULATOR01 -TeamId TEAM000001";
    private const string Server = "-Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate";

    private readonly TempFolder _folder = new();
    private readonly Engine _engine = new();

    public ConnectTests()
    {
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        _engine["folder"] = _folder.Path;
        _engine["key"] = _folder.Write("key.p8", _engine.Value<string>("$emulator.ExportSigningKey()"));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_key_file_connects()
    {
        PSObject session = Connect($"-KeyPath $key {Ids} {Server} -Topic com.example.app");
        Assert.Equal("Apns.PowerShell.ApnsSession", session.TypeNames[0]);
        Assert.Equal("Custom", session.Text("Environment"));
        Assert.Equal($"localhost:{_engine.Value<int>("$emulator.Port")}", session.Text("Endpoint"));
        Assert.Equal(Engine.Topic, session.Text("Topic"));
        Assert.Equal("Open", session.Text("State"));
        Assert.Equal("key EMULATOR01 of team TEAM000001", session.Text("Credential"));
        Assert.Equal(TimeSpan.FromSeconds(60), session.Get("Timeout"));
        Assert.Equal(1, session.Get<int>("Connections"));
        Assert.Equal(0, session.Get<int>("InFlight"));
        AssertSends();
    }

    [Fact]
    public void The_key_id_is_read_from_the_name_that_Apple_gives_the_file()
    {
        _folder.Write("AuthKey_EMULATOR01.p8", System.IO.File.ReadAllText(_folder["key.p8"]));
        Connect($"-KeyPath \"$folder/AuthKey_EMULATOR01.p8\" -TeamId TEAM000001 {Server} -Topic com.example.app");
        AssertSends();
    }

    [Fact]
    public void A_relative_path_counts_from_the_location()
    {
        Connect($"-KeyPath key.p8 {Ids} {Server} -Topic com.example.app", before: "$ExecutionContext.SessionState.Path.SetLocation($folder) | ForEach-Object { }");
        AssertSends();
    }

    [Theory]
    [InlineData("localhost:{0}")]
    [InlineData("https://localhost:{0}")]
    [InlineData("https://localhost:{0}/")]
    [InlineData("127.0.0.1:{0}")]
    public void An_endpoint_may_be_given_in_several_forms(string endpoint)
    {
        _engine["endpoint"] = endpoint;
        Connect($"-KeyPath $key {Ids} -Endpoint ($endpoint -f $emulator.Port) -Port 1 -TrustedRoot $emulator.RootCertificate -Topic com.example.app");
        AssertSends();
    }

    [Theory]
    [InlineData("root.pem")]
    [InlineData("root.der")]
    public void A_trusted_root_may_be_a_file(string name)
    {
        var root = (X509Certificate2)_engine.Object("emulator").RootCertificate;
        _folder.Write("root.pem", root.ExportCertificatePem());
        _folder.Write("root.der", root.RawData);
        _engine["root"] = _folder[name];
        Connect($"-KeyPath $key {Ids} -Endpoint localhost -Port $emulator.Port -TrustedRoot $root -Topic com.example.app");
        AssertSends();
    }

    [Fact]
    public void Several_roots_may_be_trusted()
    {
        using X509Certificate2 other = Secrets.NewCertificate("another root");
        _engine["other"] = other;
        Connect($"-KeyPath $key {Ids} -Endpoint localhost -Port $emulator.Port -TrustedRoot $other, $emulator.RootCertificate -Topic com.example.app");
        AssertSends();
    }

    [Fact]
    public void A_certificate_file_with_its_password_connects()
    {
        using X509Certificate2 certificate = Secrets.NewCertificate();
        _engine["p12"] = _folder.Write("push.p12", certificate.Export(X509ContentType.Pkcs12, "sesame"));
        _engine["password"] = Secrets.Secure("sesame");
        PSObject session = Connect($"-CertificatePath $p12 -CertificatePassword $password {Server}");
        Assert.Contains("Apple Push Services: com.example.app", session.Text("Credential"), StringComparison.Ordinal);

        // The certificate is for one app: no topic is needed.
        AssertSends();
        Assert.Null(Assert.Single(_engine.Received()).Get("Topic"));
    }

    [Fact]
    public void A_certificate_file_in_PEM_connects()
    {
        using X509Certificate2 certificate = Secrets.NewCertificate();
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        _engine["pem"] = _folder.Write("push.pem", $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        Connect($"-CertificatePath $pem {Server} -Topic com.example.app");
        AssertSends();
        Assert.Equal(Engine.Topic, Assert.Single(_engine.Received()).Text("Topic"));
    }

    [Fact]
    public void A_certificate_object_connects_and_stays_the_callers()
    {
        using X509Certificate2 certificate = Secrets.NewCertificate();
        _engine["certificate"] = certificate;
        Connect($"-Certificate $certificate {Server}");
        AssertSends();
        _engine.Run("Disconnect-Apns").Clean();
        Assert.True(certificate.HasPrivateKey);
        using ECDsa? key = certificate.GetECDsaPrivateKey();
        Assert.NotNull(key);
    }

    [Theory]
    [InlineData("Connect-Apns -Emulator $emulator -Topic com.example.app")]
    [InlineData("$emulator | Connect-Apns -Topic com.example.app")]
    public void An_emulator_is_all_there_is_to_say(string command)
    {
        PSObject session = Assert.Single(_engine.Output(command));
        Assert.Equal("Emulator", session.Text("Environment"));
        AssertSends();
    }

    [Fact]
    public void The_session_has_what_was_asked_for()
    {
        PSObject session = Connect("-Emulator $emulator -Connections 3 -TimeoutSec 7 -Name mine");
        Assert.Equal("mine", session.Text("Name"));
        Assert.Equal("mine", session.ToString());
        Assert.Equal(TimeSpan.FromSeconds(7), session.Get("Timeout"));
        Assert.Null(session.Get("Topic"));
        dynamic emulator = _engine.Object("emulator");
        Eventually.True(() => emulator.Connections == 3, "three connections are open");
    }

    [Fact]
    public void Sessions_without_a_name_get_one_each()
    {
        IReadOnlyList<PSObject> sessions = _engine.Output("1..2 | ForEach-Object { Connect-Apns -Emulator $emulator }; Connect-Apns -Emulator $emulator -Name Apns3; Connect-Apns -Emulator $emulator");
        Assert.Equal(["Apns1", "Apns2", "Apns3", "Apns4"], sessions.Select(static s => s.Text("Name")));
    }

    [Fact]
    public void The_last_session_that_is_open_is_the_default()
    {
        _engine.Output("$first = Connect-Apns -Emulator $emulator -Topic first; $second = Connect-Apns -Emulator $emulator -Topic second");
        AssertSends();
        _engine.Output("Disconnect-Apns $second");
        AssertSends();
        Assert.Equal(["second", "first"], _engine.Received().Select(static n => n.Text("Topic")));
    }

    private PSObject Connect(string parameters, string before = "") => Assert.Single(_engine.Output($"{before}; Connect-Apns {parameters}"));

    private void AssertSends() => Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
}
