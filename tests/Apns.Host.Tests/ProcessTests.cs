using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>What shows only in a process of its own: its streams, its exit code and its environment.</summary>
public sealed class ProcessTests : HostTest
{
    [Fact]
    public async Task A_script_writes_to_both_streams_and_sets_the_exit_code()
    {
        string script = Write("s.ps1", "param($Name) \"hello $Name\"; Get-Nothing; exit 3");
        HostResult result = await HostProcess.Run([script, "-Name", "world"]);
        Assert.Equal(["hello world"], result.Lines);
        Assert.Contains("Get-Nothing", result.Error, System.StringComparison.Ordinal);
        Assert.Equal(3, result.ExitCode);
    }

    [Fact]
    public async Task A_missing_script_gives_64()
    {
        HostResult result = await HostProcess.Run([PathOf("missing.ps1")]);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("is not recognized as the name of a script file", result.Error, System.StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task A_real_cmdlet_wins_over_its_stand_in_everywhere()
    {
        Write("modules/Real/Real.psd1", "@{ RootModule = 'Real.psm1'; ModuleVersion = '1.0'; FunctionsToExport = 'Get-Date' }");
        Write("modules/Real/Real.psm1", "function Get-Date { 'the real one' }");
        HostResult result = await HostProcess.Run(
            ["-c", "Get-Date; $null = New-Guid; Get-Date; 1 | ForEach-Object -Parallel { $null = New-Guid; Get-Date }; (Get-Command New-Guid).Source"],
            ("PSModulePath", PathOf("modules")));
        Assert.Equal("", result.Error);
        Assert.Equal(["the real one", "the real one", "the real one", "Apns.StandIns"], result.Lines);
    }

    [Fact]
    public async Task A_host_started_by_pwsh_leaves_the_cmdlets_of_that_engine_alone()
    {
        // As in an installed PowerShell: found by its manifest, and not to be loaded by any other engine.
        Write("pwsh/System.Management.Automation.dll", "");
        Write("pwsh/Modules/Own/Own.psd1", "@{ NestedModules = 'Own.Missing.dll'; ModuleVersion = '1.0'; CmdletsToExport = 'New-TimeSpan' }");
        HostResult result = await HostProcess.Run(
            ["-c", "(New-TimeSpan -Minutes 1).TotalSeconds; 2 | ForEach-Object -Parallel { (New-TimeSpan -Minutes $_).TotalSeconds }"],
            ("PSModulePath", PathOf("pwsh/Modules")));
        Assert.Equal("", result.Error);
        Assert.Equal(["60", "120"], result.Lines);
    }

    [Fact]
    public async Task A_host_started_by_a_host_still_has_its_stand_ins()
    {
        string folder = Path.GetDirectoryName(typeof(ScriptRunner).Assembly.Location)!;
        HostResult result = await HostProcess.Run(["-c", "Get-Date 2024-05-06 -Format yyyy"], ("PSModulePath", Path.Combine(folder, "StandIns")));
        Assert.Equal("", result.Error);
        Assert.Equal(["2024"], result.Lines);
    }

    [Fact]
    public async Task Native_commands_share_the_streams()
    {
        HostResult result = await HostProcess.Run(["-c", "'before'; dotnet --no-such-option; 'after'; $LASTEXITCODE -ne 0"]);
        Assert.Equal("before", result.Lines[0]);
        Assert.Equal(["after", "True"], result.Lines[^2..]);
    }

    [Fact]
    public async Task Output_that_is_redirected_is_plain_text()
    {
        HostResult result = await HostProcess.Run(["-c", "\"`e[31mred`e[0m\"; Write-Warning w; [pscustomobject]@{ a = 1 } | Format-Table; throw 'e'"]);
        Assert.DoesNotContain('\u001b', result.Output + result.Error);
        Assert.Contains("red", result.Lines);
    }
}
