using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>docs/examples/fan-out.ps1 with a file of its user's, its parts in runspaces of one process.</summary>
public sealed class FanOutTests : HostTest
{
    [Fact]
    public async Task Each_line_is_sent_by_one_part_and_the_same_line_again_sends_nothing()
    {
        string[] lines = await Run("""
            11..35 | ForEach-Object ToString x64 | Set-Content tokens.txt
            & $fanOut @run -Parts 4
            & $fanOut @run -Parts 4
            "exit $LASTEXITCODE"
            ($emulator.GetReceived() | Sort-Object Token -Unique).Count
            $emulator.Accepted
            (Get-ApnsJournal tokens.txt.journals/*.journal | Sort-Object Path).ForEach({ "$(Split-Path $_.Path -Leaf) $($_.Runs) $($_.Delivered)" })
            """);
        Assert.Equal(2, lines.Count(static line => line == "25 lines in 4 parts: 25 delivered, 0 dead, 0 left."));
        Assert.Equal(
            ["exit 0", "25", "25", "lines-1-7.journal 2 7", "lines-15-21.journal 2 7", "lines-22-25.journal 2 4", "lines-8-14.journal 2 7"],
            lines[^7..]);
    }

    [Fact]
    public async Task What_asks_for_something_is_in_a_file_also_when_it_was_found_by_an_earlier_run()
    {
        string[] lines = await Run("""
            1..3 | ForEach-Object ToString x64 | Set-Content tokens.txt
            Add-Content tokens.txt 'no token', (11).ToString('x64')
            $null = & $fanOut @run -JournalFolder journals
            & $fanOut @run -JournalFolder journals | Select-Object -Last 1
            "exit $LASTEXITCODE"
            Import-Csv journals/action.csv | Sort-Object { [int] $_.Line } | ForEach-Object { "$($_.Line) $($_.Token.TrimStart('0')) $($_.Outcome) $($_.Reason) $($_.Advice) $($_.InvalidSince)" }
            """);
        Assert.Equal(
            [
                "5 lines in 2 parts: 2 delivered, 1 dead, 2 left.", "exit 1",
                "2 2 Rejected Unregistered Drop 2026-01-31T00:00:00.0000000+00:00",
                "3 3 Rejected DeviceTokenNotForTopic FixRequest", "4 no token NotSent BadDeviceToken FixRequest",
            ],
            lines);
    }

    [Fact]
    public async Task Other_parts_than_those_of_the_journals_are_refused()
    {
        string[] lines = await Run("""
            1..3 | ForEach-Object ToString x64 | Set-Content tokens.txt
            $null = & $fanOut @run
            try { & $fanOut @run -Parts 3 } catch { "$_" }
            (4).ToString('x64') | Add-Content tokens.txt
            try { & $fanOut @run } catch { "$_" }
            $emulator.Accepted + $emulator.Rejected
            """);
        Assert.Contains("are for 3 lines in 2 parts, and this is 3 lines in 3 parts.", lines[0], StringComparison.Ordinal);
        Assert.Contains("are for 3 lines in 2 parts, and this is 4 lines in 2 parts.", lines[1], StringComparison.Ordinal);
        Assert.Equal(["3"], lines[2..]);
    }

    [Fact]
    public async Task A_part_that_is_stopped_is_told_and_the_others_go_on()
    {
        string[] lines = await Run("""
            4, 11, 12, 13, 14 | ForEach-Object ToString x64 | Set-Content tokens.txt
            & $fanOut @run 3>&1
            "exit $LASTEXITCODE"
            (Get-ApnsJournal tokens.txt.journals/lines-4-5.journal).Delivered
            """);
        Assert.Single(lines, static line => line.StartsWith("WARNING: Lines 1 to 3: ", StringComparison.Ordinal) && line.Contains("TopicDisallowed", StringComparison.Ordinal));
        Assert.Equal(["exit 1", "2"], lines[^2..]);
    }

    [Fact]
    public async Task Script_blocks_are_refused()
    {
        string[] lines = await Run("""
            (11).ToString('x64') | Set-Content tokens.txt
            try { & $fanOut @run -Notification @{ Alert = { 'Hi' } } } catch { "$_" }
            $emulator.Accepted
            """);
        Assert.StartsWith("A script block cannot be handed to another host or runspace.", lines[0], StringComparison.Ordinal);
        Assert.Equal(["0"], lines[1..]);
    }

    // For root every file system that is not read-only can be written to, so a file is in the folder's way here.
    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_named_with_the_remedy()
    {
        string[] lines = await Run("""
            (11).ToString('x64') | Set-Content tokens.txt
            try { & $fanOut @run -JournalFolder tokens.txt/journals } catch { "$_" }
            $emulator.Accepted
            """);
        Assert.StartsWith("The journals cannot be kept in the folder tokens.txt/journals. Name one with -JournalFolder", lines[0], StringComparison.Ordinal);
        Assert.Equal("0", lines[^1]);
    }

    private async Task<string[]> Run(string script)
    {
        string path = Write("script.ps1", $$"""
            Set-Location -LiteralPath '{{Folder}}'
            Import-Module (Get-ChildItem '{{ExampleTest.Examples}}/../../artifacts/Apns/*/Apns.psd1' | Select-Object -Last 1).FullName
            $fanOut = '{{ExampleTest.Examples}}/fan-out.ps1'
            $emulator = Start-ApnsEmulator -Unregistered @{ (2).ToString('x64') = '2026-01-31T00:00:00Z' } -Reason @{ (3).ToString('x64') = 'DeviceTokenNotForTopic'; (4).ToString('x64') = 'TopicDisallowed' }
            $run = @{
                Path       = 'tokens.txt'
                Connection = @{
                    Endpoint = "localhost:$($emulator.Port)"; TrustedRoot = $emulator.RootCertificate; Topic = 'com.example.app'
                    Key = $emulator.ExportSigningKey(); KeyId = $emulator::KeyId; TeamId = $emulator::TeamId
                }
            }
            {{script}}
            """);
        HostResult result = await HostProcess.Run([path]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Lines;
    }
}
