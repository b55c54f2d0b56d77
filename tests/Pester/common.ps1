# Dot-sourced by each file's BeforeAll: imports the staged module and gives the helpers.
$root = $PSScriptRoot
while (-not ((Test-Path "$root/Apns.psd1") -and (Test-Path "$root/Directory.Build.props"))) { $root = Split-Path $root }
$version = (Import-PowerShellDataFile "$root/Apns.psd1").ModuleVersion
$manifest = Join-Path -Path $root -ChildPath "artifacts/Apns/$version/Apns.psd1"
if (-not (Test-Path $manifest)) { throw "The module is not staged at $manifest. Build first: dotnet build src/Apns.PowerShell" }
Import-Module $manifest

# A device token by its number.
function Get-Token {
    [OutputType([string])]
    param([int] $Number = 1)
    '{0:x64}' -f (0xabcdef000000 + $Number)
}

# Device tokens from 1 on.
function Get-TokenList {
    [OutputType([string])]
    param([int] $Count)
    foreach ($i in 1..$Count) { Get-Token $i }
}

# Waits for what other threads bring about; only a failure takes the whole time.
function Wait-Until {
    param([scriptblock] $Condition, [string] $What)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($watch.Elapsed.TotalSeconds -gt 30) { throw "It never came true: $What" }
        [Threading.Thread]::Sleep(10)
    }
}

# What a job puts out until it ends; only a failure takes the whole time.
function Receive-End {
    param([Management.Automation.Job] $Job)
    if (-not ($Job | Wait-Job -Timeout 60)) { throw "The job does not end; it is $($Job.State)." }
    $Job | Receive-Job -Wait -AutoRemoveJob
}

# A signing key in a file of the test drive, as downloaded from the developer account.
function New-KeyFile {
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType([string])]
    param([string] $Path)
    if (-not $PSCmdlet.ShouldProcess($Path)) { return }
    $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
    try { $key.ExportPkcs8PrivateKeyPem() | Set-Content $Path } finally { $key.Dispose() }
    $Path
}

# A secure string, as Get-Secret gives it.
function Get-SecureText {
    [OutputType([securestring])]
    param([string] $Text)
    $secure = [securestring]::new()
    foreach ($c in $Text.ToCharArray()) { $secure.AppendChar($c) }
    $secure
}

# A certificate with its key as Apple makes it for com.example.app, but signed by itself.
function New-PushCertificate {
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType([Security.Cryptography.X509Certificates.X509Certificate2])]
    param([string[]] $Environment = @('Production', 'Development'), [int] $Days = 365)
    if (-not $PSCmdlet.ShouldProcess('com.example.app')) { return }
    $marks = @{ Development = '1.2.840.113635.100.6.3.1'; Production = '1.2.840.113635.100.6.3.2' }
    $key = [Security.Cryptography.RSA]::Create(2048)
    $name = [Security.Cryptography.X509Certificates.X500DistinguishedNameBuilder]::new()
    $name.Add('0.9.2342.19200300.100.1.1', 'com.example.app')
    $name.AddCommonName('Apple Push Services: com.example.app')
    $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new($name.Build(), $key, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
    foreach ($e in $Environment) {
        $request.CertificateExtensions.Add([Security.Cryptography.X509Certificates.X509Extension]::new($marks[$e], [byte[]] (5, 0), $false))
    }

    $now = [DateTimeOffset]::UtcNow
    $certificate = $request.CreateSelfSigned($now.AddDays(-1), $now.AddDays($Days).AddHours(1))
    [Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadPkcs12($certificate.Export('Pkcs12'), '', 'Exportable')
}
