[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

# Its parts on hosts. A program ssh, first on the path, starts a PowerShell of this machine for each host; it takes a
# system that runs shell scripts. Parts in one process are tested by tests/Apns.Host.Tests, for machines without pwsh too.
Describe 'The example fan-out.ps1 over hosts' -Skip:$IsWindows {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"

        # Run as: ssh -s HOST powershell
        $ssh = Join-Path $TestDrive ssh
        Set-Content $ssh @"
#!/bin/sh
test "`$2" = down && exit 255
test "`$2" = silent && exec sleep 3600
echo `$`$ > '$TestDrive/'"`$2".pid
exec '$([Environment]::ProcessPath)' -sshs -NoLogo -NoProfile
"@
        [IO.File]::SetUnixFileMode($ssh, 'UserRead, UserExecute')
        $path = $env:PATH
        $env:PATH = "$TestDrive$([IO.Path]::PathSeparator)$path"

        # Runs the example as the user's script would, and gives what it says.
        function Invoke-FanOut {
            param([hashtable] $More = @{})
            & "$root/docs/examples/fan-out.ps1" @run @More -Module $manifest 3>&1
            "exit $LASTEXITCODE"
        }
    }

    AfterAll {
        $env:PATH = $path
    }

    BeforeEach {
        $emulator = Start-ApnsEmulator -Unregistered @{ (Get-Token 3) = '2026-01-31T00:00:00Z' }
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive (New-Guid))
        $tokens = Join-Path $folder tokens.txt
        Get-TokenList 300 | Set-Content $tokens
        $run = @{
            Path       = $tokens
            HostName   = 'a', 'b', 'c'
            Connection = @{
                Endpoint    = "localhost:$($emulator.Port)"
                TrustedRoot = $emulator.RootCertificate
                Topic       = 'com.example.app'
                Key         = Get-SecureText $emulator.ExportSigningKey()
                KeyId       = $emulator::KeyId
                TeamId      = $emulator::TeamId
            }
        }
    }

    AfterEach {
        Stop-ApnsEmulator $emulator
    }

    It 'sends each line from its host, and merges what came of them' {
        $said = Invoke-FanOut @{ Notification = @{ Title = 'Hi'; Data = @{ a = 1.5; b = @{ c = $true } }; Expiration = New-TimeSpan -Hours 1 } }
        $said[-2..-1] | Should -Be '300 lines in 3 parts: 299 delivered, 1 dead, 0 left.', 'exit 0'
        $emulator.GetReceived().Token | Sort-Object | Should -Be (Get-TokenList 300)
        $emulator.GetReceived()[0].Payload | Should -Match '"a":1\.5.*"b":\{"c":true\}|"b":\{"c":true\}.*"a":1\.5'
        ($emulator.GetReceived() | Sort-Object Connection -Unique).Count | Should -BeGreaterOrEqual 3
        $dead = Import-Csv "$tokens.journals/action.csv"
        $dead.Line, $dead.Token, $dead.Outcome, $dead.Reason, $dead.Advice, $dead.InvalidSince | Should -Be '3', (Get-Token 3), 'Rejected', 'Unregistered', 'Drop', '2026-01-31T00:00:00.0000000+00:00'
        (Get-ChildItem "$tokens.journals/*.journal").Name | Should -Be 'lines-1-100.journal', 'lines-101-200.journal', 'lines-201-300.journal'
    }

    It 'goes on with the same line after a host was killed' {
        $first = Start-ThreadJob {
            $run = $using:run
            & "$using:root/docs/examples/fan-out.ps1" @run -Module $using:manifest -RatePerSecond 60 3>&1
            "exit $LASTEXITCODE"
        }
        $ofB = Get-TokenList 200 | Select-Object -Skip 100
        Wait-Until { $emulator.GetReceived().Where({ $_.Token -in $ofB }).Count -gt 0 } 'host b has begun'
        Stop-Process -Id (Get-Content "$TestDrive/b.pid") -Force
        $said = Receive-End $first
        $said | Where-Object { $_ -is [Management.Automation.WarningRecord] } | Should -BeLike 'Lines 101 to 200 on b: *'
        $said[-2..-1] | Should -Be '300 lines in 3 parts: 199 delivered, 1 dead, 100 left.', 'exit 1'

        (Invoke-FanOut)[-2..-1] | Should -Be '300 lines in 3 parts: 299 delivered, 1 dead, 0 left.', 'exit 0'
        $journals = Get-ApnsJournal "$tokens.journals/*.journal" -Result
        $journals.Token | Sort-Object | Should -Be (Get-TokenList 300)
        $twice = ($emulator.GetReceived() | Group-Object Token | Where-Object Count -GT 1).Name
        $twice | Where-Object { $_ -notin $journals.Where({ $_.PossibleDuplicate }).Token } | Should -BeNullOrEmpty
    }

    It 'says which host cannot be reached, and another takes its place' {
        $run.HostName = 'a', 'down', 'c'
        $said = Invoke-FanOut
        $said | Where-Object { $_ -is [Management.Automation.WarningRecord] } | Should -BeLike 'Lines 101 to 200 on down: *'
        $said[-2..-1] | Should -Be '300 lines in 3 parts: 199 delivered, 1 dead, 100 left.', 'exit 1'
        $run.HostName = 'a', 'b', 'c'
        (Invoke-FanOut)[-2..-1] | Should -Be '300 lines in 3 parts: 299 delivered, 1 dead, 0 left.', 'exit 0'
        $emulator.Accepted + $emulator.Rejected | Should -Be 300
    }

    It 'does not wait for ever for a host that says nothing' {
        $run.HostName = 'silent'
        $said = Invoke-FanOut @{ ConnectTimeoutSec = 1 }
        $said | Where-Object { $_ -is [Management.Automation.WarningRecord] } | Should -BeLike 'Lines 1 to 300 on silent: *'
        $said[-2..-1] | Should -Be '300 lines in 1 parts: 0 delivered, 0 dead, 300 left.', 'exit 1'
    }
}
