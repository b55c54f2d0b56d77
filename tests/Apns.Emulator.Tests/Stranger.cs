using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>The runtime's HTTP client with one connection: it shares no code with the emulator.</summary>
internal sealed class Stranger : IDisposable
{
    private readonly HttpMessageInvoker _client;
    private readonly string _origin;

    internal Stranger(ApnsEmulator emulator, string? authorization = null, X509Certificate2? certificate = null, int? port = null)
    {
        _client = new HttpMessageInvoker(Handler(emulator, certificate));
        _origin = $"https://{emulator.Host}:{port ?? emulator.Port}";
        Authorization = authorization;
    }

    /// <summary>Goes with each request that has no authorization header of its own.</summary>
    internal string? Authorization { get; set; }

    /// <summary>A client with a good provider token.</summary>
    internal static Stranger WithToken(ApnsEmulator emulator) => new(emulator, Jwt.Good(emulator));

    /// <summary>A client with a good provider token on the port where channels are managed.</summary>
    internal static Stranger Manager(ApnsEmulator emulator) => new(emulator, Jwt.Good(emulator), port: emulator.ManagementPort);

    internal static SocketsHttpHandler Handler(ApnsEmulator emulator, X509Certificate2? certificate = null, bool trusting = true)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(emulator.RootCertificate);
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trusting ? policy : null };
        if (certificate is not null)
        {
            tls.ClientCertificates = [certificate];
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        return new SocketsHttpHandler
        {
            SslOptions = tls,
            UseProxy = false,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        };
    }

    internal static HttpRequestMessage Message(string origin, Push push)
    {
        var message = new HttpRequestMessage(new HttpMethod(push.Method), origin + push.Path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(push.Body),
        };
        foreach ((string name, string value) in push.Headers) Assert.True(message.Headers.TryAddWithoutValidation(name, value));
        return message;
    }

    internal async Task<Reply> SendAsync(Push push)
    {
        if (Authorization is not null) push.Headers.TryAdd("authorization", Authorization);
        using HttpRequestMessage message = Message(_origin, push);
        using HttpResponseMessage response = await _client.SendAsync(message, TestContext.Current.CancellationToken);
        Assert.Equal(HttpVersion.Version20, response.Version);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Reply((int)response.StatusCode, response.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.Single()), body);
    }

    internal Task<Reply> SendAsync(params string[] changes) => SendAsync(Push.With(changes));

    public void Dispose() => _client.Dispose();
}
