using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace Apns.LoadTest;

/// <summary>The same work with the runtime's own HTTP/2: what one would write without this engine, written well.</summary>
internal sealed class HttpClientClient : IDisposable
{
    private const int StreamsPerConnection = 1000;

    private readonly HttpMessageInvoker[] _clients;
    private readonly string _prefix;
    private readonly string _authorization;
    private readonly string _topic;

    public HttpClientClient(LoadOptions options, Target target)
    {
        _clients = [.. Enumerable.Range(0, options.Connections).Select(_ => new HttpMessageInvoker(Handler(options, target)))];
        _prefix = $"https://{target.Host}:{target.Port}/3/device/";
        _topic = options.Topic;
        _authorization = options.Certificate is null ? ProviderToken(target) : "";
    }

    public Tally Run(Workload workload)
    {
        var tally = new Tally();
        using IEnumerator<string> tokens = workload.Tokens.GetEnumerator();
        var senders = new Task[_clients.Length * StreamsPerConnection];
        for (int i = 0; i < senders.Length; i++) senders[i] = SendAllAsync(_clients[i % _clients.Length], tokens, workload.Payload, tally);
        Task.WaitAll(senders);
        return tally;
    }

    public void Dispose()
    {
        foreach (HttpMessageInvoker client in _clients) client.Dispose();
    }

    private static SocketsHttpHandler Handler(LoadOptions options, Target target)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(target.Roots ?? []);
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = target.Roots is null ? null : policy };
        if (options.Certificate is not null) tls.ClientCertificates = [X509CertificateLoader.LoadPkcs12FromFile(options.Certificate, null)];
        return new SocketsHttpHandler { SslOptions = tls, EnableMultipleHttp2Connections = false };
    }

    private static string ProviderToken(Target target)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(System.IO.File.ReadAllText(target.Key!));
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string header = Encode($$"""{"alg":"ES256","kid":"{{target.KeyId}}"}""");
        string claims = Encode($$"""{"iss":"{{target.TeamId}}","iat":{{now.ToString(CultureInfo.InvariantCulture)}}}""");
        byte[] signature = key.SignData(System.Text.Encoding.ASCII.GetBytes($"{header}.{claims}"), HashAlgorithmName.SHA256);
        return $"bearer {header}.{claims}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string json) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.ASCII.GetBytes(json));

    private async Task SendAllAsync(HttpMessageInvoker client, IEnumerator<string> tokens, byte[] payload, Tally tally)
    {
        while (true)
        {
            string token;
            lock (tokens)
            {
                if (!tokens.MoveNext()) return;
                token = tokens.Current;
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, _prefix + token)
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(payload),
            };
            if (_authorization.Length > 0) request.Headers.TryAddWithoutValidation("authorization", _authorization);
            request.Headers.TryAddWithoutValidation("apns-topic", _topic);
            request.Headers.TryAddWithoutValidation("apns-push-type", "alert");
            request.Headers.TryAddWithoutValidation("apns-priority", "10");
            request.Headers.TryAddWithoutValidation("apns-id", Guid.NewGuid().ToString());
            try
            {
                using HttpResponseMessage response = await client.SendAsync(request, CancellationToken.None);
                Guid id = Guid.Empty;
                bool known = response.Headers.TryGetValues("apns-id", out IEnumerable<string>? values) && Guid.TryParse(values.First(), out id);
                await response.Content.ReadAsByteArrayAsync();
                Count(tally, response.IsSuccessStatusCode, known);
            }
            catch (HttpRequestException)
            {
                lock (tally) tally.Unknown++;
            }
        }
    }

    private static void Count(Tally tally, bool delivered, bool known)
    {
        lock (tally)
        {
            if (delivered) tally.Delivered++;
            else tally.Rejected++;
            if (known) tally.Ids++;
        }
    }
}
