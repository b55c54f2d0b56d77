BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator
    'news', 'notes', 'other' | ForEach-Object { $null = Connect-Apns -Emulator $emulator -Name $_ }
}

AfterAll {
    Get-ApnsSession | Disconnect-Apns
    Stop-ApnsEmulator $emulator
}

Describe 'Get-ApnsSession' {
    It 'lists the open sessions' {
        (Get-ApnsSession).Name | Should -Be @('news', 'notes', 'other')
    }

    It 'takes names and wildcards' {
        (Get-ApnsSession N*).Name | Should -Be @('news', 'notes')
        (Get-ApnsSession -Name other, news).Name | Should -Be @('other', 'news')
        ('other' | Get-ApnsSession).Name | Should -Be 'other'
        Get-ApnsSession x* | Should -BeNullOrEmpty
    }

    It 'reports a name that no session has' {
        { Get-ApnsSession nobody -ErrorAction Stop } | Should -Throw -ErrorId 'SessionNotFound,Apns.PowerShell.Commands.GetApnsSessionCommand'
        (Get-ApnsSession nobody, news -ErrorAction SilentlyContinue).Name | Should -Be 'news'
    }

    It 'shows what a session does' {
        $session = Get-ApnsSession news
        $session.Environment | Should -Be 'Emulator'
        $session.Endpoint | Should -Be "localhost:$($emulator.Port)"
        $session.InFlight | Should -Be 0
        $session.Waiting | Should -Be 0
        $session.Connections | Should -Be 1
        "$session" | Should -Be 'news'
    }

    It 'shows what a session has done' {
        $session = Connect-Apns -Emulator $emulator -Topic com.example.app -Name busy
        $session.Sent | Should -Be 0
        $session.RoundTrip | Should -BeNullOrEmpty
        $null = Get-TokenList 20 | Send-ApnsNotification -Alert hi
        $session.Sent, $session.Delivered, $session.Rejected, $session.Unknown, $session.NotSent, $session.Retried, $session.Throttled | Should -Be @(20, 20, 0, 0, 0, 0, 0)
        $session.RoundTrip | Should -BeGreaterThan ([timespan]::Zero)
        $session.BytesSent | Should -BeGreaterThan 2000
        $session.BytesReceived | Should -BeGreaterThan 400
        ($session.ConnectionList | Measure-Object Sent -Sum).Sum | Should -Be 20
        $session.ConnectionList[0].RemoteEndPoint | Should -Be "127.0.0.1:$($emulator.Port)"
        Disconnect-Apns $session
    }

    It 'fits its table into 80 columns, and its list shows all' {
        $session = Connect-Apns -Emulator $emulator -Topic com.example.app.with.a.very.long.name -Name a-session-with-a-long-name
        $lines = $session | Format-Table | Out-String -Width 200 | ForEach-Object { $_ -split '\r?\n' }
        $lines | ForEach-Object Length | Sort-Object | Select-Object -Last 1 | Should -BeLessOrEqual 80
        $lines = $session.ConnectionList | Format-Table | Out-String -Width 200 | ForEach-Object { $_ -split '\r?\n' }
        $lines | ForEach-Object Length | Sort-Object | Select-Object -Last 1 | Should -BeLessOrEqual 80
        $session | Format-List | Out-String | Should -Match '(?s)Delivered.*RoundTrip.*ConnectionList +: \{0 Active 0/'
        Disconnect-Apns $session
    }
}
