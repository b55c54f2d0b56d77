# Reports on matches by broadcasts, on an APNs emulator in this process: a channel for each match, one request for each
# goal however many people follow, and the end. Needs no Apple account.
#
#   dotnet run --project src/Apns.Host -- docs/examples/broadcast.ps1
#   pwsh docs/examples/broadcast.ps1
param([int] $Count = 3)

$ErrorActionPreference = 'Stop'
Import-Module ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns')

$emulator = Start-ApnsEmulator
$null = Connect-Apns -Emulator $emulator -Topic com.example.app

# APNs knows a channel by its id only, so keep it with what it is for. The app subscribes its Live Activities to it.
$games = foreach ($i in 1..$Count) {
    [pscustomobject]@{ Match = $i; ChannelId = (New-ApnsChannel -MessageStoragePolicy MostRecent).ChannelId; Goals = 0 }
}
'The channels:'
Get-ApnsChannel | Get-ApnsChannel | Format-Table

# A goal in each match. Devices that are away get the latest broadcast of the last hour when they are back.
foreach ($game in $games) { $game.Goals++ }
$results = @($games | Send-ApnsBroadcast -Event Update -ContentState { @{ match = $_.Match; goals = $_.Goals } } -Title 'Goal!' -Body { "Match $($_.Match): $($_.Goals)" } -Expiration (New-TimeSpan -Hours 1))

# The end. The score stays on the screens for ten minutes, and the channels are not needed any more.
$results += $games | Send-ApnsBroadcast -Event End -ContentState { @{ match = $_.Match; goals = $_.Goals } } -DismissalDate (New-TimeSpan -Minutes 10)
'The broadcasts:'
$results | Format-Table
$games | Remove-ApnsChannel -Confirm:$false

$left = @(Get-ApnsChannel).Count
Disconnect-Apns
Stop-ApnsEmulator
'{0:n0} matches reported: {1:n0} of {2:n0} broadcasts taken, {3:n0} channels left.' -f $Count, @($results | Where-Object Outcome -EQ Delivered).Count, $results.Count, $left
