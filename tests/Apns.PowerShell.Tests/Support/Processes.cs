using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>What a program put out, errors and all, and how it ended.</summary>
internal sealed record ProcessResult(int ExitCode, string Text);

/// <summary>Other programs.</summary>
internal static class Processes
{
    // artifacts/bin/<project>/<configuration>
    public static readonly string Configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
    // None takes a tenth of it, even on a busy machine; without an end to it one that hangs would keep all others from being told.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static readonly string Host = Path.Combine(StagedModule.Root, "artifacts", "bin", "Apns.Host.Tests", Configuration, "Apns.Host.dll");

    /// <summary>Runs a script in the host, for what cannot be changed any more in this process.</summary>
    public static Task<ProcessResult> RunScript(string script, params (string Name, string Value)[] environment) => Run("dotnet", ".", [Host, script], environment);

    /// <summary>Runs a program; a test that needs it is skipped where it is not installed.</summary>
    public static async Task<ProcessResult> Run(string program, string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process? process = Start(start);
        Assert.SkipWhen(process is null, $"{program} is not installed.");
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using Timer watchdog = EndInTime(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ProcessResult(process.ExitCode, await output + await error);
    }

    /// <summary>Kills a process and what it has started if it goes on for much too long, until the result is disposed.</summary>
    public static Timer EndInTime(Process process) => new(_ => process.Kill(entireProcessTree: true), null, Patience, Timeout.InfiniteTimeSpan);

    private static Process? Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
