using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>The scripts of docs/examples, run as the README says, and shorter.</summary>
public sealed class ExampleTests : ExampleTest
{
    [Theory]
    [InlineData("background-refresh.ps1", "10 devices: 10 asked to refresh news.")]
    [InlineData("broadcast.ps1", "10 matches reported: 20 of 20 broadcasts taken, 0 channels left.")]
    [InlineData("clean-dead-tokens.ps1", "10 devices: 8 delivered, 2 dead; 1 of these deleted, 1 kept.")]
    [InlineData("fan-out.ps1", "10 lines in 2 parts: 8 delivered, 2 dead, 0 left.")]
    [InlineData("live-activity.ps1", "10 Live Activities started, updated and ended: 30 of 30 pushes delivered.")]
    [InlineData("nightly-campaign.ps1", "10 tokens: 8 delivered, 1 dead, 1 wrong, 0 left.")]
    [InlineData("personal-texts.ps1", "10 users: 9 got a text of their own; rows that were wrong: 1.")]
    [InlineData("quickstart.ps1", "10 notifications in * s: * a second, 10 received by the emulator.")]
    [InlineData("secret-management.ps1", "10 notifications with a key from the vault: 10 delivered.")]
    public async Task An_example_runs_and_says_what_it_did(string name, string lastLine)
    {
        if (name == "clean-dead-tokens.ps1") Need("sqlite3");

        // Its parts open runspaces of their own, which is to happen beside no other: see HostTest.
        HostResult result = name == "fan-out.ps1" ? await HostProcess.Run([Example(name), "-Count", "10"]) : RunExample(name);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches($"^{Regex.Escape(lastLine).Replace("\\*", ".+", StringComparison.Ordinal)}$", result.Lines[^1]);
    }

    /// <summary>As an operator's, who has the module where it is found by name, and this repository nowhere.</summary>
    [Fact]
    public async Task Copied_elsewhere_they_find_the_installed_module()
    {
        Need("sqlite3");
        string[] examples = Directory.GetFiles(Examples, "*.ps1").Where(static path => !path.EndsWith(".Tests.ps1", StringComparison.Ordinal)).ToArray();
        foreach (string example in examples) File.Copy(example, Path.Combine(Folder, Path.GetFileName(example)));
        string all = Write("all.ps1", $$"""
            Set-Location -LiteralPath '{{Folder}}'
            foreach ($example in Get-ChildItem *.ps1 | Where-Object Name -NE all.ps1) {
                $global:LASTEXITCODE = 0
                $null = & $example -Count 10
                "$($example.Name) $LASTEXITCODE"
            }
            Split-Path (Get-Module Apns).ModuleBase
            """);
        string modules = Path.Combine(Folder, "modules");
        string staged = Path.GetFullPath(Path.Combine(Examples, "..", "..", "artifacts", "Apns"));
        foreach (string file in Directory.GetFiles(staged, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(modules, "Apns", Path.GetRelativePath(staged, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        HostResult result = await HostProcess.Run([all], ("PSModulePath", modules));
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(examples.Length + 1, result.Lines.Length);
        Assert.All(result.Lines[..^1], static line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
        Assert.Equal(Path.Combine(modules, "Apns"), result.Lines[^1]);
    }

    [Fact]
    public void Every_example_is_run() =>
        Assert.Equal(
            Directory.GetFiles(Examples, "*.ps1").Select(static path => Path.GetFileName(path)).Where(static name => !name.EndsWith(".Tests.ps1", StringComparison.Ordinal)).Order(),
            typeof(ExampleTests).GetMethod(nameof(An_example_runs_and_says_what_it_did))!.GetCustomAttributes<InlineDataAttribute>().Select(static row => (string)row.Data[0]!).Order());

    // In the test's folder, since some leave files in the current one.
    private HostResult RunExample(string name) => Run($"Set-Location -LiteralPath '{Folder}'\n& '{Example(name)}' -Count 10\nexit $LASTEXITCODE");
}
