[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeDiscovery {
    # In a process of its own, as they go elsewhere and import the module from there.
    . "$PSScriptRoot/common.ps1"
    $folder = [IO.Directory]::CreateTempSubdirectory('apns-examples-').FullName
    try {
        $run = "& '$PSScriptRoot/examples.ps1' -Manifest '$manifest' -Folder '$folder' | ForEach-Object { ConvertTo-Json `$_ -Compress }"
        $examples = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $run | Where-Object { $_ -like '{*' } | ConvertFrom-Json
    }
    finally { Remove-Item $folder -Recurse -Force }
}

Describe 'The examples of the help pages, the about topics and the README' {
    It '<Name> runs as it stands' -ForEach $examples {
        $Problem | Should -BeNullOrEmpty
    }
}
