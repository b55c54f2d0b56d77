[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeDiscovery {
    # Whether this process may make a file system read-only for a child of its own.
    $seals = $IsLinux -and $(unshare --mount mount --make-rprivate / 2> $null; $LASTEXITCODE -eq 0)
}

# As Docker runs it, but on this machine's files: all is read-only but /tmp, and the volume, which is at /mnt. That the script
# writes nowhere else is tested by tests/Apns.Host.Tests as well; here it is PowerShell that has to start.
Describe 'The example of a container' -Skip:(-not $seals) {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $seal = 'mount --make-rprivate / && mount --bind "$0" /mnt && mount --bind /tmp /tmp && mount -o remount,bind,ro / && exec "$@"'
        $dockerfile = Get-Content "$root/docs/examples/container/Dockerfile" -Raw
        $settings = [regex]::Matches($dockerfile, '(?m)^(?:ENV|   ) (\w+=\S+)').ForEach({ $_.Groups[1].Value })
        $volume = New-Item -ItemType Directory (Join-Path $TestDrive volume)
        function Invoke-Sealed {
            param([string[]] $Setting)
            unshare --mount sh -c $seal $volume.FullName env -u XDG_CACHE_HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME @Setting ([Environment]::ProcessPath) -NoProfile -NonInteractive -File "$root/docs/examples/nightly-campaign.ps1" -Folder /mnt -Count 10 2>&1
        }
    }

    It 'runs with what the Dockerfile sets' {
        $output = Invoke-Sealed $settings
        $LASTEXITCODE | Should -Be 0 -Because "$output"
        $output[-1] | Should -BeExactly '10 tokens: 8 delivered, 1 dead, 1 wrong, 0 left.'
        Get-ChildItem $volume -Filter *.journal | Should -HaveCount 1
    }

    It 'would not start without' {
        "$(Invoke-Sealed HOME=/nobody)" | Should -Match 'Read-only file system'
        $LASTEXITCODE | Should -Not -Be 0
    }
}
