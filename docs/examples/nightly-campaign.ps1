<#
.SYNOPSIS
    Sends a campaign that may be killed and started again: with a journal, a report, a list of dead tokens and an exit code.
.DESCRIPTION
    What is done is in the journal, so running the same line again goes on where the last run ended. The exit code is 0 when
    every token has its final result, 2 when some have not and the line is to be run again, and 1 when an error stopped it.

    Without -KeyPath it sends to an emulator in this process that refuses some requests at first, as APNs does on a bad day.
.EXAMPLE
    pwsh docs/examples/nightly-campaign.ps1

    Tries it without an Apple account.
.EXAMPLE
    30 2 * * *  pwsh -NoProfile -File nightly-campaign.ps1 -KeyPath AuthKey_ABC123DEFG.p8 -TeamId DEF123GHIJ -TokenFile tokens.txt -Folder /var/lib/push

    A line of cron. systemd takes the same command as ExecStart, with Restart=on-failure, and Task Scheduler as the program
    pwsh.exe with the rest as arguments.
#>
param(
    # Tokens, one in a line.
    [string] $TokenFile,

    # A signing key, and the team it belongs to.
    [string] $KeyPath,
    [string] $TeamId,

    [string] $Topic = 'com.example.app',
    [string] $Alert = 'Good morning',

    # Where journal, report and dead tokens go.
    [string] $Folder,

    # How often to try what has failed in a way that may pass.
    [int] $Rounds = 5,

    # Tokens to make up where no file is given.
    [int] $Count = 1000
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module (Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" | Select-Object -Last 1).FullName

$triesOut = -not $Folder
if ($triesOut) { $Folder = [IO.Directory]::CreateTempSubdirectory('apns-campaign-').FullName }
if (-not $TokenFile) {
    $TokenFile = Join-Path $Folder 'tokens.txt'
    1..$Count | ForEach-Object { '{0:x64}' -f $_ } | Set-Content $TokenFile
}
$journal = Join-Path $Folder "$(Get-Date -Format yyyy-MM-dd).journal"
$report = [IO.Path]::ChangeExtension($journal, 'html')
$dead = [IO.Path]::ChangeExtension($journal, 'dead.csv')

$emulator = $null
try {
    if ($KeyPath) { $session = Connect-Apns -KeyPath $KeyPath -TeamId $TeamId -Topic $Topic }
    else {
        $gone = '{0:x64}' -f 2
        $busy = '{0:x64}' -f 3
        $emulator = Start-ApnsEmulator -Unregistered @{ $gone = '2026-01-31' } -Reason @{ $busy = , 'ServiceUnavailable' } -RetryAfter 01:00:00
        $session = Connect-Apns -Emulator $emulator -Topic $Topic
    }

    # The same line each time: what is finished is skipped.
    for ($round = 1; $round -le $Rounds; $round++) {
        Get-Content $TokenFile -ReadCount 1000 | Send-ApnsNotification -Alert $Alert -Journal $journal -ErrorAction SilentlyContinue -ErrorVariable problems | Out-Null
        if (-not $problems) { break }
        "Round ${round}: $($problems[-1])"
    }

    Export-ApnsReport -Journal $journal -Path $report -Title 'Nightly campaign' -Session $session
    Get-ApnsJournal $journal -Result | Where-Object Advice -EQ Drop | Select-Object Token, Reason, InvalidSince | Export-Csv $dead
    $summary = Get-ApnsJournal $journal -Result | Measure-ApnsResult
    $dropped = ($summary.Advice.GetEnumerator() | Where-Object Key -EQ Drop | Measure-Object Value -Sum).Sum
    $left = $summary.Count - $summary.Delivered - $dropped
    'Report: {0}' -f $report
    '{0:n0} tokens: {1:n0} delivered, {2:n0} dead, {3:n0} left.' -f $summary.Count, $summary.Delivered, $dropped, $left
}
finally {
    Get-ApnsSession | Disconnect-Apns
    if ($emulator) { Stop-ApnsEmulator $emulator }
    if ($triesOut) { Remove-Item $Folder -Recurse }
}
exit $(if ($left) { 2 } else { 0 })
