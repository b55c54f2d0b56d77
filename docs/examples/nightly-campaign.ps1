<#
.SYNOPSIS
    Sends a campaign that may be killed and started again: with a journal, a report, lists of what needs a hand, and an exit
    code for the scheduler.
.DESCRIPTION
    There is a journal for each campaign and day, so the same line run again goes on where the last run ended, whatever
    ended it, and sends nothing again that has its result. What failed in a way that may pass is tried again in rounds with
    growing pauses.

    In the folder are, each with the day and the name of the campaign: .journal, the report .html, the dead tokens
    .dead.csv, and .wrong.csv with what no repetition helps, a malformed token for example.

    Exit code: 0 when every token has its final result; 2 when some have not or it was interrupted (Ctrl+C, SIGINT), and the
    line is to be run again; 1 when an error stopped it, which includes that another run has the journal.

    Without -KeyPath it sends to an emulator in this process: one device is gone, one is busy at first, one token is bad.
.EXAMPLE
    pwsh nightly-campaign.ps1

    Tries it without an Apple account, and leaves the files in the folder campaigns below the current location. Run it twice
    to see that the second run sends nothing.
.EXAMPLE
    NO_COLOR=1
    */30 2-5 * * *  flock -n -E 0 /var/lib/push/lock pwsh -NoProfile -NonInteractive -File /opt/push/nightly-campaign.ps1 -KeyPath /etc/push/AuthKey_ABC123DEFG.p8 -TeamId DEF123GHIJ -Topic com.example.app -TokenFile /etc/push/tokens.txt -Folder /var/lib/push >> /var/lib/push/campaign.log 2>&1 || { echo "Exit code $?; the end of the log:"; tail -n 20 /var/lib/push/campaign.log; }

    For cron, in the crontab of a user push: every half hour of the night, since what is done is skipped, and not beside a
    run that still goes on. Once before: install -d -o push -m 700 /var/lib/push. cron takes no notice of exit codes and
    mails whatever is printed, so this prints only when the code is not 0. The PATH it gives is /usr/bin:/bin: write out
    where pwsh is if it is elsewhere.
.EXAMPLE
    # campaign.service
    [Unit]
    StartLimitIntervalSec=6h
    StartLimitBurst=10
    [Service]
    DynamicUser=yes
    UMask=0077
    Environment=NO_COLOR=1
    ExecStart=/usr/bin/pwsh -NoProfile -NonInteractive -File /opt/push/nightly-campaign.ps1 -KeyPath ${CREDENTIALS_DIRECTORY}/AuthKey_ABC123DEFG.p8 -TeamId DEF123GHIJ -Topic com.example.app -TokenFile /etc/push/tokens.txt -Folder ${STATE_DIRECTORY}
    LoadCredential=AuthKey_ABC123DEFG.p8:/etc/push/AuthKey_ABC123DEFG.p8
    StateDirectory=push
    KillSignal=SIGINT
    Restart=on-failure
    RestartSec=10min

    # campaign.timer
    [Timer]
    OnCalendar=02:00
    [Install]
    WantedBy=timers.target

    For systemd, with systemctl enable --now campaign.timer: again after ten minutes, until the exit code is 0 or it has
    been tried ten times. By SIGINT systemctl stop lets the script wait for what is under way; SIGTERM would end it at once,
    and what was under way might be sent twice. Only root need be able to read the key, but everybody the tokens, since the
    user is made up for the run; the files are in /var/lib/push.
.EXAMPLE
    schtasks /create /tn Campaign /sc daily /st 02:00 /ri 30 /du 04:00 /tr "pwsh -NoProfile -NonInteractive -File C:\push\nightly-campaign.ps1 -KeyPath C:\push\AuthKey_ABC123DEFG.p8 -TeamId DEF123GHIJ -Topic com.example.app -TokenFile C:\push\tokens.txt -Folder C:\push\campaigns"

    For Task Scheduler: every half hour for four hours. It takes no notice of exit codes, but shows the last one.
