using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>All the ways in which connecting can fail, each told apart, with words that help.</summary>
public class ConnectTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(400);

    [Fact]
    public async Task A_client_certificate_is_presented()
    {
        // A server certificate of its own: TLS sessions begun with another peer, where none was asked for, must not be resumed.
        using X509Certificate2 fresh = TestCertificates.Shared.ForServer("localhost", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var presented = new TaskCompletionSource<string?>();
        using var peer = new ScriptedPeer(
            connection =>
            {
                presented.SetResult(((SslStream)connection.Stream).RemoteCertificate?.GetCertHashString());
                connection.Greet();
                connection.AnswerAll();
            },
            new PeerTls { AsksForCertificate = true, Certificate = fresh });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        Assert.Equal(Samples.Certificate.Certificate.Thumbprint, await presented.Task.Soon());
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Tls_1_2_and_1_3_will_do(SslProtocols version)
    {
        using var peer = new ScriptedPeer(
            connection =>
            {
                Assert.Equal(version, ((SslStream)connection.Stream).SslProtocol);
                connection.Greet();
                connection.AnswerAll();
            },
            new PeerTls { Versions = version });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    [Fact]
    public async Task Tls_1_1_will_not_do()
    {
#pragma warning disable SYSLIB0039, CA5397 // The test is that this old version is refused.
        using var peer = new ScriptedPeer(Never, new PeerTls { Versions = SslProtocols.Tls11 });
#pragma warning restore SYSLIB0039, CA5397
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(peer.Endpoint));
        Assert.Equal(ApnsErrorKind.TlsFailed, error.Kind);
    }

    [Fact]
    public async Task A_server_that_does_not_choose_h2_is_told_apart()
    {
        foreach (List<SslApplicationProtocol>? protocols in new[] { null, new List<SslApplicationProtocol> { SslApplicationProtocol.Http11 } })
        {
            using var peer = new ScriptedPeer(connection => connection.AwaitEnd(), new PeerTls { Protocols = protocols });
            ApnsException error = await Clients.FailToConnectAsync(Clients.Options(peer.Endpoint));
            if (protocols is null) Assert.Equal((ApnsErrorKind.Http2NotOffered, true), (error.Kind, error.IsPermanent));
            else Assert.True(error.Kind is ApnsErrorKind.Http2NotOffered or ApnsErrorKind.TlsFailed);
        }
    }

    [Fact]
    public async Task An_untrusted_root_is_named()
    {
        var strangers = new TestCertificates("A stranger's root");
        using var peer = new ScriptedPeer(Never, new PeerTls { Certificate = strangers.Server });
        ApnsException error = await AssertNotTrusted(Clients.Options(peer.Endpoint));
        Assert.Contains("CN=A stranger's root", error.Message, StringComparison.Ordinal);
        Assert.Contains("none of the given trusted roots", error.Message, StringComparison.Ordinal);

        error = await AssertNotTrusted(Clients.Options(peer.Endpoint) with { TrustedRoots = null });
        Assert.Contains("CN=A stranger's root", error.Message, StringComparison.Ordinal);
        Assert.Contains("-TrustedRoot", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_self_signed_certificate_is_not_trusted()
    {
        using X509Certificate2 own = TestCertificates.ForClient("CN=localhost");
        using X509Certificate2 usable = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        using var peer = new ScriptedPeer(Never, new PeerTls { Certificate = usable });
        await AssertNotTrusted(Clients.Options(peer.Endpoint));
    }

    [Fact]
    public async Task A_self_signed_certificate_that_is_named_as_a_root_is_trusted()
    {
        using X509Certificate2 own = TestCertificates.ForClient("CN=localhost");
        using X509Certificate2 usable = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        using var peer = new ScriptedPeer(
            connection =>
            {
                connection.Greet();
                connection.AnswerAll();
            },
            new PeerTls { Certificate = usable });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { TrustedRoots = [own] });
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    [Fact]
    public async Task Nobody_is_asked_whether_a_certificate_was_revoked()
    {
        using var lists = new TcpListener(IPAddress.Loopback, 0);
        lists.Start();
        using X509Certificate2 certificate = TestCertificates.Shared.ForServer(
            "localhost", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), new Uri($"http://{lists.LocalEndpoint}/list.crl"));
        using var peer = new ScriptedPeer(
            connection =>
            {
                connection.Greet();
                connection.AnswerAll();
            },
            new PeerTls { Certificate = certificate });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
        Assert.False(lists.Pending());
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_named()
    {
        using X509Certificate2 other = TestCertificates.Shared.ForServer("api.push.example", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var peer = new ScriptedPeer(Never, new PeerTls { Certificate = other });
        ApnsException error = await AssertNotTrusted(Clients.Options(peer.Endpoint));
        Assert.Contains("CN=api.push.example", error.Message, StringComparison.Ordinal);
        Assert.Contains("'localhost'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-10, -5)]
    [InlineData(5, 10)]
    public async Task A_certificate_out_of_date_is_told_apart(int fromDays, int untilDays)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 old = TestCertificates.Shared.ForServer("localhost", now.AddDays(fromDays), now.AddDays(untilDays));
        using var peer = new ScriptedPeer(Never, new PeerTls { Certificate = old });
        ApnsException error = await AssertNotTrusted(Clients.Options(peer.Endpoint));
        Assert.Contains($"out of date: it is valid from {old.NotBefore.ToUniversalTime():u} until {old.NotAfter.ToUniversalTime():u}", error.Message, StringComparison.Ordinal);
        Assert.Contains("The clock of this machine says ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check the clock", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_is_told_at_once()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        // Bound, so that nobody else gets it, and not listening.
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(new ApnsEndpoint("127.0.0.1", port)));
        Assert.Equal((ApnsErrorKind.ConnectFailed, false), (error.Kind, error.IsPermanent));
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_told_apart()
    {
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(new ApnsEndpoint("no host has blanks", 443)));
        Assert.Equal(ApnsErrorKind.HostNotFound, error.Kind);
        Assert.Contains("'no host has blanks'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_up_during_the_handshake_is_told_apart()
    {
        using var peer = new ScriptedPeer(connection => connection.Cut(), null);
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(peer.Endpoint));
        Assert.Equal(ApnsErrorKind.TlsFailed, error.Kind);
        Assert.Contains("handshake", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_speaks_no_tls_is_told_apart()
    {
        using var peer = new ScriptedPeer(
            connection =>
            {
                connection.Stream.Write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nplain text"u8);
                connection.Stream.ReadByte();
            },
            null);
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(peer.Endpoint));
        Assert.Equal(ApnsErrorKind.TlsFailed, error.Kind);
    }

    [Fact]
    public async Task A_server_that_hangs_up_before_its_settings_has_no_client()
    {
        using var peer = new ScriptedPeer(connection => connection.Await(raw => raw.Frames.Count > 0, "settings"));
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(peer.Endpoint));
        Assert.Equal(ApnsErrorKind.ConnectionLost, error.Kind);
    }

    [Fact]
    public async Task A_server_that_speaks_something_else_after_tls_is_told_apart()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Stream.Write("220 mail.example ESMTP\r\n"u8);
            connection.AwaitEnd();
        });
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(peer.Endpoint));
        Assert.Equal(ApnsErrorKind.ConnectionLost, error.Kind);
        Assert.Contains("broke the HTTP/2 protocol", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goaway_says_at_the_start_is_the_reason()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Peer.Settings();
            connection.Peer.GoAway(0, debugData: """{"reason":"BadCertificate"}""");
            connection.Send();
            connection.AwaitEnd();
        });
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(peer.Endpoint));
        Assert.Equal((ApnsErrorKind.Refused, "BadCertificate"), (error.Kind, error.Reason));
    }

    [Theory]
    [InlineData("a server that accepts and says nothing")]
    [InlineData("a server that does TLS and sends no settings")]
    [InlineData("a server that never accepts")]
    public async Task Connecting_has_an_end(string server)
    {
        Assert.NotNull(server);
        using var over = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection => over.Wait(Eventually.Patience), server.Contains("TLS", StringComparison.Ordinal) ? new PeerTls() : null);
        using var full = new FullListener();
        ApnsEndpoint endpoint = server.Contains("never", StringComparison.Ordinal) ? new ApnsEndpoint("127.0.0.1", full.Port) : peer.Endpoint;
        ApnsException error = await Clients.FailToConnectAsync(Clients.Options(endpoint) with { ConnectTimeout = Short });
        over.Set();

        Assert.Equal((ApnsErrorKind.ConnectTimeout, false), (error.Kind, error.IsPermanent));
        Assert.Contains("0.4 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connecting_can_be_given_up()
    {
        using var over = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection => over.Wait(Eventually.Patience), null);
        using var cancellation = new CancellationTokenSource();
        Task<ApnsClient> connecting = ApnsClient.ConnectAsync(Clients.Options(peer.Endpoint), cancellation.Token);
        await Eventually.True(() => peer.Accepted == 1, "a connection");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Soon());
        over.Set();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_connection_of_several_is_enough_to_begin_and_the_others_do_not_hold_up_the_end(bool handshake)
    {
        using var over = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(
            connection =>
            {
                if (connection.Number != 1)
                {
                    over.Wait(Eventually.Patience);
                    return;
                }

                connection.Greet();
                connection.AnswerAll();
            },
            new PeerTls { SilentOn = handshake ? [] : [0, 2] });
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Connections = 3 });
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);

        await client.CloseAsync(TimeSpan.FromHours(1)).Soon();
        over.Set();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        ApnsClientOptions options = Clients.Options(new ApnsEndpoint("localhost", 1));
        await Assert.ThrowsAsync<ArgumentNullException>(() => ApnsClient.ConnectAsync(null!, TestContext.Current.CancellationToken));
        foreach (ApnsClientOptions wrong in new[] { options with { Connections = 0 }, options with { Connections = 257 }, options with { Timeout = TimeSpan.Zero }, options with { Timeout = Timeout.InfiniteTimeSpan } })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Clients.ConnectAsync(wrong));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(70_000)]
    public async Task A_port_out_of_range_is_refused_before_anything_is_connected(int port)
    {
        var wrong = new ApnsEndpoint("localhost", port);
        ApnsClientOptions[] options =
        [
            Clients.Options(wrong),
            Clients.Options(wrong) with { Proxy = ApnsProxy.At("socks5://localhost:1") },
            Clients.Options(new ApnsEndpoint("localhost", 1)) with { ManagementEndpoint = wrong },
        ];
        foreach (ApnsClientOptions one in options)
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Clients.ConnectAsync(one));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ApnsClient.TestAsync(one, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_host_without_a_name_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Clients.ConnectAsync(Clients.Options(new ApnsEndpoint(" ", 443))));

    /// <summary>With TLS 1.3 a server may think that all is well, until the client hangs up without a word of HTTP/2.</summary>
    private static void Never(PeerConnection connection)
    {
        connection.AwaitEnd();
        Assert.Empty(connection.Peer.Frames);
    }

    private static async Task<ApnsException> AssertNotTrusted(ApnsClientOptions options)
    {
        ApnsException error = await Clients.FailToConnectAsync(options);
        Assert.Equal((ApnsErrorKind.ServerNotTrusted, true), (error.Kind, error.IsPermanent));
        return error;
    }

    /// <summary>A port whose queue of callers is full, so that TCP itself gets no answer.</summary>
    private sealed class FullListener : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _callers = [];

        public FullListener()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(1);
            for (int i = 0; i < 20; i++)
            {
                var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                try
                {
                    caller.Connect(_listener.LocalEndPoint!);
                }
                catch (SocketException)
                {
                    // It waits for its place, as it should.
                }

                _callers.Add(caller);
            }
        }

        public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

        public void Dispose()
        {
            foreach (Socket caller in _callers) caller.Dispose();
            _listener.Dispose();
        }
    }
}
