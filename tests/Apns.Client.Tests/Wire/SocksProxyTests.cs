using System;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>SOCKS5 proxies (RFC 1928, RFC 1929), byte by byte.</summary>
public class SocksProxyTests
{
    private const string Password = "open-sesame";

    private static readonly byte[] Opened = [5, 0, 0, 1, 127, 0, 0, 1, 0, 80];

    private static readonly NetworkCredential Ann = new("ann", Password);

    [Theory]
    [InlineData("socks5")]
    [InlineData("socks5h")]
    public async Task The_proxy_is_given_the_servers_name(string scheme)
    {
        using var server = new ScriptedPeer(Serve);
        byte[] greeting = [];
        byte[] request = [];
        using var proxy = new ScriptedPeer(
            connection =>
            {
                greeting = connection.ReadBytes(3);
                connection.Say(5, 0);
                request = connection.ReadBytes(5 + "localhost".Length + 2);
                connection.Say(Opened);
                connection.Relay(server.Port);
            },
            null);
        await using ApnsClient client = await Clients.ConnectAsync(Through(server.Endpoint, proxy, null, scheme));
        using ApnsBatch batch = client.StartBatch();
        Assert.All(batch.Send(Enumerable.Range(0, 150).Select(Samples.Token), Samples.Notification(300)), result => Assert.Equal(ApnsOutcome.Delivered, result.Outcome));
        Assert.Equal([5, 1, 0], greeting);
        Assert.Equal([5, 1, 0, 3, 9, .. Encoding.ASCII.GetBytes("localhost"), (byte)(server.Port >> 8), (byte)server.Port], request);
    }

    [Theory]
    [InlineData("10.1.2.3", "01 0A010203")]
    [InlineData("fd00::1", "04 FD000000000000000000000000000001")]
    [InlineData("api.push.apple.com", "03 12 6170692E707573682E6170706C652E636F6D")]
    public async Task Addresses_are_given_as_such(string host, string expected)
    {
        byte[] address = Convert.FromHexString(expected.Replace(" ", "", StringComparison.Ordinal));
        byte[] request = [];
        ApnsException error = await FailAsync(
            connection =>
            {
                connection.ReadBytes(3);
                connection.Say(5, 0);
                request = connection.ReadBytes(3 + address.Length + 2);
                connection.Say(5, 5, 0, 1, 0, 0, 0, 0, 0, 0);
            },
            endpoint: new ApnsEndpoint(host, 2197));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Equal([5, 1, 0, .. address, 2197 >> 8, 2197 & 0xff], request);
    }

