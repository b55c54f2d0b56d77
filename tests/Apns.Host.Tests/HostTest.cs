using System;
using System.IO;
using System.Linq;
using System.Threading;

namespace Apns.Host.Tests;

/// <summary>A folder of its own for each test, and the host in this process to run scripts from it.</summary>
public abstract class HostTest : IDisposable
{
    private static readonly Lock Opening = new();

    protected HostTest()
    {
        Folder = Directory.CreateTempSubdirectory("apns-host-").FullName;
    }

    protected string Folder { get; }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string PathOf(string name) => Path.Combine(Folder, name);

    protected string Write(string name, string text)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs a script that starts in the test's folder.</summary>
    private protected HostResult Run(string script, params string[] arguments)
    {
        string path = Write("script.ps1", script);
        return RunHost([path, .. arguments]);
    }

    /// <summary>Runs a script in the test's folder, and returns its lines of output; it must report no error.</summary>
    private protected string[] Lines(string script)
    {
        HostResult result = Run($"Set-Location -LiteralPath '{Folder}'\n{script}");
        Xunit.Assert.True(result.Error.Length == 0, result.Error);
        Xunit.Assert.Equal(0, result.ExitCode);
        return result.Lines;
    }

    // Of two runspaces that are opened at once the engine sometimes leaves one without a drive, and so without a location
    // (one of some 2,500 here); in a process of its own, as it runs scripts, the host opens one.
    private static ScriptRunner Open(ConsoleSurface surface)
    {
        lock (Opening) return new ScriptRunner(surface);
    }

    private protected static HostResult RunHost(string[] commandLine, int? width = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using ScriptRunner runner = Open(new ConsoleSurface(output, error, width));
        int exitCode = runner.Run(CommandLine.Parse(commandLine));
        return new HostResult(exitCode, output.ToString(), error.ToString());
    }
}

internal sealed record HostResult(int ExitCode, string Output, string Error)
{
    public string[] Lines { get; } = [.. Split(Output)];

    public string[] ErrorLines { get; } = [.. Split(Error)];

    private static string[] Split(string text) => [.. text.Split('\n').Select(line => line.TrimEnd()).SkipLast(1)];
}
