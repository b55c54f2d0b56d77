using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>A server program from the system's packages, on a free port, with a folder of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string folder, int port)
    {
        _process = process;
        Folder = folder;
        Endpoint = new ApnsEndpoint("localhost", port);
    }

    public ApnsEndpoint Endpoint { get; }

    /// <summary>Its folder, deleted with it.</summary>
    public string Folder { get; }

    /// <summary>Starts it, or skips the test where the program is not installed.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="package">The Debian package that has it.</param>
    /// <param name="arguments">Its arguments, given its folder (with server.pem and server.key) and its port.</param>
    public static async Task<ServerProcess> StartAsync(string program, string package, Func<string, int, string[]> arguments)
    {
        string? path = Find(program);
        Assert.SkipWhen(path is null, $"{program} is not installed: apt-get install {package}");
        for (int attempt = 0; ; attempt++)
        {
            string folder = Directory.CreateTempSubdirectory($"apns-{program}-").FullName;
            WriteCertificate(folder);
            int port = FreePort();
            var start = new ProcessStartInfo(path, arguments(folder, port)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
            var process = Process.Start(start)!;
            Task<string> said = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEndAsync();
            var server = new ServerProcess(process, folder, port);
            while (!process.HasExited)
            {
                if (Listens(port)) return server;
                await Task.Delay(20);
            }

            server.Dispose();

            // Somebody else may have taken the port in between.
            Assert.True(attempt < 3, $"{program} ended: {await said}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string? Find(string program)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/usr/local/sbin"];
        return Array.Find(Array.ConvertAll(folders, folder => Path.Combine(folder, program)), File.Exists);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static bool Listens(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void WriteCertificate(string folder)
    {
        X509Certificate2 certificate = TestCertificates.Shared.Server;
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, "server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
