using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Test-ApnsConnection: what works, what does not and why, as an object or as yes and no.</summary>
public sealed class ConnectionTestTests : IDisposable
{
    private const string Ids = "-KeyId EMULATOR01 -TeamId TEAM000001";
    private const string Server = "-Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app";

    private readonly TempFolder _folder = new();
    private readonly Engine _engine = new();

    public ConnectionTestTests()
    {
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        _engine["key"] = _folder.Write("key.p8", _engine.Value<string>("$emulator.ExportSigningKey()"));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData($"-KeyPath $key {Ids} {Server}")]
    [InlineData("-Emulator $emulator -Topic com.example.app")]
    public void Against_an_emulator_all_is_well(string parameters)
    {
        PSObject test = Test(parameters);
        Assert.Equal("Apns.Client.ApnsConnectionTest", test.TypeNames[0]);
        Assert.True(test.Get<bool>("Succeeded"));
        Assert.Equal($"localhost:{_engine.Value<int>("$emulator.Port")}", test.Text("Endpoint"));
        Assert.Equal("key EMULATOR01 of team TEAM000001", test.Text("Credential"));
        Assert.Null(test.Get("Proxy"));
        Assert.Equal("Dns Tcp Tls Alpn Settings Ping Credential Clock", string.Join(' ', Steps(test).Select(static s => s.Text("Step"))));
        Assert.All(Steps(test), static step => Assert.Equal((true, null), (step.Get<bool>("Succeeded"), step.Get("Remedy"))));
        Assert.All(Steps(test), static step => Assert.NotEqual("", step.Text("Detail")));

        // What it sent; and that it left no session behind.
        PSObject received = Assert.Single(_engine.Received());
        Assert.Equal((new string('0', 64), "background", """{"aps":{"content-available":1}}"""), (received.Text("Token"), received.Text("PushType"), received.Text("Payload")));
        Assert.Empty(_engine.Output("Get-ApnsSession"));
    }

    [Fact]
    public void A_session_is_tested_with_what_it_was_connected_with_over_a_connection_of_its_own()
    {
        _engine.Output("$session = Connect-Apns -Emulator $emulator -Topic com.example.app -Name mine");
        foreach (string command in new[]
        {
            "Test-ApnsConnection", "Test-ApnsConnection -Session $session", "Test-ApnsConnection -Session mine", "$session | Test-ApnsConnection",
            "Test-ApnsConnection -TimeoutSec 30 -Topic com.example.other",
        })
        {
            _engine.Run("$emulator.ClearReceived()").Clean();
            Assert.True(Assert.Single(_engine.Output(command)).Get<bool>("Succeeded"), command);
            string topic = command.Contains("other", StringComparison.Ordinal) ? "com.example.other" : Engine.Topic;
            Assert.Equal(topic, Assert.Single(_engine.Received()).Text("Topic"));
        }

        dynamic emulator = _engine.Object("emulator");
        Eventually.True(() => emulator.Connections == 1, "only the session's own connection is left");
        Assert.Equal("Open", _engine.Value<string>("$session.State"));
    }

    [Fact]
    public void A_certificate_is_tested_too()
    {
        using var certificate = Secrets.NewCertificate();
        _engine["certificate"] = certificate;
        Assert.True(Test($"-Certificate $certificate {Server}").Get<bool>("Succeeded"));
        Assert.True(certificate.HasPrivateKey);
    }

    [Fact]
    public void Quiet_says_yes_or_no()
    {
        Assert.Equal(true, Assert.Single(_engine.Output("Test-ApnsConnection -Emulator $emulator -Topic com.example.app -Quiet")).BaseObject);
        Assert.Equal(false, Assert.Single(_engine.Output($"Test-ApnsConnection -KeyPath $key {Ids} -Endpoint localhost:1 -Quiet")).BaseObject);
    }

