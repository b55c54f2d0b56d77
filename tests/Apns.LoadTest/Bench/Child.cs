using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Apns.LoadTest.Bench;

/// <summary>Programs that are run and measured from outside.</summary>
internal static class Child
{
    /// <summary>Where a program is on the PATH, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program)).FirstOrDefault(File.Exists);

    /// <summary>
    /// Runs a program to its end, on one core where the system can do that, and gives back its output; what it says
    /// besides goes through to standard error.
    /// </summary>
    /// <param name="cpu">The core to pin it to, or null for any.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="BenchException">It ended with an error.</exception>
    public static async Task<string> RunAsync(int? cpu, string program, params string[] arguments)
    {
        string[] all = cpu is not null && Find("taskset") is { } taskset ? [taskset, "-c", $"{cpu}", program, .. arguments] : [program, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new BenchException($"{program} did not start.");
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new BenchException($"{string.Join(' ', all)} ended with exit code {process.ExitCode}: {output}");
    }

    /// <summary>
    /// Pins this process to a core. A .NET program that is measured on one core does that itself when it is under way:
    /// started on one core, it waits ten times as long before it optimises what it runs, and would be measured half
    /// compiled. No program in earnest runs that way.
    /// </summary>
    public static async Task PinSelfAsync(int? cpu)
    {
        if (cpu is null) return;
        string taskset = Find("taskset") ?? throw new BenchException("taskset is missing: apt-get install util-linux");
        await RunAsync(null, taskset, "--all-tasks", "--pid", "--cpu-list", $"{cpu}", $"{Environment.ProcessId}");
    }

    /// <summary>This program itself, with other arguments.</summary>
    public static Task<string> RunSelfAsync(IEnumerable<string> arguments)
    {
        string program = Environment.ProcessPath!;
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(Child).Assembly.Location] : [];
        return RunAsync(null, program, [.. self, .. arguments]);
    }
}

/// <summary>A measurement that cannot be made; the message says what to do.</summary>
internal sealed class BenchException(string message) : Exception(message);
