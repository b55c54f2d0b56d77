<#
.SYNOPSIS
    Wakes the app on each device, so that it fetches what is new before its user looks.
.DESCRIPTION
    A background push shows nothing. Apple delivers it when it suits the device, and two or three an hour at most: it is a
    hint that the app may miss, and no way to hand data over.

    Without -KeyPath it sends to an emulator in this process, to tokens that are made up.
.EXAMPLE
    pwsh background-refresh.ps1
.EXAMPLE
    pwsh background-refresh.ps1 -KeyPath AuthKey_ABC123DEFG.p8 -TeamId DEF123GHIJ -Topic com.example.app -TokenFile tokens.txt
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

    # What is new; the app finds it beside aps.
    [string] $What = 'news'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns')

$emulator = $null
if ($KeyPath) {
    $session = Connect-Apns -KeyPath $KeyPath -TeamId $TeamId -Topic $Topic
    $tokens = Get-Content -LiteralPath $TokenFile
}
else {
    $emulator = Start-ApnsEmulator
    $session = Connect-Apns -Emulator $emulator -Topic $Topic
    $tokens = 1..$Count | ForEach-Object ToString x64
}

$push = @{
    ContentAvailable = $true

    # All that Apple allows here: 10 would be refused.
    Priority         = 5

    # Of those that wait for a device that is away only the last is kept, and for an hour. Later the app's own schedule
    # has had its turn.
    CollapseId       = "refresh-$What"
    Expiration       = New-TimeSpan -Hours 1
    Data             = @{ refresh = $What }
}
$summary = $tokens | Send-ApnsNotification @push -ErrorAction SilentlyContinue -ErrorVariable problems | Measure-ApnsResult

if ($emulator) {
    'What the emulator received for the first device:'
    $emulator.GetReceived() | Select-Object -First 1 | Format-List Topic, PushType, Priority, CollapseId, Payload
}
foreach ($problem in $problems) { "Note: $problem" }
Disconnect-Apns $session
if ($emulator) { Stop-ApnsEmulator $emulator }
'{0:n0} devices: {1:n0} asked to refresh {2}.' -f $summary.Count, $summary.Delivered, $What