    [Fact]
    public void A_wrong_port_fails_at_tcp() =>
        FailsAt("Tcp", $"-KeyPath $key {Ids} -Endpoint localhost:1", "No connection to localhost:1", "Check host, port and firewall");

    [Fact]
    public void An_untrusted_root_fails_at_tls() =>
        FailsAt("Tls", $"-KeyPath $key {Ids} -Endpoint localhost -Port $emulator.Port", "'CN=Apns emulator root', which is not trusted", "-TrustedRoot");

    [Fact]
    public void A_server_of_HTTP_1_only_fails_at_alpn()
    {
        using var server = new StrangeServer(Manner.OnlyTls);
        _engine["server"] = server;
        FailsAt("Alpn", $"-KeyPath $key {Ids} -Endpoint localhost -Port $server.Port -TrustedRoot $server.Certificate", "does not speak HTTP/2", "Is it APNs");
    }

    [Fact]
    public void A_silent_server_fails_when_the_time_is_over()
    {
        using var server = new StrangeServer(Manner.Silent);
        _engine["server"] = server;
        FailsAt("Tls", $"-KeyPath $key {Ids} -Endpoint localhost -Port $server.Port -TimeoutSec 1", "No end within", "swallows");
    }

    [Fact]
    public void A_server_that_never_answers_the_push_fails_when_the_time_is_over()
    {
        using var server = new StrangeServer(Manner.Http2);
        _engine["server"] = server;
        FailsAt("Credential", $"-KeyPath $key {Ids} -Endpoint localhost -Port $server.Port -TrustedRoot $server.Certificate -Topic com.example.app -TimeoutSec 3", "No end within", "swallows");
    }

    [Fact]
    public void A_wrong_key_is_refused()
    {
        _engine["key"] = _folder.Write("wrong.p8", Secrets.NewKey());
        PSObject test = FailsAt("Credential", $"-KeyPath $key {Ids} {Server}", "Refused: 403 InvalidProviderToken.", "Check the key file, -KeyId, -TeamId and the clock");
        Assert.True(Steps(test)[^1].Get<bool>("Succeeded"));
    }

    [Fact]
    public void A_clock_that_is_wrong_is_told_with_the_key_it_makes_useless()
    {
        _engine.Run("$late = Start-ApnsEmulator -ClockOffset 02:00:00; $right = Start-ApnsEmulator -ClockOffset 0").Clean();
        PSObject test = FailsAt("Credential", "-Emulator $late -Topic com.example.app", "Refused: 403 ExpiredProviderToken.", "The clock of this machine says ");
        Assert.Contains(" behind. Set it right.", Steps(test)[^2].Text("Remedy"), StringComparison.Ordinal);
        Assert.Equal(("Clock", false), (Steps(test)[^1].Text("Step"), Steps(test)[^1].Get("Succeeded")));
        Assert.Contains("Set the clock of this machine", Steps(test)[^1].Text("Remedy"), StringComparison.Ordinal);
        Assert.True(Test("-Emulator $right -Topic com.example.app").Get<bool>("Succeeded"));
    }

    [Fact]
    public void A_topic_that_is_not_allowed_is_told_apart()
    {
        _engine.Run("$strict = Start-ApnsEmulator -Topic com.example.other").Clean();
        FailsAt("Credential", "-Emulator $strict -Topic com.example.app", "400 TopicDisallowed", "may not push to the topic");
    }

    [Fact]
    public void Without_a_topic_the_credential_is_not_tried_and_the_rest_is()
    {
        PSObject test = Test("-Emulator $emulator");
        Assert.True(test.Get<bool>("Succeeded"));
        PSObject credential = Steps(test)[^2];
        Assert.Equal(("Credential", null, "Give -Topic: the app's bundle id."), (credential.Text("Step"), credential.Get("Succeeded"), credential.Text("Remedy")));
        Assert.StartsWith("Not tried: ", credential.Text("Detail"), StringComparison.Ordinal);
        Assert.Equal(("Clock", null), (Steps(test)[^1].Text("Step"), Steps(test)[^1].Get("Succeeded")));
        Assert.True(_engine.Value<bool>("$emulator | Test-ApnsConnection -Quiet"));
        Assert.Empty(_engine.Received());
    }

