using System;
using System.IO;
using System.Linq;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>docs/examples/nightly-campaign.ps1 as a scheduler runs it.</summary>
public sealed class NightlyCampaignTests : ExampleTest
{
    private static readonly string Campaign = Example("nightly-campaign.ps1");

    [Fact]
    public void It_goes_through_faults_and_the_same_line_again_sends_nothing()
    {
        const string Emulator = "-Unregistered @{ $tokens[1] = '2026-01-31T00:00:00Z' } -Reason @{ $tokens[2] = , 'ServiceUnavailable'; $tokens[3] = 'DeviceTokenNotForTopic' } -RetryAfter 01:00:00 -Fault CutConnection:after=5";
        string[] lines = WithApple(Emulator, $$"""
            Add-Content tokens.txt 'no token'
            $run = @{ Folder = 'out'; Day = '2026-11-29'; PauseSec = 0 }
            & '{{Campaign}}' @apple @run
            "exit $LASTEXITCODE after $($emulator.GetReceived().Token | Sort-Object -Unique | Measure-Object | ForEach-Object Count)"
            $emulator.ClearReceived()
            & '{{Campaign}}' @apple @run
            "exit $LASTEXITCODE after $($emulator.GetReceived().Count)"

            Import-Csv out/2026-11-29-nightly.dead.csv | ForEach-Object { "$($_.Token.TrimStart('0')) $($_.Reason) $($_.InvalidSince)" }
            Import-Csv out/2026-11-29-nightly.wrong.csv | Sort-Object Reason | ForEach-Object { "$($_.Token.TrimStart('0')) $($_.Reason)" }
            Set-Content tokens.txt @()
            & '{{Campaign}}' @apple @run -Campaign empty | Select-Object -Last 1
            """);
        const string Sum = "11 tokens: 8 delivered, 1 dead, 2 wrong, 0 left.";
        Assert.Equal(["Round 1", "Round 2", "Round 1"], [.. lines.Where(static line => line.StartsWith("Round", StringComparison.Ordinal)).Select(static line => line[..7])]);
        Assert.Equal([Sum, "exit 0 after 10", Sum, "exit 0 after 0"], [.. lines.Where(static line => line == Sum || line.StartsWith("exit", StringComparison.Ordinal))]);
        Assert.Equal(["2 Unregistered 2026-01-31T00:00:00.0000000+00:00", "no token BadDeviceToken", "4 DeviceTokenNotForTopic", "0 tokens: 0 delivered, 0 dead, 0 wrong, 0 left."], lines[^4..]);
        Assert.Equal(
            ["2026-11-29-nightly.dead.csv", "2026-11-29-nightly.html", "2026-11-29-nightly.journal", "2026-11-29-nightly.wrong.csv"],
            [.. Directory.GetFiles(PathOf("out"), "*-nightly.*").Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]);
    }

    [Fact]
    public void What_the_time_did_not_suffice_for_is_left()
    {
        HostResult result = RunHost([Campaign, "-Count", "10", "-Folder", Folder, "-TimeLimit", "00:00:00"]);
        Assert.Equal((2, "10 tokens: 0 delivered, 0 dead, 1 wrong, 9 left."), (result.ExitCode, result.Lines[^1]));
    }

    [Fact]
    public void A_second_run_beside_the_first_is_an_error_that_says_so()
    {
        using FileStream first = File.Open(PathOf("2026-11-29-nightly.journal"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        HostResult result = RunHost([Campaign, "-Count", "10", "-Folder", Folder, "-Day", "2026-11-29"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is in use by another run", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("2026-11-29-nightly.html")));
    }
}
