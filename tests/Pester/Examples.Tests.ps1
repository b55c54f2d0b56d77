# What an example does in pwsh alone; the rest is run by the .NET tests in their own host.
Describe 'docs/examples/fan-out.ps1' {
    BeforeAll {
        $folder = Join-Path $TestDrive 'campaign'
        $script = "$PSScriptRoot/../../docs/examples/fan-out.ps1"
    }

    It 'sends the parts from processes of their own, and goes on when it is run again' -Skip:(-not (Test-Path (Join-Path $PSHOME 'pwsh*'))) {
        $first = & $script -Count 60 -Folder $folder
        $first[-1] | Should -BeExactly '60 tokens in 3 parts: 59 delivered, 1 to forget, 0 to be sent again.'
        (Import-Csv "$folder/dead-tokens.csv").Token | Should -BeExactly ('{0:x64}' -f 1)

        # Nothing is sent again: there is nobody to send to any more.
        Remove-Item "$folder/part-1.journal"
        $second = & $script -Count 60 -Folder $folder
        $second[-1] | Should -BeExactly $first[-1]
        (Get-ApnsJournal "$folder/part-*.journal").Runs | Should -Be 2, 1, 2
    }
}
