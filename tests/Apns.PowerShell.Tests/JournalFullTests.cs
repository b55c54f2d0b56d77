using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>The file system has no room for more of a journal, in the middle of a run.</summary>
public sealed class JournalFullTests : IDisposable
{
    private const string Script = """
        $ErrorActionPreference = 'Stop'
        $ProgressPreference = 'SilentlyContinue'
        Import-Module '{0}'
        $emulator = Start-ApnsEmulator
        $null = Connect-Apns -Emulator $emulator -Topic com.example.app
        $tokens = 1..5000 | ForEach-Object { '{1:x64}' -f $_ }
        prlimit --pid $PID --fsize=100000:
        try { $tokens | Send-ApnsNotification -Alert Hi -Journal run.journal -OutVariable results | Out-Null }
        catch { $_.FullyQualifiedErrorId }
        $groups = $results | Group-Object Outcome -AsHashTable -AsString
        $groups.ContainsKey('Delivered') -and $groups.ContainsKey('NotSent') -and $groups.Count -eq 2
        $groups.Delivered.Count -eq $emulator.Accepted
        ($results.Index | Measure-Object -Maximum).Maximum -eq $results.Count - 1
        prlimit --pid $PID --fsize=unlimited:
        $more = $tokens | Send-ApnsNotification -Alert Hi -Journal run.journal -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" -like '*bytes were cut off*'
        $summary = Get-ApnsJournal run.journal
        "$($summary.Inputs) $($summary.Delivered) $($summary.Unfinished)"
        $times = @{}
        foreach ($received in $emulator.GetReceived()) { $times["$($received.ApnsId)"]++ }
        $marked = @{}
        foreach ($result in $more) { $marked["$($result.ApnsId)"] = $result.PossibleDuplicate }
        $twice = @($times.Keys | Where-Object { $times[$_] -gt 1 })
        @($twice | Where-Object { -not $marked[$_] }).Count
        $emulator.Accepted - 5000 -eq $twice.Count
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("apns-full-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Nothing_leaves_that_is_not_on_file_and_the_next_run_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A process is given a limit by prlimit, which only Linux has.");
        string script = Path.Combine(_folder, "send.ps1");
        await File.WriteAllTextAsync(script, Script.Replace("{0}", StagedModule.Manifest, StringComparison.Ordinal).Replace("{1", "{0", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        // The system kills who goes beyond the limit, unless told to refuse; and .NET's own memory counts as a file.
        ProcessResult run = await Processes.Run("sh", _folder, ["-c", """trap '' XFSZ; exec dotnet "$0" "$1" """, Processes.Host, script], ("DOTNET_EnableWriteXorExecute", "0"));
        Assert.Equal(
            ["JournalFailed,Apns.PowerShell.Commands.SendApnsNotificationCommand", "True", "True", "True", "True", "5000 5000 0", "0", "True"],
            run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => !line.StartsWith('\e')));
        Assert.Equal(0, run.ExitCode);
    }
}
