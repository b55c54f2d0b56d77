#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests, measures, documents and packs the module.
.DESCRIPTION
    Each task is a few plain dotnet commands that can be run by hand as well. Only the Pester suite and the help file
    need modules of their own; where one is not installed, the task says so and goes on.
.EXAMPLE
    ./build.ps1
    Builds and stages artifacts/Apns/<version>.
.EXAMPLE
    ./build.ps1 -Task Nightly -Seed 7
    Runs what takes longer and is another each time: 200,000 simulated sessions, 4,000 simulated journals that are killed, the
    matrix of faults with four seeds, and a million mutated inputs for each reader of foreign bytes.
.EXAMPLE
    ./build.ps1 -Task Package
    Makes the package for a gallery, artifacts/package/release/Apns.<version>.nupkg.
.EXAMPLE
    ./build.ps1 -Task Soak
    Sends ten million notifications to an emulator that misbehaves every few seconds.
.EXAMPLE
    ./build.ps1 -Task Test
    Runs the .NET tests, and the Pester suite where Pester 5.5 or newer is installed.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Nightly', 'Soak', 'Bench', 'Docs', 'Package', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # What the task Nightly draws from; the same seed draws the same.
    [ValidateRange(1, 1000000000)]
    [int] $Seed = (Get-Random -Minimum 1 -Maximum 1000000000),

    # The project's address, which the package names; without it that of git's remote origin, when it is on GitHub.
    [uri] $ProjectUri
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-StrictMode -Version Latest
Set-Location -LiteralPath $PSScriptRoot

function Find-InstalledModule {
    param([string] $Name, [version] $MinimumVersion)
    $module = Get-Module -ListAvailable -Name $Name | Where-Object Version -GE $MinimumVersion | Select-Object -First 1
    if (-not $module) { Write-Warning "Skipped: $Name $MinimumVersion or newer is not installed (Install-PSResource $Name)." }
    $module
}

switch ($Task) {
    'Build' {
        dotnet build --configuration $Configuration
    }
    'Test' {
        dotnet test --configuration $Configuration
        if ($pester = Find-InstalledModule -Name Pester -MinimumVersion 5.5.0) {
            Import-Module $pester

            # The suite is to run as in anybody's session: this script's own settings would reach into it.
            Set-StrictMode -Off
            $PSNativeCommandUseErrorActionPreference = $false
            $run = Invoke-Pester -Path tests/Pester, docs/examples -Output Normal -PassThru
            # What cannot even be loaded is no failed test, but Result knows it.
            if ($run.Result -ne 'Passed' -or $run.TotalCount -eq 0) { throw "Pester: $($run.Result), $($run.FailedCount) of $($run.TotalCount) tests failed." }
        }
    }
    'Nightly' {
        Write-Information "Seed $Seed" -InformationAction Continue
        dotnet build --configuration $Configuration
        try {
            $env:APNS_SIMULATION_RUNS = 100000
            $env:APNS_SIMULATION_SEED = $Seed

            # Simulated sessions live short and there are many: a heap for each core, 64 MB between its collections (the
            # number is hexadecimal) and code compiled by what it does let a seventh more run in a second.
            $env:DOTNET_gcServer = $env:DOTNET_TieredPGO = '1'
            $env:DOTNET_GCgen0size = '4000000'
            dotnet run --configuration $Configuration --no-build --project tests/Apns.Client.Tests -- -class '*.SessionSimulationTests' -class '*.KillSimulationTests'
            $env:DOTNET_gcServer = $env:DOTNET_TieredPGO = $env:DOTNET_GCgen0size = $null
            foreach ($env:APNS_FAULT_SEED in $Seed..($Seed + 3)) {
                dotnet run --configuration $Configuration --no-build --project tests/Apns.Client.Tests -- -class 'Apns.Client.Tests.Faults.*'
            }
        }
        finally {
            $env:APNS_SIMULATION_RUNS = $env:APNS_SIMULATION_SEED = $env:APNS_FAULT_SEED = $env:DOTNET_gcServer = $env:DOTNET_TieredPGO = $env:DOTNET_GCgen0size = $null
        }
        dotnet run --configuration $Configuration --no-build --project tests/Apns.Fuzz -- 1000000 $Seed
    }
    'Soak' {
        dotnet build --configuration Release
        & (Get-Process -Id $PID).Path -NoProfile -File tests/Apns.LoadTest/soak.ps1
    }
    'Bench' {
        dotnet run --configuration Release --project tests/Apns.LoadTest -- --bench all
        dotnet run --configuration Release --project tests/Apns.LoadTest -- --plots docs/plots
        dotnet run --configuration Release --project tests/Apns.Benchmarks -- --filter '*' --artifacts artifacts/benchmarks
    }
    'Docs' {
        if ($platyPS = Find-InstalledModule -Name Microsoft.PowerShell.PlatyPS -MinimumVersion 1.0.0) {
            Import-Module $platyPS
            $help = Get-ChildItem docs/en-US/*-*.md | Import-MarkdownCommandHelp
            $exported = Export-MamlCommandHelp -CommandHelp $help -OutputFolder artifacts/maml -Force | ForEach-Object { $_ } | Select-Object -First 1

            # PlatyPS 1.0 leaves the fences of examples in their text, and file names where addresses of links belong.
            $example = '(?s)<maml:introduction>\s*<maml:para>```powershell\n(.*?)\n```</maml:para>\s*<maml:para>&#x80;</maml:para>(.*?)</maml:introduction>\s*<dev:code />\s*<dev:remarks />'
            $maml = (Get-Content -Raw -LiteralPath $exported.FullName) -replace '\r\n', "`n" `
                -replace $example, '<dev:code>$1</dev:code><dev:remarks>$2<maml:para /></dev:remarks>' `
                -replace '<maml:uri>[\w-]+\.md</maml:uri>', '<maml:uri />'

            # Nor does it tell the defaults.
            $document = [xml]::new()
            $document.PreserveWhitespace = $true
            $document.LoadXml($maml)
            foreach ($command in $document.GetElementsByTagName('command:command')) {
                $page = $help | Where-Object Title -EQ $command.details.name
                foreach ($parameter in $command.parameters.parameter) {
                    $default = ($page.Parameters | Where-Object Name -EQ $parameter.name).DefaultValue
                    if (-not $default) { continue }
                    $element = $document.CreateElement('dev:defaultValue', $document.DocumentElement.GetNamespaceOfPrefix('dev'))
                    $element.InnerText = $default
                    $type = $parameter['type', $element.NamespaceURI]
                    $null = $parameter.InsertAfter($element, $type)
                    $null = $parameter.InsertAfter($type.PreviousSibling.Clone(), $type)
                }
            }
            Set-Content -LiteralPath "src/module/en-US/$($exported.Name)" -Value $document.OuterXml.TrimEnd()
        }
    }
    'Package' {
        $project = if ($ProjectUri) { "-p:ProjectUrl=$ProjectUri" }
        dotnet pack src/Apns.PowerShell --configuration Release $project
    }
    'Clean' {
        Remove-Item -LiteralPath artifacts -Recurse -Force -ErrorAction Ignore
    }
}
