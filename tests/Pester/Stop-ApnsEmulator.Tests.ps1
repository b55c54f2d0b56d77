[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Stop-ApnsEmulator' {
    BeforeEach {
        $one = Start-ApnsEmulator
        $two = Start-ApnsEmulator
    }

    AfterEach {
        Stop-ApnsEmulator
    }

    It 'stops the one it is given' {
        Stop-ApnsEmulator $one
        $one.IsStopped | Should -BeTrue
        $two.IsStopped | Should -BeFalse
    }

    It 'takes emulators from the pipeline' {
        $one, $two | Stop-ApnsEmulator
        $one.IsStopped, $two.IsStopped | Should -Be @($true, $true)
    }

    It 'stops all when none is named, and does no harm twice' {
        Stop-ApnsEmulator
        $one.IsStopped, $two.IsStopped | Should -Be @($true, $true)
        { Stop-ApnsEmulator; Stop-ApnsEmulator $one } | Should -Not -Throw
    }

    It 'ends the connections' {
        $session = Connect-Apns -Emulator $one
        Wait-Until { $one.Connections -eq 1 } 'it is connected'
        Stop-ApnsEmulator $one
        Wait-Until { $one.Connections -eq 0 } 'it is not'
        { Connect-Apns -Emulator $one } | Should -Throw -ErrorId 'EmulatorStopped,Apns.PowerShell.Commands.ConnectApnsCommand'
        Disconnect-Apns $session
    }
}
