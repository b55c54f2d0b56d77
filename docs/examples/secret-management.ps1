<#
.SYNOPSIS
    Connects with a signing key out of a vault, so that no file and no script holds it.
.DESCRIPTION
    Get-Secret is of the module Microsoft.PowerShell.SecretManagement, which has vaults for the system's own store, Azure,
    1Password, KeePass and more. It gives the key as a secure string, which Connect-Apns takes as it is; the key is in no
    variable as text, and in no log. Once, to put the key there:

        Install-PSResource Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore
        Register-SecretVault -Name Push -ModuleName Microsoft.PowerShell.SecretStore -DefaultVault
        Set-Secret -Name apns-key -Secret (Get-Content -Raw AuthKey_ABC123DEFG.p8)

    SecretStore asks for a new password, which it wants in each process. A scheduled run has nobody to ask, so it unlocks the
    vault first, for example with a password that systemd's LoadCredential gives:

        $password = (Get-Content -Raw "$env:CREDENTIALS_DIRECTORY/vault-password").Trim()
        Unlock-SecretVault -Name Push -Password (ConvertTo-SecureString $password -AsPlainText -Force)
        ./secret-management.ps1 -Vault Push -SecretName apns-key ...

    A new store can do without one, guarded by the rights on its files alone. Before Set-Secret, and only there, since it
    deletes what is in the store:

        Reset-SecretStore -Authentication None -Interaction None -Force

    The vault is a user's and below the home folder, so cron must run as that user, and a systemd unit needs User=. Start
    scheduled runs with -NonInteractive: without it a locked vault asks, finds nobody, and pwsh ends with 0, nothing sent.

    Without -SecretName it sends to an emulator in this process, with that one's key.
.EXAMPLE
    pwsh secret-management.ps1
.EXAMPLE
    pwsh -NonInteractive -File secret-management.ps1 -SecretName apns-key -KeyId ABC123DEFG -TeamId DEF123GHIJ -Topic com.example.app -TokenFile tokens.txt
#>
[CmdletBinding(DefaultParameterSetName = 'Emulator')]
param(
    # The key's name in the vault; without -Vault, the default vault and then all others are asked.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $SecretName,

    [Parameter(ParameterSetName = 'Apple')]
    [string] $Vault,

    # The key's id, which there is no file name to tell, and the team it belongs to.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $KeyId,

    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $TeamId,

    # Tokens, one in a line.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [string] $TokenFile,

    # Tokens to make up for the emulator.
    [Parameter(ParameterSetName = 'Emulator')]
    [int] $Count = 10,

    # The app's bundle id.
    [Parameter(Mandatory, ParameterSetName = 'Apple')]
    [Parameter(ParameterSetName = 'Emulator')]
    [string] $Topic = 'com.example.app',

    [string] $Alert = 'Hi'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns')

$emulator = $session = $null
try {
    if ($SecretName) {
        if (-not (Get-Command Get-Secret -ErrorAction Ignore)) { throw 'There is no Get-Secret here: Install-PSResource Microsoft.PowerShell.SecretManagement, and a module for the vault.' }
        $from = @{ Name = $SecretName }
        if ($Vault) { $from.Vault = $Vault }
        $session = Connect-Apns -Key (Get-Secret @from) -KeyId $KeyId -TeamId $TeamId -Topic $Topic
        $tokens = Get-Content -LiteralPath $TokenFile
    }
    else {
        # As a vault would give it.
        $emulator = Start-ApnsEmulator
        $key = [Net.NetworkCredential]::new('', $emulator.ExportSigningKey()).SecurePassword
        $session = Connect-Apns -Key $key -KeyId $emulator::KeyId -TeamId $emulator::TeamId -Topic $Topic -Endpoint "localhost:$($emulator.Port)" -TrustedRoot $emulator.RootCertificate
        $tokens = 1..$Count | ForEach-Object ToString x64
    }

    # The session shows what it is connected with, but not the key.
    $session | Format-Table Name, Environment, Topic, State
    $summary = $tokens | Send-ApnsNotification -Alert $Alert -ErrorAction SilentlyContinue -ErrorVariable problems | Measure-ApnsResult
    foreach ($problem in $problems) { "Note: $problem" }
}
finally {
    if ($session) { Disconnect-Apns $session }
    if ($emulator) { Stop-ApnsEmulator $emulator }
}

'{0:n0} notifications with a key from the vault: {1:n0} delivered.' -f $summary.Count, $summary.Delivered
