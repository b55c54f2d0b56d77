using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;

namespace Apns.LoadTest.Bench;

/// <summary>
/// nginx as the server to measure against: it reads each body and answers 200 with a UUID as apns-id. A bare "return 200"
/// would answer before the body and reset every stream; hence the echo module.
/// </summary>
internal sealed class NginxServer : IDisposable
{
    private static readonly string[] ModuleFolders = ["/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules"];

    private readonly Process _process;
    private readonly string _folder;

    private NginxServer(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    /// <summary>PEM file with the root to trust.</summary>
    public string Root => Path.Combine(_folder, "server.pem");

    /// <summary>A signing key; nginx does not look at what it signs.</summary>
    public string Key => Path.Combine(_folder, "key.p8");

    /// <param name="cpu">The core that the one worker is pinned to.</param>
    /// <exception cref="BenchException">nginx or its module is missing.</exception>
    public static async Task<NginxServer> StartAsync(int cpu)
    {
        string? nginx = Child.Find("nginx");
        string? modules = ModuleFolders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "ngx_http_echo_module.so")));
        if (nginx is null || modules is null) throw new BenchException("nginx with its echo module is missing: apt-get install nginx libnginx-mod-http-echo");
        string folder = Directory.CreateTempSubdirectory("apns-bench-").FullName;
        WriteKeys(folder);
        int port = FreePort();
        string affinity = Environment.ProcessorCount > cpu ? $"worker_cpu_affinity 1{new string('0', cpu)};" : "";
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), Config(modules, folder, port, affinity));
        Process process = Process.Start(new ProcessStartInfo(nginx, ["-c", Path.Combine(folder, "nginx.conf"), "-p", folder])) ?? throw new BenchException("nginx did not start.");
        var server = new NginxServer(process, folder, port);
        while (!await ListensAsync(port))
        {
            if (process.HasExited) throw new BenchException($"nginx ended with exit code {process.ExitCode}.");
        }

        return server;
    }

    public void Dispose()
    {
        // Its master ends the worker when it is told to; killed, it could not.
        using (Process? quit = Process.Start(new ProcessStartInfo(Child.Find("nginx")!, ["-c", Path.Combine(_folder, "nginx.conf"), "-p", _folder, "-s", "stop"]))) quit?.WaitForExit();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Config(string modules, string folder, int port, string affinity) => $$"""
        load_module {{modules}}/ngx_http_echo_module.so;
        daemon off;
        worker_processes 1;
        {{affinity}}
        pid {{folder}}/nginx.pid;
        error_log {{folder}}/error.log error;
        events { worker_connections 4096; multi_accept on; }
        http {
          access_log off;
          log_not_found off;
          server_tokens off;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
          keepalive_requests 1000000000; keepalive_timeout 600s; keepalive_time 24h;
          http2_max_concurrent_streams 1000;
          http2_streams_index_size 65536;
          map $request_id $uuid { "~^(?<a>.{8})(?<b>.{4})(?<c>.{4})(?<d>.{4})(?<e>.{12})$" "$a-$b-$c-$d-$e"; }
          server {
            listen 127.0.0.1:{{port}} ssl http2 backlog=1024;
            server_name localhost;
            ssl_certificate {{folder}}/server.pem; ssl_certificate_key {{folder}}/server.key;
            location /3/device/ { types { } default_type ""; echo_read_request_body; echo_exec @ok; }
            location @ok { types { } default_type ""; add_header apns-id $uuid; return 200; }
          }
        }
        """;

    private static void WriteKeys(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(Path.Combine(folder, "server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(folder, "key.p8"), signing.ExportPkcs8PrivateKeyPem());
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            await Task.Delay(20);
            return false;
        }
    }
}
