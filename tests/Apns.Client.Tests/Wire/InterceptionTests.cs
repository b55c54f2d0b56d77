using System;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>Proxies and firewalls that break into TLS with a root of their own.</summary>
public class InterceptionTests
{
    private static readonly TestCertificates Corporate = new("Example Corp Web Gateway Root");

    [Fact]
    public async Task A_proxy_that_intercepts_is_named_with_the_root_it_signs_with()
    {
        using ScriptedPeer gateway = Gateway(Corporate.Server);
        using ScriptedPeer proxy = InFrontOf(gateway);
        ApnsException error = await Clients.FailToConnectAsync(Options(proxy));
        Assert.Equal((ApnsErrorKind.ServerNotTrusted, true), (error.Kind, error.IsPermanent));
        Assert.Contains("'CN=Example Corp Web Gateway Root', which is not trusted", error.Message, StringComparison.Ordinal);
        Assert.Contains($"the proxy {proxy.Address()}, or a firewall, intercepts TLS: have it let localhost through untouched", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("none of the given trusted roots", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_a_sign_of_it_too()
    {
        using X509Certificate2 certificate = Corporate.ForServer("gateway.example", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using ScriptedPeer gateway = Gateway(certificate);
        using ScriptedPeer proxy = InFrontOf(gateway);
        foreach (X509Certificate2Collection roots in new[] { TestCertificates.Shared.Roots, Corporate.Roots })
        {
            ApnsException error = await Clients.FailToConnectAsync(Options(proxy) with { TrustedRoots = roots });
            Assert.Equal(ApnsErrorKind.ServerNotTrusted, error.Kind);
            Assert.Contains("'CN=gateway.example', not for the host 'localhost'; its root is 'CN=Example Corp Web Gateway Root'", error.Message, StringComparison.Ordinal);
            Assert.Contains("intercepts TLS", error.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_firewall_that_intercepts_without_being_asked_is_told_as_well()
    {
        using ScriptedPeer gateway = Gateway(Corporate.Server);
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(gateway.Endpoint) with { TrustedRoots = null });
        Assert.Contains("'CN=Example Corp Web Gateway Root', which is not trusted", error.Message, StringComparison.Ordinal);
        Assert.Contains("name it with -TrustedRoot. If that root is not the server's own, a proxy or firewall in between intercepts TLS", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_trusts_the_interceptors_root_gets_through()
    {
        using var gateway = new ScriptedPeer(
            connection =>
            {
                connection.Greet();
                connection.AnswerAll();
            },
            new PeerTls { Certificate = Corporate.Server });
        using ScriptedPeer proxy = InFrontOf(gateway);
        await using ApnsClient client = await Clients.ConnectAsync(Options(proxy) with { TrustedRoots = Corporate.Roots });
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    private static ApnsClientOptions Options(ScriptedPeer proxy) =>
        Clients.Options(new ApnsEndpoint("localhost", 443)) with { Proxy = ApnsProxy.At(proxy.Address()) };

    /// <summary>What plays the server; nobody who does not trust it speaks to it.</summary>
    private static ScriptedPeer Gateway(X509Certificate2 certificate) => new(
        connection =>
        {
            connection.AwaitEnd();
            Assert.Empty(connection.Peer.Frames);
        },
        new PeerTls { Certificate = certificate });

    private static ScriptedPeer InFrontOf(ScriptedPeer gateway) => new(
        connection =>
        {
            connection.ReadHead();
            connection.Say(ProxyScripts.Established);
            connection.Relay(gateway.Port);
        },
        null);
}
