using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>Proxies from the system's packages: other people's reading of CONNECT and of SOCKS5.</summary>
public class StrangerProxyTests
{
    private const int Count = 2000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Notifications_go_through_tinyproxy(bool signIn)
    {
        using ServerProcess proxy = await StartTinyproxyAsync(signIn ? "BasicAuth ann sesame" : "");
        await AssertSends(ApnsProxy.At($"http://127.0.0.1:{proxy.Endpoint.Port}", signIn ? new NetworkCredential("ann", "sesame") : null));
    }

    [Fact]
    public async Task Tinyproxy_refuses_who_does_not_sign_in_or_does_so_wrongly()
    {
        using ServerProcess proxy = await StartTinyproxyAsync("BasicAuth ann sesame");
        string address = $"http://127.0.0.1:{proxy.Endpoint.Port}";
        ApnsException error = await FailAsync(ApnsProxy.At(address));
        Assert.Equal(ApnsErrorKind.ProxyAuthenticationFailed, error.Kind);
        Assert.Contains("'407 ", error.Message, StringComparison.Ordinal);

        error = await FailAsync(ApnsProxy.At(address, new NetworkCredential("ann", "wrong")));
        // It does not ask again, as a proxy should, but says what a server would.
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("'401 ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tinyproxy_does_not_open_the_way_to_a_port_that_is_not_allowed()
    {
        using ServerProcess proxy = await StartTinyproxyAsync("ConnectPort 443");
        ApnsException error = await FailAsync(ApnsProxy.At($"http://127.0.0.1:{proxy.Endpoint.Port}"));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("'403 ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tinyproxy_finds_no_server_where_there_is_none()
    {
        using ServerProcess proxy = await StartTinyproxyAsync("");
        ApnsException error = await FailAsync(ApnsProxy.At($"http://127.0.0.1:{proxy.Endpoint.Port}"));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
    }

    [Fact]
    public async Task A_socks_proxy_is_not_taken_for_an_http_proxy_nor_the_other_way_round()
    {
        // It waits for the rest of what it takes for a line of HTTP.
        using ServerProcess tinyproxy = await StartTinyproxyAsync("");
        ApnsException error = await FailAsync(ApnsProxy.At($"socks5://127.0.0.1:{tinyproxy.Endpoint.Port}"), TimeSpan.FromSeconds(1));
        Assert.Equal(ApnsErrorKind.ConnectTimeout, error.Kind);

        using ServerProcess danted = await StartDantedAsync();
        error = await FailAsync(ApnsProxy.At($"http://127.0.0.1:{danted.Endpoint.Port}"));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task Notifications_go_through_danted(string host)
    {
        using ServerProcess proxy = await StartDantedAsync();
        await AssertSends(ApnsProxy.At($"socks5://127.0.0.1:{proxy.Endpoint.Port}"), host);
    }

    [Fact]
    public async Task A_credential_does_no_harm_where_danted_wants_none()
    {
        using ServerProcess proxy = await StartDantedAsync();
        await AssertSends(ApnsProxy.At($"socks5://127.0.0.1:{proxy.Endpoint.Port}", new NetworkCredential("ann", "sesame")));
    }

    [Fact]
    public async Task Danted_refuses_who_does_not_sign_in_or_does_so_wrongly()
    {
        using ServerProcess proxy = await StartDantedAsync(method: "username");
        string address = $"socks5://127.0.0.1:{proxy.Endpoint.Port}";
        Assert.Equal(ApnsErrorKind.ProxyAuthenticationFailed, (await FailAsync(ApnsProxy.At(address))).Kind);
        ApnsException error = await FailAsync(ApnsProxy.At(address, new NetworkCredential("nobody-of-this-name", "wrong")));
        Assert.Equal(ApnsErrorKind.ProxyAuthenticationFailed, error.Kind);
        Assert.DoesNotContain("wrong", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Danted_does_not_open_the_way_where_its_rules_do_not_allow_it()
    {
        using ServerProcess proxy = await StartDantedAsync(verdict: "block");
        ApnsException error = await FailAsync(ApnsProxy.At($"socks5://127.0.0.1:{proxy.Endpoint.Port}"));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("its rules do not allow it (2)", error.Message, StringComparison.Ordinal);
    }

    private static Task<ServerProcess> StartTinyproxyAsync(string line) => ServerProcess.StartAsync("tinyproxy", "tinyproxy", (folder, port) =>
    {
        string configuration = Path.Combine(folder, "tinyproxy.conf");
        File.WriteAllText(configuration, $"""
            Port {port}
            Listen 127.0.0.1
            Timeout 60
            LogFile "{folder}/log"
            LogLevel Error
            {line}

            """);
        return ["-d", "-c", configuration];
    });

    private static Task<ServerProcess> StartDantedAsync(string method = "none", string verdict = "pass") => ServerProcess.StartAsync("danted", "dante-server", (folder, port) =>
    {
        string configuration = Path.Combine(folder, "danted.conf");
        File.WriteAllText(configuration, $$"""
            errorlog: {{folder}}/errors
            logoutput: {{folder}}/log
            internal: 127.0.0.1 port = {{port}}
            external: lo
            clientmethod: none
            socksmethod: {{method}}
            client pass { from: 127.0.0.0/8 to: 127.0.0.0/8 }
            socks {{verdict}} { from: 127.0.0.0/8 to: 0.0.0.0/0 }

            """);
        return ["-f", configuration, "-p", Path.Combine(folder, "pid")];
    });

    private static async Task AssertSends(ApnsProxy proxy, string host = "localhost")
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Endpoint = new ApnsEndpoint(host, emulator.Port), Proxy = proxy, Connections = 2 });
        using ApnsBatch batch = client.StartBatch();
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, Count).Select(Samples.Token), Samples.Notification(300));
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 1), (result.Outcome, result.Attempts)));
        Assert.Equal(Count, results.Count);
    }

    private static Task<ApnsException> FailAsync(ApnsProxy proxy, TimeSpan? connectTimeout = null) => Clients.FailToConnectAsync(
        Clients.Options(new ApnsEndpoint("localhost", 1)) with { Proxy = proxy, ConnectTimeout = connectTimeout ?? Eventually.Patience });
}
