using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>ApnsClient.TestAsync against servers that work, and against ones that fail at each of the steps.</summary>
public class ConnectionTestTests
{
    [Fact]
    public async Task Against_an_emulator_every_step_succeeds()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        ApnsConnectionTest test = await TestAsync(Clients.Options(emulator));
        AssertAllWell(test);
        Assert.Equal($"localhost:{emulator.Port}", test.Endpoint);
        Assert.Equal("key EMULATOR01 of team TEAM000001", test.Credential);
        Assert.Null(test.Proxy);
        Assert.Contains("localhost: ", Row(test, ApnsTestStep.Dns).Detail, StringComparison.Ordinal);
        Assert.Equal($"Connected to 127.0.0.1:{emulator.Port}.", Row(test, ApnsTestStep.Tcp).Detail);
        Assert.StartsWith("TLS 1.3, TLS_", Row(test, ApnsTestStep.Tls).Detail, StringComparison.Ordinal);
        Assert.Contains("root 'CN=Apns emulator root'", Row(test, ApnsTestStep.Tls).Detail, StringComparison.Ordinal);
        Assert.Equal("h2", Row(test, ApnsTestStep.Alpn).Detail);
        Assert.StartsWith("Streams at a time: 1. Window of the connection: ", Row(test, ApnsTestStep.Settings).Detail, StringComparison.Ordinal);
        Assert.StartsWith("Round trip: ", Row(test, ApnsTestStep.Ping).Detail, StringComparison.Ordinal);
        Assert.StartsWith("Accepted.", Row(test, ApnsTestStep.Credential).Detail, StringComparison.Ordinal);

