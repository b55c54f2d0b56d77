using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Apns.Emulator;

namespace Apns.LoadTest;

/// <summary>An emulator in a second process, so that its work does not count as the client's.</summary>
internal sealed class EmulatorProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private EmulatorProcess(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public string Root => Path.Combine(_folder, "root.pem");

    public string Key => Path.Combine(_folder, "key.p8");

    /// <summary>The server side: serves until its standard input ends, which it does with the parent at the latest.</summary>
    public static async Task ServeAsync(int? window)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(window is { } bytes ? new ApnsEmulatorOptions { Keep = 0, ConnectionWindowSize = bytes } : new ApnsEmulatorOptions { Keep = 0 });
        string folder = Directory.CreateTempSubdirectory("apns-load-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "root.pem"), emulator.RootCertificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "key.p8"), emulator.ExportSigningKey());
        Console.WriteLine($"{emulator.Port} {folder}");
        await Console.In.ReadToEndAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <param name="window">The connection's window in bytes; null leaves the emulator's own.</param>
    public static async Task<EmulatorProcess> StartAsync(int? window = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(EmulatorProcess).Assembly.Location);
        start.ArgumentList.Add("--serve");
        if (window is not null)
        {
            start.ArgumentList.Add("--window");
            start.ArgumentList.Add($"{window}");
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException("The emulator's process did not start.");
        string? line = await process.StandardOutput.ReadLineAsync();
        string[] parts = line?.Split(' ', 2) ?? [];
        if (parts.Length != 2) throw new InvalidOperationException("The emulator's process ended at once.");
        return new EmulatorProcess(process, parts[1], int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The command line of a client that sends to it, by the port of a relay or its own.</summary>
    public string[] ClientArguments(int port) =>
        ["--endpoint", $"https://localhost:{port}", "--root", Root, "--key", Key, "--key-id", ApnsEmulator.KeyId, "--team-id", ApnsEmulator.TeamId];

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(10));
        _process.Dispose();
    }
}
