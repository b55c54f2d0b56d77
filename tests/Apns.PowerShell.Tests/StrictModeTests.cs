using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Scripts that are strict with themselves can use the module.</summary>
public sealed class StrictModeTests
{
    [Fact]
    public void A_whole_run_works_in_strict_mode_with_errors_that_stop()
    {
        using var engine = new Engine();
        EngineResult run = engine.Run(
            """
            Set-StrictMode -Version Latest
            $ErrorActionPreference = 'Stop'
            $emulator = Start-ApnsEmulator -Unregistered @{ $tokens[1] = [datetime]::UtcNow.AddDays(-1) } -Reason @{ $tokens[2] = 'DeviceTokenNotForTopic' }
            Get-ApnsSession
            Disconnect-Apns
            $session = Connect-Apns -Emulator $emulator -Topic com.example.app
            $rows = $tokens | ForEach-Object { [pscustomobject]@{ Token = $_; User = "user of $_" } }
            $results = try { $rows | Send-ApnsNotification -Title hi -Data @{ k = @{ l = 1 } } -OutVariable all } catch { $problem = $_ }
            foreach ($result in $all) { "$($result.Index) $($result.IsDelivered) $($result.Reason) $($result.InvalidSince) $($result.InputObject.User)" }
            "problem: $($problem.FullyQualifiedErrorId)"
            Get-ApnsSession | Disconnect-Apns
            Stop-ApnsEmulator
            """);
        run.Clean();
        string[] lines = [.. run.Output.Select(static o => o.ToString())];
        Assert.Equal(11, lines.Length);
        Assert.Equal(8, lines.Count(static l => l.Contains(" True ", StringComparison.Ordinal)));
        Assert.Contains(lines, static l => l.Contains("False Unregistered", StringComparison.Ordinal));
        Assert.Contains("problem: NotAllDelivered,Apns.PowerShell.Commands.SendApnsNotificationCommand", lines);
    }

    [Theory]
    [InlineData("Connect-Apns -KeyPath nowhere.p8 -KeyId ABC123DEFG -TeamId DEF123GHIJ", "InvalidKey")]
    [InlineData("Connect-Apns -KeyPath nowhere.p8 -TeamId DEF123GHIJ", "InvalidKey")]
    [InlineData("$t | Send-ApnsNotification -Alert hi", "NotConnected")]
    [InlineData("Get-ApnsSession nobody", "SessionNotFound")]
    public void Errors_are_the_same_in_strict_mode(string command, string errorId)
    {
        using var engine = new Engine();
        ErrorRecord error = engine.Failure($"Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'; {command}");
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