#>
[CmdletBinding(DefaultParameterSetName = 'Emulator')]
param(
    # A signing key, and the team it belongs to.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $KeyPath,

    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $TeamId,

    # Tokens, one in a line.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $TokenFile,

    # Tokens to make up for the emulator.
    [Parameter(ParameterSetName = 'Emulator')]
    [int] $Count = 1000,

    # The app's bundle id.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [Parameter(ParameterSetName = 'Emulator')]
    [string] $Topic = 'com.example.app',

    # Development tries it with tokens of the app as built for development.
    [Parameter(ParameterSetName = 'Apple')]
    [ValidateSet('Production', 'Development')]
    [string] $Environment = 'Production',

    [string] $Alert = 'Good morning',

    # Where the files go, and what they are called. A run that goes on after midnight is told the day it began.
    [string] $Folder = 'campaigns',
    [string] $Campaign = 'nightly',
    [datetime] $Day = (Get-Date),

    # How often to send what is left, how long to wait before the second round (the third waits twice as long, and so
    # on), and when to stop sending.
    [int] $Rounds = 5,
    [int] $PauseSec = ($KeyPath ? 60 : 1),
    [timespan] $TimeLimit = '04:00:00'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns')

$deadline = (Get-Date) + $TimeLimit
$Folder = [IO.Directory]::CreateDirectory($PSCmdlet.GetUnresolvedProviderPathFromPSPath($Folder)).FullName
$files = Join-Path $Folder "$($Day.ToString('yyyy-MM-dd'))-$Campaign"
$journal = "$files.journal"

$emulator = $session = $null
$interrupted = $true
try {
    if ($KeyPath) { $session = Connect-Apns -KeyPath $KeyPath -TeamId $TeamId -Topic $Topic -Environment $Environment }
    else {
        $tokens = @(1..$Count | ForEach-Object ToString x64)
        $emulator = Start-ApnsEmulator -Unregistered @{ $tokens[1] = '2026-01-31' } -Reason @{ $tokens[2] = , 'ServiceUnavailable' } -RetryAfter 01:00:00
        $session = Connect-Apns -Emulator $emulator -Topic $Topic
        $tokens[3] = 'no token'
        $TokenFile = "$files.tokens.txt"
        Set-Content -LiteralPath $TokenFile $tokens
    }

    # The results tell what is left, and not the journal: what was never begun is not in there.
    for ($round = 1; ; $round++) {
        $wrong = @(Get-Content -LiteralPath $TokenFile -ReadCount 1000 |
                Send-ApnsNotification -Alert $Alert -Journal $journal -IncludeSkipped -Deadline $deadline -ErrorAction SilentlyContinue |
                Measure-ApnsResult -PassThru -SummaryVariable summary |
                Where-Object Advice -EQ FixRequest)
        $left = $summary.Count
        foreach ($advice in $summary.Advice.GetEnumerator()) { if ($advice.Key -in 'None', 'Drop', 'FixRequest') { $left -= $advice.Value } }
        "Round ${round}: $summary; $('{0:n0} finished before, {1:n0} left, {2:n0} perhaps arrived twice' -f $summary.Skipped, $left, $summary.PossibleDuplicates)"
        $pause = $PauseSec * $round
        if ($left -eq 0 -or $round -ge $Rounds -or (Get-Date).AddSeconds($pause) -ge $deadline) { break }
        Start-Sleep -Seconds $pause
    }

    $wrong | Select-Object Token, Reason, Error | Export-Csv -LiteralPath "$files.wrong.csv"
    $dead = @(Get-ApnsJournal -LiteralPath $journal -Result | Where-Object Advice -EQ Drop)
    $dead | Select-Object Token, Reason, @{ Name = 'InvalidSince'; Expression = { '{0:o}' -f $_.InvalidSince } } | Export-Csv -LiteralPath "$files.dead.csv"
    Export-ApnsReport -Journal $journal -Path "$files.html" -Title "Campaign $Campaign" -Session $session
    $interrupted = $false
}
finally {
    # pwsh -File would end with 0. At a prompt, where there is a line, it would end the prompt instead.
    if ($interrupted -and -not $MyInvocation.Line) { $Host.SetShouldExit(2) }
    if ($session) { Disconnect-Apns $session }
    if ($emulator) { Stop-ApnsEmulator $emulator }
}

foreach ($result in $wrong | Select-Object -First 10) { "Wrong: $($result.Token): $($result.Error)" }
"Report: $files.html"
'{0:n0} tokens: {1:n0} delivered, {2:n0} dead, {3:n0} wrong, {4:n0} left.' -f $summary.Count, $summary.Delivered, $dead.Count, $wrong.Count, $left
exit $(if ($left) { 2 } else { 0 })
