<#
.SYNOPSIS
    Sends to the tokens of a file in parts: one on each host of -HostName, by remoting over SSH, or without hosts side by side
    over one session.
.DESCRIPTION
    Each part reads its own lines and keeps its own journal, so the same line run again goes on, whatever stopped a part. In
    the folder of the journals, action.csv has each result that asks for something. docs/scaling.md says what the hosts need.

    Exit code: 0 when each line was delivered or is a dead token, 1 when something is left.

    Without -Path it sends to an emulator in this process, to tokens that are made up.
.EXAMPLE
    pwsh fan-out.ps1
.EXAMPLE
    ./fan-out.ps1 -HostName push1, push2, push3 -Path /srv/push/tokens.txt -Connection @{
        KeyPath = '/srv/push/AuthKey_ABC123DEFG.p8'; TeamId = 'DEF123GHIJ'; Topic = 'com.example.app'
    } -Notification @{ Title = 'Good morning' } -RatePerSecond 30000

    From three hosts, each of which has the key, the file of tokens and the module where they are named; at most 30,000 a
    second together.
#>
[CmdletBinding(DefaultParameterSetName = 'Emulator')]
param(
    # Tokens, one in a line; the same file on each host.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $Path,

    # What Connect-Apns is given.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [hashtable] $Connection,

    # What Send-ApnsNotification is given beside the tokens; no script blocks.
    [hashtable] $Notification = @{ Alert = 'Hi' },

    # Hosts that take part, or else the number of parts.
    [string[]] $HostName = @(),
    [int] $Parts = 2,

    # How long a host may take to start its part.
    [int] $ConnectTimeoutSec = 120,

    # Of all parts together.
    [double] $RatePerSecond,

    # Where the journals are kept, here and on each host; a folder beside the file of tokens if not said.
    [string] $JournalFolder,

    # The module, by name or path, here and on each host.
    [string] $Module = ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns'),

    # Tokens to make up for the emulator.
    [Parameter(ParameterSetName = 'Emulator')]
    [int] $Count = 10000
)

$ErrorActionPreference = 'Stop'
Import-Module $Module
if ($Notification.Values | Where-Object { $_ -is [scriptblock] }) { throw 'A script block cannot be handed to another host or runspace. Write it into this script, where it sends.' }

$made = $null
if (-not $Path) {
    $made = New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) "fan-out-$([guid]::NewGuid())")
    $Path = Join-Path $made.FullName tokens.txt
    1..$Count | ForEach-Object ToString x64 | Set-Content $Path
    $emulator = Start-ApnsEmulator -Unregistered @{ (2).ToString('x64') = [datetime]::UtcNow.AddDays(-3); (5).ToString('x64') = [datetime]::UtcNow.AddHours(-2) }
    $Connection = @{
        Endpoint = "localhost:$($emulator.Port)"; TrustedRoot = $emulator.RootCertificate; Topic = 'com.example.app'
        Key = $emulator.ExportSigningKey(); KeyId = $emulator::KeyId; TeamId = $emulator::TeamId
    }
}

$file = Get-Item $Path
$lines = [Linq.Enumerable]::Count([IO.File]::ReadLines($file.FullName))
if ($HostName) { $Parts = $HostName.Count }

# A part that has other lines than before would send again what another part's journal knows.
$split = "$lines lines in $Parts parts"
if (-not $JournalFolder) { $JournalFolder = "$($file.FullName).journals" }
try {
    # New-Item -Force is silent about a folder that it cannot make.
    $folder = [IO.Directory]::CreateDirectory($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($JournalFolder))
    $note = Join-Path $folder.FullName split.txt
    if (-not (Test-Path $note)) { Set-Content $note $split }
}
catch { throw "The journals cannot be kept in the folder $JournalFolder. Name one with -JournalFolder that can be written to. $($_.Exception.GetBaseException().Message)" }
if ((Get-Content $note) -ne $split) { throw "The journals in $folder are for $(Get-Content $note), and this is $split. Give another run another -JournalFolder." }

$size = [int] [Math]::Ceiling($lines / $Parts)
$ranges = @(for ($first = 0; $first -lt $lines; $first += $size) {
        $end = [Math]::Min($first + $size, $lines)
        [pscustomobject]@{
            HostName = $HostName ? $HostName[$first / $size] : ''
            First    = $first
            End      = $end
            Journal  = Join-Path $folder.FullName "lines-$($first + 1)-$end.journal"
        }
    })

