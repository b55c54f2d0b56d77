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
        { Get-ApnsSession nobody -ErrorAction Stop } | Should -Throw -ErrorId 'NotConnected,Apns.PowerShell.Commands.GetApnsSessionCommand'
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
}
