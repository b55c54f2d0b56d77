[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator
    $ids = @{ KeyId = 'EMULATOR01'; TeamId = 'TEAM000001' }
    $server = @{ Endpoint = "localhost:$($emulator.Port)"; TrustedRoot = $emulator.RootCertificate; Topic = 'com.example.app' }
    $keyPath = Join-Path $TestDrive 'AuthKey_EMULATOR01.p8'
    $emulator.ExportSigningKey() | Set-Content $keyPath
}

AfterAll {
    Get-ApnsSession | Disconnect-Apns
    Stop-ApnsEmulator $emulator
}

Describe 'Test-ApnsConnection' {
    BeforeEach {
        $emulator.ClearReceived()
    }

    It 'finds nothing wrong with an emulator' {
        $test = Test-ApnsConnection -KeyPath $keyPath @ids @server
        $test.Succeeded | Should -BeTrue
        $test.Steps.Step | Should -Be @('Dns', 'Tcp', 'Tls', 'Alpn', 'Settings', 'Ping', 'Credential', 'Clock')
        $test.Steps.Succeeded | Should -Not -Contain $false
        $emulator.GetReceived().Token | Should -Be ('0' * 64)
        Get-ApnsSession | Should -BeNullOrEmpty
    }

    It 'takes the parameters of Connect-Apns' {
        $connect = (Get-Command Connect-Apns).Parameters.Keys
        $connect | Where-Object { $_ -notin (Get-Command Test-ApnsConnection).Parameters.Keys } | Sort-Object |
            Should -Be @('Connections', 'Delivery', 'ManagementEndpoint', 'MaxConnections', 'Name', 'Simulator')
    }

    It 'tests an emulator or a session from the pipeline' {
        $emulator | Test-ApnsConnection -Topic com.example.app -Quiet | Should -BeTrue
        $emulator | Test-ApnsConnection -Quiet | Should -BeTrue
        $session = Connect-Apns -Emulator $emulator -Topic com.example.app -Name tested
        try {
            $session | Test-ApnsConnection -Quiet | Should -BeTrue
            Test-ApnsConnection -Session tested -Quiet | Should -BeTrue
            Test-ApnsConnection -Quiet | Should -BeTrue
        }
        finally {
            Disconnect-Apns $session
        }

        { Test-ApnsConnection } | Should -Throw -ErrorId 'NotConnected,Apns.PowerShell.Commands.TestApnsConnectionCommand'
    }

    It 'finds the step that fails, and goes on' {
        $test = Test-ApnsConnection -KeyPath $keyPath @ids -Endpoint localhost:1
        $? | Should -BeTrue
        $test.Succeeded | Should -BeFalse
        $failed = $test.Steps | Where-Object Succeeded -EQ $false
        $failed.Step | Should -Be 'Tcp'
        $failed.Remedy | Should -BeLike 'Check host, port and firewall*'
        $test.Steps[2].Succeeded | Should -BeNullOrEmpty
        $test.Steps[2].Detail | Should -Be 'Not tried.'
        Test-ApnsConnection -KeyPath $keyPath @ids -Endpoint localhost:1 -Quiet | Should -BeFalse
    }

    It 'says what to do about a root that is not trusted' {
        $tls = (Test-ApnsConnection -KeyPath $keyPath @ids -Endpoint $server.Endpoint).Steps | Where-Object Step -EQ Tls
        $tls.Detail | Should -BeLike "*'CN=Apns emulator root', which is not trusted.*"
        $tls.Remedy | Should -BeLike '*-TrustedRoot*intercepts TLS*'
    }

    It 'says what to do about a key that is refused' {
        $wrong = New-KeyFile (Join-Path $TestDrive wrong.p8)
        $credential = (Test-ApnsConnection -KeyPath $wrong @ids @server).Steps | Where-Object Step -EQ Credential
        $credential.Detail | Should -Be 'Refused: 403 InvalidProviderToken.'
        $credential.Remedy | Should -BeLike '*-KeyId*clock of this machine*'
    }

    It 'shows a test as a list of its steps' {
        $test = Test-ApnsConnection -KeyPath $keyPath @ids -Endpoint localhost:1
        $text = $test | Out-String -Width 400
        $text | Should -Match 'localhost:1, key EMULATOR01 of team TEAM000001: not usable'
        $text | Should -Match 'Dns +ok +[\d.,]+ ms +localhost: '
        $text | Should -Match 'Tcp +FAILED +[\d.,]+ ms +No connection to localhost:1 .*Check host, port and firewall'
        $text | Should -Match 'Tls +- +Not tried\.'
        $emulator | Test-ApnsConnection | Out-String -Width 400 | Should -Match "what was tried is well[^$]*Credential +- +Not tried: .* Give -Topic: the app's bundle id\."
        $test.Steps | Out-String -Width 400 | Should -Match 'Step +Succeeded +ms +Detail +Remedy'
    }

    It 'shows no secret' {
        $text = Test-ApnsConnection -KeyPath $keyPath @ids @server -Verbose 4>&1 | Format-List * -Force | Out-String -Width 500
        $text | Should -Match 'EMULATOR01'
        $text | Should -Not -Match 'bearer |eyJhbGciOi'
    }
}