    [Fact]
    public void A_proxy_is_a_step()
    {
        using var proxy = new StandInProxy("ann:sesame");
        _engine["proxy"] = proxy.Address;
        PSObject test = FailsAt("Proxy", $"-KeyPath $key {Ids} {Server} -Proxy $proxy", "407", "-ProxyCredential");
        Assert.Equal(proxy.Address, test.Text("Proxy"));
        _engine["proxy"] = proxy.Address.Replace("//", "//ann:sesame@", StringComparison.Ordinal);
        test = Test($"-KeyPath $key {Ids} {Server} -Proxy $proxy");
        Assert.True(test.Get<bool>("Succeeded"));
        Assert.Equal((proxy.Address, "Dns Tcp Proxy Tls"), (test.Text("Proxy"), string.Join(' ', Steps(test).Take(4).Select(static s => s.Text("Step")))));
    }

    [Fact]
    public void A_failing_step_is_no_error_but_what_cannot_be_tried_is()
    {
        EngineResult result = _engine.Run($"Test-ApnsConnection -KeyPath $key {Ids} -Endpoint localhost:1; $?");
        Assert.Equal("True", result.Clean().Output[1].ToString());
        Assert.Equal("InvalidKey,Apns.PowerShell.Commands.TestApnsConnectionCommand", _engine.Failure($"Test-ApnsConnection -KeyPath nowhere.p8 {Ids}").FullyQualifiedErrorId);
        ErrorRecord nothing = _engine.Failure("Test-ApnsConnection");
        Assert.Equal("NotConnected,Apns.PowerShell.Commands.TestApnsConnectionCommand", nothing.FullyQualifiedErrorId);
        Assert.Contains("Give what to connect with, as -KeyPath, -TeamId and -Topic", nothing.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("InvalidEndpoint,Apns.PowerShell.Commands.TestApnsConnectionCommand", _engine.Failure($"Test-ApnsConnection -KeyPath $key {Ids} -Endpoint 'a b'").FullyQualifiedErrorId);
        _engine.Output("$closed = Connect-Apns -Emulator $emulator; Disconnect-Apns $closed");
        Assert.Equal("SessionClosed,Apns.PowerShell.Commands.TestApnsConnectionCommand", _engine.Failure("Test-ApnsConnection -Session $closed").FullyQualifiedErrorId);
    }

    [Fact]
    public void A_test_can_be_stopped()
    {
        using var server = new StrangeServer(Manner.Silent);
        _engine["server"] = server.Port;
        using Engine.Running running = _engine.Begin($"Test-ApnsConnection -KeyPath $key {Ids} -Endpoint localhost -Port $server -TimeoutSec 3600");
        Eventually.True(() => server.WasCalled, "the client connects");
        running.Stop();
        Assert.Empty(running.End().Output);
    }

    private static IReadOnlyList<PSObject> Steps(PSObject test) => [.. LanguagePrimitives.GetEnumerable(test.Get("Steps")).Cast<object>().Select(PSObject.AsPSObject)];

    private PSObject Test(string parameters) => Assert.Single(_engine.Output($"Test-ApnsConnection {parameters}"));

    private PSObject FailsAt(string step, string parameters, string detail, string remedy)
    {
        PSObject test = Test(parameters);
        Assert.False(test.Get<bool>("Succeeded"));
        PSObject failed = Steps(test).First(static s => s.Get("Succeeded") is not true);
        Assert.Equal((step, false), (failed.Text("Step"), failed.Get("Succeeded")));
        Assert.Contains(detail, failed.Text("Detail"), StringComparison.Ordinal);
        Assert.Contains(remedy, failed.Text("Remedy"), StringComparison.Ordinal);
        return test;
    }
}
