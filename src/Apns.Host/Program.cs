using System;
using System.Management.Automation;
using System.Text;

namespace Apns.Host;

/// <summary>Runs a script as <c>pwsh -NoProfile -NonInteractive</c> would, on machines that have no pwsh.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        // The convention of https://no-color.org, and terminals that would show the codes; as in pwsh.
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) || Environment.GetEnvironmentVariable("TERM") == "dumb")
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

        CommandLine commandLine = CommandLine.Parse(args);
        if (commandLine.Error is not null)
        {
            Console.Error.WriteLine(commandLine.Error);
            Console.Error.WriteLine(CommandLine.Usage);
            return CommandLine.UsageExitCode;
        }

        using var runner = new ScriptRunner(ConsoleSurface.OfProcess());
        ConsoleCancelEventHandler onCancel = (_, e) => e.Cancel = runner.Stop();
        Console.CancelKeyPress += onCancel;
        try
        {
            return runner.Run(commandLine);
        }
        finally
        {
            Console.CancelKeyPress -= onCancel;
        }
    }
}
