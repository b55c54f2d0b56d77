[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator -MaxConcurrentStreams 20 -Latency ([timespan]::FromMilliseconds(5))
}

AfterAll {
    Stop-ApnsEmulator $emulator
}

Describe 'Set-ApnsSession' {
    BeforeEach {
        $session = Connect-Apns -Emulator $emulator -Topic com.example.app -Name mine -Connections 2
    }

    AfterEach {
        Get-ApnsSession | Disconnect-Apns
        Wait-Until { $emulator.Connections -eq 0 } 'the connections are closed'
    }

    It 'opens and closes connections' {
        Set-ApnsSession -Connections 4
        Wait-Until { $emulator.Connections -eq 4 } 'there are four connections'
        Set-ApnsSession -Connections 1
        Wait-Until { $emulator.Connections -eq 1 } 'there is one connection'
        $session.MinConnections, $session.MaxConnections | Should -Be @(1, 1)
    }

    It 'sets what it may grow to' {
        $session | Set-ApnsSession -Connections 2 -MaxConnections 5
        $session.MinConnections, $session.MaxConnections | Should -Be @(2, 5)
    }

    It 'takes sessions and names, and passes them on' {
        $other = Connect-Apns -Emulator $emulator -Name other -Connections 1
        Set-ApnsSession mine -Connections 3 | Should -BeNullOrEmpty
        ('mine', 'other' | Set-ApnsSession -Connections 2 -PassThru).Name | Should -Be @('mine', 'other')
        (Get-ApnsSession).MinConnections | Should -Be @(2, 2)
    }

    It 'loses nothing while another runspace sends' {
        $job = Start-ThreadJob {
            Import-Module $using:manifest
            1..2000 | ForEach-Object { '{0:x64}' -f $_ } | Send-ApnsNotification -Alert hi -Session $using:session
        }
        Wait-Until { $session.Delivered -gt 200 } 'the job sends'
        4, 1, 3 | ForEach-Object { Set-ApnsSession $session -Connections $_ }
        $results = Receive-End $job
        $results.Outcome | Sort-Object -Unique | Should -Be 'Delivered'
        $results.Attempts | Sort-Object -Unique | Should -Be 1
        $received = $emulator.GetReceived()
        $received.Count | Should -Be 2000
        ($received.Token | Sort-Object -Unique).Count | Should -Be 2000
    }

    It 'does nothing under WhatIf' {
        Set-ApnsSession -Connections 5 -WhatIf
        $session.MinConnections | Should -Be 2
    }

    It 'refuses numbers that do not fit together' {
        { Set-ApnsSession -Connections 3 -MaxConnections 2 } | Should -Throw -ErrorId 'InvalidMaxConnections,Apns.PowerShell.Commands.SetApnsSessionCommand'
        { Set-ApnsSession -Connections 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,Apns.PowerShell.Commands.SetApnsSessionCommand'
    }

    It 'reports a session that is closed' {
        Disconnect-Apns $session
        { $session | Set-ApnsSession -Connections 1 -ErrorAction Stop } | Should -Throw -ErrorId 'SessionClosed,Apns.PowerShell.Commands.SetApnsSessionCommand'
        { Set-ApnsSession -Connections 1 } | Should -Throw -ErrorId 'NotConnected,Apns.PowerShell.Commands.SetApnsSessionCommand'
    }
}
