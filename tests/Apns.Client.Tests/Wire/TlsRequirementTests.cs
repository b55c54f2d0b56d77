using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>RFC 9113 sections 3.2 and 9.2: what TLS has to be like below HTTP/2.</summary>
public class TlsRequirementTests
{
    private const string NoSecondHandshake = "SslStream cannot ask for one here.";

    [Fact]
    public async Task A_client_offers_what_section_9_2_demands_and_nothing_that_it_forbids()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var endpoint = new ApnsEndpoint("localhost", ((IPEndPoint)listener.LocalEndPoint!).Port);
        Task<ApnsException> connecting = Clients.FailToConnectAsync(Clients.Options(endpoint, Samples.Key));
        ClientHello hello;
        using (Socket socket = await listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask().Soon()) hello = ClientHello.Read(socket);
        await connecting;

        Assert.All(hello.Versions, version => Assert.True(version >= 0x0303, $"version {version:x}"));
        Assert.Equal("localhost", hello.ServerName);
        Assert.Equal(["h2"], hello.Protocols);
        Assert.Equal([0], hello.CompressionMethods);
        Assert.False(hello.OffersPostHandshakeAuthentication);

        // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 with P-256.
        Assert.Contains((ushort)0xc02f, hello.CipherSuites);
        Assert.Contains((ushort)0x0017, hello.Groups);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_renegotiates_is_left(bool withCertificate)
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), NoSecondHandshake);
        using var peer = new ScriptedPeer(
            connection =>
            {
                connection.Greet();
                connection.AwaitRequests(1);
                if (connection.Number == 0) Assert.ThrowsAny<IOException>(() => AskForCertificate(connection));
                else connection.AnswerAll();
            },
            new PeerTls { Versions = SslProtocols.Tls12, Renegotiates = true });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint, withCertificate ? Samples.Certificate : Samples.Key));
        ApnsResult result = await client.SendAsync(1);
        Assert.Equal((ApnsOutcome.Delivered, 2, true), (result.Outcome, result.Attempts, result.PossibleDuplicate));
    }

    [Fact]
    public async Task With_tls_1_3_a_client_without_a_certificate_cannot_be_asked_for_one_later()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), NoSecondHandshake);
        using var peer = new ScriptedPeer(
            connection =>
            {
                connection.Greet();
                connection.AwaitRequests(1);
                Assert.ThrowsAny<Exception>(() => AskForCertificate(connection));
                connection.AnswerAll();
            },
            new PeerTls { Versions = SslProtocols.Tls13, Renegotiates = true });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint, Samples.Key));
        ApnsResult result = await client.SendAsync(1);
        Assert.Equal((ApnsOutcome.Delivered, 1), (result.Outcome, result.Attempts));
    }

#pragma warning disable CA1416 // Where it is not supported the tests are skipped.
    private static void AskForCertificate(PeerConnection connection) =>
        ((SslStream)connection.Stream).NegotiateClientCertificateAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
#pragma warning restore CA1416
}
