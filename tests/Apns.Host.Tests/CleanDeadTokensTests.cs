using Xunit;

namespace Apns.Host.Tests;

/// <summary>docs/examples/clean-dead-tokens.ps1 with a database, which has what speaks for and against each row.</summary>
public sealed class CleanDeadTokensTests : ExampleTest
{
    [Fact]
    public void A_device_goes_if_it_was_registered_before_its_token_became_invalid()
    {
        Need("sqlite3");
        const string Dead = "-Unregistered @{ $tokens[1] = '2026-01-31Z'; $tokens[2] = '2026-01-31Z'; $tokens[3] = '2026-01-31Z'; $tokens[4] = '2026-01-31T00:00:00.9Z'; $tokens[5] = '2026-01-31Z' }";
        string[] lines = WithApple(Dead, $$"""
            $sqlite = Get-Command sqlite3 -CommandType Application | Select-Object -First 1
            @'
            CREATE TABLE devices (id INTEGER PRIMARY KEY, token TEXT NOT NULL, registered INTEGER NOT NULL, dead INTEGER);
            INSERT INTO devices SELECT value, printf('%064x', value), unixepoch('2026-01-30'), NULL FROM json_each('[1,2,3,4,5,6]');
            INSERT INTO devices VALUES (7, '''); DROP TABLE devices; --', 0, NULL);
            UPDATE devices SET registered = unixepoch('2026-02-01') WHERE id = 3;
            UPDATE devices SET registered = unixepoch('2026-01-31') WHERE id = 5;
            '@ | & $sqlite -bail app.db
            [IO.File]::Copy("$PWD/app.db", "$PWD/other.db")

            # Device 4 is registered again while the others are sent to.
            function sqlite3 {
                if ($args -contains '-readonly') {
                    & $sqlite @args
                    & $sqlite $run.Database "UPDATE devices SET registered = unixepoch('2026-03-01') WHERE id = 4"
                }
                else { $input | & $sqlite @args }
            }
            $run = @{ KeyPath = $apple.KeyPath; TeamId = $apple.TeamId; Topic = $apple.Topic; Database = 'app.db' }
            & '{{Example("clean-dead-tokens.ps1")}}' @run | Select-Object -Last 1
            & $sqlite app.db 'SELECT group_concat(id) FROM devices' | ForEach-Object { $_ }

            $run.Database = 'other.db'
            & '{{Example("clean-dead-tokens.ps1")}}' @run -Flag | Select-Object -Last 1
            & $sqlite other.db "SELECT id, datetime(dead, 'unixepoch') FROM devices WHERE dead IS NOT NULL" | ForEach-Object { $_ }
            $emulator.ClearReceived()
            & '{{Example("clean-dead-tokens.ps1")}}' @run | Select-Object -Last 1
            $emulator.GetReceived().Count

            & $sqlite other.db 'DELETE FROM devices' | ForEach-Object { $_ }
            & '{{Example("clean-dead-tokens.ps1")}}' @run | Select-Object -Last 1
            $run.Database = 'none.db'
            try { & '{{Example("clean-dead-tokens.ps1")}}' @run 2>&1 | Out-Null } catch { "$_" }
            """);
        Assert.Equal(
            [
                "7 devices: 1 delivered, 5 dead; 2 of these deleted, 3 kept.", "1,3,4,5,7",
                "7 devices: 1 delivered, 5 dead; 2 of these flagged, 3 kept.", "2|2026-01-31 00:00:00", "6|2026-01-31 00:00:00",
                "5 devices: 1 delivered, 3 dead; 0 of these deleted, 3 kept.", "4",
                "0 devices: 0 delivered, 0 dead; 0 of these deleted, 0 kept.",
            ],
            lines[..^1]);
        Assert.Contains("sqlite3", lines[^1], System.StringComparison.Ordinal);
    }
}
