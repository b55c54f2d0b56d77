[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

# What it does is tested by tests/Apns.Host.Tests; here, how PowerShell ends when a scheduler interrupts it.
Describe 'The example of a nightly campaign' -Skip:$IsWindows {
    BeforeAll { . "$PSScriptRoot/common.ps1" }

    It 'ends with 2 when it is interrupted, and the next run finishes it' {
        $arguments = '-NoProfile', '-NonInteractive', '-File', "$root/docs/examples/nightly-campaign.ps1", '-Count', '10', '-Folder', "$TestDrive/campaigns", '-Day', '2026-11-29'
        $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath, [string[]] ($arguments + '-PauseSec', '600'))
        $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        try {
            do { $line = $process.StandardOutput.ReadLine() } until ($null -eq $line -or $line -match '^Round 1')
            $line | Should -Match '1 left'
            env kill -INT $process.Id
            $process.WaitForExit(60000) | Should -BeTrue -Because 'it has to end'
            $process.ExitCode | Should -Be 2
        }
        finally {
            if (-not $process.HasExited) { $process.Kill() }
            $process.Dispose()
        }

        $output = & ([Environment]::ProcessPath) @arguments
        $LASTEXITCODE | Should -Be 0 -Because "$output"
        "$output" | Should -Match '8 finished before, 0 left'
    }
}
