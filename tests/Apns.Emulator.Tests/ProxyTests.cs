using System;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>The HTTP proxy in front of the emulator.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly ApnsEmulator _emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { WithProxy = true });

    public void Dispose() => _emulator.Dispose();

    [Fact]
    public void There_is_one_only_where_it_is_asked_for()
    {
        using ApnsEmulator without = ApnsEmulator.Start();
        Assert.Null(without.Proxy);
        using ApnsEmulator struck = ApnsEmulator.Start(new ApnsEmulatorOptions { Faults = [EmulatorFault.Parse("CutTunnel")] });
        Assert.NotNull(struck.Proxy);
        Assert.Equal($"http://localhost:{_emulator.Proxy!.Port}/", _emulator.Proxy.ToString());
        Assert.NotEqual(struck.Proxy.Port, _emulator.Proxy.Port);
    }

    [Fact]
    public async Task Tunnels_lead_to_both_ports()
    {
        using SocketsHttpHandler handler = Stranger.Handler(_emulator);
        handler.UseProxy = true;
        handler.Proxy = new WebProxy(_emulator.Proxy);
        using var client = new HttpMessageInvoker(handler);
        foreach ((int port, Push push) in new[] { (_emulator.Port, Push.With()), (_emulator.ManagementPort, Push.Manage("GET", $":path: /1/apps/{Push.Topic}/all-channels")) })
        {
            using HttpRequestMessage message = Stranger.Message($"https://127.0.0.1:{port}", push.Authorized(Jwt.Good(_emulator)));
            using HttpResponseMessage response = await client.SendAsync(message, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(2, _emulator.Connections);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("LOCALHOST")]
    public void A_tunnel_is_opened_to_any_name_of_the_emulator(string host) =>
        Assert.Equal("HTTP/1.1 200 OK\r\n\r\n", Ask($"CONNECT {host}:{_emulator.Port} HTTP/1.1\r\nHost: x\r\n\r\n", open: true));

    [Theory]
    [InlineData("CONNECT localhost:1 HTTP/1.1", "403 Forbidden")]
    [InlineData("CONNECT api.push.apple.com:443 HTTP/1.1", "403 Forbidden")]
    [InlineData("CONNECT apns.invalid:{port} HTTP/1.1", "403 Forbidden")]
    [InlineData("CONNECT 192.0.2.1:{port} HTTP/1.1", "403 Forbidden")]
    [InlineData("CONNECT :{port} HTTP/1.1", "403 Forbidden")]
    [InlineData("CONNECT a/b:{port} HTTP/1.1", "403 Forbidden")]
    [InlineData("CONNECT localhost HTTP/1.1", "400 Bad Request")]
    [InlineData("CONNECT localhost:port HTTP/1.1", "400 Bad Request")]
    [InlineData("CONNECT localhost:-1 HTTP/1.1", "400 Bad Request")]
    [InlineData("CONNECT localhost:{port}", "400 Bad Request")]
    [InlineData("CONNECT localhost:{port} HTTP/2", "400 Bad Request")]
    [InlineData("", "400 Bad Request")]
    [InlineData("GET http://localhost:{port}/ HTTP/1.1", "405 Method Not Allowed\r\nAllow: CONNECT")]
    public void Whatever_else_is_asked_is_refused(string line, string answer)
    {
        string head = line.Replace("{port}", $"{_emulator.Port}", StringComparison.Ordinal);
        Assert.Equal($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", Ask($"{head}\r\nHost: x\r\n\r\n"));
    }

    [Theory]
    [InlineData(8 * 1024, "200")]
    [InlineData((8 * 1024) + 1, "431")]
    [InlineData(1_000_000, "431")]
    public void A_head_of_8_KiB_is_enough(int length, string status)
    {
        string line = $"CONNECT localhost:{_emulator.Port} HTTP/1.1\r\nX: ";
        Assert.StartsWith($"HTTP/1.1 {status} ", Ask(line + new string('x', length - line.Length - 4) + "\r\n\r\n", open: status == "200"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_sent_behind_the_head_goes_into_the_tunnel()
    {
        // No TLS: the emulator hangs up, and so does the proxy then.
        using Socket socket = Connect();
        socket.Send(Encoding.ASCII.GetBytes($"CONNECT localhost:{_emulator.Port} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n\r\n", ReadToEnd(socket), StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_that_take_their_time_hold_nobody_up()
    {
        using Socket slow = Connect();
        string head = $"CONNECT localhost:{_emulator.Port} HTTP/1.1\r\n\r\n";
        foreach (char one in head[..^1]) slow.Send([(byte)one]);
        using Socket silent = Connect();
        Assert.StartsWith("HTTP/1.1 200", Ask(head, open: true), StringComparison.Ordinal);
        slow.Send("\n"u8);
        Assert.StartsWith("HTTP/1.1 200", ReadHead(slow), StringComparison.Ordinal);
    }

    [Fact]
    public void The_goodbye_comes_through_a_tunnel_and_then_the_end()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using RawClient client = RawClient.Greet(_emulator, certificate, throughProxy: true);
        Assert.Equal(200, client.Exchange(1, Push.With()).Reply.Status);
        using Socket silent = Connect();
        _emulator.Dispose();
        client.ReadUntil(frame => frame.Header.Type == FrameType.GoAway);
        Assert.Null(client.Read());
        Assert.Equal("", ReadToEnd(silent));
        Assert.Throws<SocketException>(Connect);
    }

    [Fact]
    public void Clients_that_close_are_forgotten()
    {
        RawClient.Greet(_emulator, throughProxy: true).Dispose();
        Assert.True(SpinWait.SpinUntil(() => _emulator.Connections == 0, TimeSpan.FromSeconds(30)));
    }

    /// <summary>What the proxy answers: its head, with an open tunnel, or else all until it hangs up.</summary>
    private string Ask(string request, bool open = false)
    {
        using Socket socket = Connect();
        socket.Send(Encoding.ASCII.GetBytes(request));
        return open ? ReadHead(socket) : ReadToEnd(socket);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
        socket.Connect(IPAddress.Loopback, _emulator.Proxy!.Port);
        return socket;
    }

    private static string ReadHead(Socket socket)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && socket.Receive(one) > 0) head.Append((char)one[0]);
        return head.ToString();
    }

    private static string ReadToEnd(Socket socket)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[1024];
        try
        {
            while (socket.Receive(buffer) is > 0 and int count) text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The end as well.
        }

        return text.ToString();
    }
}
