[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator
}

AfterAll {
    Stop-ApnsEmulator $emulator
}

Describe 'Disconnect-Apns' {
    AfterEach {
        Get-ApnsSession | Disconnect-Apns
    }

    It 'closes the default session and its connections' {
        $session = Connect-Apns -Emulator $emulator
        Disconnect-Apns
        $session.State | Should -Be 'Closed'
        Wait-Until { $emulator.Connections -eq 0 } 'the connection is closed'
    }

    It 'takes sessions and names from the pipeline' {
        $sessions = 'a', 'b', 'c' | ForEach-Object { Connect-Apns -Emulator $emulator -Name $_ }
        $sessions[0] | Disconnect-Apns
        'b' | Disconnect-Apns
        $sessions.State | Should -Be @('Closed', 'Closed', 'Open')
        Get-ApnsSession | Disconnect-Apns
        $sessions[2].State | Should -Be 'Closed'
    }

    It 'does no harm twice, or without a session' {
        $session = Connect-Apns -Emulator $emulator
        Disconnect-Apns
        { Disconnect-Apns -ErrorAction Stop; Disconnect-Apns $session -ErrorAction Stop; $session | Disconnect-Apns -ErrorAction Stop } | Should -Not -Throw
    }

    It 'waits for the answers still to come' {
        $slow = Start-ApnsEmulator -Latency ([timespan]::FromMilliseconds(500))
        $session = Connect-Apns -Emulator $slow -Topic com.example.app
        $job = Start-ThreadJob {
            Import-Module $using:manifest
            'ab' * 32 | Send-ApnsNotification -Alert hi -Session $using:session
        }
        Wait-Until { $session.InFlight -eq 1 } 'the notification is in flight'
        Disconnect-Apns $session
        (Receive-End $job).Outcome | Should -Be 'Delivered'
        Stop-ApnsEmulator $slow
    }

    It 'leaves the session open under WhatIf' {
        $session = Connect-Apns -Emulator $emulator
        Disconnect-Apns -WhatIf
        $session.State | Should -Be 'Open'
    }
}
