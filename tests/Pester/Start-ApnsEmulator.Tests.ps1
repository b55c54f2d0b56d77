BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Start-ApnsEmulator' {
    AfterEach {
        Get-ApnsSession | Disconnect-Apns
        Stop-ApnsEmulator
    }

    It 'listens on a free port' {
        $one = Start-ApnsEmulator
        $two = Start-ApnsEmulator
        $one.Port | Should -Not -Be $two.Port
        { Start-ApnsEmulator -Port $one.Port } | Should -Throw -ErrorId 'PortTaken,Apns.PowerShell.Commands.StartApnsEmulatorCommand'
    }

    It 'answers by its tables' {
        $since = [datetime]::UtcNow.Date.AddDays(-3)
        $emulator = Start-ApnsEmulator -Unregistered @{ (Get-Token 1) = $since } -Reason @{ (Get-Token 2) = 'DeviceTokenNotForTopic' }
        $null = Connect-Apns -Emulator $emulator -Topic com.example.app
        $results = Get-TokenList 3 | Send-ApnsNotification -Alert hi -ErrorAction SilentlyContinue | Sort-Object Index
        $results.Status | Should -Be @(410, 400, 200)
        $results.Reason | Should -Be @('Unregistered', 'DeviceTokenNotForTopic', $null)
        $results[0].InvalidSince.UtcDateTime | Should -Be $since
        $emulator.Accepted | Should -Be 1
        $emulator.Rejected | Should -Be 2
    }

    It 'allows only its topics' {
        $null = Connect-Apns -Emulator (Start-ApnsEmulator -Topic com.example.app)
        { Get-Token | Send-ApnsNotification -Alert hi -Topic com.example.other } |
            Should -Throw -ErrorId 'Refused,Apns.PowerShell.Commands.SendApnsNotificationCommand' -ExpectedMessage '*TopicDisallowed*'
        (Get-Token | Send-ApnsNotification -Alert hi -Topic com.example.app).Outcome | Should -Be 'Delivered'
    }

    It 'keeps the latest requests' {
        $emulator = Start-ApnsEmulator -Keep 2
        $null = Connect-Apns -Emulator $emulator -Topic com.example.app
        $null = Get-TokenList 5 | Send-ApnsNotification -Alert hi
        $emulator.GetReceived().Token | Should -Be @((Get-Token 4), (Get-Token 5))
    }

    It 'holds answers back' {
        $null = Connect-Apns -Emulator (Start-ApnsEmulator -Latency 00:00:00.2) -Topic com.example.app
        (Get-Token | Send-ApnsNotification -Alert hi).Duration.TotalMilliseconds | Should -BeGreaterThan 150
    }

    It 'names what it cannot do' {
        { Start-ApnsEmulator -Reason @{ a = 'Whatever' } } | Should -Throw -ErrorId 'UnknownReason,Apns.PowerShell.Commands.StartApnsEmulatorCommand'
        { Start-ApnsEmulator -Unregistered @{ a = 'never' } } | Should -Throw -ErrorId 'InvalidDate,Apns.PowerShell.Commands.StartApnsEmulatorCommand'
    }

    It 'is shown as a table' {
        $emulator = Start-ApnsEmulator
        $text = $emulator | Out-String -Width 120
        $text | Should -Match 'Port +Connections +Accepted +Rejected +IsStopped'
        $text | Should -Match "$($emulator.Port) +0 +0 +0 +False"
    }
}
