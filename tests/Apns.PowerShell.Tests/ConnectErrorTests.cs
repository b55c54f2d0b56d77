using System;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>What goes wrong while connecting is one terminating error that says what to do.</summary>
public sealed class ConnectErrorTests : IDisposable
{
    private const string Ids = "-KeyId ABC123DEFG -TeamId DEF123GHIJ";
    private const string DeadEnd = "-Endpoint localhost:1";

    private readonly TempFolder _folder = new();
    private readonly Engine _engine = new();

    public ConnectErrorTests()
    {
        _engine["folder"] = _folder.Path;
        _engine["key"] = _folder.Write("key.p8", Secrets.NewKey());
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_key_file_that_is_not_there_is_named()
    {
        Fails($"-KeyPath \"$folder/nowhere.p8\" {Ids}", "InvalidKey", ErrorCategory.AuthenticationError, "nowhere.p8' cannot be read");
        Fails($"-KeyPath \"$folder\" {Ids}", "InvalidKey", ErrorCategory.AuthenticationError, "cannot be read: It is a folder.");
    }

    [Theory]
    [InlineData("", "The file '")]
    [InlineData("not a key", "Use the AuthKey_<key id>.p8 file as downloaded")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "another kind of PEM")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----", "no elliptic-curve private key")]
    public void A_file_that_is_no_key_is_named(string text, string message)
    {
        _folder.Write("wrong.p8", text);
        Fails($"-KeyPath \"$folder/wrong.p8\" {Ids}", "InvalidKey", ErrorCategory.AuthenticationError, message);
    }

    [Fact]
    public void A_key_of_another_kind_is_refused()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        _folder.Write("rsa.p8", Secrets.OtherKey.ExportPkcs8PrivateKeyPem());
        _folder.Write("p384.p8", curve.ExportPkcs8PrivateKeyPem());
        Fails($"-KeyPath \"$folder/rsa.p8\" {Ids}", "InvalidKey", ErrorCategory.AuthenticationError, "no elliptic-curve private key");
        Fails($"-KeyPath \"$folder/p384.p8\" {Ids}", "InvalidKey", ErrorCategory.AuthenticationError, "384-bit");
    }

    [Fact]
    public void A_key_id_that_is_not_in_the_name_has_to_be_given() =>
        Fails("-KeyPath $key -TeamId DEF123GHIJ", "MissingKeyId", ErrorCategory.InvalidArgument, "Give it with -KeyId");

    [Fact]
    public void A_file_that_is_missing_is_named_before_its_key_id_is_asked_for()
    {
        Fails("-KeyPath \"$folder/nofile.p8\" -TeamId DEF123GHIJ", "InvalidKey", ErrorCategory.AuthenticationError, "nofile.p8' cannot be read");
        Fails("-KeyPath \"$folder\" -TeamId DEF123GHIJ", "InvalidKey", ErrorCategory.AuthenticationError, "It is a folder.");
    }

    [Theory]
    [InlineData("-KeyId ABC -TeamId DEF123GHIJ", "key id 'ABC'")]
    [InlineData("-KeyId ABC123DEFG -TeamId 'DEF-123GHI'", "team id 'DEF-123GHI'")]
    public void Ids_that_cannot_be_right_are_named(string ids, string message) =>
        Fails($"-KeyPath $key {ids}", "InvalidKey", ErrorCategory.AuthenticationError, message);

    [Theory]
    [InlineData("", "api.push.apple.com:443")]
    [InlineData("-Environment Production -Port 2197", "api.push.apple.com:2197")]
    [InlineData("-Environment Development", "api.sandbox.push.apple.com:443")]
    public void Environment_and_port_choose_the_server(string parameters, string endpoint)
    {
        // The key is read before anything is connected; the error's target says where it would have gone.
        ErrorRecord error = _engine.Failure($"Connect-Apns -KeyPath \"$folder/nowhere.p8\" {Ids} {parameters}");
        Assert.Equal(endpoint, error.TargetObject.ToString());
    }

    [Fact]
    public void A_server_with_an_unknown_root_is_not_trusted()
    {
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        Fails($"-KeyPath $key {Ids} -Endpoint localhost -Port $emulator.Port", "ServerNotTrusted", ErrorCategory.SecurityError, "name it with -TrustedRoot");
    }

