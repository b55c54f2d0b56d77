<#
.SYNOPSIS
    Sends to the devices of an SQLite database, and deletes or flags those whose tokens are dead.
.DESCRIPTION
    APNs says since when a token is invalid. An app that was installed again since then has registered again, perhaps with
    the same token, so a row goes only if it was registered before that; what counts is the row as it is at the end, not as
    it was read.

    The database is one like this, with times in Unix seconds. Another one takes another SELECT, DELETE and UPDATE below.

        CREATE TABLE devices (id INTEGER PRIMARY KEY, token TEXT NOT NULL, registered INTEGER NOT NULL, dead INTEGER);

    The program sqlite3, 3.38 or newer, has to be there: apt install sqlite3, brew install sqlite, winget install SQLite.SQLite.

    Without -KeyPath it sends to an emulator in this process, and without -Database to one that it makes for that.
.EXAMPLE
    pwsh clean-dead-tokens.ps1
.EXAMPLE
    pwsh clean-dead-tokens.ps1 -Database app.db -Flag -KeyPath AuthKey_ABC123DEFG.p8 -TeamId DEF123GHIJ -Topic com.example.app
#>
[CmdletBinding(DefaultParameterSetName = 'Emulator')]
param(
    # A signing key, and the team it belongs to.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $KeyPath,

    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $TeamId,

    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $Database,

    # Writes into the column dead since when a token is invalid, instead of deleting the row. A server that takes
    # registrations has to empty it again.
    [switch] $Flag,

    # Devices to make up for the emulator.
    [Parameter(ParameterSetName = 'Emulator')]
    [int] $Count = 1000,

    # The app's bundle id.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [Parameter(ParameterSetName = 'Emulator')]
    [string] $Topic = 'com.example.app',

    [string] $Alert = 'Hi'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Import-Module ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns')

# Two of the made-up apps were deleted; the second was installed again since.
$emulator = $made = $null
if (-not $KeyPath) {
    $made = $Database = Join-Path ([IO.Path]::GetTempPath()) "devices-$([guid]::NewGuid()).db"
    @(
        'CREATE TABLE devices (id INTEGER PRIMARY KEY, token TEXT NOT NULL, registered INTEGER NOT NULL, dead INTEGER);'
        'BEGIN;'
        1..$Count | ForEach-Object { "INSERT INTO devices VALUES ($_, '$($_.ToString('x64'))', unixepoch('$($_ -eq 3 ? '2026-02-01' : '2026-01-01')'), NULL);" }
        'COMMIT;'
    ) | sqlite3 -bail $Database
    $emulator = Start-ApnsEmulator -Unregistered @{ (2).ToString('x64') = '2026-01-31Z'; (3).ToString('x64') = '2026-01-31Z' }
}
$session = $KeyPath ? (Connect-Apns -KeyPath $KeyPath -TeamId $TeamId -Topic $Topic) : (Connect-Apns -Emulator $emulator -Topic $Topic)

# All rows are read before the first is sent, so the database is not locked meanwhile.
$started = [DateTimeOffset]::UtcNow
$rows = @(sqlite3 -readonly -header -csv $Database 'SELECT id, token FROM devices WHERE dead IS NULL')
$dead = @($rows | ConvertFrom-Csv | Send-ApnsNotification -Alert $Alert -ErrorAction SilentlyContinue -ErrorVariable problems |
        Measure-ApnsResult -PassThru -SummaryVariable summary |
        Where-Object Advice -EQ Drop)

# Only numbers get into the statements, so nothing has to be quoted. Times are cut to seconds: in doubt a row stays.
$changed = [int] (@(
        '.timeout 10000'
        'CREATE TEMP TABLE gone (id INTEGER PRIMARY KEY, since INTEGER);'
        'BEGIN IMMEDIATE;'
        $dead | ForEach-Object { 'INSERT INTO gone VALUES ({0}, {1});' -f [long] $_.InputObject.id, ($_.InvalidSince ?? $started).ToUnixTimeSeconds() }
        'DELETE FROM gone WHERE since <= (SELECT registered FROM devices WHERE devices.id = gone.id);'
        $Flag ? 'UPDATE devices SET dead = gone.since FROM gone WHERE gone.id = devices.id;' : 'DELETE FROM devices WHERE id IN (SELECT id FROM gone);'
        'SELECT changes();'
        'COMMIT;'
    ) | sqlite3 -bail $Database)

'The first that are dead:'
$dead | Select-Object -First 10 | Format-Table @{ Name = 'Id'; Expression = { $_.InputObject.id } }, Reason, InvalidSince
foreach ($problem in $problems) { "Note: $problem" }
Disconnect-Apns $session
if ($emulator) { Stop-ApnsEmulator $emulator }
if ($made) { Remove-Item -LiteralPath $made }
'{0:n0} devices: {1:n0} delivered, {2:n0} dead; {3:n0} of these {4}, {5:n0} kept.' -f $summary.Count, $summary.Delivered, $dead.Count, $changed, ($Flag ? 'flagged' : 'deleted'), ($dead.Count - $changed)
