[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

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

    It 'has tests for each cmdlet' {
        Get-Command -Module Apns | Where-Object { -not (Test-Path "$PSScriptRoot/$($_.Name).Tests.ps1") } | Should -BeNullOrEmpty
    }

    It 'brings no assembly but its own' {
        Get-ChildItem (Split-Path $manifest) -Recurse -Filter *.dll | ForEach-Object Name | Sort-Object -Unique | Should -Be @(
            'Apns.Client.dll', 'Apns.Emulator.dll', 'Apns.Http2.dll', 'Apns.PowerShell.dll'
        )
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

Describe 'The example <_>' -ForEach (Get-ChildItem "$PSScriptRoot/../../docs/examples/*.ps1" -Exclude *.Tests.ps1).Name {
    It 'runs without an Apple account' {
        if ($_ -eq 'clean-dead-tokens.ps1' -and -not (Get-Command sqlite3 -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'sqlite3 is not installed' }
        # Where it may leave files.
        Push-Location $TestDrive
        try { $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File "$root/docs/examples/$_" -Count 10 2>&1 } finally { Pop-Location }
        $LASTEXITCODE | Should -Be 0
        $output | Where-Object { $_ -is [Management.Automation.ErrorRecord] } | Should -BeNullOrEmpty
        $output[-1] | Should -BeLike '10 *'
    }
}
