[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator -Unregistered @{ (Get-Token 3) = [datetime]::UtcNow.AddDays(-2) }
    $null = Connect-Apns -Emulator $emulator -Topic com.example.app
    Push-Location TestDrive:/
    $results = Get-TokenList 20 | Send-ApnsNotification -Alert hi -Journal run.journal
}

AfterAll {
    Pop-Location
    Get-ApnsSession | Disconnect-Apns
    Stop-ApnsEmulator $emulator
}

Describe 'Export-ApnsReport' {
    It 'makes a page of results, on a drive of PowerShell' {
        $file = $results | Export-ApnsReport TestDrive:/report.html -Title 'A <b>bold</b> title' -PassThru
        $file.FullName | Should -Be (Get-Item TestDrive:/report.html).FullName
        $page = Get-Content report.html -Raw
        $page | Should -BeLike '*<title>A &lt;b&gt;bold&lt;/b&gt; title</title>*19 of 20 notifications*Unregistered*1 to 7 days*com.example.app*'
        $page | Should -Not -Match (Get-Token 3)
    }

    It 'makes a page of a journal' {
        Export-ApnsReport -Journal run.journal -Path journal.html | Should -BeNullOrEmpty
        Get-Content journal.html -Raw | Should -BeLike '*19 of 20 notifications*run.journal*'
    }

    It 'overwrites as Export-Csv does' {
        'before' | Set-Content there.html
        { $results | Export-ApnsReport there.html -NoClobber } | Should -Throw -ErrorId 'NoClobber,*'
        $results | Export-ApnsReport there.html -WhatIf
        Get-Content there.html | Should -Be 'before'
        Set-ItemProperty there.html -Name IsReadOnly -Value $true
        $results | Export-ApnsReport there.html -Force
        Get-Content there.html -Raw | Should -BeLike '<!DOCTYPE html*</html>*'
    }

    It 'takes a name with brackets as it is' {
        $results | Export-ApnsReport -LiteralPath 'report[1].html'
        Test-Path -LiteralPath 'report[1].html' | Should -BeTrue
    }

    It 'says at once that a folder is missing' {
        $emulator.ClearReceived()
        { Get-Token 1 | Send-ApnsNotification -Alert hi | Export-ApnsReport none/report.html } | Should -Throw -ErrorId 'CannotWrite,*'
        $emulator.GetReceived() | Should -BeNullOrEmpty
    }
}
