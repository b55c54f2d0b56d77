# Sends each user of a table a text of their own, on an APNs emulator in this process. Needs no Apple account.
#
#   dotnet run --project src/Apns.Host -- docs/examples/personal-texts.ps1
#   pwsh docs/examples/personal-texts.ps1
param([int] $Count = 100)

$ErrorActionPreference = 'Stop'
Import-Module ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns')

# A table as a database exports it. Token, Badge and Sound are named as parameters are, and so are used as they stand:
# an empty cell says nothing. The other columns are for the script blocks. One badge is no number.
$table = Join-Path ([IO.Path]::GetTempPath()) "users-$([guid]::NewGuid()).csv"
$names = 'Ann', 'Bob', 'Cyd', 'Dan'
1..$Count | ForEach-Object {
    [pscustomobject]@{
        Token = '{0:x64}' -f $_
        Name  = $names[$_ % 4]
        City  = if ($_ % 3) { 'Ghent' } else { 'Oslo' }
        Badge = if ($_ -eq 2) { 'two' } else { $_ % 5 }
        Sound = if ($_ % 2) { 'default' }
    }
} | Export-Csv $table

$emulator = Start-ApnsEmulator
$null = Connect-Apns -Emulator $emulator -Topic com.example.app

$weather = @{ Ghent = 'It rains.'; Oslo = 'It snows.' }
$results = Import-Csv $table | Send-ApnsNotification -Title { "Good morning, $($_.Name)" } -Body { $weather[$_.City] } -Expiration (New-TimeSpan -Hours 4) -TotalCount $Count -ErrorAction SilentlyContinue
Remove-Item $table

'What the first users got:'
$results | Sort-Object Index | Select-Object -First 5 | Format-Table @{ Name = 'Name'; Expression = { $_.InputObject.Name } }, Outcome, @{ Name = 'Payload'; Expression = { $_.Notification.Json } }
'What was wrong with the table:'
$results | Where-Object Outcome -EQ NotSent | ForEach-Object { "  $($_.InputObject.Name): $($_.Error)" }

Disconnect-Apns
Stop-ApnsEmulator
'{0:n0} users: {1:n0} got a text of their own; rows that were wrong: {2:n0}.' -f $Count, @($results | Where-Object IsDelivered).Count, @($results | Where-Object Outcome -EQ NotSent).Count
