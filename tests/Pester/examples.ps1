<#
.SYNOPSIS
    Runs every example of the help pages, the about topics, the README and docs/migrating.md as it stands, and puts out what came of each.
.DESCRIPTION
    What goes to Apple there goes to an emulator here, and what a person or a vault would be asked for is made up. Examples
    of a file run one after the other and see the variables of those before.
.OUTPUTS
    An object for each example: Name (file and number), Text, Problem, which is empty when all went as it should, and
    Missing, a command that this host does not have.
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The examples use them.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidOverwritingBuiltInCmdlets', '', Justification = 'Nobody is there to answer the examples.')]
[CmdletBinding()]
param(
    # The module to import.
    [Parameter(Mandatory)] [string] $Manifest,

    # An empty folder to work in.
    [Parameter(Mandatory)] [string] $Folder
)

$root = (Get-Item -LiteralPath "$PSScriptRoot/../..").FullName

# Installed, so that runspaces of their own find it.
$source = [IO.Path]::GetDirectoryName($Manifest)
foreach ($file in [IO.Directory]::GetFiles($source, '*', 'AllDirectories')) {
    $target = [IO.Path]::Join($Folder, 'Modules', 'Apns', [IO.Path]::GetRelativePath($source, $file))
    $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($target))
    [IO.File]::Copy($file, $target)
}
$env:PSModulePath = [IO.Path]::Join($Folder, 'Modules') + [IO.Path]::PathSeparator + $env:PSModulePath
Import-Module "$Folder/Modules/Apns/Apns.psd1"
Set-Location -LiteralPath $Folder

# Of each kind of text the files, and what an example is there.
$fenced = '(?ms)^```powershell\n(.*?)^```'
$indented = '(?m)(?<=\n\n)((?: {4}.*\n|\n(?= {4}))+)'
$topic = '(?m)(?<=\n\n)((?: {8}.*\n|\n(?= {8}))+)'
$texts = @(
    Get-ChildItem "$root/docs/en-US/*.md" | ForEach-Object { [pscustomobject]@{ File = $_; Pattern = $fenced } }
    Get-ChildItem "$root/src/module/en-US/about_*.help.txt" | ForEach-Object { [pscustomobject]@{ File = $_; Pattern = $topic } }
    [pscustomobject]@{ File = Get-Item "$root/README.md"; Pattern = $indented }
    [pscustomobject]@{ File = Get-Item "$root/docs/migrating.md"; Pattern = $fenced }
)

# Tables, other programs' commands, the store that only Windows has, and a test that Pester runs.
$notHere = '(?m)^ *---|^ *dotnet |^ *Import-Module \./|Cert:\\|^ *Describe |-Simulator '

# What connects with a credential would connect to Apple.
$toApple = '-KeyPath|-Key |-CertificatePath|KeyPath ='
$replacements = [ordered]@{
    'ABC123DEFG'                    = 'EMULATOR01'
    'DEF123GHIJ'                    = 'TEAM000001'
    'http://proxy.example.com:3128' = '$($apple.Proxy)'
    ' -Port 2197'                   = ''
    ' -Port $_'                     = ''
    ' -Environment Development'     = ''
    "Import-Module Apns`n"          = ''
}

# What an example is there to show.
$expected = @{ 'Start-ApnsEmulator.md 7' = 'Refused,Apns.PowerShell.Commands.SendApnsNotificationCommand' }

function Get-SecureText {
    param([string] $Text)
    $secret = [securestring]::new()
    foreach ($character in $Text.ToCharArray()) { $secret.AppendChar($character) }
    , $secret
}
function Read-Host { Get-SecureText secret }
function Get-Secret { Get-SecureText $apple.ExportSigningKey() }
function Get-Credential { [pscredential]::new('me', (Get-SecureText secret)) }

# What the texts around the examples take for granted.
$tokens = 1..10 | ForEach-Object ToString x64
$token = $tokens[0]
$devices = [pscustomobject]@{ Token = 'AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA='; Magic = '0A1B2C3D' }
$state = @{ home = 2; away = 1 }
$results = $null
$rsa = [Security.Cryptography.RSA]::Create(2048)
$request = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
    'UID=com.example.app, CN=Apple Push Services: com.example.app', $rsa, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
$certificate = $request.CreateSelfSigned([datetimeoffset]::UtcNow.AddDays(-1), [datetimeoffset]::UtcNow.AddDays(300))
[IO.File]::WriteAllBytes("$Folder/apns.p12", $certificate.Export('Pkcs12', 'secret'))
[IO.File]::WriteAllText("$Folder/aps.cer", $certificate.ExportCertificatePem())
[IO.File]::WriteAllText("$Folder/push.key", $rsa.ExportEncryptedPkcs8PrivateKeyPem('secret', [Security.Cryptography.PbeParameters]::new('Aes256Cbc', 'SHA256', 1000)))

$apple = $null
foreach ($text in $texts) {
    $number = 0
    foreach ($example in [regex]::Matches([IO.File]::ReadAllText($text.File.FullName).ReplaceLineEndings("`n"), $text.Pattern)) {
        $number++
        $code = $example.Groups[1].Value
        if ($code -match $notHere) { continue }
        if (-not $apple -or $apple.IsStopped) { $emulator = $apple = Start-ApnsEmulator -WithProxy }
        $PSDefaultParameterValues.Clear()
        if ($code -match $toApple -and $code -notlike '*-Endpoint*') {
            foreach ($cmdlet in 'Connect-Apns', 'Test-ApnsConnection') {
                $PSDefaultParameterValues["${cmdlet}:Endpoint"] = "localhost:$($apple.Port)"
                $PSDefaultParameterValues["${cmdlet}:TrustedRoot"] = $apple.RootCertificate
            }
        }
        else { $null = Connect-Apns -Emulator $apple -Topic com.example.app }

        [IO.File]::WriteAllText("$Folder/AuthKey_EMULATOR01.p8", $apple.ExportSigningKey())
        [IO.File]::WriteAllLines("$Folder/tokens.txt", [string[]] $tokens)
        [IO.File]::WriteAllLines("$Folder/tokens2.txt", [string[]] $tokens)
        [IO.File]::WriteAllLines("$Folder/users.csv", [string[]] @('Token,Name,Title', "$($tokens[0]),Ann,", "$($tokens[1]),Bob,Hello"))
        if ($code -like '*$results |*' -and $code -notlike '*$results =*') { $results = $tokens | Send-ApnsNotification -Alert 'Hi' }
        [IO.File]::Delete("$Folder/run.journal")
        if ($code -like '*Get-ApnsJournal*' -and $code -notlike '*-Journal*') { $null = $tokens | Send-ApnsNotification -Alert 'Hi' -Journal run.journal }
        foreach ($replacement in $replacements.GetEnumerator()) { $code = $code.Replace($replacement.Key, $replacement.Value) }
        $errors = @(try { & ([scriptblock]::Create($code)) 2>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] } } catch { $_ })
        $name = "$($text.File.Name) $number"
        [pscustomobject]@{
            Name    = $name
            Text    = $code
            Problem = if ("$($errors.FullyQualifiedErrorId)" -ne "$($expected[$name])") { "$name`n$code`n" + (@($errors | ForEach-Object { "$($_.FullyQualifiedErrorId): $_" }) -join "`n") }
            Missing = "$(@($errors | Where-Object FullyQualifiedErrorId -Like 'CommandNotFoundException*' | ForEach-Object { $_.Exception.CommandName })[0])"
        }
        Get-ApnsSession | Disconnect-Apns
    }
}
if (-not $apple.IsStopped) { Stop-ApnsEmulator $apple }
