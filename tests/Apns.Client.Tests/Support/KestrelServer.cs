using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Apns.Client.Tests;

/// <summary>What Kestrel got.</summary>
internal sealed record KestrelRequest(string Connection, string Protocol, string Method, string Path, string Host, Dictionary<string, string> Headers, byte[] Body);

/// <summary>Kestrel in this process, HTTP/2 over TLS: a server that nobody here wrote.</summary>
internal sealed class KestrelServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private KestrelServer(WebApplication application) => _application = application;

    public ConcurrentQueue<KestrelRequest> Requests { get; } = new();

    public ApnsEndpoint Endpoint { get; private set; } = new("localhost", 1);

    public static async Task<KestrelServer> StartAsync(Func<KestrelRequest, HttpResponse, Task> answer, Action<Http2Limits>? limits = null, Action<HttpsConnectionAdapterOptions>? https = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            limits?.Invoke(options.Limits.Http2);
            options.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseHttps(TestCertificates.Shared.Server, options => https?.Invoke(options));
            });
        });
        WebApplication application = builder.Build();
        var server = new KestrelServer(application);
        application.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var header in context.Request.Headers)
            {
                if (header.Key != "Host") headers.Add(header.Key, header.Value.ToString());
            }

            var request = new KestrelRequest(context.Connection.Id, context.Request.Protocol, context.Request.Method, context.Request.Path, context.Request.Host.Value ?? "", headers, body.ToArray());
            server.Requests.Enqueue(request);
            await answer(request, context.Response);
        });
        await application.StartAsync();
        server.Endpoint = new ApnsEndpoint("localhost", new Uri(System.Linq.Enumerable.First(application.Urls)).Port);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
