using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>IPv4 and IPv6, and names that have several addresses.</summary>
public class AddressTests
{
    [Theory]
    [InlineData(AddressFamily.InterNetworkV6)]
    [InlineData(AddressFamily.Unspecified)]
    public async Task Notifications_go_by_IPv6(AddressFamily family)
    {
        Assert.SkipUnless(HasIPv6Loopback(), "this machine has no IPv6");
        using var server = new ScriptedPeer(Serve, new PeerTls(), IPAddress.IPv6Loopback);
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(new ApnsEndpoint("::1", server.Port)) with { AddressFamily = family });
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
        Assert.Equal($"[::1]:{server.Port}", server.Connections[0].Peer.Last[":authority"]);
    }

    [Fact]
    public async Task A_proxy_may_be_reached_by_IPv6()
    {
        Assert.SkipUnless(HasIPv6Loopback(), "this machine has no IPv6");
        using var server = new ScriptedPeer(Serve);
        using var proxy = new ScriptedPeer(connection => OpenWay(connection, server.Port), null, IPAddress.IPv6Loopback);
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(server.Endpoint) with { Proxy = ApnsProxy.At($"http://[::1]:{proxy.Port}") });
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    [Fact]
    public async Task A_host_without_such_an_address_is_not_connected_to()
    {
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(new ApnsEndpoint("127.0.0.1", 1)) with { AddressFamily = AddressFamily.InterNetworkV6 });
        Assert.Equal(ApnsErrorKind.HostNotFound, error.Kind);
        Assert.Contains("without -IPv6", error.Remedy, StringComparison.Ordinal);

        error = await Clients.FailToConnectAsync(Clients.Options(new ApnsEndpoint("::1", 1)) with { AddressFamily = AddressFamily.InterNetwork });
        Assert.Equal(ApnsErrorKind.HostNotFound, error.Kind);
    }

    [Fact]
    public async Task With_a_proxy_the_family_is_that_of_the_proxys_address()
    {
        using var server = new ScriptedPeer(Serve);
        using var proxy = new ScriptedPeer(connection => OpenWay(connection, server.Port), null);
        ApnsClientOptions options = Clients.Options(server.Endpoint) with { Proxy = ApnsProxy.At($"http://127.0.0.1:{proxy.Port}") };
        await using ApnsClient client = await Clients.ConnectAsync(options with { AddressFamily = AddressFamily.InterNetwork });
        ApnsException error = await Clients.FailToConnectAsync(options with { AddressFamily = AddressFamily.InterNetworkV6 });
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("has no IPv6 address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_kind_of_address_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Clients.ConnectAsync(Clients.Options(new ApnsEndpoint("localhost", 1)) with { AddressFamily = AddressFamily.AppleTalk }));

    [Fact]
    public void Each_connection_asks_for_the_name_and_begins_with_another_address()
    {
        // Nothing listens at the others, so all end at the peer: by one try less each turn.
        using var server = new ScriptedPeer(connection => connection.AwaitEnd());
        var asked = new ConcurrentQueue<string>();
        var connector = new TlsConnector(Clients.Options(server.Endpoint), host =>
        {
            asked.Enqueue(host);
            return [IPAddress.IPv6Loopback, IPAddress.IPv6Loopback, IPAddress.Loopback];
        });
        Assert.SkipUnless(HasIPv6Loopback(), "this machine has no IPv6");
        int[] tries = [.. Enumerable.Range(0, 4).Select(turn =>
        {
            int opened = 0;
            (Socket socket, SslStream stream) = connector.Connect(turn, _ => opened++);
            stream.Dispose();
            socket.Dispose();
            return opened;
        })];
        Assert.Equal([3, 2, 1, 3], tries);
        Assert.Equal(Enumerable.Repeat("localhost", 4), asked);
    }

    [Fact]
    public async Task The_names_certificate_is_asked_for_whatever_its_address()
    {
        using X509Certificate2 certificate = TestCertificates.Shared.ForServer("apns.example", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var server = new ScriptedPeer(connection => connection.AwaitEnd(), new PeerTls { Certificate = certificate });
        var connector = new TlsConnector(Clients.Options(new ApnsEndpoint("apns.example", server.Port)) with { Proxy = ApnsProxy.None }, static _ => [IPAddress.Loopback]);
        await Task.Run(() => connector.Connect(0, static _ => { }).Stream.Dispose(), TestContext.Current.CancellationToken).Soon();
    }

    private static void Serve(PeerConnection connection)
    {
        connection.Greet();
        connection.AnswerAll();
    }

    private static void OpenWay(PeerConnection connection, int port)
    {
        connection.ReadHead();
        connection.Say(ProxyScripts.Established);
        connection.Relay(port);
    }

    private static bool HasIPv6Loopback()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
