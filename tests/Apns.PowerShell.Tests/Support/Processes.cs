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
    public static readonly string Host = Path.Combine(StagedModule.Root, "artifacts", "bin", "Apns.Host.Tests", Configuration, "Apns.Host.dll");

    // Without an end to its wait, a test whose program hangs would keep all others from being told.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs a script in the host, for what cannot be changed any more in this process.</summary>
    public static Task<ProcessResult> RunScript(string script, params (string Name, string Value)[] environment) => Run("dotnet", ".", [Host, script], environment);

    /// <summary>Runs a program; a test that needs it is skipped where it is not installed.</summary>
    public static async Task<ProcessResult> Run(string program, string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        ProcessResult? result = await RunAtMost(Patience, program, folder, arguments, environment);
        Assert.True(result is not null, $"{program} does not end.");
        return result;
    }

    /// <summary>As <see cref="Run"/>; null if the program, or one that it left behind with its output, did not end in time and was killed.</summary>
    public static async Task<ProcessResult?> RunAtMost(TimeSpan patience, string program, string folder, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process? process = Start(start);
        Assert.SkipWhen(process is null, $"{program} is not installed.");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(end.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token);
            return new ProcessResult(process.ExitCode, await output.WaitAsync(end.Token) + await error.WaitAsync(end.Token));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }
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
