<#
.SYNOPSIS
    Sends ten million notifications through the pipeline to an emulator that misbehaves every few seconds and takes provider
    tokens for five, and holds what came out against what the emulator took in.
.DESCRIPTION
    Prints the results by outcome, the duplicates, and the memory of the process, the emulator included, at the start, in
    the middle and at the end. Fails when a result is missing, when something arrived more than once without a mark, or
    when memory has grown.
.EXAMPLE
    ./build.ps1 -Task Soak
.EXAMPLE
    dotnet run -c Release --project src/Apns.Host -- tests/Apns.LoadTest/soak.ps1 -Count 200000
#>
param(
    # Notifications.
    [long] $Count = 10000000,

    # A fault of each kind strikes about every so many requests.
    [int] $Every = 200000
)

$ErrorActionPreference = 'Stop'
Import-Module (Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" | Select-Object -Last 1).FullName

function Get-Memory {
    param([string] $When)
    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    [GC]::Collect()
    [pscustomobject]@{
        When          = $When
        'Heap, MiB'   = [Math]::Round([GC]::GetTotalMemory($true) / 1MB, 1)
        'In all, MiB' = [Math]::Round([Diagnostics.Process]::GetCurrentProcess().WorkingSet64 / 1MB)
    }
}

$faults = @(
    "Refuse:every=$($Every / 4),reason=ServiceUnavailable"
    "GoAway:every=$Every,reason=Shutdown"
    "GoAwayTwice:every=$Every"
    "CutConnection:every=$Every,seed=1"
    "RefuseStream:every=$($Every / 4)"
    "ResetStream:every=$Every"
    "HoldAnswer:every=$Every,duration=00:00:00.500"
    "Throttle:every=$Every,duration=00:00:00.200,reason=TooManyRequests"
    "LowerWindow:every=$Every,duration=00:00:00.200"
    "StopReading:every=$Every,duration=00:00:00.200"
    "SplitAnswer:every=$($Every / 4),seed=2"
    "MalformedHeaders:every=$Every"
    "EnhanceYourCalm:every=$Every"
)
$tokens = [IO.Path]::GetTempFileName()
try {
    # Parts of a hundred thousand, each with the same tokens: each token is an input each time.
    $part = [Math]::Min($Count, 100000)
    $parts = [Math]::Ceiling($Count / $part)
    $Count = $parts * $part
    [IO.File]::WriteAllLines($tokens, [string[]] @(for ($i = 0; $i -lt $part; $i++) { '{0:x16}{1:x48}' -f ($i * 2654435761L), $i }))

    $emulator = Start-ApnsEmulator -Fault $faults -Keep 0 -ProviderTokenLifetime 00:00:05
    $null = Connect-Apns -Emulator $emulator -Topic com.example.app -Connections 2

    # Once around before memory is looked at: what is made once is made.
    $null = [IO.File]::ReadLines($tokens) | Send-ApnsNotification -Alert Hi
    $before = $emulator.Accepted
    $memory = @(Get-Memory 'start')
    $outcomes = @{ Delivered = 0L; Rejected = 0L; Unknown = 0L; NotSent = 0L }
    $duplicates = 0L
    $attempts = 0L
    $watch = [Diagnostics.Stopwatch]::StartNew()
    for ($i = 1; $i -le $parts; $i++) {
        [IO.File]::ReadLines($tokens) | Send-ApnsNotification -Alert Hi | . {
            process {
                $outcomes[$_.Outcome.ToString()]++
                $attempts += $_.Attempts
                if ($_.PossibleDuplicate) { $duplicates++ }
            }
        }
        if ($i -eq [Math]::Floor($parts / 2)) { $memory += Get-Memory 'middle' }
    }
    $watch.Stop()
    $memory += Get-Memory 'end'
    $accepted = $emulator.Accepted - $before
    Disconnect-Apns
    Stop-ApnsEmulator
}
finally {
    Remove-Item -LiteralPath $tokens
}

'{0:n0} notifications in {1:n0} s, {2:n0} a second, {3:n0} attempts.' -f $Count, $watch.Elapsed.TotalSeconds, ($Count / $watch.Elapsed.TotalSeconds), $attempts
[pscustomobject] $outcomes | Format-Table Delivered, Rejected, Unknown, NotSent
'{0:n0} are marked as possible duplicates; the emulator accepted {1:n0} more than were delivered.' -f $duplicates, ($accepted - $outcomes.Delivered)
$memory | Format-Table

$results = $outcomes.Delivered + $outcomes.Rejected + $outcomes.Unknown + $outcomes.NotSent
$grown = $memory[-1].'Heap, MiB' - $memory[0].'Heap, MiB'
$problems = @(
    if ($results -ne $Count) { "There are $results results for $Count notifications." }
    if ($accepted -lt $outcomes.Delivered) { "$($outcomes.Delivered) are said to be delivered, and only $accepted arrived." }
    if ($accepted - $outcomes.Delivered -gt $duplicates + $outcomes.Unknown) { 'More arrived than were marked.' }
    if ($grown -gt 16) { "The heap has grown by $grown MiB." }
)
foreach ($problem in $problems) { [Console]::Error.WriteLine($problem) }
if ($problems) { exit 1 }
'It held.'
