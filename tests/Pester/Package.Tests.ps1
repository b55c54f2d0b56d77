Describe 'The module in a gallery' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $getter = Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet
        $gallery = "Apns-$(New-Guid)"
        if ($getter) {
            $null = New-Item -ItemType Directory "$TestDrive/gallery", "$TestDrive/modules"
            Register-PSResourceRepository -Name $gallery -Uri "$TestDrive/gallery" -Trusted
        }
    }

    AfterAll {
        if ($getter) { Unregister-PSResourceRepository -Name $gallery }
    }

    It 'is published, found, saved, imported by name, and sends' {
        if (-not $getter) { Set-ItResult -Skipped -Because 'Microsoft.PowerShell.PSResourceGet is not installed' }
        Publish-PSResource -Path (Split-Path $manifest) -Repository $gallery

        $found = Find-PSResource Apns -Repository $gallery -Prerelease
        $data = Import-PowerShellDataFile $manifest
        $found.Version | Should -Be $version
        $found.Prerelease | Should -Be "$($data.PrivateData.PSData['Prerelease'])"
        $found.Description | Should -Be $data.Description
        $found.ReleaseNotes.ReplaceLineEndings("`n") | Should -Be $data.PrivateData.PSData.ReleaseNotes
        $found.LicenseUri | Should -Be $data.PrivateData.PSData.LicenseUri
        $data.PrivateData.PSData.Tags | Where-Object { $_ -notin $found.Tags } | Should -BeNullOrEmpty

        Save-PSResource Apns -Repository $gallery -Path "$TestDrive/modules" -Prerelease
        $sent = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "
            `$env:PSModulePath = '$TestDrive/modules' + [IO.Path]::PathSeparator + `$env:PSModulePath
            Import-Module Apns
            (Get-Module Apns).ModuleBase
            `$null = Connect-Apns -Emulator (Start-ApnsEmulator) -Topic com.example.app
            ('ab' * 32 | Send-ApnsNotification -Alert hi).Outcome"
        $sent | Should -Be "$(Get-Item "$TestDrive/modules/Apns/$version")", 'Delivered'
    }
}
