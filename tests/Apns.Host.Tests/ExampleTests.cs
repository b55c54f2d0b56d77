using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>The scripts of docs/examples, run as the README says, and shorter.</summary>
public sealed class ExampleTests
{
    internal static readonly string Folder = Path.Combine(FindRoot(), "docs", "examples");

    [Theory]
    [InlineData("broadcast.ps1", "10 matches reported: 20 of 20 broadcasts taken, 0 channels left.")]
    [InlineData("fan-out.ps1", "10 lines in 2 parts: 8 delivered, 2 dead, 0 left.")]
    [InlineData("live-activity.ps1", "10 Live Activities started, updated and ended: 30 of 30 pushes delivered.")]
    [InlineData("nightly-campaign.ps1", "10 tokens: 9 delivered, 1 dead, 0 left.")]
    [InlineData("personal-texts.ps1", "10 users: 9 got a text of their own; rows that were wrong: 1.")]
    [InlineData("quickstart.ps1", "10 notifications in * s: * a second, 10 received by the emulator.")]
    public async Task An_example_runs_and_says_what_it_did(string name, string lastLine)
    {
        HostResult result = await HostProcess.Run([Path.Combine(Folder, name), "-Count", "10"]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches($"^{Regex.Escape(lastLine).Replace("\\*", ".+", StringComparison.Ordinal)}$", result.Lines[^1]);
    }

    [Fact]
    public async Task A_campaign_with_something_left_ends_with_a_code_that_says_so()
    {
        HostResult result = await HostProcess.Run([Path.Combine(Folder, "nightly-campaign.ps1"), "-Count", "10", "-Rounds", "1"]);
        Assert.Equal((2, "10 tokens: 8 delivered, 1 dead, 1 left."), (result.ExitCode, result.Lines[^1]));
    }

    [Fact]
    public void Every_example_is_run() =>
        Assert.Equal(
            Directory.GetFiles(Folder, "*.ps1").Select(static path => Path.GetFileName(path)).Order(),
            typeof(ExampleTests).GetMethod(nameof(An_example_runs_and_says_what_it_did))!.GetCustomAttributes<InlineDataAttribute>().Select(static row => (string)row.Data[0]!).Order());

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Directory.Build.props"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} is the repository.");
    }
}
