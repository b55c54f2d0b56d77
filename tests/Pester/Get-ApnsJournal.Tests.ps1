BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator
    $null = Connect-Apns -Emulator $emulator -Topic com.example.app
    Push-Location TestDrive:/
    $null = Get-TokenList 20 | Send-ApnsNotification -Alert hi -Journal a-journal-with-a-long-name.journal
}

AfterAll {
    Pop-Location
    Get-ApnsSession | Disconnect-Apns
    Stop-ApnsEmulator $emulator
}

Describe 'Get-ApnsJournal' {
    It 'sums up a run' {
        $summary = Get-ChildItem *.journal | Get-ApnsJournal
        $summary.Inputs, $summary.Delivered, $summary.Unfinished, $summary.Runs | Should -Be @(20, 20, 0, 1)
        "$summary" | Should -Be 'a-journal-with-a-long-name.journal: 20 inputs, 20 delivered, 0 unfinished'
    }

    It 'gets the results' {
        (Get-ApnsJournal *.journal -Result).Token | Sort-Object | Should -Be (Get-TokenList 20 | Sort-Object)
    }

    It 'shows that the same line goes on' {
        Get-TokenList 20 | Send-ApnsNotification -Alert hi -Journal a-journal-with-a-long-name.journal | Should -BeNullOrEmpty
        (Get-TokenList 20 | Send-ApnsNotification -Alert hi -Journal a-journal-with-a-long-name.journal -IncludeSkipped).Skipped | Should -Be (, $true * 20)
    }

    It 'fits its table into 80 columns, and its list shows all' {
        $lines = Get-ApnsJournal *.journal | Format-Table | Out-String -Width 200 | ForEach-Object { $_ -split '\r?\n' }
        $lines | ForEach-Object Length | Sort-Object | Select-Object -Last 1 | Should -BeLessOrEqual 80
        Get-ApnsJournal *.journal | Format-List | Out-String | Should -Match '(?s)Path .*Notification .*Reasons .*Rate .*TornBytes'
    }
}
