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
    [InlineData(1_000_000)]
    [InlineData(150)]
    public async Task Nginx_answers_before_it_has_read_everything_and_ends_connections_after_some_requests(int perConnection)
    {
        using ServerProcess server = await ServerProcess.StartAsync("nginx", "nginx", (folder, port) =>
        {
            string configuration = Path.Combine(folder, "nginx.conf");
            File.WriteAllText(configuration, Configuration(folder, port, perConnection));
            return ["-c", configuration, "-p", folder, "-g", "daemon off;"];
        });
        List<ApnsResult> results = await SendAsync(server, 2);
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 200), (result.Outcome, result.Status)));
    }

    private static async Task<List<ApnsResult>> SendAsync(ServerProcess server, int connections)
    {
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(server.Endpoint) with { Connections = connections });
        using ApnsBatch batch = client.StartBatch();
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, Count).Select(Samples.Token), Samples.Notification(300));
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), results.Select(result => result.Index).Order());
        return results;
    }

    private static string Configuration(string folder, int port, int perConnection) => $$"""
        worker_processes 1;
        pid {{folder}}/nginx.pid;
        error_log {{folder}}/error.log crit;
        events { worker_connections 256; }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fcgi;
          uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
          keepalive_requests {{perConnection}};
          server {
            listen 127.0.0.1:{{port}} ssl http2;
            ssl_certificate {{folder}}/server.pem; ssl_certificate_key {{folder}}/server.key;
            location /3/device/ { return 200; }
          }
        }
        """;
}
