using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>HTTP proxies: those that open the way, and all the ways in which they do not.</summary>
public class HttpProxyTests
{
    private const string Password = "open-sesame";

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Notifications_go_through_a_proxy(string scheme)
    {
        using var server = new ScriptedPeer(Serve);
        string? head = null;
        using var proxy = new ScriptedPeer(
            connection =>
            {
                head = connection.ReadHead();
                connection.Say(ProxyScripts.Established);
                connection.Relay(server.Port);
            },
            scheme == "https" ? new PeerTls { Protocols = null } : null);
        await using ApnsClient client = await Clients.ConnectAsync(Through(server, ApnsProxy.At(proxy.Address(scheme))));
        using ApnsBatch batch = client.StartBatch();
        Assert.All(batch.Send(Enumerable.Range(0, 150).Select(Samples.Token), Samples.Notification(300)), result => Assert.Equal(ApnsOutcome.Delivered, result.Outcome));

        // RFC 9112 section 3.2.3, RFC 9110 section 7.2; and no credential that nobody gave.
        Assert.Equal($"CONNECT localhost:{server.Port} HTTP/1.1\r\nHost: localhost:{server.Port}\r\n\r\n", head);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200\r\n\r\n")]
    [InlineData("HTTP/1.1 204 Whatever\r\nVia: 1.1 somebody\r\nContent-Length: 17\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 bare line feeds\nVia: x\n\n")]
    public async Task Any_good_answer_opens_the_way_however_it_comes(string answer)
    {
        foreach (bool atOnce in new[] { true, false })
        {
            using var server = new ScriptedPeer(Serve);
            using var proxy = new ScriptedPeer(
                connection =>
                {
                    connection.ReadHead();
                    if (atOnce) connection.Say(answer);
                    else foreach (byte one in Encoding.ASCII.GetBytes(answer)) connection.Say(one);
                    connection.Relay(server.Port);
                },
                null);
            await using ApnsClient client = await Clients.ConnectAsync(Through(server, ApnsProxy.At(proxy.Address())));
            Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
        }
    }

    [Fact]
    public async Task Each_connection_asks_the_proxy_anew()
    {
        using var server = new ScriptedPeer(Serve);
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.ReadHead();
                connection.Say(ProxyScripts.Established);
                connection.Relay(server.Port);
            },
            null);
        await using ApnsClient client = await Clients.ConnectAsync(Through(server, ApnsProxy.At(proxy.Address())) with { Connections = 3 });
        await Eventually.True(() => client.Connections == 3 && proxy.Accepted == 3 && server.Connections.Length == 3, "three connections through the proxy");
    }

    [Theory]
    [InlineData("ann", Password)]
    [InlineData("änn", "pässwörd: €")]
    [InlineData(@"corp\ann", "")]
    public async Task A_credential_is_sent_at_once(string user, string password)
    {
        string? head = null;
        using var server = new ScriptedPeer(Serve);
        using var proxy = new ScriptedPeer(
            connection =>
            {
                head = connection.ReadHead();
                connection.Say(ProxyScripts.Established);
                connection.Relay(server.Port);
            },
            null);
        await using ApnsClient client = await Clients.ConnectAsync(Through(server, ApnsProxy.At(proxy.Address(), new NetworkCredential(user, password))));
        string expected = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        Assert.Contains($"\r\nProxy-Authorization: Basic {expected}\r\n", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Proxy-Authenticate: Basic realm=\"x\"\r\n", "Give them with -ProxyCredential.")]
    [InlineData("proxy-authenticate: Negotiate\r\nProxy-Authenticate: basic realm=x\r\n", "Give them with -ProxyCredential.")]
    [InlineData("", "Give them with -ProxyCredential.")]
    [InlineData("Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n", "not supported here: Negotiate, NTLM")]
    public async Task A_proxy_that_wants_a_credential_says_so(string header, string message)
    {
        ApnsException error = await FailAsync($"HTTP/1.1 407 Proxy Authentication Required\r\n{header}Content-Length: 5\r\n\r\nno!!!");
        Assert.Equal((ApnsErrorKind.ProxyAuthenticationFailed, true), (error.Kind, error.IsPermanent));
        Assert.Contains("'407 Proxy Authentication Required'", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_that_is_refused_is_named_without_its_password()
    {
        ApnsException error = await FailAsync("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n", new NetworkCredential("ann", Password));
        Assert.Equal(ApnsErrorKind.ProxyAuthenticationFailed, error.Kind);
        Assert.Contains("user name 'ann'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check -ProxyCredential.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden", "'403 Forbidden'", "2197")]
    [InlineData("HTTP/1.1 301 Moved Permanently\r\nLocation: http://elsewhere/", "'301 Moved Permanently'", "2197")]
    [InlineData("HTTP/1.1 502 Bad Gateway", "'502 Bad Gateway'", "resolve localhost and reach port 1.")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nproxy-status: corp; error=dns_error", "'502 Bad Gateway (corp; error=dns_error)'", "resolve localhost")]
    [InlineData("HTTP/1.0 503", "'503'", "resolve localhost")]
    [InlineData("HTTP/1.1 504 \u001b[31mred\u0007", "'504  [31mred'", "resolve localhost")]
    public async Task A_proxy_that_does_not_open_the_way_is_quoted(string answer, string quoted, string remedy)
    {
        ApnsException error = await FailAsync($"{answer}\r\n\r\n<html>a long page</html>");
        Assert.Equal((ApnsErrorKind.ProxyFailed, false), (error.Kind, error.IsPermanent));
        Assert.Contains(quoted, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("220 mail.example ESMTP\r\n", "does not answer as an HTTP proxy does: '220 mail.example ESMTP'")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", "does not answer as an HTTP proxy does: 'SSH-2.0-OpenSSH_9.6'")]
    [InlineData("HTTP/2 200\r\n\r\n", "does not answer as an HTTP proxy does")]
    [InlineData("HTTP/1.1\r\n\r\n", "does not answer as an HTTP proxy does")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n", "does not answer as an HTTP proxy does")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", "does not answer as an HTTP proxy does")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n", "does not answer as an HTTP proxy does")]
    [InlineData("\u0005\u0000", "does not answer as an HTTP proxy does")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nI am not the server", "sent something of its own: 'I am not the server'")]
    public async Task A_proxy_that_talks_nonsense_is_quoted(string answer, string message)
    {
        ApnsException error = await FailAsync(answer);
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_end_is_given_up()
    {
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.ReadHead();
                connection.Say("HTTP/1.1 200 OK\r\n");
                try
                {
                    for (int i = 0; i < 100_000; i++) connection.Say(string.Create(CultureInfo.InvariantCulture, $"X-{i}: and so on\r\n"));
                    Assert.Fail("the client takes any number of lines");
                }
                catch (System.IO.IOException)
                {
                    // It hung up.
                }
            },
            null);
        ApnsException error = await Clients.FailToConnectAsync(Through(null, ApnsProxy.At(proxy.Address())));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("16 KiB", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("HTT", false)]
    [InlineData("HTTP/1.1 200 OK\r\nVia: x\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nVia: x\r\n", true)]
    public async Task A_proxy_that_drops_the_connection_is_told_apart(string answer, bool reset)
    {
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.ReadHead();
                connection.Say(answer);
                if (reset) connection.Cut();
            },
            null);
        ApnsException error = await Clients.FailToConnectAsync(Through(null, ApnsProxy.At(proxy.Address())));
        Assert.Equal((ApnsErrorKind.ProxyFailed, false), (error.Kind, error.IsPermanent));
        Assert.Contains("broke off before it had opened the way to localhost:1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_opens_the_way_and_drops_it_leaves_a_failed_handshake()
    {
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.ReadHead();
                connection.Say(ProxyScripts.Established);
                connection.ReadBytes(1);
                connection.Cut();
            },
            null);
        ApnsException error = await Clients.FailToConnectAsync(Through(null, ApnsProxy.At(proxy.Address())));
        Assert.Equal(ApnsErrorKind.TlsFailed, error.Kind);
        Assert.Contains("firewall", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http", "")]
    [InlineData("http", "HTTP/1.1 200 OK\r\n")]
    [InlineData("https", "")]
    [InlineData("socks5", "")]
    public async Task A_silent_proxy_costs_the_time_to_connect_and_is_hung_up_on(string scheme, string answer)
    {
        var hungUp = new TaskCompletionSource();
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.Say(answer);
                connection.AwaitHangUp();
                hungUp.SetResult();
            },
            null);
        ApnsClientOptions options = Through(null, ApnsProxy.At(proxy.Address(scheme))) with { ConnectTimeout = TimeSpan.FromSeconds(1) };
        ApnsException error = await Clients.FailToConnectAsync(options);
        Assert.Equal(ApnsErrorKind.ConnectTimeout, error.Kind);
        await hungUp.Task.Soon();
    }

    [Fact]
    public async Task Waiting_for_a_proxy_can_be_given_up()
    {
        var hungUp = new TaskCompletionSource();
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.AwaitHangUp();
                hungUp.SetResult();
            },
            null);
        using var cancellation = new CancellationTokenSource();
        Task<ApnsClient> connecting = ApnsClient.ConnectAsync(Through(null, ApnsProxy.At(proxy.Address())), cancellation.Token);
        await Eventually.True(() => proxy.Accepted == 1, "a connection");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Soon());
        await hungUp.Task.Soon();
    }

    [Fact]
    public async Task A_proxy_that_is_out_of_reach_is_named()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        ApnsException error = await Clients.FailToConnectAsync(Through(null, ApnsProxy.At($"http://ann:{Password}@127.0.0.1:{port}")));
        Assert.Equal((ApnsErrorKind.ProxyFailed, false), (error.Kind, error.IsPermanent));
        Assert.StartsWith($"The proxy http://127.0.0.1:{port} is out of reach: No connection to 127.0.0.1:{port} (", error.Message, StringComparison.Ordinal);
        Assert.Contains("-NoProxy", error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);

        error = await Clients.FailToConnectAsync(Through(null, ApnsProxy.At("http://proxy.invalid:3128")));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("The proxy http://proxy.invalid:3128 is out of reach: The host name 'proxy.invalid' cannot be resolved", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_appears_nowhere_even_if_the_proxy_repeats_it()
    {
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann:{Password}"));
        foreach (string answer in new[]
        {
            $"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\nProxy-Authorization: Basic {basic}\r\n\r\n",
            $"HTTP/1.1 403 you sent {basic}, {Password}\r\n\r\n",
            $"HTTP/1.1 403 {new string('x', 170)}{basic}{Password}\r\n\r\n",
            $"HTTP/1.1 407 ann:{Password}?\r\nProxy-Authenticate: {basic}\r\n\r\n",
            $"HTTP/1.1 200 OK\r\n\r\n{Password} {basic}",
        })
        {
            ApnsException error = await FailAsync(answer, new NetworkCredential("ann", Password));
            Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(basic[..8], error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_https_proxy_has_to_be_trusted_before_it_is_told_anything()
    {
        var strangers = new TestCertificates("A strange proxy's root");
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.AwaitHangUp();
                Assert.Empty(connection.Peer.Frames);
            },
            new PeerTls { Certificate = strangers.Server, Protocols = null });
        ApnsException error = await Clients.FailToConnectAsync(Through(null, ApnsProxy.At(proxy.Address("https"), new NetworkCredential("ann", Password))));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains($"The certificate of the proxy {proxy.Address("https")}", error.Message, StringComparison.Ordinal);
        Assert.Contains("CN=A strange proxy's root", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_https_proxy_that_speaks_no_tls_is_told_apart()
    {
        using var proxy = new ScriptedPeer(connection => connection.Say("HTTP/1.1 400 Bad Request\r\n\r\n"), null);
        ApnsException error = await Clients.FailToConnectAsync(Through(null, ApnsProxy.At(proxy.Address("https"))));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains(proxy.Address("https"), error.Message, StringComparison.Ordinal);
    }

    /// <summary>A client that is to go through a proxy to a server, or to one that it will not come to.</summary>
    private static ApnsClientOptions Through(ScriptedPeer? server, ApnsProxy proxy) =>
        Clients.Options(server?.Endpoint ?? new ApnsEndpoint("localhost", 1)) with { Proxy = proxy };

    private static async Task<ApnsException> FailAsync(string answer, NetworkCredential? credential = null)
    {
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.ReadHead();
                connection.Say(answer);
                connection.AwaitHangUp();
            },
            null);
        return await Clients.FailToConnectAsync(Through(null, ApnsProxy.At(proxy.Address(), credential)));
    }

    private static void Serve(PeerConnection connection)
    {
        connection.Greet();
        connection.AnswerAll();
    }
}