    [Theory]
    [InlineData("01 7F000001 0050")]
    [InlineData("04 00000000000000000000000000000001 0050")]
    [InlineData("03 05 70726F7879 0050")]
    [InlineData("03 00 0000")]
    public async Task The_address_it_connects_from_may_be_of_any_kind(string bound)
    {
        using var server = new ScriptedPeer(Serve);
        using var proxy = new ScriptedPeer(
            connection =>
            {
                Accept(connection);
                foreach (byte one in (byte[])[5, 0, 0, .. Convert.FromHexString(bound.Replace(" ", "", StringComparison.Ordinal))]) connection.Say(one);
                connection.Relay(server.Port);
            },
            null);
        await using ApnsClient client = await Clients.ConnectAsync(Through(server.Endpoint, proxy));
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    [Theory]
    [InlineData("ann", Password)]
    [InlineData("änn", "pässwörd: €")]
    [InlineData("ann", "")]
    public async Task User_and_password_are_sent_when_the_proxy_wants_them(string user, string password)
    {
        byte[] name = Encoding.UTF8.GetBytes(user);
        byte[] secret = Encoding.UTF8.GetBytes(password);
        byte[] greeting = [];
        byte[] signIn = [];
        using var server = new ScriptedPeer(Serve);
        using var proxy = new ScriptedPeer(
            connection =>
            {
                greeting = connection.ReadBytes(4);
                connection.Say(5, 2);
                signIn = connection.ReadBytes(3 + name.Length + secret.Length);
                connection.Say(1, 0);
                ReadRequest(connection);
                connection.Say(Opened);
                connection.Relay(server.Port);
            },
            null);
        await using ApnsClient client = await Clients.ConnectAsync(Through(server.Endpoint, proxy, new NetworkCredential(user, password)));
        Assert.Equal([5, 2, 0, 2], greeting);
        Assert.Equal([1, (byte)name.Length, .. name, (byte)secret.Length, .. secret], signIn);
    }

    [Fact]
    public async Task User_and_password_are_kept_when_the_proxy_does_not_want_them()
    {
        using var server = new ScriptedPeer(Serve);
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.ReadBytes(4);
                connection.Say(5, 0);
                ReadRequest(connection);
                connection.Say(Opened);
                connection.Relay(server.Port);
            },
            null);
        await using ApnsClient client = await Clients.ConnectAsync(Through(server.Endpoint, proxy, Ann));
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public async Task A_password_that_is_refused_is_not_shown(byte verdict)
    {
        ApnsException error = await FailAsync(
            connection =>
            {
                connection.ReadBytes(4);
                connection.Say(5, 2);
                connection.ReadBytes(3 + "ann".Length + Password.Length);
                connection.Say(1, verdict);
            },
            Ann);
        Assert.Equal((ApnsErrorKind.ProxyAuthenticationFailed, true), (error.Kind, error.IsPermanent));
        Assert.Contains("user name 'ann'", error.Message, StringComparison.Ordinal);
        Assert.Contains("-ProxyCredential", error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "Give user name and password with -ProxyCredential.")]
    [InlineData(true, "use another proxy")]
    public async Task A_proxy_that_takes_none_of_the_ways_to_sign_in_says_so(bool credential, string message)
    {
        ApnsException error = await FailAsync(
            connection =>
            {
                connection.ReadBytes(credential ? 4 : 3);
                connection.Say(5, 0xff);
            },
            credential ? Ann : null);
        Assert.Equal(ApnsErrorKind.ProxyAuthenticationFailed, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_against_a_management_host_are_met_with_its_port()
    {
        ApnsException error = await FailAsync(
            connection =>
            {
                Accept(connection);
                connection.Say(5, 2, 0, 1, 0, 0, 0, 0, 0, 0);
            },
            endpoint: ApnsEndpoint.ManagementFor(ApnsEnvironment.Production));
        Assert.Equal("It has to let connections through to api-manage-broadcast.push.apple.com on port 2196; APNs manages channels there on 2196.", error.Remedy);
    }

    [Theory]
    [InlineData(1, "general failure (1)")]
    [InlineData(2, "its rules do not allow it (2)")]
    [InlineData(3, "the network is unreachable (3)")]
    [InlineData(4, "the host is unreachable, or its name is unknown there (4)")]
    [InlineData(5, "the connection was refused (5)")]
    [InlineData(6, "the time to live has expired (6)")]
    [InlineData(7, "it does not know the command (7)")]
    [InlineData(8, "it does not know the kind of address (8)")]
    [InlineData(9, "its reply is the unknown code 9")]
    [InlineData(255, "its reply is the unknown code 255")]
    public async Task Each_refusal_has_its_words(byte code, string words)
    {
        ApnsException error = await FailAsync(connection =>
        {
            Accept(connection);
            connection.Say(5, code, 0, 1, 0, 0, 0, 0, 0, 0);
        });
        Assert.Equal((ApnsErrorKind.ProxyFailed, false), (error.Kind, error.IsPermanent));
        Assert.Contains($"does not open the way to localhost:1: {words}.", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Theory]
    [InlineData("4854")]
    [InlineData("0500 0400 0001")]
    [InlineData("0501")]
    [InlineData("0502")]
    [InlineData("0500 05000002")]
    [InlineData("0500 05000000")]
    public async Task A_proxy_that_talks_nonsense_is_quoted(string bytes)
    {
        ApnsException error = await FailAsync(connection =>
        {
            foreach (string part in bytes.Split(' ')) connection.Say(Convert.FromHexString(part));
            connection.AwaitHangUp();
        });
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("does not answer as a SOCKS5 proxy does: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("05")]
    [InlineData("0500")]
    [InlineData("0500 050000")]
    [InlineData("0500 05000001 7F00")]
    [InlineData("0500 05000003 FF70")]
    public async Task A_proxy_that_drops_the_connection_is_told_apart(string bytes)
    {
        ApnsException error = await FailAsync(connection =>
        {
            connection.ReadBytes(3);
            foreach (string part in bytes.Split(' ')) connection.Say(Convert.FromHexString(part));
        });
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("broke off before it had opened the way to localhost:1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_too_long_for_the_protocol_is_told_apart()
    {
        ApnsException error = await FailAsync(
            connection =>
            {
                connection.ReadBytes(3);
                connection.Say(5, 0);
                connection.AwaitHangUp();
            },
            endpoint: new ApnsEndpoint(new string('a', 256), 443));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("256 bytes", error.Message, StringComparison.Ordinal);
    }

    private static ApnsClientOptions Through(ApnsEndpoint server, ScriptedPeer proxy, NetworkCredential? credential = null, string scheme = "socks5") =>
        Clients.Options(server) with { Proxy = ApnsProxy.At(proxy.Address(scheme), credential) };

    private static async Task<ApnsException> FailAsync(Action<PeerConnection> script, NetworkCredential? credential = null, ApnsEndpoint? endpoint = null)
    {
        using var proxy = new ScriptedPeer(script, null);
        return await Clients.FailToConnectAsync(Through(endpoint ?? new ApnsEndpoint("localhost", 1), proxy, credential));
    }

    private static void Accept(PeerConnection connection)
    {
        connection.ReadBytes(3);
        connection.Say(5, 0);
        ReadRequest(connection);
    }

    private static void ReadRequest(PeerConnection connection)
    {
        byte[] head = connection.ReadBytes(5);
        connection.ReadBytes(head[4] + 2);
    }

    private static void Serve(PeerConnection connection)
    {
        connection.Greet();
        connection.AnswerAll();
    }
}