        ReceivedNotification received = Assert.Single(emulator.GetReceived());
        Assert.Equal((new string('0', 64), "background", Samples.Topic), (received.Token, received.PushType, received.Topic));
        await Eventually.True(() => emulator.Connections == 0, "the test's connection is closed");
    }

    [Theory]
    [InlineData("com.example.app.voip", "voip")]
    [InlineData("com.apple.mgmt.External.7aee8f34-01a9-4d92-9c5a-5b4ac9f1f5f3", "mdm")]
    public async Task A_certificate_for_calls_or_for_devices_that_are_managed_is_a_good_one(string topic, string type)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        X509Extension[] topics = type == "voip" ? [PushCertificates.Topics((topic, "voip"))] : [];
        using X509Certificate2 certificate = PushCertificates.Create(topic, [PushCertificates.Production, .. topics]);
        ApnsConnectionTest test = await TestAsync(Clients.Options(emulator) with { Credential = new ApnsCertificateCredential(certificate), Topic = null });
        AssertAllWell(test);
        ReceivedNotification received = Assert.Single(emulator.GetReceived());
        Assert.Equal((type, topic), (received.PushType, received.Topic));
        Assert.Empty(received.PayloadProblems);
    }

    [Fact]
    public async Task Against_Kestrel_every_step_succeeds_and_the_clock_is_compared()
    {
        // It is this machine's own clock that its date header tells.
        await using KestrelServer server = await KestrelServer.StartAsync(static (_, _) => Task.CompletedTask);
        ApnsConnectionTest test = await TestAsync(Clients.Options(server.Endpoint));
        AssertAllWell(test);
        Assert.Contains("that of the server ", Row(test, ApnsTestStep.Clock).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_device_token_means_that_the_credential_is_good_and_the_client_says_goodbye()
    {
        bool goodbye = false;
        using var server = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.Peer.Reject(connection.AwaitRequests(1), 400, "BadDeviceToken");
            connection.Send();
            connection.AwaitEnd();
            goodbye = connection.SawGoAway;
        });
        ApnsConnectionTest test = await TestAsync(Clients.Options(server.Endpoint, Samples.Key));
        AssertAllWell(test);
        Assert.Contains("400 BadDeviceToken", Row(test, ApnsTestStep.Credential).Detail, StringComparison.Ordinal);
        await Eventually.True(() => Volatile.Read(ref goodbye), "the client says goodbye");
    }

    [Fact]
    public async Task A_wrong_key_is_refused_with_a_remedy()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var wrong = new ApnsKeyCredential(key.ExportPkcs8PrivateKeyPem(), ApnsEmulator.KeyId, ApnsEmulator.TeamId);
        ApnsConnectionTest test = await TestAsync(Clients.Options(emulator) with { Credential = wrong });
        AssertFailedAt(test, ApnsTestStep.Credential, "Refused: 403 InvalidProviderToken.", "-KeyId");

        // The clock may be why: it is looked at all the same.
        Assert.True(Row(test, ApnsTestStep.Clock).Succeeded);
        Assert.Contains("the token was issued at", Row(test, ApnsTestStep.Credential).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_a_step_that_failed()
    {
        using var server = new ScriptedPeer(connection =>
        {
            connection.Greet();
            PeerRequest request = connection.AwaitRequests(1);
            string date = DateTimeOffset.UtcNow.AddHours(-3).ToString("r", CultureInfo.InvariantCulture);
            connection.Peer.Answer(request.StreamId, 403, """{"reason":"ExpiredProviderToken"}""", ("date", date));
            connection.Send();
            connection.AwaitEnd();
        });
        ApnsConnectionTest test = await TestAsync(Clients.Options(server.Endpoint, Samples.Key));
        Assert.Equal((false, false), (Row(test, ApnsTestStep.Credential).Succeeded, Row(test, ApnsTestStep.Clock).Succeeded));
        Assert.Contains(" ahead. Set it right.", Row(test, ApnsTestStep.Credential).Remedy, StringComparison.Ordinal);
        Assert.Contains("Set the clock", Row(test, ApnsTestStep.Clock).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_does_not_exist_fails_at_the_first_step() => AssertFailedAt(
        await TestAsync(Clients.Options(new ApnsEndpoint("nowhere.invalid", 443))), ApnsTestStep.Dns, "'nowhere.invalid' cannot be resolved", "DNS");

    [Fact]
    public async Task A_closed_port_fails_at_tcp()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)bound.LocalEndPoint!).Port;
        AssertFailedAt(await TestAsync(Clients.Options(new ApnsEndpoint("127.0.0.1", port))), ApnsTestStep.Tcp, $"No connection to 127.0.0.1:{port}", "Check host, port and firewall");
    }

    [Fact]
    public async Task An_untrusted_root_fails_at_tls()
    {
        using var server = new ScriptedPeer(connection => connection.AwaitEnd(), new PeerTls { Certificate = new TestCertificates("A stranger's root").Server });
        AssertFailedAt(await TestAsync(Clients.Options(server.Endpoint)), ApnsTestStep.Tls, "leads to 'CN=A stranger's root'", "intercepts TLS");
    }

    [Fact]
    public async Task A_server_of_clear_text_fails_at_tls()
    {
        using var server = new ScriptedPeer(
            connection =>
            {
                connection.Say("HTTP/1.1 400 Bad Request\r\n\r\n");
                connection.AwaitHangUp();
            },
            null);
        AssertFailedAt(await TestAsync(Clients.Options(server.Endpoint)), ApnsTestStep.Tls, "TLS with localhost", null);
    }

    [Fact]
    public async Task A_server_that_speaks_only_HTTP_1_fails_at_alpn()
    {
        using var server = new ScriptedPeer(connection => connection.AwaitEnd(), new PeerTls { Protocols = null });
        AssertFailedAt(await TestAsync(Clients.Options(server.Endpoint)), ApnsTestStep.Alpn, "does not speak HTTP/2", "Is it APNs");
    }

    [Fact]
    public async Task A_server_that_speaks_something_else_fails_at_settings()
    {
        using var server = new ScriptedPeer(connection =>
        {
            connection.Say("220 mail.example ESMTP\r\n");
            connection.AwaitEnd();
        });
        AssertFailedAt(await TestAsync(Clients.Options(server.Endpoint)), ApnsTestStep.Settings, "broke the HTTP/2 protocol", null);
    }

    [Fact]
    public async Task A_server_that_hangs_up_fails_at_the_step_under_way()
    {
        using var server = new ScriptedPeer(connection => connection.Await(peer => peer.Frames.Count > 0, "settings"));
        AssertFailedAt(await TestAsync(Clients.Options(server.Endpoint)), ApnsTestStep.Settings, "The server closed the connection.", null);

        using var later = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.AwaitRequests(1);
        });
        AssertFailedAt(await TestAsync(Clients.Options(later.Endpoint)), ApnsTestStep.Credential, "closed the connection", null);
    }

    [Fact]
    public async Task What_GOAWAY_says_is_why()
    {
        using var server = new ScriptedPeer(connection =>
        {
            connection.Peer.Settings();
            connection.Peer.GoAway(0, debugData: """{"reason":"BadCertificateEnvironment"}""");
            connection.Send();
            connection.AwaitEnd();
        });
        ApnsConnectionTest test = await TestAsync(Clients.Options(server.Endpoint));
        AssertFailedAt(test, ApnsTestStep.Ping, "BadCertificateEnvironment", "-Environment");

        using var instead = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.AwaitRequests(1);
            connection.Peer.GoAway(0, debugData: """{"reason":"BadCertificate"}""");
            connection.Send();
            connection.AwaitEnd();
        });
        test = await TestAsync(Clients.Options(instead.Endpoint));
        AssertFailedAt(test, ApnsTestStep.Credential, "BadCertificate", "certificate");
    }

    [Fact]
    public async Task An_answer_after_a_GOAWAY_still_counts()
    {
        using var server = new ScriptedPeer(connection =>
        {
            connection.Greet();
            PeerRequest request = connection.AwaitRequests(1);
            connection.Peer.GoAway(request.StreamId);
            connection.Send();
            connection.Peer.Reject(request, 400, "BadDeviceToken");
            connection.Send();
            connection.AwaitEnd();
        });
        AssertAllWell(await TestAsync(Clients.Options(server.Endpoint)));
    }

    [Fact]
    public async Task A_server_that_allows_no_stream_at_first_is_waited_for()
    {
        using var server = new ScriptedPeer(connection =>
        {
            connection.Greet(streams: 0);
            connection.Await(peer => peer.Pings.Count > 0, "a PING");
            connection.Greet(streams: 1);
            connection.AnswerAll();
        });
        AssertAllWell(await TestAsync(Clients.Options(server.Endpoint)));
    }

    [Fact]
    public async Task A_key_without_a_topic_is_not_tried_and_that_is_no_failure()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        ApnsConnectionTest test = await TestAsync(Clients.Options(emulator) with { Topic = null });
        Assert.True(test.Succeeded);
        Assert.Equal([true, true, true, true, true, true, null, null], test.Steps.Select(static s => s.Succeeded));
        Assert.Equal(("Not tried: a key is tested by a push, and a push needs a topic.", "Give -Topic: the app's bundle id."), (test.Steps[6].Detail, test.Steps[6].Remedy));
        Assert.Equal("Not tried: the server tells its time with the answer to a push.", test.Steps[7].Detail);
        Assert.EndsWith(": what was tried is well", test.ToString(), StringComparison.Ordinal);
        Assert.Empty(emulator.GetReceived());

        test = await TestAsync(Clients.Options(emulator) with { Topic = null, Credential = Samples.Certificate });
        Assert.True(test.Succeeded);
    }

    [Fact]
    public async Task A_proxy_is_a_step_of_its_own()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.ReadHead();
                connection.Say(ProxyScripts.Established);
                connection.Relay(emulator.Port);
            },
            null);
        ApnsConnectionTest test = await TestAsync(Clients.Options(emulator) with { Proxy = ApnsProxy.At(proxy.Address(), new NetworkCredential("ann", "open-sesame")) });
        AssertAllWell(test);
        Assert.Equal(proxy.Address(), test.Proxy);
        Assert.Equal(ApnsTestStep.Proxy, test.Steps[2].Step);
        Assert.Equal($"{proxy.Address()} opened the way to localhost:{emulator.Port}.", test.Steps[2].Detail);
        Assert.Equal($"Connected to 127.0.0.1:{proxy.Port}.", test.Steps[1].Detail);
    }

    [Fact]
    public async Task A_proxy_that_refuses_fails_its_step()
    {
        using var proxy = new ScriptedPeer(
            connection =>
            {
                connection.ReadHead();
                connection.Say("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
            },
            null);
        ApnsClientOptions options = Clients.Options(new ApnsEndpoint("localhost", 1)) with { Proxy = ApnsProxy.At(proxy.Address()) };
        AssertFailedAt(await TestAsync(options), ApnsTestStep.Proxy, "407", "-ProxyCredential");
    }

    [Theory]
    [InlineData(ApnsTestStep.Tls)]
    [InlineData(ApnsTestStep.Settings)]
    [InlineData(ApnsTestStep.Proxy)]
    public async Task A_silent_server_costs_the_time_to_connect(ApnsTestStep step)
    {
        var hungUp = new TaskCompletionSource();
        using var server = new ScriptedPeer(
            connection =>
            {
                connection.AwaitHangUp();
                hungUp.SetResult();
            },
            step == ApnsTestStep.Settings ? new PeerTls() : null);
        ApnsClientOptions options = Clients.Options(server.Endpoint) with { ConnectTimeout = TimeSpan.FromSeconds(2) };
        if (step == ApnsTestStep.Proxy) options = options with { Proxy = ApnsProxy.At(server.Address()) };
        AssertFailedAt(await TestAsync(options), step, "No end within ", "swallows");
        await hungUp.Task.Soon();
    }

    [Theory]
    [InlineData(ApnsTestStep.Ping)]
    [InlineData(ApnsTestStep.Credential)]
    public async Task A_server_that_falls_silent_costs_the_time_of_the_test(ApnsTestStep step)
    {
        using var server = new ScriptedPeer(connection =>
        {
            connection.Peer.AnswersPings = step != ApnsTestStep.Ping;
            connection.Greet();
            connection.AwaitEnd();
        });
        ApnsClientOptions options = Clients.Options(server.Endpoint) with { Timeout = TimeSpan.FromSeconds(2) };
        AssertFailedAt(await TestAsync(options), step, "No end within ", "swallows");
    }

    [Fact]
    public async Task A_test_can_be_given_up()
    {
        var hungUp = new TaskCompletionSource();
        using var server = new ScriptedPeer(
            connection =>
            {
                connection.AwaitHangUp();
                hungUp.SetResult();
            },
            null);
        using var cancellation = new CancellationTokenSource();
        Task<ApnsConnectionTest> testing = ApnsClient.TestAsync(Clients.Options(server.Endpoint), cancellation.Token);
        await Eventually.True(() => server.Accepted == 1, "a connection");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => testing.Soon());
        await hungUp.Task.Soon();
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        ApnsClientOptions options = Clients.Options(new ApnsEndpoint("localhost", 1));
        await Assert.ThrowsAsync<ArgumentNullException>(() => ApnsClient.TestAsync(null!, TestContext.Current.CancellationToken));
        foreach (ApnsClientOptions wrong in new[] { options with { Timeout = TimeSpan.Zero }, options with { ConnectTimeout = TimeSpan.Zero }, options with { AddressFamily = AddressFamily.Unix } })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => TestAsync(wrong));
        }
    }

    private static Task<ApnsConnectionTest> TestAsync(ApnsClientOptions options) => ApnsClient.TestAsync(options, TestContext.Current.CancellationToken).Soon();

    private static ApnsConnectionTestStep Row(ApnsConnectionTest test, ApnsTestStep step) => test.Steps.Single(row => row.Step == step);

    private static void AssertAllWell(ApnsConnectionTest test)
    {
        Assert.True(test.Succeeded, $"{test}: {test.Steps.FirstOrDefault(static row => row.Succeeded != true)?.Detail}");
        Assert.All(test.Steps, static row => Assert.Equal((true, null), (row.Succeeded, row.Remedy)));
    }

    /// <summary>All steps before succeeded, and none after was tried but the clock.</summary>
    private static void AssertFailedAt(ApnsConnectionTest test, ApnsTestStep step, string detail, string? remedy)
    {
        ApnsConnectionTestStep failed = Row(test, step);
        Assert.Equal((false, false), (test.Succeeded, failed.Succeeded));
        Assert.Contains(detail, failed.Detail, StringComparison.Ordinal);
        if (remedy is not null) Assert.Contains(remedy, failed.Remedy, StringComparison.Ordinal);
        Assert.All(test.Steps.Where(row => row.Step < step), static row => Assert.True(row.Succeeded));
        Assert.All(test.Steps.Where(row => row.Step > step && row.Step != ApnsTestStep.Clock), static row => Assert.Equal((null, "Not tried."), (row.Succeeded, row.Detail)));
    }
}
