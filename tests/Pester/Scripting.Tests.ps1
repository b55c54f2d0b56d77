[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $tokens = Get-TokenList 20
    $emulator = Start-ApnsEmulator -Unregistered @{ $tokens[3] = '2026-01-31' }
    $session = Connect-Apns -Emulator $emulator -Topic com.example.app

    # Runs a script in a PowerShell of its own that has the module, and gives back what it wrote.
    function Invoke-Process {
        param([string] $Script)
        $file = Join-Path "$TestDrive" "$([guid]::NewGuid()).ps1"
        Set-Content $file "Set-StrictMode -Version Latest; `$ErrorActionPreference = 'Stop'; Import-Module '$manifest'; Set-Location '$TestDrive'`n$Script"
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $file
    }
}

AfterAll {
    Get-ApnsSession | Disconnect-Apns
    Stop-ApnsEmulator $emulator
}

Describe 'The ways that scripts run' {
    It 'works in strict mode with errors that stop' {
        Invoke-Process @'
$emulator = Start-ApnsEmulator
$session = Connect-Apns -Emulator $emulator -Topic com.example.app
$results = 1..20 | ForEach-Object ToString x64 | Send-ApnsNotification -Alert hi
"$(@($results).Count) $(($results | Measure-ApnsResult).Delivered) $($results[0]) $session"
Get-ApnsSession | Disconnect-Apns
Stop-ApnsEmulator
'@ | Should -BeLike '20 20 *'
        $LASTEXITCODE | Should -Be 0
    }

    It 'ends with exit code 1 when what was not delivered stops it' {
        $output = Invoke-Process @'
$emulator = Start-ApnsEmulator -Reason @{ ('{0:x64}' -f 2) = 'DeviceTokenNotForTopic' }
$null = Connect-Apns -Emulator $emulator -Topic com.example.app
1..3 | ForEach-Object ToString x64 | Send-ApnsNotification -Alert hi | Out-Null
'not reached'
'@ 2>&1
        $LASTEXITCODE | Should -Be 1
        "$output" | Should -BeLike '*1 of 3 notifications*DeviceTokenNotForTopic*'
        "$output" | Should -Not -BeLike '*not reached*'
    }

    It 'writes every stream into the one file that all go to' {
        $file = Join-Path "$TestDrive" all.txt
        & {
            $other = Connect-Apns -Emulator $emulator -Topic com.example.app -Name other -Verbose
            $tokens[0..4] | Send-ApnsNotification -Alert hi -Session $other
            Disconnect-Apns $other
            $null = Send-ApnsNotification 'no token' -Alert hi
        } *> $file
        $text = Get-Content $file -Raw
        $text | Should -BeLike '*Connection 0 to*Delivered*Unregistered*BadDeviceToken*'
        $text | Should -Not -BeLike '*bearer*'
    }

    It 'works with all streams in one variable' {
        $all = & {
            $other = Connect-Apns -Emulator $emulator -Topic com.example.app -Name other -Verbose
            $tokens[0..4] | Send-ApnsNotification -Alert hi -Session $other
            Disconnect-Apns $other
        } *>&1
        @($all | Where-Object { $_ -is [Apns.Client.ApnsResult] }).Count | Should -Be 5
        @($all | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Count | Should -BeGreaterThan 1
    }

    It 'sends from a thread job through a session that is passed' {
        $job = Start-ThreadJob {
            Import-Module $using:manifest
            $using:tokens | Send-ApnsNotification -Alert hi -Session $using:session
        }
        $results = Receive-End $job
        @($results | Where-Object Outcome -EQ Delivered).Count | Should -Be 19
        $results[0] | Should -BeOfType ([Apns.Client.ApnsResult])
    }

    It 'sends from many runspaces through one session' {
        $results = $tokens * 5 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:manifest
            $_ | Send-ApnsNotification -Alert hi -Session $using:session
        }
        @($results).Count | Should -Be 100
        @($results | Where-Object Outcome -EQ Delivered).Count | Should -Be 95
    }

    It 'says what to do in a runspace that has no session' {
        $problem = 1 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            try { 'aa' * 32 | Send-ApnsNotification -Alert hi } catch { $_.Exception.Message }
        }
        $problem | Should -BeLike '*$using:session*'
    }

    It 'sends from a job, which connects by itself' {
        $root = Join-Path "$TestDrive" root.pem
        $key = Join-Path "$TestDrive" AuthKey_ABC123DEFG.p8
        $emulator.RootCertificate.ExportCertificatePem() | Set-Content $root
        $emulator.ExportSigningKey() | Set-Content $key
        $server = @{ KeyId = [Apns.Emulator.ApnsEmulator]::KeyId; TeamId = [Apns.Emulator.ApnsEmulator]::TeamId; Endpoint = "localhost:$($emulator.Port)"; TrustedRoot = $root }
        $job = Start-Job {
            Import-Module $using:manifest
            $server = $using:server
            $null = Connect-Apns -KeyPath $using:key @server -Topic com.example.app
            $using:tokens | Send-ApnsNotification -Alert hi
            Disconnect-Apns
        }
        $results = Receive-End $job
        @($results | Where-Object Outcome -EQ Delivered).Count | Should -Be 19
        ($results | Where-Object Outcome -EQ Rejected).Reason | Should -Be Unregistered
    }

    It 'shows results of an export as it shows them now' {
        $path = Join-Path $TestDrive results.xml
        $now = Get-TokenList 3 | Send-ApnsNotification -Alert hi | Sort-Object Index
        $now | Export-Clixml $path
        $then = Import-Clixml $path
        $then | Out-String | Should -BeExactly ($now | Out-String)
        ($then | Where-Object Outcome -EQ Delivered).Count | Should -Be ($now | Where-Object Outcome -EQ Delivered).Count
    }

    It 'shows results in a transcript, and no secret' {
        $file = Join-Path "$TestDrive" transcript.txt
        Invoke-Process @"
`$PSStyle.OutputRendering = 'PlainText'
`$null = Start-Transcript '$file'
`$emulator = Start-ApnsEmulator
Connect-Apns -Emulator `$emulator -Topic com.example.app -Verbose
'aa' * 32 | Send-ApnsNotification -Alert hi -Verbose
`$null = Stop-Transcript
"@ | Out-Null
        $text = Get-Content $file -Raw
        $text | Should -BeLike '*Connection 0 to*Delivered*'
        $text | Should -Not -Match 'bearer|PRIVATE KEY|eyJ'
    }

    It 'sends nothing where only what would happen is wanted' {
        $WhatIfPreference = $true
        $before = $emulator.GetReceived().Count
        $tokens[0] | Send-ApnsNotification -Alert hi | Should -BeNullOrEmpty
        $emulator.GetReceived().Count | Should -Be $before
    }

    It 'takes defaults for parameters' {
        $PSDefaultParameterValues = @{ 'Send-ApnsNotification:Alert' = 'by default'; 'Send-ApnsNotification:Priority' = 5 }
        $null = $tokens[0] | Send-ApnsNotification
        $received = $emulator.GetReceived() | Select-Object -Last 1
        $received.Payload | Should -BeLike '*by default*'
        $received.Priority | Should -Be 5
    }

    It 'writes plain text where colour is not wanted' {
        $env:NO_COLOR = '1'
        try {
            Invoke-Process @'
$emulator = Start-ApnsEmulator -Unregistered @{ ('{0:x64}' -f 1) = '2026-01-31' }
$null = Connect-Apns -Emulator $emulator -Topic com.example.app
1..2 | ForEach-Object ToString x64 | Send-ApnsNotification -Alert hi | Out-String
'@ | Should -Not -Match "`e\["
        }
        finally { Remove-Item Env:NO_COLOR }
    }
}