    [Fact]
    public void A_server_that_none_of_the_given_roots_vouches_for_is_not_trusted()
    {
        using X509Certificate2 other = Secrets.NewCertificate("another root");
        _engine["other"] = other;
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        Fails(
            $"-KeyPath $key {Ids} -Endpoint localhost -Port $emulator.Port -TrustedRoot $other",
            "ServerNotTrusted",
            ErrorCategory.SecurityError,
            "none of the given trusted roots");
    }

    [Fact]
    public void A_server_with_a_certificate_for_another_host_is_not_trusted()
    {
        using var server = new StrangeServer(Manner.Http2, "elsewhere");
        FailsAt(server, "ServerNotTrusted", ErrorCategory.SecurityError, "not for the host 'localhost'");
    }

    [Fact]
    public void A_closed_port_is_named() =>
        Fails($"-KeyPath $key {Ids} {DeadEnd}", "ConnectFailed", ErrorCategory.ConnectionError, "No connection to localhost:1 (127.0.0.1: ");

    [Fact]
    public void A_server_that_says_nothing_is_given_up()
    {
        using var server = new StrangeServer(Manner.Silent);
        FailsAt(server, "ConnectTimeout", ErrorCategory.OperationTimeout, "within 1 s", "-TimeoutSec 1");
    }

    [Fact]
    public void A_server_without_HTTP2_is_no_APNs()
    {
        using var server = new StrangeServer(Manner.OnlyTls);
        FailsAt(server, "Http2NotOffered", ErrorCategory.ProtocolError, "does not speak HTTP/2");
    }

    [Fact]
    public void A_server_without_TLS_is_no_APNs()
    {
        using var server = new StrangeServer(Manner.ClearText);
        FailsAt(server, "TlsFailed", ErrorCategory.ConnectionError, "TLS");
    }

    [Theory]
    [InlineData("http://localhost")]
    [InlineData("ftp://localhost")]
    [InlineData("https://localhost/3/device")]
    [InlineData("localhost:99999")]
    [InlineData("a b")]
    [InlineData("https://")]
    public void An_endpoint_that_is_none_is_named(string endpoint)
    {
        _engine["endpoint"] = endpoint;
        Fails($"-KeyPath $key {Ids} -Endpoint $endpoint", "InvalidEndpoint", ErrorCategory.InvalidArgument, $"'{endpoint}' is no endpoint. Give a host");
    }

