# Sends 10,000 notifications to an APNs emulator in this process: the real cmdlets, the real engine, a real
# TLS HTTP/2 connection. Needs no Apple account.
#
#   dotnet run --project src/Apns.Host -- docs/examples/quickstart.ps1
#   pwsh docs/examples/quickstart.ps1
param([int] $Count = 10000)

$ErrorActionPreference = 'Stop'
Import-Module ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns')

# Three tokens that APNs will not take: two apps were deleted, one token is for another app.
$tokens = foreach ($i in 1..$Count) {
    [Convert]::ToHexStringLower([Security.Cryptography.SHA256]::HashData([BitConverter]::GetBytes($i)))
}
$emulator = Start-ApnsEmulator -Unregistered @{
    $tokens[1] = [datetime]::UtcNow.AddDays(-3)
    $tokens[4] = [datetime]::UtcNow.AddHours(-2)
} -Reason @{ $tokens[7] = 'DeviceTokenNotForTopic' }

Connect-Apns -Emulator $emulator -Topic com.example.app | Format-Table

$watch = [Diagnostics.Stopwatch]::StartNew()
$results = $tokens | Send-ApnsNotification -Title 'Hello' -Body 'Hi there' -Sound default -TotalCount $Count -ErrorAction SilentlyContinue -ErrorVariable problems
$watch.Stop()

'The first ten results:'
$results | Sort-Object Index | Select-Object -First 10 | Format-Table
'All of them:'
$results | Group-Object Outcome, Reason -NoElement | Format-Table -AutoSize
'Tokens to forget:'
$results | Where-Object Advice -EQ Drop | Format-Table Token, Reason, InvalidSince
foreach ($problem in $problems) { "Note: $problem" }

Disconnect-Apns
Stop-ApnsEmulator
'{0:n0} notifications in {1:n2} s: {2:n0} a second, {3:n0} received by the emulator.' -f $results.Count, $watch.Elapsed.TotalSeconds, ($results.Count / $watch.Elapsed.TotalSeconds), ($emulator.Accepted + $emulator.Rejected)
