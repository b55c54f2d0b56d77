using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>Exit codes and error output, as pwsh -File and pwsh -Command have them.</summary>
public sealed class ExitCodeTests : HostTest
{
    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("exit", 0)]
    [InlineData("function f { exit 4 }; f; 'not reached'", 4)]
    [InlineData("throw 'bad'", 1)]
    [InlineData("$Host.SetShouldExit(6)", 6)]
    [InlineData("try { throw 'bad' } finally { $Host.SetShouldExit(6) }", 1)]
    [InlineData("Write-Error 'not the end'; 'goes on'", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; Write-Error 'the end'", 1)]
    [InlineData("No-SuchCommand; 'goes on'", 0)]
    [InlineData("'unterminated", 1)]
    [InlineData("#requires -Version 99", 1)]
    [InlineData("dotnet --no-such-option *> $null", 0)]
    [InlineData("$LASTEXITCODE = 7", 0)]
    public void Scripts_end_as_under_pwsh_File(string script, int expected)
    {
        HostResult result = Run(script);
        Assert.Equal(expected, result.ExitCode);
        Assert.DoesNotContain("not reached", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 + 1", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("throw 'bad'", 1)]
    [InlineData("No-SuchCommand", 1)]
    [InlineData("No-SuchCommand; 1", 0)]
    [InlineData("dotnet --no-such-option *> $null", 1)]
    public void Commands_end_as_under_pwsh_Command(string command, int expected) =>
        Assert.Equal(expected, RunHost(["-Command", command]).ExitCode);

    [Fact]
    public void A_scripts_exit_code_is_its_callers_LASTEXITCODE()
    {
        string inner = Write("inner.ps1", "exit 9");
        HostResult result = Run($"& '{inner}'; \"after $LASTEXITCODE\"");
        Assert.Equal(["after 9"], result.Lines);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void An_uncaught_exception_is_reported_with_its_position()
    {
        HostResult result = Run("'output'\nthrow 'bad'");
        Assert.Equal(["output"], result.Lines);
        Assert.Equal(
            [$"Exception: {PathOf("script.ps1")}:2", "Line |", "   2 |  throw 'bad'", "     |  ~~~~~~~~~~~", "     | bad"],
            result.ErrorLines);
    }

    [Fact]
    public void Write_Error_points_at_its_caller()
    {
        HostResult result = Run("function f { Write-Error 'bad' -ErrorId Mine }\nf\n$error[0].FullyQualifiedErrorId");
        Assert.Equal($"f: {PathOf("script.ps1")}:2", result.ErrorLines[0]);
        Assert.Equal(["Mine,f"], result.Lines);
    }

    [Fact]
    public void Nobody_is_asked_for_a_mandatory_parameter()
    {
        HostResult result = Run("param([Parameter(Mandatory)] $Name) $Name");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("missing mandatory parameters: Name", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 130)]
    [InlineData("; $Host.SetShouldExit(2)", 2)]
    public async Task Stopping_runs_finally_blocks_and_gives_130_if_they_do_not_say_otherwise(string atLast, int expected)
    {
        string script = Write("s.ps1", $"param($Log) try {{ 'running'; Start-Sleep 600 }} finally {{ [IO.File]::WriteAllText($Log, 'cleaned up'){atLast} }}");
        using var output = new SignallingWriter("running");
        using var runner = new ScriptRunner(new ConsoleSurface(output, TextWriter.Null));
        Task<int> run = Task.Run(() => runner.Run(CommandLine.Parse([script, PathOf("log")])), TestContext.Current.CancellationToken);
        output.Seen.Wait(TestContext.Current.CancellationToken);

        Assert.True(runner.Stop());
        Assert.Equal(expected, await run);
        Assert.Equal("cleaned up", await File.ReadAllTextAsync(PathOf("log"), TestContext.Current.CancellationToken));
        Assert.False(runner.Stop(), "Who asks twice is not kept waiting.");
    }

    private sealed class SignallingWriter : TextWriter
    {
        private readonly string _expected;

        public SignallingWriter(string expected)
        {
            _expected = expected;
        }

        public ManualResetEventSlim Seen { get; } = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(string? value)
        {
            if (value?.Contains(_expected, StringComparison.Ordinal) == true) Seen.Set();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) Seen.Dispose();
            base.Dispose(disposing);
        }
    }
}