    [Theory]
    [InlineData("42", "A Int32 is")]
    [InlineData("[pscustomobject]@{ Root = 'secret-a' }", "A PSCustomObject is")]
    public void A_trusted_root_of_another_kind_is_refused_without_being_repeated(string expression, string message)
    {
        ErrorRecord error = _engine.Failure($"Connect-Apns -KeyPath $key {Ids} {DeadEnd} -TrustedRoot ({expression})");
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-a", error.ToString() + error.Exception, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere.pem", "cannot be read")]
    [InlineData("key.p8", "Give a PEM or DER file")]
    public void A_trusted_root_that_is_none_is_named(string file, string message)
    {
        _engine["root"] = _folder[file];
        ErrorRecord error = _engine.Failure($"Connect-Apns -KeyPath $key {Ids} {DeadEnd} -TrustedRoot $root");
        Assert.Equal("ParameterArgumentTransformationError,Apns.PowerShell.Commands.ConnectApnsCommand", error.FullyQualifiedErrorId);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_file_that_is_not_there_is_named()
    {
        Fails($"-CertificatePath \"$folder/nowhere.p12\" {DeadEnd}", "InvalidCertificate", ErrorCategory.AuthenticationError, "nowhere.p12' cannot be read");
        Fails($"-CertificatePath \"$folder\" {DeadEnd}", "InvalidCertificate", ErrorCategory.AuthenticationError, "cannot be read: It is a folder.");
    }

    [Fact]
    public void A_certificate_file_with_the_wrong_password_or_none_is_named()
    {
        using X509Certificate2 certificate = Secrets.NewCertificate();
        _folder.Write("push.p12", certificate.Export(X509ContentType.Pkcs12, "sesame"));
        string right = "or the password is wrong";
        Fails($"-CertificatePath \"$folder/push.p12\" {DeadEnd}", "InvalidCertificate", ErrorCategory.AuthenticationError, right);
        _engine["wrong"] = new System.Security.SecureString();
        Fails($"-CertificatePath \"$folder/push.p12\" -CertificatePassword $wrong {DeadEnd}", "InvalidCertificate", ErrorCategory.AuthenticationError, right);
    }

    [Fact]
    public void A_certificate_without_its_key_is_of_no_use()
    {
        using X509Certificate2 certificate = Secrets.NewCertificate();
        _folder.Write("push.pem", certificate.ExportCertificatePem());
        _engine["certificate"] = X509CertificateLoader.LoadCertificate(certificate.RawData);
        Fails($"-CertificatePath \"$folder/push.pem\" {DeadEnd}", "InvalidCertificate", ErrorCategory.AuthenticationError, "private key");
        Fails($"-Certificate $certificate {DeadEnd}", "InvalidCertificate", ErrorCategory.AuthenticationError, "Export it together with the key");
    }

    [Theory]
    [InlineData(-30, -1, "Renew it")]
    [InlineData(1, 30, "Check the clock")]
    [InlineData(-30, -1, "and the clock of this machine says 20")]
    [InlineData(1, 30, "and the clock of this machine says 20")]
    public void A_certificate_out_of_its_time_is_of_no_use(int fromDays, int untilDays, string message)
    {
        using X509Certificate2 certificate = Secrets.NewCertificate("Apple Push Services: com.example.app", fromDays, untilDays);
        _engine["certificate"] = certificate;
        Fails($"-Certificate $certificate {DeadEnd}", "InvalidCertificate", ErrorCategory.AuthenticationError, message);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused_until_its_session_is_closed()
    {
        _engine.Connected(connectParameters: "-Name mine");
        Fails("-Emulator $emulator -Name MINE", "SessionNameTaken", ErrorCategory.InvalidArgument, "Choose another name", leavesSessions: 1);
        Assert.Equal("mine", Assert.Single(_engine.Output("Disconnect-Apns; Connect-Apns -Emulator $emulator -Name mine")).Text("Name"));
    }

    [Fact]
    public void A_stopped_emulator_cannot_be_connected_to()
    {
        _engine.Run("$emulator = Start-ApnsEmulator; Stop-ApnsEmulator").Clean();
        Fails("-Emulator $emulator", "EmulatorStopped", ErrorCategory.InvalidArgument, "Start-ApnsEmulator");
    }

    [Theory]
    [InlineData("-Connections 0")]
    [InlineData("-Connections 257")]
    [InlineData("-TimeoutSec 0")]
    [InlineData("-Name ''")]
    [InlineData("-Topic ''")]
    public void A_number_out_of_range_or_an_empty_text_is_refused(string parameter)
    {
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        Assert.StartsWith("ParameterArgumentValidationError", _engine.Failure($"Connect-Apns -Emulator $emulator {parameter}").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Connecting_can_be_stopped()
    {
        using var server = new StrangeServer(Manner.Silent);
        _engine["server"] = server.Port;
        using Engine.Running running = _engine.Begin($"Connect-Apns -KeyPath $key {Ids} -Endpoint localhost -Port $server -TimeoutSec 3600");
        Eventually.True(() => server.WasCalled, "the client connects");
        running.Stop();
        Assert.Empty(running.End().Output);
        Assert.Empty(_engine.Output("Get-ApnsSession"));
    }

    private void Fails(string parameters, string errorId, ErrorCategory category, string message, int leavesSessions = 0)
    {
        ErrorRecord error = _engine.Failure($"Connect-Apns {parameters}");
        Assert.Equal($"{errorId},Apns.PowerShell.Commands.ConnectApnsCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(leavesSessions, _engine.Output("Get-ApnsSession").Count);
    }

    private void FailsAt(StrangeServer server, string errorId, ErrorCategory category, string message, string parameters = "")
    {
        _engine["server"] = server;
        Fails($"-KeyPath $key {Ids} -Endpoint localhost -Port $server.Port -TrustedRoot $server.Certificate {parameters}", errorId, category, message);
    }
}
