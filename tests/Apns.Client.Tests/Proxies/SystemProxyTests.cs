using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Proxies;

/// <summary>The proxy that the environment names, or the system. It is the process's environment, so nothing else runs beside.</summary>
[Collection(nameof(Alone))]
public sealed class SystemProxyTests : IDisposable
{
    private static readonly string[] Names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY"];

    private readonly Dictionary<string, string?> _before = [];
    private readonly IWebProxy _systemBefore = HttpClient.DefaultProxy;

    public SystemProxyTests()
    {
        foreach (string name in Names)
        {
            _before[name] = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, null);
        }

        // What .NET read of the environment before.
        HttpClient.DefaultProxy = new WebProxy();
    }

    public void Dispose()
    {
        foreach ((string name, string? value) in _before) Environment.SetEnvironmentVariable(name, value);
        HttpClient.DefaultProxy = _systemBefore;
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("HTTPS_PROXY=http://a:1", "http://a:1")]
    [InlineData("https_proxy=a:1", "http://a:1")]
    [InlineData("ALL_PROXY=socks5://a:1", "socks5://a:1")]
    [InlineData("all_proxy=a:1", "http://a:1")]
    [InlineData("HTTPS_PROXY=a:1|ALL_PROXY=b:2", "http://a:1")]
    [InlineData("HTTPS_PROXY= |ALL_PROXY=b:2", "http://b:2")]
    [InlineData("HTTP_PROXY=a:1", null)]
    [InlineData("HTTPS_PROXY=a:1|NO_PROXY=apple.com", null)]
    [InlineData("HTTPS_PROXY=a:1|no_proxy=*", null)]
    [InlineData("HTTPS_PROXY=a:1|NO_PROXY=apple.org", "http://a:1")]
    public void The_environment_names_the_proxy(string variables, string? proxy)
    {
        Set(variables);
        Assert.Equal(proxy, For("api.push.apple.com")?.ToString());
    }

    [Theory]
    [InlineData("https_proxy=small:1|HTTPS_PROXY=capital:2", "http://small:1")]
    public void Small_letters_come_first_where_both_can_be(string variables, string proxy)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the names of Windows' variables know no case");
        Set(variables);
        Assert.Equal(proxy, For("api.push.apple.com")?.ToString());
    }

    [Fact]
    public void A_variable_that_is_set_later_counts_and_one_that_is_taken_away_does_not()
    {
        ApnsProxy proxy = ApnsProxy.FromSystem();
        var endpoint = new ApnsEndpoint("api.push.apple.com", 443);
        Assert.Null(proxy.For(endpoint));
        Set("HTTPS_PROXY=a:1");
        Assert.Equal("http://a:1", proxy.For(endpoint)?.ToString());
        Environment.SetEnvironmentVariable("HTTPS_PROXY", null);
        Assert.Null(proxy.For(endpoint));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("apns.localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("::1")]
    public void This_machine_is_reached_directly(string host)
    {
        Set("HTTPS_PROXY=a:1");
        HttpClient.DefaultProxy = new WebProxy("http://b:2");
        Assert.Null(For(host));
        Assert.NotNull(For("localhost.example"));
        Assert.NotNull(For("10.0.0.1"));
    }

    [Fact]
    public void No_proxy_means_none()
    {
        Set("HTTPS_PROXY=a:1");
        Assert.Null(ApnsProxy.None.For(new ApnsEndpoint("api.push.apple.com", 443)));
    }

    [Fact]
    public void A_given_proxy_is_used_whatever_the_environment_says()
    {
        Set("HTTPS_PROXY=a:1|NO_PROXY=*");
        Assert.Equal("http://b:2", ApnsProxy.At("b:2").For(new ApnsEndpoint("api.push.apple.com", 443))?.ToString());
        Assert.Equal("http://b:2", ApnsProxy.At("b:2").For(new ApnsEndpoint("localhost", 443))?.ToString());
    }

    [Fact]
    public void The_environments_proxy_may_carry_a_credential_and_be_given_another()
    {
        Set("HTTPS_PROXY=http://ann:open-sesame@a:1");
        Assert.Equal(("ann", "open-sesame"), Credential(For("api.push.apple.com")));
        Assert.Equal(("bob", "secret"), Credential(SystemProxy.For(new ApnsEndpoint("api.push.apple.com", 443), new NetworkCredential("bob", "secret"))));
    }

    [Fact]
    public void A_variable_that_names_no_proxy_is_named_without_its_password()
    {
        Set("HTTPS_PROXY=ftp://ann:open-sesame@a:1");
        var error = Assert.Throws<ApnsException>(() => For("api.push.apple.com"));
        Assert.Equal(ApnsErrorKind.ProxyFailed, error.Kind);
        Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("-NoProxy", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_systems_proxy_is_used_where_the_environment_names_none()
    {
        HttpClient.DefaultProxy = new WebProxy("http://system:8080") { BypassList = [@"internal\.example"], Credentials = new NetworkCredential("ann", "open-sesame") };
        ProxyServer? proxy = For("api.push.apple.com");
        Assert.Equal("http://system:8080", proxy?.ToString());
        Assert.Equal(("ann", "open-sesame"), Credential(proxy));
        Assert.Null(For("apns.internal.example"));

        Set("NO_PROXY=apple.com");
        Assert.Null(For("api.push.apple.com"));
        Set("HTTPS_PROXY=a:1|NO_PROXY=b");
        Assert.Equal("http://a:1", For("api.push.apple.com")?.ToString());
    }

    [Fact]
    public void What_NET_read_of_the_environment_does_not_outlive_it()
    {
        // What HttpClient.DefaultProxy is for good where it is first asked for while a variable is set.
        Set("HTTPS_PROXY=http://a:1");
        object?[] made = [null];
        Type type = typeof(HttpClient).Assembly.GetType("System.Net.Http.HttpEnvironmentProxy", throwOnError: true)!;
        Assert.Equal(true, type.GetMethod("TryCreate")!.Invoke(null, made));
        HttpClient.DefaultProxy = (IWebProxy)made[0]!;
        Assert.Equal("http://a:1", For("api.push.apple.com")?.ToString());
        Environment.SetEnvironmentVariable("HTTPS_PROXY", null);
        Assert.Null(For("api.push.apple.com"));
        Set("HTTPS_PROXY=http://b:2");
        Assert.Equal("http://b:2", For("api.push.apple.com")?.ToString());
    }

    [Fact]
    public void The_credential_of_who_is_logged_on_is_not_for_such_proxies()
    {
        HttpClient.DefaultProxy = new WebProxy("http://system:8080") { UseDefaultCredentials = true };
        Assert.False(For("api.push.apple.com")?.HasCredential);
    }

    [Fact]
    public async Task Notifications_go_through_the_environments_proxy_but_not_those_to_this_machine()
    {
        using X509Certificate2 certificate = TestCertificates.Shared.ForServer("apns.example", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var far = new ScriptedPeer(Serve, new PeerTls { Certificate = certificate });
        using var near = new ScriptedPeer(Serve);
        using var proxy = new ScriptedPeer(
            connection =>
            {
                Assert.StartsWith("CONNECT apns.example:2197 HTTP/1.1\r\n", connection.ReadHead(), StringComparison.Ordinal);
                connection.Say(ProxyScripts.Established);
                connection.Relay(far.Port);
            },
            null);
        Set($"HTTPS_PROXY={proxy.Address()}");

        await using (ApnsClient client = await Clients.ConnectAsync(Clients.Options(new ApnsEndpoint("apns.example", 2197))))
        {
            Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
        }

        await using (ApnsClient client = await Clients.ConnectAsync(Clients.Options(near.Endpoint)))
        {
            Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
        }

        Assert.Equal(1, proxy.Accepted);
    }

    private static void Serve(PeerConnection connection)
    {
        connection.Greet();
        connection.AnswerAll();
    }

    private static ProxyServer? For(string host) => SystemProxy.For(new ApnsEndpoint(host, 443), null);

    private static (string User, string Password) Credential(ProxyServer? proxy) => (proxy!.User, proxy.Password);

    private static void Set(string variables)
    {
        foreach (string variable in variables.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = variable.Split('=', 2);
            Environment.SetEnvironmentVariable(parts[0], parts[1]);
        }
    }
}
