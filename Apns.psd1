@{
    RootModule           = 'Apns.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6d8c2f0e-94b5-4a5e-9f57-3c1e0b7a41d2'
    Author               = 'The Apns authors'
    CompanyName          = 'The Apns authors'
    Copyright            = '(c) the Apns authors. MIT licence.'
    Description          = 'Delivers Apple push notifications (APNs) in bulk: pipeline in, one result object out for each token.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    TypesToProcess       = @('Apns.Types.ps1xml')
    FormatsToProcess     = @('Apns.Format.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'Connect-Apns'
        'Disconnect-Apns'
        'Export-ApnsReport'
        'Get-ApnsChannel'
        'Get-ApnsJournal'
        'Get-ApnsSession'
        'Measure-ApnsResult'
        'New-ApnsChannel'
        'New-ApnsNotification'
        'Remove-ApnsChannel'
        'Send-ApnsBroadcast'
        'Send-ApnsNotification'
        'Set-ApnsSession'
        'Start-ApnsEmulator'
        'Stop-ApnsEmulator'
        'Test-ApnsConnection'
    )
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('APNs', 'push', 'notification', 'Apple', 'iOS', 'HTTP2', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://licenses.nuget.org/MIT'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
