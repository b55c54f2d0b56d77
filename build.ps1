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
    ./build.ps1 -Task Test
    Runs the .NET tests, and the Pester suite where Pester 5 or newer is installed.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Bench', 'Docs', 'Package', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest
Set-Location -LiteralPath $PSScriptRoot

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $args ended with exit code $LASTEXITCODE." }
}

function Find-InstalledModule([string] $Name, [version] $MinimumVersion) {
    $module = Get-Module -ListAvailable -Name $Name | Where-Object Version -GE $MinimumVersion | Select-Object -First 1
    if (-not $module) { Write-Warning "Skipped: $Name $MinimumVersion or newer is not installed (Install-PSResource $Name)." }
    $module
}

function Invoke-Build {
    Invoke-DotNet build --configuration $Configuration
}

function Invoke-Test {
    Invoke-DotNet test --configuration $Configuration
    if ($pester = Find-InstalledModule Pester 5.5.0) {
        Import-Module $pester
        $run = Invoke-Pester -Path tests/Pester -Output Normal -PassThru
        if ($run.FailedCount -gt 0 -or $run.TotalCount -eq 0) { throw "Pester: $($run.FailedCount) of $($run.TotalCount) tests failed." }
    }
}

function Invoke-Bench {
    foreach ($connections in 1, 4) {
        Invoke-DotNet run --configuration Release --project tests/Apns.LoadTest -- --count 300000 --connections $connections
    }
    Invoke-DotNet run --configuration Release --project tests/Apns.LoadTest -- --count 300000 --client httpclient
    Invoke-DotNet run --configuration Release --project tests/Apns.Benchmarks -- --filter '*'
}

function Invoke-Docs {
    if ($platyPS = Find-InstalledModule Microsoft.PowerShell.PlatyPS 1.0.0) {
        Import-Module $platyPS
        $commands = Get-ChildItem docs/en-US/*-*.md | Import-MarkdownCommandHelp
        $exported = $commands | Export-MamlCommandHelp -OutputFolder artifacts/maml -Force
        Copy-Item -LiteralPath $exported.FullName -Destination src/module/en-US
    }
}

function Invoke-Package {
    Invoke-DotNet pack src/Apns.PowerShell --configuration Release
}

function Invoke-Clean {
    Remove-Item -LiteralPath artifacts -Recurse -Force -ErrorAction Ignore
}

foreach ($name in $Task) { & "Invoke-$name" }
