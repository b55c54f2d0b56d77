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
        $one.ManagementPort | Should -Not -BeIn $one.Port, $two.Port, $two.ManagementPort
        { Start-ApnsEmulator -ManagementPort $one.ManagementPort } |
            Should -Throw -ErrorId 'PortTaken,Apns.PowerShell.Commands.StartApnsEmulatorCommand' -ExpectedMessage '*Leave -ManagementPort out*'
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

    It 'allows all topics of an app by its bundle id' {
        $emulator = Start-ApnsEmulator -Topic com.example.app
        $null = Connect-Apns -Emulator $emulator -Topic com.example.app
        (Get-Token | Send-ApnsNotification -Alert hi -PushType Voip -Topic com.example.app.voip).Outcome | Should -Be 'Delivered'
    }

    It 'uses reasons up one by one' {
        $emulator = Start-ApnsEmulator -Reason @{ (Get-Token) = '418 SomethingNew', 'DeviceTokenNotForTopic' }
        $null = Connect-Apns -Emulator $emulator -Topic com.example.app
        $reasons = 1..3 | ForEach-Object { Get-Token | Send-ApnsNotification -Alert hi -ErrorAction SilentlyContinue | ForEach-Object Reason }
        $reasons | Should -Be @('SomethingNew', 'DeviceTokenNotForTopic', $null)
    }

    It 'tells unique ids in the development environment and when asked to' {
        foreach ($options in @{ Environment = 'Development' }, @{ UniqueId = $true }, @{ Environment = 'Production' }) {
            $null = Connect-Apns -Emulator (Start-ApnsEmulator @options) -Topic com.example.app
            [bool] (Get-Token | Send-ApnsNotification -Alert hi).UniqueId | Should -Be ($options.Environment -ne 'Production')
        }
    }

    It 'judges provider tokens by its clock' {
        $error.Clear()
        {
            Connect-Apns -Emulator (Start-ApnsEmulator -ClockOffset 02:00:00) -Topic com.example.app
            Get-Token | Send-ApnsNotification -Alert hi -ErrorAction Stop
        } | Should -Throw -ExpectedMessage '*ExpiredProviderToken*'
    }

    It 'takes the rest of its options' {
        $options = (Start-ApnsEmulator -BroadcastApp com.example.app -MaxChannels 3 -RetryAfter 00:00:30).Options
        $options.BroadcastApps, $options.MaxChannels, $options.RetryAfter | Should -Be @('com.example.app', 3, [timespan] '00:00:30')
    }

    It 'shows all that it received' {
        $emulator = Start-ApnsEmulator
        $null = Connect-Apns -Emulator $emulator -Topic com.example.app
        $null = Get-Token | Send-ApnsNotification -Payload '{"aps":{"badge":"1"}}'
        $received = $emulator.GetReceived()
        $received.Method, $received.Path | Should -Be @('POST', "/3/device/$(Get-Token)")
        $received.Headers['authorization'] | Should -Be 'bearer'
        $received.Headers['apns-topic'] | Should -Be 'com.example.app'
        $received.PayloadProblems | Should -Be 'aps.badge is not a number.'
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
        { Start-ApnsEmulator -RetryAfter 2.00:00:00 } | Should -Throw -ErrorId 'InvalidOption,Apns.PowerShell.Commands.StartApnsEmulatorCommand'
        { Start-ApnsEmulator -Unregistered @{ a = 'never' } } | Should -Throw -ErrorId 'InvalidDate,Apns.PowerShell.Commands.StartApnsEmulatorCommand'
    }

    It 'has a proxy that fails when it is told to' {
        $emulator = Start-ApnsEmulator -Fault RefuseTunnel
        { Connect-Apns -Emulator $emulator -Topic com.example.app -Proxy $emulator.Proxy } |
            Should -Throw -ErrorId 'ProxyFailed,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*502 Bad Gateway*'
        $emulator.CountStrikes('RefuseTunnel') | Should -Be 1
        $null = Connect-Apns -Emulator $emulator -Topic com.example.app -Proxy $emulator.Proxy
        (Get-Token 1 | Send-ApnsNotification -Alert Hi).Outcome | Should -Be Delivered
    }

    It 'is shown as a table' {
        $emulator = Start-ApnsEmulator
        $text = $emulator | Out-String -Width 120
        $text | Should -Match 'Port +ManagementPort +Connections +Accepted +Rejected +IsStopped'
        $text | Should -Match "$($emulator.Port) +$($emulator.ManagementPort) +0 +0 +0 +False"
    }
}
