[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator
    $ids = @{ KeyId = 'EMULATOR01'; TeamId = 'TEAM000001' }
    $server = @{ Endpoint = "localhost:$($emulator.Port)"; TrustedRoot = $emulator.RootCertificate }
    $keyPath = Join-Path $TestDrive 'AuthKey_EMULATOR01.p8'
    $emulator.ExportSigningKey() | Set-Content $keyPath
}

AfterAll {
    Get-ApnsSession | Disconnect-Apns
    Stop-ApnsEmulator $emulator
}

Describe 'Connect-Apns' {
    AfterEach {
        Get-ApnsSession | Disconnect-Apns
    }

    It 'connects with a key file' {
        $session = Connect-Apns -KeyPath $keyPath @ids @server -Topic com.example.app
        $session.State | Should -Be 'Open'
        $session.Topic | Should -Be 'com.example.app'
        (Get-Token | Send-ApnsNotification -Alert hi).Outcome | Should -Be 'Delivered'
    }

    It 'reads the key id from the name of the file' {
        (Connect-Apns -KeyPath $keyPath -TeamId TEAM000001 @server).Credential | Should -Be 'key EMULATOR01 of team TEAM000001'
    }

    It 'takes a path relative to the location, and one of a PowerShell drive' {
        Push-Location $TestDrive
        try { Connect-Apns -KeyPath ./AuthKey_EMULATOR01.p8 -TeamId TEAM000001 @server | Should -Not -BeNullOrEmpty } finally { Pop-Location }
        Connect-Apns -KeyPath 'TestDrive:/AuthKey_EMULATOR01.p8' -TeamId TEAM000001 @server | Should -Not -BeNullOrEmpty
    }

    It 'connects with a certificate' {
        $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=Apple Push Services: com.example.app', $key, 'SHA256')
        $certificate = $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(90))
        $password = Get-SecureText sesame
        $path = Join-Path $TestDrive push.p12
        [IO.File]::WriteAllBytes($path, $certificate.Export('Pkcs12', 'sesame'))

        $null = Connect-Apns -CertificatePath $path -CertificatePassword $password @server
        (Get-Token | Send-ApnsNotification -Alert hi).Outcome | Should -Be 'Delivered'
        $null = Connect-Apns -Certificate $certificate @server
        (Get-Token | Send-ApnsNotification -Alert hi).Outcome | Should -Be 'Delivered'
        { Connect-Apns -CertificatePath $path @server } | Should -Throw -ErrorId 'InvalidCertificate,Apns.PowerShell.Commands.ConnectApnsCommand'
    }

    It 'connects with a key that is <Form>' -ForEach @(
        @{ Form = 'text'; Get = { Get-Content -Raw $keyPath } }
        @{ Form = 'lines'; Get = { Get-Content $keyPath } }
        @{ Form = 'bytes'; Get = { Get-Content -AsByteStream -Raw $keyPath } }
        @{ Form = 'bytes one by one'; Get = { Get-Content -AsByteStream $keyPath } }
        @{ Form = 'a secure string'; Get = { Get-SecureText (Get-Content -Raw $keyPath) } }
    ) {
        $key = & $Get
        $null = Connect-Apns -Key $key @ids @server -Topic com.example.app
        (Get-Token | Send-ApnsNotification -Alert hi).Outcome | Should -Be 'Delivered'
    }

    It 'connects with a PEM pair and shows what the certificate is for' {
        $certificate = New-PushCertificate
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
        [IO.File]::WriteAllBytes((Join-Path $TestDrive aps.cer), $certificate.RawData)
        $rsa.ExportPkcs8PrivateKeyPem() | Set-Content (Join-Path $TestDrive push.key)

        $session = Connect-Apns -CertificatePath (Join-Path $TestDrive aps.cer) -CertificateKeyPath (Join-Path $TestDrive push.key) @server
        $session.Topic | Should -Be 'com.example.app'
        $session.Topics | Should -Be 'com.example.app'
        $session.CredentialEnvironments | Should -Be 'Production, Development'
        $session.CredentialExpires.UtcDateTime | Should -Be $certificate.NotAfter.ToUniversalTime()
        $text = $session | Format-List | Out-String -Width 200
        $text | Should -Match 'Topics +: \{com.example.app\}'
        $text | Should -Match 'CredentialExpires +: \S'
        (Get-Token | Send-ApnsNotification -Alert hi).Outcome | Should -Be 'Delivered'
    }

    It 'connects with a certificate of the store' {
        $certificate = New-PushCertificate
        $kept = [Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadPkcs12($certificate.Export('Pkcs12'), '', 'Exportable, PersistKeySet')
        $store = [Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser', 'ReadWrite')
        $store.Add($kept)
        try {
            $null = Connect-Apns -CertificateThumbprint $kept.Thumbprint @server
            (Get-Token | Send-ApnsNotification -Alert hi).Outcome | Should -Be 'Delivered'
        }
        finally {
            $store.Remove($kept)
            $store.Dispose()
        }
    }

    It 'warns before a certificate expires' {
        $null = Connect-Apns -Certificate (New-PushCertificate -Days 12) @server -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeLike '*expires in 12 days. Renew it*'
        $null = Connect-Apns -Certificate (New-PushCertificate) @server -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
    }

    It 'connects to an emulator from the pipeline' {
        ($emulator | Connect-Apns -Name piped).Environment | Should -Be 'Emulator'
    }

    It 'makes the session the default' {
        $null = Connect-Apns -Emulator $emulator -Topic first
        $null = Connect-Apns -Emulator $emulator -Topic second
        $emulator.ClearReceived()
        $null = Get-Token | Send-ApnsNotification -Alert hi
        $emulator.GetReceived().Topic | Should -Be 'second'
    }

    It 'shows a session as a table' {
        $text = Connect-Apns -Emulator $emulator -Topic com.example.app -Name shown | Out-String -Width 200
        $text | Should -Match 'Name +Environment +Topic +State +Conns +InFlight +Sent +/s'
        $text | Should -Match 'shown +Emulator +com.example.app +Open +1 +0 +0'
    }

    It 'shows no secret' {
        $session = Connect-Apns -KeyPath $keyPath @ids @server -Topic com.example.app -Verbose 4>&1
        $results = Get-TokenList 3 | Send-ApnsNotification -Alert hi -Verbose -Debug 4>&1 5>&1
        $text = $session, $results, $emulator.GetReceived() | Format-List * -Force | Out-String -Width 500
        $text | Should -Match 'EMULATOR01'
        foreach ($line in Get-Content $keyPath | Where-Object { $_ -notlike '-*' } | Select-Object -Skip 1) { $text | Should -Not -Match ([regex]::Escape($line)) }
        $text | Should -Not -Match 'bearer |eyJhbGciOi'
    }
}

Describe 'Connect-Apns, when it cannot connect' {
    It 'names a key file that is not there' {
        { Connect-Apns -KeyPath (Join-Path $TestDrive nowhere.p8) @ids } |
            Should -Throw -ErrorId 'InvalidKey,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage "*nowhere.p8' cannot be read*"
    }

    It 'says that a file is no key' {
        'something else' | Set-Content (Join-Path $TestDrive wrong.p8)
        { Connect-Apns -KeyPath (Join-Path $TestDrive wrong.p8) @ids } |
            Should -Throw -ErrorId 'InvalidKey,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*Use the AuthKey_<key id>.p8 file as downloaded*'
    }

    It 'asks for the key id when the name does not tell' {
        { Connect-Apns -KeyPath (New-KeyFile (Join-Path $TestDrive renamed.p8)) -TeamId DEF123GHIJ } |
            Should -Throw -ErrorId 'MissingKeyId,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*-KeyId*'
    }

    It 'takes a path for no key' {
        { Connect-Apns -Key $keyPath @ids } |
            Should -Throw -ErrorId 'ParameterArgumentTransformationError,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage "*a file's path goes to -KeyPath*"
    }

    It 'refuses a certificate for the other environment' {
        { Connect-Apns -Certificate (New-PushCertificate -Environment Development) } |
            Should -Throw -ErrorId 'Refused,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*Connect with -Environment Development*'
    }

    It 'says that there is no such certificate in the store' {
        { Connect-Apns -CertificateThumbprint ('A' * 40) @server } |
            Should -Throw -ErrorId 'InvalidCertificate,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*CurrentUser\My*'
    }

    It 'says that the server is not trusted' {
        { Connect-Apns -KeyPath $keyPath @ids -Endpoint localhost -Port $emulator.Port } |
            Should -Throw -ErrorId 'ServerNotTrusted,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*-TrustedRoot*'
    }

    It 'says that nothing listens there' {
        { Connect-Apns -KeyPath $keyPath @ids -Endpoint localhost:1 } |
            Should -Throw -ErrorId 'ConnectFailed,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*localhost:1*Check host, port and firewall*'
    }

    It 'says that an endpoint is none' {
        { Connect-Apns -KeyPath $keyPath @ids -Endpoint 'http://localhost' } |
            Should -Throw -ErrorId 'InvalidEndpoint,Apns.PowerShell.Commands.ConnectApnsCommand'
    }

    It 'names a proxy that is out of reach, and goes without it if told so' {
        { Connect-Apns -KeyPath $keyPath @ids @server -Proxy http://127.0.0.1:1 } |
            Should -Throw -ErrorId 'ProxyFailed,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*http://127.0.0.1:1 is out of reach*-NoProxy*'
        Connect-Apns -KeyPath $keyPath @ids @server -NoProxy | Disconnect-Apns
    }

    It 'takes a credential for the proxy and shows no password' {
        $password = [securestring]::new()
        'open-sesame'.ToCharArray() | ForEach-Object { $password.AppendChar($_) }
        $credential = [pscredential]::new('ann', $password)
        { Connect-Apns -KeyPath $keyPath @ids @server -ProxyCredential $credential -NoProxy } |
            Should -Throw -ErrorId 'ConflictingParameters,Apns.PowerShell.Commands.ConnectApnsCommand'
        try { Connect-Apns -KeyPath $keyPath @ids @server -Proxy socks5://127.0.0.1:1 -ProxyCredential $credential } catch { $caught = $_ }
        $caught | Format-List * -Force | Out-String | Should -Not -Match 'sesame'
    }

    It 'says that a proxy is none' {
        { Connect-Apns -KeyPath $keyPath @ids @server -Proxy socks4://proxy.example } |
            Should -Throw -ErrorId 'InvalidProxy,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*socks5://host:port*'
    }

    It 'says that a host has no such address' {
        { Connect-Apns -KeyPath $keyPath @ids -Endpoint 127.0.0.1:1 -IPv6 } |
            Should -Throw -ErrorId 'HostNotFound,Apns.PowerShell.Commands.ConnectApnsCommand' -ExpectedMessage '*without -IPv6*'
    }

    It 'leaves no session behind' {
        try { Connect-Apns -KeyPath $keyPath @ids -Endpoint localhost:1 } catch { $caught = $_ }
        $caught | Should -Not -BeNullOrEmpty
        Get-ApnsSession | Should -BeNullOrEmpty
    }
}