$job = @{ Module = $Module; Path = $file.FullName; Length = $file.Length; Connection = $Connection; Notification = $Notification.Clone() }
if ($RatePerSecond) { $job.Notification.RatePerSecond = $RatePerSecond / $Parts }
$session = $HostName ? $null : (Connect-Apns @Connection)

$journals = [Collections.Generic.List[object]]::new()
$counts = @{}
$dead = 0
$ranges | ForEach-Object -ThrottleLimit $Parts -Parallel {
    # Runs where the part runs. What it puts out is plain, since a host's objects come back without their types.
    $send = {
        param($range, $job, $session)
        $ErrorActionPreference = 'Stop'
        Import-Module $job.Module
        if ((Get-Item $job.Path).Length -ne $job.Length) { throw "$($job.Path) is another file there than here." }
        $null = [IO.Directory]::CreateDirectory($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath((Split-Path $range.Journal)))
        $connection, $notification = $job.Connection, $job.Notification
        if (-not $session) { $session = Connect-Apns @connection }
        $row = {
            [pscustomobject]@{
                Line         = $range.First + $_.Index + 1
                Token        = $_.Token
                Outcome      = "$($_.Outcome)"
                Reason       = $_.Reason
                Advice       = "$($_.Advice)"
                InvalidSince = $_.InvalidSince ? $_.InvalidSince.ToString('o') : $null
            }
        }
        try {
            $tokens = [Linq.Enumerable]::Take([IO.File]::ReadLines($job.Path), [Range]::new($range.First, $range.End))
            [Linq.Enumerable]::Chunk($tokens, 1000) |
                Send-ApnsNotification @notification -Session $session -Journal $range.Journal -IncludeSkipped -ErrorAction SilentlyContinue |
                Where-Object Advice -NE None |
                ForEach-Object $row
        }
        finally {
            if (Test-Path $range.Journal) {
                Get-ApnsJournal $range.Journal | Select-Object @{ Name = 'Range'; Expression = { $range } }, Runs, Delivered, Rejected, Unknown, NotSent, Unfinished, PossibleDuplicates
            }
        }
    }
    $range = $_
    try {
        if ($range.HostName) { Invoke-Command -HostName $range.HostName -ConnectingTimeout ($using:ConnectTimeoutSec * 1000) -ScriptBlock $send -ArgumentList $range, $using:job -ErrorAction Stop }
        else { & $send $range $using:job $using:session }
    }
    catch {
        Write-Warning "Lines $($range.First + 1) to $($range.End)$($range.HostName ? " on $($range.HostName)" : ''): $_"
    }
} | ForEach-Object {
    if ($_.PSObject.Properties['Runs']) { $journals.Add($_); return }
    $counts["$($_.Advice): $($_.Outcome) $($_.Reason)"]++
    if ($_.Advice -eq 'Drop') { $dead++ }
    $_ | Select-Object Line, Token, Outcome, Reason, Advice, InvalidSince
} | Export-Csv (Join-Path $folder.FullName action.csv)

'The journals:'
$journals | Sort-Object { $_.Range.First } | Format-Table @{ Name = 'Host'; Expression = { $_.Range.HostName } }, @{ Name = 'Lines'; Expression = { "$($_.Range.First + 1)-$($_.Range.End)" } }, Runs, Delivered, Rejected, Unknown, NotSent, Unfinished, @{ Name = 'Repeats'; Expression = { $_.PossibleDuplicates } }
'What asks for something, token by token in action.csv:'
$counts.GetEnumerator() | Sort-Object Key | Format-Table @{ Name = 'Number'; Expression = { $_.Value } }, @{ Name = 'What'; Expression = { $_.Key } }

if ($session) { Disconnect-Apns $session }
if ($made) {
    Stop-ApnsEmulator $emulator
    Remove-Item $made.FullName -Recurse
}
$delivered = 0
foreach ($journal in $journals) { $delivered += $journal.Delivered }
$left = $lines - $delivered - $dead
'{0:n0} lines in {1} parts: {2:n0} delivered, {3:n0} dead, {4:n0} left.' -f $lines, $ranges.Count, $delivered, $dead, $left
exit [int] ($left -gt 0)
