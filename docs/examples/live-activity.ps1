# Follows deliveries as Live Activities on an APNs emulator in this process: starts one for each, updates them all, and
# ends them. Needs no Apple account.
#
#   dotnet run --project src/Apns.Host -- docs/examples/live-activity.ps1
#   pwsh docs/examples/live-activity.ps1
param([int] $Count = 5)

$ErrorActionPreference = 'Stop'
Import-Module ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns')

# There are two tokens: the app's push-to-start token, and the one of each activity, which the app sends to its server
# when the activity has started.
$deliveries = foreach ($i in 1..$Count) {
    [pscustomobject]@{ Order = 1000 + $i; StartToken = '{0:x160}' -f $i; Token = '{0:x160}' -f (0xa000 + $i); Minutes = 20 + 5 * $i }
}
$emulator = Start-ApnsEmulator
$null = Connect-Apns -Emulator $emulator -Topic com.example.app

# What differs from delivery to delivery is said by script blocks, which are given the delivery as $_.
$start = @{
    Event          = 'Start'
    Token          = { $_.StartToken }
    AttributesType = 'DeliveryAttributes'
    Attributes     = { @{ order = $_.Order } }
    ContentState   = { @{ stage = 'packed'; minutes = $_.Minutes } }
    Title          = 'Your order is packed'
    Body           = { "It will be there in $($_.Minutes) minutes" }
    InputPushToken = $true
}
$results = @($deliveries | Send-ApnsNotification @start)

# Priority 5 does not count against the activity's budget, and content that nobody renews is shown as out of date.
foreach ($delivery in $deliveries) { $delivery.Minutes -= 15 }
$results += $deliveries | Send-ApnsNotification -Event Update -ContentState { @{ stage = 'on its way'; minutes = $_.Minutes } } -StaleDate (New-TimeSpan -Minutes 20) -Priority 5

# The end is the same for all, and leaves the screen after five minutes.
$results += $deliveries | Send-ApnsNotification -Event End -ContentState @{ stage = 'delivered'; minutes = 0 } -DismissalDate (New-TimeSpan -Minutes 5) -Alert 'Enjoy your meal'

'What the emulator received for the first delivery:'
$emulator.GetReceived() | Where-Object Token -In $deliveries[0].StartToken, $deliveries[0].Token | Format-List Topic, Priority, Payload

Disconnect-Apns
Stop-ApnsEmulator
'{0:n0} Live Activities started, updated and ended: {1:n0} of {2:n0} pushes delivered.' -f $Count, @($results | Where-Object IsDelivered).Count, $results.Count
