[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator -Unregistered @{ (Get-Token 3) = [datetime]::UtcNow }
    $null = Connect-Apns -Emulator $emulator -Topic com.example.app
    $results = Get-TokenList 20 | Send-ApnsNotification -Alert hi
}

AfterAll {
    Get-ApnsSession | Disconnect-Apns
    Stop-ApnsEmulator $emulator
}

Describe 'Measure-ApnsResult' {
    It 'sums up results' {
        $summary = $results | Measure-ApnsResult
        $summary.Count, $summary.Delivered, $summary.Rejected, $summary.Unknown, $summary.NotSent, $summary.Attempts | Should -Be @(20, 19, 1, 0, 0, 20)
        $summary.Reasons.Unregistered | Should -Be 1
        $summary.Advice.Drop | Should -Be 1
        $summary.LatencyMax | Should -BeGreaterOrEqual $summary.LatencyP99
        $summary.LatencyP99 | Should -BeGreaterOrEqual $summary.LatencyP50
        $summary.Rate | Should -BeGreaterThan 0
        "$summary" | Should -BeLike '20 results: 19 delivered, 1 rejected; * a second; p50 * ms, p99 * ms'
    }

    It 'takes a list as an argument' {
        (Measure-ApnsResult $results).Count | Should -Be 20
    }

    It 'lets the results flow on, and keeps the summary' {
        $passed = $results | Measure-ApnsResult -PassThru -SummaryVariable summary
        $passed | Should -Be $results
        $summary.Count | Should -Be 20
    }

    It 'tells the summary on the host when nobody keeps it' {
        $results | Measure-ApnsResult -PassThru -InformationVariable told 6> $null | Should -Be $results
        "$told" | Should -BeLike '20 results: 19 delivered, 1 rejected;*'
    }

    It 'says of what is no result that it is none, and goes on' {
        $summary = @($results[0]; Get-Token 1; $null; $results[1]) | Measure-ApnsResult -ErrorVariable errors -ErrorAction SilentlyContinue
        $summary.Count | Should -Be 2
        $errors.FullyQualifiedErrorId | Should -Be (, 'NoResult,Apns.PowerShell.Commands.MeasureApnsResultCommand' * 2)
        "$errors" | Should -Not -Match (Get-Token 1)
    }

    It 'sums up nothing' {
        $summary = @() | Measure-ApnsResult
        $summary.Count | Should -Be 0
        $summary | Format-List | Out-String | Should -Match 'Results +: 0'
    }

    It 'shows what there is' {
        $text = $results | Measure-ApnsResult | Out-String
        $text | Should -Match '(?s)Results +: 20.*Delivered +: 19 \(95.00 ?%\).*Rejected +: 1 .*Reasons +: Unregistered 1.*Advice +: Drop 1.*Duration.*Rate.*Latency +: p50 .* ms'
        $text | Should -Not -Match 'Unknown|Skipped|PossibleDuplicates'
    }
}
