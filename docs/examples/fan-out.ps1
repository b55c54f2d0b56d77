# Sends to a file of tokens from several machines at once, and merges what became of each token. As it stands it does so
# on an APNs emulator in this process, with local processes in the hosts' place. Needs no Apple account.
#
#   dotnet run --project src/Apns.Host -- docs/examples/fan-out.ps1
#   pwsh docs/examples/fan-out.ps1
#   pwsh docs/examples/fan-out.ps1 -Path tokens.txt -HostName a, b, c -Alert 'Hi' -Folder ./campaign `
#        -Connect @{ KeyPath = '/etc/apns/AuthKey_ABC123DEFG.p8'; TeamId = 'DEF123GHIJ'; Topic = 'com.example.app' }
#
# Hosts are reached by SSH, and have PowerShell as a subsystem of SSH, this module, and the key at that path. Each part has
# a journal of its own: run the same line again after whatever broke, and each part goes on where it was.
param(
    # Tokens to make up, when there is no -Path.
    [int] $Count = 1000,
    [string] $Path,
    [string[]] $HostName,

    # Local processes in the hosts' place.
    [int] $Parts = 3,
    [hashtable] $Connect,
    [string] $Alert = 'Hi',

    # Where parts and journals are kept; left out, nothing is kept.
    [string] $Folder
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest
$module = (Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" | Select-Object -Last 1).FullName
Import-Module $module

# One part, on whatever machine: what it does is in its journal.
$send = {
    param([string] $Module, [hashtable] $Connect, [string] $Tokens, [string] $Journal, [string] $Alert)
    $ErrorActionPreference = 'Stop'
    Import-Module $Module
    $session = Connect-Apns @Connect
    [IO.File]::ReadLines($Tokens) | Send-ApnsNotification -Session $session -Alert $Alert -Journal $Journal -ErrorAction SilentlyContinue -ErrorVariable problems | Out-Null
    Disconnect-Apns $session
    foreach ($problem in $problems) { "$([Environment]::MachineName): $problem" }
}

$kept = [bool] $Folder
if (-not $kept) { $Folder = Join-Path ([IO.Path]::GetTempPath()) "fan-out-$([guid]::NewGuid())" }
$Folder = (New-Item $Folder -ItemType Directory -Force).FullName
$emulator = $null
try {
    if (-not $Connect) {
        $dead = '{0:x64}' -f 1
        $emulator = Start-ApnsEmulator -Unregistered @{ $dead = [datetime]::UtcNow.AddDays(-3) }
        Set-Content "$Folder/key.p8" $emulator.ExportSigningKey()
        Set-Content "$Folder/root.pem" $emulator.RootCertificate.ExportCertificatePem()
        $Connect = @{ KeyPath = "$Folder/key.p8"; KeyId = 'EMULATOR01'; TeamId = 'TEAM000001'; Topic = 'com.example.app'; Endpoint = $emulator.Host; Port = $emulator.Port; TrustedRoot = "$Folder/root.pem" }
    }
    if (-not $Path) {
        $Path = "$Folder/tokens.txt"
        [IO.File]::WriteAllLines($Path, [string[]] @(1..$Count | ForEach-Object { '{0:x64}' -f $_ }))
    }
    else { $Path = (Resolve-Path $Path).ProviderPath }

    # By lines, without the whole file in memory. The same file makes the same parts, which the journals rely on.
    if ($HostName) { $Parts = $HostName.Count }
    $lines = [Linq.Enumerable]::Count([IO.File]::ReadLines($Path))
    $share = [int] [Math]::Ceiling($lines / $Parts)
    $work = for ($i = 0; $i -lt $Parts; $i++) {
        $tokens = "$Folder/part-$i.txt"
        [IO.File]::WriteAllLines($tokens, [Linq.Enumerable]::Take([Linq.Enumerable]::Skip([IO.File]::ReadLines($Path), $i * $share), $share))
        [pscustomobject]@{ Tokens = $tokens; Journal = "$Folder/part-$i.journal" }
    }

    if ($HostName) {
        $sessions = @(New-PSSession -HostName $HostName)
        $there = @($sessions | ForEach-Object { Invoke-Command -Session $_ { $HOME } })
        $jobs = for ($i = 0; $i -lt $Parts; $i++) {
            Copy-Item $work[$i].Tokens -Destination "$($there[$i])/part-$i.txt" -ToSession $sessions[$i]
            Invoke-Command -Session $sessions[$i] -ScriptBlock $send -ArgumentList 'Apns', $Connect, "$($there[$i])/part-$i.txt", "$($there[$i])/part-$i.journal", $Alert -AsJob
        }
        $jobs | Receive-Job -Wait -AutoRemoveJob -ErrorAction Continue
        for ($i = 0; $i -lt $Parts; $i++) { Copy-Item "$($there[$i])/part-$i.journal" -Destination $work[$i].Journal -FromSession $sessions[$i] }
        $sessions | Remove-PSSession
    }
    elseif (Test-Path (Join-Path $PSHOME 'pwsh*')) {
        $work | ForEach-Object { Start-Job $send -ArgumentList $module, $Connect, $_.Tokens, $_.Journal, $Alert } | Receive-Job -Wait -AutoRemoveJob -ErrorAction Continue
    }
    else {
        # Where the engine is hosted by another program there is no pwsh to start: runspaces do as well.
        $text = $send.ToString()
        $work | ForEach-Object -Parallel {
            & ([scriptblock]::Create($using:text)) $using:module $using:Connect $_.Tokens $_.Journal $using:Alert
        }
    }

    'What each part did:'
    $journals = @(Get-ApnsJournal "$Folder/part-*.journal")
    $journals | Format-Table @{ Name = 'Part'; Expression = { [IO.Path]::GetFileNameWithoutExtension($_.Path) } }, Inputs, Delivered, Rejected, Unknown, NotSent, Unfinished, PossibleDuplicates
    $results = Get-ApnsJournal "$Folder/part-*.journal" -Result
    'Tokens to forget:'
    $drop = @($results | Where-Object Advice -EQ Drop)
    $drop | ForEach-Object { "  $($_.Token) $($_.Reason) since $($_.InvalidSince)" }
    if ($kept) { $drop | Select-Object Token, Reason, InvalidSince | Export-Csv "$Folder/dead-tokens.csv" }

    $sum = @{}
    foreach ($what in 'Inputs', 'Delivered') { $sum[$what] = ($journals | Measure-Object $what -Sum).Sum }
    '{0:n0} tokens in {1} parts: {2:n0} delivered, {3:n0} to forget, {4:n0} to be sent again.' -f $lines, $Parts, $sum.Delivered, $drop.Count, ($lines - $sum.Inputs + @($results | Where-Object Advice -EQ Retry).Count)
}
finally {
    if ($emulator) { Stop-ApnsEmulator $emulator }
    if (-not $kept) { Remove-Item $Folder -Recurse }
}
