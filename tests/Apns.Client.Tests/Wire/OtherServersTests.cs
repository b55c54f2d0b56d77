using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>Servers from the system's packages: other people's reading of HTTP/2.</summary>
public class OtherServersTests
{
    private const int Count = 3000;

    [Theory]
    [InlineData("-m", "100")]
    [InlineData("-m", "1")]
    [InlineData("-b", "255")]
    [InlineData("-c", "0")]
    [InlineData("-w", "8")]
    [InlineData("-W", "16")]
    public async Task Nghttpd_gets_every_notification_and_echoes_its_payload(string option, string value)
    {
        using ServerProcess server = await ServerProcess.StartAsync("nghttpd", "nghttp2-server", (folder, port) =>
            [option, value, "--echo-upload", "-a", "127.0.0.1", "-d", folder, $"{port}", Path.Combine(folder, "server.key"), Path.Combine(folder, "server.pem")]);
        List<ApnsResult> results = await SendAsync(server, 1);
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 200, 1), (result.Outcome, result.Status, result.Attempts)));
    }

    [Fact]
    public async Task Nghttpd_without_such_a_page_rejects_every_notification()
    {
        using ServerProcess server = await ServerProcess.StartAsync("nghttpd", "nghttp2-server", (folder, port) =>
            ["-a", "127.0.0.1", "-d", folder, $"{port}", Path.Combine(folder, "server.key"), Path.Combine(folder, "server.pem")]);
        List<ApnsResult> results = await SendAsync(server, 2);
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Rejected, 404, null, ApnsAdvice.FixRequest), (result.Outcome, result.Status, result.Reason, result.Advice)));
    }

    [Theory]
    [InlineData("-w", "8")]
    [InlineData("-W", "16")]
    [InlineData("-m", "3")]
    public async Task Nghttpd_gets_the_largest_payloads_through_small_windows(string option, string value)
    {
        using ServerProcess server = await ServerProcess.StartAsync("nghttpd", "nghttp2-server", (folder, port) =>
            [option, value, "--echo-upload", "-a", "127.0.0.1", "-d", folder, $"{port}", Path.Combine(folder, "server.key"), Path.Combine(folder, "server.pem")]);
        List<ApnsResult> results = await SendAsync(server, 1, count: 300, payload: 4096);
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 200, 1), (result.Outcome, result.Status, result.Attempts)));
    }

    [Theory]
    [InlineData("keepalive_requests 1000000;", "return 200;")]
    [InlineData("keepalive_requests 150;", "return 200;")]
    [InlineData("keepalive_requests 150; http2_max_concurrent_streams 7;", "return 200;")]
    [InlineData("keepalive_requests 150;", "proxy_pass http://back;")]
    public async Task Nginx_ends_connections_after_some_requests_and_gets_each_notification_once(string limits, string answer)
    {
        using ServerProcess server = await StartNginxAsync(limits, answer);
        List<ApnsResult> results = await SendAsync(server, 2);
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 200, false), (result.Outcome, result.Status, result.PossibleDuplicate)));

        // It writes a request down when it is done with it, and that may be after the answer.
        string[][] requests = [];
        await Eventually.True(() => (requests = ReadLog(server)).Length >= Count, "nginx wrote down every request");
        Assert.Equal(Enumerable.Range(0, Count).Select(number => $"/3/device/{Samples.Token(number)}"), requests.Select(request => request[1]).Order());
        int connections = requests.Select(request => request[0]).Distinct().Count();
        if (limits.Contains(" 150;", StringComparison.Ordinal)) Assert.InRange(connections, Count / 150, Count);
        else Assert.InRange(connections, 1, 2);
    }

    [Theory]
    [InlineData("http2_body_preread_size 0;", "return 200;")]
    [InlineData("http2_body_preread_size 0;", "proxy_pass http://back;")]
    [InlineData("http2_body_preread_size 1000; client_body_buffer_size 1k;", "proxy_pass http://back;")]
    public async Task Nginx_gets_the_largest_payloads_through_small_windows_or_answers_without(string limits, string answer)
    {
        using ServerProcess server = await StartNginxAsync(limits, answer);
        List<ApnsResult> results = await SendAsync(server, 1, count: 300, payload: 4096);
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 200, 1), (result.Outcome, result.Status, result.Attempts)));
    }

    private static Task<ServerProcess> StartNginxAsync(string limits, string answer) => ServerProcess.StartAsync("nginx", "nginx", (folder, port) =>
    {
        string configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(configuration, Configuration(folder, port, limits, answer));
        return ["-c", configuration, "-p", folder, "-g", "daemon off;"];
    });

    /// <summary>Connection and path of each request, as nginx wrote them down.</summary>
    private static string[][] ReadLog(ServerProcess server)
    {
        using var log = new StreamReader(new FileStream(Path.Combine(server.Folder, "access.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. log.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
    }

    private static async Task<List<ApnsResult>> SendAsync(ServerProcess server, int connections, int count = Count, int payload = 300)
    {
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(server.Endpoint) with { Connections = connections });
        using ApnsBatch batch = client.StartBatch();
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, count).Select(Samples.Token), Samples.Notification(payload));
        Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), results.Select(result => result.Index).Order());
        return results;
    }

    // Root's worker would be somebody else, who may not look into the folder.
    private static string User => Environment.UserName == "root" ? "user root;" : "";

    private static string Configuration(string folder, int port, string limits, string answer) => $$"""
        worker_processes 1;
        {{User}}
        pid {{folder}}/nginx.pid;
        error_log {{folder}}/error.log crit;
        events { worker_connections 2048; }
        http {
          log_format plain '$connection $uri';
          access_log off;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fcgi;
          uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
          upstream back { server unix:{{folder}}/back.sock; }
          server { listen unix:{{folder}}/back.sock; location / { return 200; } }
          server {
            {{limits}}
            listen 127.0.0.1:{{port}} ssl http2;
            ssl_certificate {{folder}}/server.pem; ssl_certificate_key {{folder}}/server.key;
            location /3/device/ { access_log {{folder}}/access.log plain; {{answer}} }
          }
        }
        """;
}
