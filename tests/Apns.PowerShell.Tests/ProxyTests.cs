using System;
using System.Management.Automation;
using System.Net;
using System.Security;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>-Proxy, -ProxyCredential, -NoProxy, the environment's proxy, -IPv4 and -IPv6.</summary>
public sealed class ProxyTests : IDisposable
{
    private const string Ids = "-KeyId EMULATOR01 -TeamId TEAM000001";
    private const string Server = "-Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app";
    private const string Password = "open-sesame-7391";

    private readonly TempFolder _folder = new();
    private readonly Engine _engine = new();

    public ProxyTests()
    {
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        _engine["key"] = _folder.Write("key.p8", _engine.Value<string>("$emulator.ExportSigningKey()"));
        _engine["credential"] = Credential("ann", Password);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_session_goes_through_the_proxy_it_is_given()
    {
        using var proxy = new StandInProxy();
        _engine["proxy"] = proxy.Address;
        AssertSends("-Proxy $proxy");
        Assert.StartsWith($"CONNECT localhost:{_engine.Value<int>("$emulator.Port")} ", Assert.Single(proxy.Heads), StringComparison.Ordinal);
        _engine.Run("Disconnect-Apns").Clean();

        // A Uri will do, and so will host and port.
        AssertSends("-Proxy ([uri]$proxy)");
        AssertSends("-Proxy (([uri]$proxy).Authority)");
        Assert.Equal(3, proxy.Heads.Length);
    }

    [Fact]
    public void A_proxy_gets_the_credential_that_it_asks_for()
    {
        using var proxy = new StandInProxy($"ann:{Password}");
        _engine["proxy"] = proxy.Address;
        AssertSends("-Proxy $proxy -ProxyCredential $credential");
        _engine["proxy"] = proxy.Address.Replace("//", $"//ann:{Password}@", StringComparison.Ordinal);
        AssertSends("-Proxy $proxy");
    }

    [Theory]
    [InlineData(@"corp\ann", @"corp\ann")]
    [InlineData(@"\ann", "ann")]
    [InlineData("ann@corp.example", "ann@corp.example")]
    public void The_user_name_is_sent_as_it_was_given(string given, string sent)
    {
        using var proxy = new StandInProxy($"{sent}:{Password}");
        _engine["proxy"] = proxy.Address;
        _engine["credential"] = Credential(given, Password);
        AssertSends("-Proxy $proxy -ProxyCredential $credential");
    }

    [Fact]
    public void A_proxy_that_wants_a_credential_names_the_parameter()
    {
        using var proxy = new StandInProxy("bob:another");
        _engine["proxy"] = proxy.Address;
        Fails("-Proxy $proxy", "ProxyAuthenticationFailed", ErrorCategory.AuthenticationError, "Give them with -ProxyCredential.");
        ErrorRecord error = Fails("-Proxy $proxy -ProxyCredential $credential", "ProxyAuthenticationFailed", ErrorCategory.AuthenticationError, "'ann'");
        Assert.DoesNotContain(Password, error.Exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_that_is_out_of_reach_is_named() =>
        Fails("-Proxy http://127.0.0.1:1", "ProxyFailed", ErrorCategory.ConnectionError, "The proxy http://127.0.0.1:1 is out of reach");

    [Theory]
    [InlineData("ftp://ann:open-sesame-7391@proxy.example", "'proxy.example' is no proxy")]
    [InlineData("socks4://proxy.example", "'socks4://proxy.example' is no proxy")]
    [InlineData("http://proxy.example/path", "Give http://host:port")]
    public void A_proxy_that_is_none_is_named_without_its_password(string proxy, string message)
    {
        _engine["proxy"] = proxy;
        ErrorRecord error = Fails("-Proxy $proxy", "InvalidProxy", ErrorCategory.InvalidArgument, message);
        Assert.DoesNotContain(Password, $"{error} {error.TargetObject} {error.Exception}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Proxy http://127.0.0.1:1 -NoProxy", "-NoProxy and -Proxy")]
    [InlineData("-ProxyCredential $credential -NoProxy", "-NoProxy and -ProxyCredential")]
    [InlineData("-IPv4 -IPv6", "-IPv4 and -IPv6")]
    public void Parameters_that_contradict_each_other_are_named(string parameters, string message) =>
        Fails(parameters, "ConflictingParameters", ErrorCategory.InvalidArgument, message);

    [Theory]
    [InlineData("-Proxy ''")]
    [InlineData("-ProxyCredential $null")]
    [InlineData("-Emulator $emulator -NoProxy")]
    [InlineData("-Emulator $emulator -ProxyCredential $credential")]
    public void What_cannot_be_bound_is_refused(string parameters)
    {
        string rest = parameters.Contains("-Emulator", StringComparison.Ordinal) ? "" : $"-KeyPath $key {Ids} {Server}";
        Assert.IsAssignableFrom<ParameterBindingException>(_engine.Failure($"Connect-Apns {rest} {parameters}").Exception);
    }

    [Theory]
    [InlineData("-IPv4")]
    [InlineData("-NoProxy")]
    public void Ways_that_are_there_connect(string parameters) => AssertSends(parameters);

    [Fact]
    public void A_host_without_such_an_address_is_told_apart() =>
        Fails("-Endpoint 127.0.0.1:1 -IPv6", "HostNotFound", ErrorCategory.ObjectNotFound, "Connect without -IPv6, or with -IPv4.", server: "");

    [Fact]
    public void The_environments_proxy_is_used_unless_it_is_this_machine_or_not_wanted()
    {
        // Names ending in .invalid resolve nowhere (RFC 6761): only a proxy can get there.
        using var proxy = new StandInProxy($"ann:{Password}");
        string? before = Environment.GetEnvironmentVariable("HTTPS_PROXY");
        string? exceptions = Environment.GetEnvironmentVariable("NO_PROXY");
        try
        {
            _engine["proxy"] = proxy.Address;
            _engine.Run("$env:HTTPS_PROXY = $proxy; $env:NO_PROXY = $null").Clean();
            Fails("-Endpoint apns.invalid", "ProxyAuthenticationFailed", ErrorCategory.AuthenticationError, "-ProxyCredential", server: "");
            Fails("-Endpoint apns.invalid -NoProxy", "HostNotFound", ErrorCategory.ObjectNotFound, "'apns.invalid'", server: "");

            // The proxy connects to the emulator, whose certificate is for another host.
            Fails("-Endpoint apns.invalid -Port $emulator.Port -ProxyCredential $credential -TrustedRoot $emulator.RootCertificate", "ServerNotTrusted", ErrorCategory.SecurityError, "not for the host 'apns.invalid'", server: "");
            Assert.Equal(2, proxy.Heads.Length);
            AssertSends("");
            Assert.Equal(2, proxy.Heads.Length);
            _engine.Run("$env:NO_PROXY = 'invalid'").Clean();
            Fails("-Endpoint apns.invalid", "HostNotFound", ErrorCategory.ObjectNotFound, "'apns.invalid'", server: "");
        }
        finally
        {
            Environment.SetEnvironmentVariable("HTTPS_PROXY", before);
            Environment.SetEnvironmentVariable("NO_PROXY", exceptions);
        }
    }

    private static PSCredential Credential(string user, string password)
    {
        SecureString secure = new NetworkCredential("", password).SecurePassword;
        return new PSCredential(user, secure);
    }

    private void AssertSends(string parameters)
    {
        _engine.Output($"Connect-Apns -KeyPath $key {Ids} {Server} {parameters}");
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi; Disconnect-Apns")).Text("Outcome"));
    }

    private ErrorRecord Fails(string parameters, string errorId, ErrorCategory category, string message, string server = Server)
    {
        ErrorRecord error = _engine.Failure($"Connect-Apns -KeyPath $key {Ids} {server} {parameters}");
        Assert.Equal($"{errorId},Apns.PowerShell.Commands.ConnectApnsCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        return error;
    }
}
