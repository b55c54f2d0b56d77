using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>Which of a host's addresses are used, and in which order.</summary>
public class TcpConnectorTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly IPAddress[] Mixed = [.. new[] { "17.0.0.1", "2620:149::1", "17.0.0.2", "17.0.0.3" }.Select(IPAddress.Parse)];

    [Theory]
    [InlineData(AddressFamily.Unspecified, 0, "17.0.0.1 2620:149::1 17.0.0.2 17.0.0.3")]
    [InlineData(AddressFamily.Unspecified, 1, "2620:149::1 17.0.0.2 17.0.0.3 17.0.0.1")]
    [InlineData(AddressFamily.Unspecified, 3, "17.0.0.3 17.0.0.1 2620:149::1 17.0.0.2")]
    [InlineData(AddressFamily.Unspecified, 4, "17.0.0.1 2620:149::1 17.0.0.2 17.0.0.3")]
    [InlineData(AddressFamily.InterNetwork, 0, "17.0.0.1 17.0.0.2 17.0.0.3")]
    [InlineData(AddressFamily.InterNetwork, 2, "17.0.0.3 17.0.0.1 17.0.0.2")]
    [InlineData(AddressFamily.InterNetwork, int.MaxValue, "17.0.0.2 17.0.0.3 17.0.0.1")]
    [InlineData(AddressFamily.InterNetworkV6, 7, "2620:149::1")]
    public void Connections_take_turns_over_the_addresses(AddressFamily family, int turn, string expected)
    {
        IPAddress[] addresses = new TcpConnector(family, _ => Mixed).Resolve("api.push.example", turn);
        Assert.Equal(expected, string.Join(' ', addresses.AsEnumerable()));
    }

    [Fact]
    public void Each_connection_asks_anew()
    {
        int asked = 0;
        var connector = new TcpConnector(AddressFamily.Unspecified, host =>
        {
            Assert.Equal("api.push.example", host);
            return [Mixed[asked++]];
        });
        Assert.Equal(Mixed, Enumerable.Range(0, Mixed.Length).Select(turn => connector.Resolve("api.push.example", turn).Single()));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "2620:149::1", "has no IPv4 address, only 2620:149::1.", "Connect without -IPv4, or with -IPv6.")]
    [InlineData(AddressFamily.InterNetworkV6, "17.0.0.1", "has no IPv6 address, only 17.0.0.1.", "Connect without -IPv6, or with -IPv4.")]
    public void A_host_without_an_address_of_the_family_is_told_apart(AddressFamily family, string address, string what, string remedy)
    {
        var error = Assert.Throws<ApnsException>(() => new TcpConnector(family, _ => [IPAddress.Parse(address)]).Resolve("api.push.example", 0));
        Assert.Equal(ApnsErrorKind.HostNotFound, error.Kind);
        Assert.Equal($"The host 'api.push.example' {what} {remedy}", error.Message);
    }

    [Fact]
    public void A_host_without_any_address_is_not_found()
    {
        var error = Assert.Throws<ApnsException>(() => new TcpConnector(AddressFamily.Unspecified, _ => []).Resolve("api.push.example", 0));
        Assert.Equal(ApnsErrorKind.HostNotFound, error.Kind);
        error = Assert.Throws<ApnsException>(() => new TcpConnector(AddressFamily.Unspecified, _ => throw new SocketException((int)SocketError.TryAgain)).Resolve("api.push.example", 0));
        Assert.Equal(ApnsErrorKind.HostNotFound, error.Kind);
        Assert.Equal(ApnsErrorKind.HostNotFound, Assert.Throws<ApnsException>(() => new TcpConnector(AddressFamily.Unspecified, Dns.GetHostAddresses).Resolve("0.0.0.0", 0)).Kind);
    }

    [Fact]
    public void An_address_that_does_not_answer_leads_to_the_next()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var endpoint = new ApnsEndpoint("somewhere", ((IPEndPoint)listener.LocalEndPoint!).Port);

        // Nobody listens on the others, where there is IPv6 and where there is none.
        int opened = 0;
        using Socket socket = TcpConnector.Connect([IPAddress.IPv6Loopback, IPAddress.Loopback], endpoint, _ => opened++, Long);
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)socket.RemoteEndPoint!).Address);
        Assert.InRange(opened, 1, 2);
    }

    [Fact]
    public async Task An_address_that_swallows_everything_leads_to_the_next_in_time()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there a full backlog swallows what comes.");
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        deaf.Listen(0);
        int port = ((IPEndPoint)deaf.LocalEndPoint!).Port;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        using var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        filler.Connect(deaf.LocalEndPoint!);

        using Socket socket = TcpConnector.Connect([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback], new ApnsEndpoint("somewhere", port), static _ => { }, TimeSpan.FromMilliseconds(200));
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)socket.RemoteEndPoint!).Address);

        // The last has all the time that its socket is left open.
        Socket? last = null;
        Task<ApnsException> waiting = Task.Run(() => Assert.Throws<ApnsException>(() => TcpConnector.Connect([IPAddress.Parse("127.0.0.2")], new ApnsEndpoint("somewhere", port), s => last = s, TimeSpan.Zero)));
        Assert.True(SpinWait.SpinUntil(() => last is not null, Eventually.Patience));
        Assert.False(waiting.IsCompleted);
        last!.Dispose();
        Assert.Equal(ApnsErrorKind.ConnectFailed, (await waiting.Soon()).Kind);
    }

    [Fact]
    public void When_no_address_answers_each_is_named()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = new ApnsEndpoint("somewhere", ((IPEndPoint)bound.LocalEndPoint!).Port);
        var error = Assert.Throws<ApnsException>(() => TcpConnector.Connect([IPAddress.IPv6Loopback, IPAddress.Loopback], endpoint, static _ => { }, Long));
        Assert.Equal(ApnsErrorKind.ConnectFailed, error.Kind);
        Assert.Contains("::1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("; 127.0.0.1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("443 and 2197", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_remedy_names_the_port_of_channel_management_where_that_is_meant()
    {
        ApnsEndpoint endpoint = ApnsEndpoint.ManagementFor(ApnsEnvironment.Development);
        var error = Assert.Throws<ApnsException>(() => TcpConnector.Connect([IPAddress.Loopback], endpoint, static socket => socket.Dispose(), Long));
        Assert.Equal("Check host, port and firewall; APNs manages channels there on 2195.", error.Remedy);
    }

    [Fact]
    public void A_socket_that_is_closed_while_it_connects_ends_the_call()
    {
        var error = Assert.Throws<ApnsException>(() => TcpConnector.Connect([IPAddress.Loopback], new ApnsEndpoint("somewhere", 1), static socket => socket.Dispose(), Long));
        Assert.Equal(ApnsErrorKind.ConnectFailed, error.Kind);
    }
}
