using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Starting, stopping, and clients that misbehave.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public void Starts_on_a_free_port_of_loopback()
    {
        using ApnsEmulator first = ApnsEmulator.Start();
        using ApnsEmulator second = ApnsEmulator.Start(new ApnsEmulatorOptions { Port = 0 });

        int[] ports = [first.Port, first.ManagementPort, second.Port, second.ManagementPort];
        Assert.All(ports, port => Assert.InRange(port, 1, 65535));
        Assert.Equal(4, ports.Distinct().Count());
        Assert.Equal((false, 0, 0L, 0L), (first.IsStopped, first.Connections, first.Accepted, first.Rejected));
        Assert.NotEqual(first.RootCertificate.Thumbprint, second.RootCertificate.Thumbprint);
        Assert.NotEqual(first.ExportSigningKey(), second.ExportSigningKey());
        Assert.False(first.RootCertificate.HasPrivateKey);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", first.ExportSigningKey(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_and_a_free_one_is_taken()
    {
        ApnsEmulator first = ApnsEmulator.Start();
        var options = new ApnsEmulatorOptions { Port = first.Port };
        EmulatorPortException error = Assert.Throws<EmulatorPortException>(() => ApnsEmulator.Start(options));
        Assert.Equal(first.Port, error.Port);
        Assert.Contains($"127.0.0.1:{first.Port}", error.Message, StringComparison.Ordinal);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
        using (Stranger client = Stranger.WithToken(first)) Assert.Equal(200, (await client.SendAsync()).Status);
        first.Dispose();

        using ApnsEmulator second = ApnsEmulator.Start(options);
        Assert.Equal(first.Port, second.Port);
        using Stranger other = Stranger.WithToken(second);
        Assert.Equal(200, (await other.SendAsync()).Status);
    }

    [Fact]
    public async Task Without_its_management_port_an_emulator_does_not_take_the_other()
    {
        using ApnsEmulator first = ApnsEmulator.Start();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int free = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        EmulatorPortException error = Assert.Throws<EmulatorPortException>(
            () => ApnsEmulator.Start(new ApnsEmulatorOptions { Port = free, ManagementPort = first.ManagementPort }));
        Assert.Equal(first.ManagementPort, error.Port);
        Assert.Equal(free, Assert.Throws<EmulatorPortException>(() => ApnsEmulator.Start(new ApnsEmulatorOptions { Port = free, ManagementPort = free })).Port);

        using ApnsEmulator second = ApnsEmulator.Start(new ApnsEmulatorOptions { Port = free });
        using Stranger client = Stranger.WithToken(second);
        Assert.Equal(200, (await client.SendAsync()).Status);
    }

    [Theory]
    [InlineData("NoSuchReason")]
    [InlineData("baddevicetoken")]
    [InlineData("")]
    [InlineData("200")]
    [InlineData("399 Low")]
    [InlineData("600 High")]
    [InlineData("-400 Low")]
    [InlineData("4xx Any")]
    [InlineData(" 400 Spaced")]
    public void A_reason_that_APNs_does_not_have_is_an_error(string reason)
    {
        ApnsEmulatorOptions[] wrong =
        [
            new() { Reasons = new Dictionary<string, string> { [Push.Token] = reason } },
            new() { ReasonSequences = new Dictionary<string, IReadOnlyList<string>> { [Push.Token] = ["BadTopic", reason] } },
        ];
        Assert.All(wrong, options =>
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => ApnsEmulator.Start(options));
            Assert.Contains($"'{reason}'", error.Message, StringComparison.Ordinal);
            Assert.Contains("'418 SomethingNew'", error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Options_that_make_no_sense_are_an_error()
    {
        ApnsEmulatorOptions[] wrong =
        [
            new() { Keep = -1 },
            new() { Latency = TimeSpan.FromMilliseconds(-1) },
            new() { Latency = TimeSpan.FromDays(30) },
            new() { MaxConcurrentStreams = -1 },
            new() { ConnectionWindowSize = 65_534 },
            new() { ConnectionWindowSize = 0 },
            new() { Port = -1 },
            new() { Port = 65536 },
            new() { ManagementPort = -1 },
            new() { ManagementPort = 65536 },
            new() { MaxChannels = -1 },
            new() { RetryAfter = TimeSpan.FromSeconds(-1) },
            new() { RetryAfter = TimeSpan.FromDays(30) },
            new() { ProviderTokenLifetime = TimeSpan.FromMilliseconds(1999) },
            new() { ProviderTokenLifetime = TimeSpan.FromMinutes(61) },
            new() { ClockOffset = TimeSpan.FromDays(400) },
            new() { ClockOffset = TimeSpan.FromDays(-400) },
        ];
        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(() => ApnsEmulator.Start(options)));
    }

    [Fact]
    public void Stopping_says_goodbye_on_every_connection()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient busy = RawClient.Greet(emulator, certificate);
        using RawClient idle = RawClient.Greet(emulator);
        Assert.Equal(200, busy.Exchange(1, Push.With()).Reply.Status);
        busy.Headers(3, Push.With());
        busy.Ping(1);
        busy.Flush();
        busy.ReadUntil(frame => frame.Header.Type == FrameType.Ping);
        Assert.Equal(2, emulator.Connections);

        emulator.Dispose();

        foreach ((RawClient client, int lastStream) in new[] { (busy, 3), (idle, 0) })
        {
            ReceivedFrame goodbye = client.ReadUntil(frame => frame.Header.Type == FrameType.GoAway);
            Assert.Equal(Http2ErrorCode.NoError, goodbye.ErrorCode);
            Assert.Equal(lastStream, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(goodbye.Payload));
            Assert.Equal("""{"reason":"Shutdown"}""", Encoding.UTF8.GetString(goodbye.Payload, 8, goodbye.Payload.Length - 8));
            Assert.Null(client.Read());
        }

        Assert.True(SpinWait.SpinUntil(() => emulator.Connections == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void A_client_that_does_not_read_cannot_hold_up_the_end()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 0 });
        using RawClient client = RawClient.Greet(emulator, certificate, impatient: true);

        // When nothing can be sent any more, the emulator is stuck with its answers and does not read either.
        IOException error = Assert.Throws<IOException>(Flood);
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
        Assert.Equal(1, emulator.Connections);
        emulator.Dispose();
        Assert.True(SpinWait.SpinUntil(() => emulator.Connections == 0, TimeSpan.FromSeconds(30)));

        void Flood()
        {
            Push push = Push.With();
            for (int id = 1; ; id += 2)
            {
                client.Request(id, push);
                if (id % 1000 == 1) client.Flush();
            }
        }
    }

    [Fact]
    public async Task A_stopped_emulator_is_not_there_any_more()
    {
        ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger client = Stranger.WithToken(emulator);
        await client.SendAsync();
        emulator.Dispose();
        emulator.Dispose();

        Assert.True(emulator.IsStopped);
        Assert.Single(emulator.GetReceived());
        Assert.Equal(1, emulator.Accepted);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => socket.Connect(new IPEndPoint(IPAddress.Loopback, emulator.Port)));
    }

    [Fact]
    public async Task It_can_be_stopped_while_clients_connect_and_send()
    {
        for (int round = 0; round < 15; round++)
        {
            ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = TimeSpan.FromMilliseconds(round % 2) });
            string authorization = Jwt.Good(emulator);

            // A client that was served keeps on sending; the others come as the emulator goes.
            using var client = new Stranger(emulator, authorization);
            Assert.Equal(200, (await client.SendAsync()).Status);
            Task[] senders = [.. Enumerable.Range(0, 4).Select(number => Task.Run(() => SendUntilItFails(emulator, number < 2 ? client : null, authorization)))];
            if (round % 3 > 0) Assert.True(SpinWait.SpinUntil(() => emulator.Accepted >= round, TimeSpan.FromSeconds(30)));
            emulator.Dispose();
            await Task.WhenAll(senders);
        }
    }

    [Fact]
    public async Task Clients_that_close_are_forgotten()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using (RawClient client = RawClient.Greet(emulator)) Assert.Equal(1, emulator.Connections);
        using (Stranger client = Stranger.WithToken(emulator)) Assert.Equal(200, (await client.SendAsync()).Status);

        Assert.True(SpinWait.SpinUntil(() => emulator.Connections == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_client_that_does_not_trust_the_root_gets_no_connection()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using (var distrustful = new HttpMessageInvoker(Stranger.Handler(emulator, trusting: false)))
        using (HttpRequestMessage message = Stranger.Message($"https://localhost:{emulator.Port}", Push.With()))
        {
            HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => distrustful.SendAsync(message, TestContext.Current.CancellationToken));
            Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        }

        await AssertServes(emulator);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task The_certificate_is_good_for_each_name_of_loopback(string host)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var client = new HttpMessageInvoker(Stranger.Handler(emulator));
        using HttpRequestMessage message = Stranger.Message($"https://{host}:{emulator.Port}", Push.With().Authorized(Jwt.Good(emulator)));
        using HttpResponseMessage response = await client.SendAsync(message, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Both_current_versions_of_TLS_serve_and_ALPN_may_be_left_out(SslProtocols version)
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Connect(emulator, certificate, tls: options =>
        {
            options.EnabledSslProtocols = version;
            options.ApplicationProtocols = null;
        });

        Assert.Equal(version, client.TlsVersion);
        Assert.Equal(1000u, client.ReadSettings()[Http2SettingId.MaxConcurrentStreams]);
        Assert.Equal(200, client.Exchange(1, Push.With()).Reply.Status);
    }

    [Fact]
    public async Task Tls_1_1_is_refused()
    {
        // By hand, since a client's own library would not offer it: version 1.1, ECDHE_ECDSA with AES in CBC mode, P-256.
        byte[] hello = Convert.FromHexString(
            "160302003F0100003B0302" + new string('A', 64) + "000004C009C00A0100000E000A000400020017000B00020100");
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, emulator.Port), TestContext.Current.CancellationToken);
        await socket.SendAsync(hello, TestContext.Current.CancellationToken);
        using var stream = new NetworkStream(socket);
        byte[] alert = new byte[7];
        await stream.ReadExactlyAsync(alert, TestContext.Current.CancellationToken);

        // An alert record: fatal, protocol_version.
        Assert.Equal((21, 2, 70), (alert[0], alert[5], alert[6]));
    }

    [Fact]
    public async Task A_client_that_speaks_no_HTTP2_gets_no_connection()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        Assert.ThrowsAny<Exception>(() => RawClient.Connect(emulator, tls: options => options.ApplicationProtocols = [SslApplicationProtocol.Http11]));
        await AssertServes(emulator);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("")]
    public async Task A_client_without_TLS_disturbs_nobody(string text)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, emulator.Port), TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        socket.Shutdown(SocketShutdown.Send);
        await AssertServes(emulator);

        byte[] buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset instead of closed: it is gone, too.
        }
    }

    [Fact]
    public async Task A_protocol_error_ends_its_connection_with_GOAWAY_and_no_other()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator);
        client.Frame(FrameType.Data, FrameFlags.EndStream, 0, "x"u8);
        client.Flush();

        Assert.Equal(Http2ErrorCode.ProtocolError, client.ReadUntil(frame => frame.Header.Type == FrameType.GoAway).ErrorCode);
        Assert.Null(client.Read());
        await AssertServes(emulator);
    }

    [Fact]
    public void A_refusal_that_waits_for_window_and_is_reset_leaves_no_trace()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using RawClient client = RawClient.Greet(emulator, certificate, new Http2Settings { InitialWindowSize = 0 });
        client.Request(1, Push.With("body: 0"));
        client.Flush();
        Assert.Equal(FrameType.Headers, client.ReadUntil(frame => frame.Header.StreamId == 1).Header.Type);
        client.Reset(1);

        // Two requests that come interleaved are still two.
        client.Headers(3, Push.To(Push.NumberedToken(3), "apns-collapse-id: three"));
        client.Headers(5, Push.To(Push.NumberedToken(5), "apns-collapse-id: five"));
        client.Data(3, "{\"n\":3}"u8);
        client.Data(5, "{\"n\":5}"u8);
        client.Flush();

        Assert.Equal(200, client.ReadReply(3).Reply.Status);
        Assert.Equal(200, client.ReadReply(5).Reply.Status);
        Assert.Equal(
            [("", null), ("{\"n\":3}", "three"), ("{\"n\":5}", "five")],
            emulator.GetReceived().Select(received => (received.Payload, received.CollapseId)));
    }

    private static async Task AssertServes(ApnsEmulator emulator)
    {
        using Stranger client = Stranger.WithToken(emulator);
        Assert.Equal(200, (await client.SendAsync()).Status);
    }

    private static async Task SendUntilItFails(ApnsEmulator emulator, Stranger? client, string authorization)
    {
        try
        {
            while (!emulator.IsStopped)
            {
                using Stranger? own = client is null ? new Stranger(emulator, authorization) : null;
                Reply reply = await (client ?? own!).SendAsync();
                Assert.Equal(200, reply.Status);
            }
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or System.Security.Cryptography.CryptographicException)
        {
            // It is gone; the certificate to trust with it.
        }
    }
}
