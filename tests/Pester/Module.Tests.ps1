BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'The module' {
    It 'has a valid manifest' {
        $module = Test-ModuleManifest $manifest -WarningVariable warnings
        $module.Name | Should -Be 'Apns'
        $module.Version | Should -Be $version
        $warnings | Should -BeNullOrEmpty
    }

    It 'exports these cmdlets and nothing else' {
        (Get-Module Apns).ExportedCommands.Keys | Sort-Object | Should -Be @(
            'Connect-Apns', 'Disconnect-Apns', 'Get-ApnsChannel', 'Get-ApnsSession', 'New-ApnsChannel', 'New-ApnsNotification', 'Remove-ApnsChannel',
            'Send-ApnsBroadcast', 'Send-ApnsNotification', 'Set-ApnsSession', 'Start-ApnsEmulator', 'Stop-ApnsEmulator', 'Test-ApnsConnection'
        )
        Get-Command -Module Apns | ForEach-Object CommandType | Sort-Object -Unique | Should -Be 'Cmdlet'
    }

    It 'brings no assembly but its own' {
        Get-ChildItem (Split-Path $manifest) -Recurse -Filter *.dll | ForEach-Object Name | Sort-Object | Should -Be @(
            'Apns.Client.dll', 'Apns.Emulator.dll', 'Apns.Http2.dll', 'Apns.PowerShell.dll'
        )
    }

    It 'uses approved verbs' {
        Get-Command -Module Apns | Where-Object Verb -NotIn (Get-Verb).Verb | Should -BeNullOrEmpty
    }

    It 'has an about topic' {
        Get-Help about_Apns | Out-String | Should -BeLike '*Delivers Apple push notifications*Connect-Apns*'
    }

    It 'closes sessions and emulators when it is removed' {
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript({
                    param($manifest)
                    Import-Module $manifest
                    $emulator = Start-ApnsEmulator
                    $session = Connect-Apns -Emulator $emulator
                    Remove-Module Apns
                    "$($session.State) $($emulator.IsStopped)"
                }).AddArgument($manifest)
            $shell.Invoke() | Should -Be 'Closed True'
        }
        finally {
            $shell.Dispose()
        }
    }
}

Describe 'The quickstart' {
    It 'runs without an Apple account' {
        $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File "$root/docs/examples/quickstart.ps1" -Count 100
        $LASTEXITCODE | Should -Be 0
        $output[-1] | Should -BeLike '100 notifications in *, 100 received by the emulator.'
    }
}
