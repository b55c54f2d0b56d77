[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

# What people who live in PowerShell expect of any module; a test for each convention, over all cmdlets.
BeforeDiscovery {
    # What changes anything outside the session: a call, and a state that it changes.
    $changes = @(
        @{ Cmdlet = 'Disconnect-Apns'; Call = 'Disconnect-Apns'; State = '$session.State' }
        @{ Cmdlet = 'Export-ApnsReport'; Call = '"ab" * 32 | Send-ApnsNotification -Alert Hi -WhatIf:$false -Confirm:$false | Export-ApnsReport -Path $report -PassThru'; State = 'Test-Path $report' }
        @{ Cmdlet = 'New-ApnsChannel'; Call = 'New-ApnsChannel'; State = '@(Get-ApnsChannel).Count' }
        @{ Cmdlet = 'Remove-ApnsChannel'; Call = '$channel | Remove-ApnsChannel'; State = '@(Get-ApnsChannel).Count' }
        @{ Cmdlet = 'Send-ApnsBroadcast'; Call = '$channel | Send-ApnsBroadcast -Event Update -ContentState @{ home = 1 }'; State = '$emulator.Accepted' }
        @{ Cmdlet = 'Send-ApnsNotification'; Call = '"ab" * 32 | Send-ApnsNotification -Alert Hi'; State = '$emulator.Accepted' }
        @{ Cmdlet = 'Set-ApnsSession'; Call = 'Set-ApnsSession -Connections 2 -MaxConnections 5 -PassThru'; State = '$session.MaxConnections' }
        @{ Cmdlet = 'Start-ApnsEmulator'; Call = 'Start-ApnsEmulator -OutVariable started'; State = '$started.Count' }
        @{ Cmdlet = 'Stop-ApnsEmulator'; Call = 'Stop-ApnsEmulator'; State = '$emulator.IsStopped' }
    )
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $cmdlets = Get-Command -Module Apns
    $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters

    # Every parameter of every cmdlet, named as in the offenders that a test shows.
    $parameters = foreach ($cmdlet in $cmdlets) {
        foreach ($parameter in $cmdlet.Parameters.Values | Where-Object Name -NotIn $common) {
            [pscustomobject]@{
                Name    = "$($cmdlet.Name) -$($parameter.Name)"
                Cmdlet  = $cmdlet.Name
                Word    = $parameter.Name
                Type    = $parameter.ParameterType
                Aliases = $parameter.Aliases
                Sets    = $parameter.ParameterSets.Values
            }
        }
    }
}

Describe 'The cmdlets' {
    It 'are all that the module exports, and all that its manifest names' {
        $cmdlets.Name | Sort-Object | Should -Be ((Import-PowerShellDataFile $manifest).CmdletsToExport | Sort-Object)
        $module = Get-Module Apns
        $module.ExportedCommands.Keys | Sort-Object | Should -Be ($module.ExportedCmdlets.Keys | Sort-Object)
        $module.ExportedFunctions.Count, $module.ExportedAliases.Count, $module.ExportedVariables.Count | Should -Be @(0, 0, 0)
    }

    It 'have approved verbs' {
        $cmdlets | Where-Object Verb -NotIn (Get-Verb).Verb | Should -BeNullOrEmpty
    }

    It 'have singular nouns that begin with Apns' {
        # Apns itself ends with an s and is none of many.
        $cmdlets | Where-Object Noun -CNotMatch '^Apns$|^Apns([A-Z][a-z]*)*[a-rt-z]$' | Should -BeNullOrEmpty
    }

    It 'say what they put out, when they put out anything' {
        $cmdlets | Where-Object Verb -NotIn Disconnect, Remove, Stop | Where-Object { -not $_.OutputType } | Should -BeNullOrEmpty
        $cmdlets | Where-Object Verb -In Disconnect, Remove, Stop | Where-Object OutputType | Should -BeNullOrEmpty
    }

    It 'ask before they change anything outside the session, and only then' {
        # To connect and to build a notification change nothing that would stay.
        $harmless = $cmdlets | Where-Object { $_.Verb -in 'Connect', 'Get', 'Measure', 'Test' -or $_.Name -eq 'New-ApnsNotification' }
        $harmless | Where-Object { $_.Parameters.ContainsKey('WhatIf') } | Should -BeNullOrEmpty
        $cmdlets | Where-Object Name -NotIn $harmless.Name | Where-Object { -not $_.Parameters.ContainsKey('WhatIf') } | Should -BeNullOrEmpty
    }

    It 'ask without being told to when what they delete is gone for ever' {
        $cmdlets | Where-Object { $_.ImplementingType.GetCustomAttributes($true).ConfirmImpact -eq 'High' } | ForEach-Object Name | Should -Be 'Remove-ApnsChannel'
    }

    It 'leave the host alone' {
        Get-ChildItem "$root/src/Apns.PowerShell" -Recurse -Filter *.cs | Select-String -Pattern '\bHost\.UI\b|\bConsole\.\w' | Should -BeNullOrEmpty
    }

    It 'have help: a synopsis, three examples, and a text for each parameter' {
        foreach ($cmdlet in $cmdlets.Name) {
            $help = Get-Help $cmdlet -Full

            # Without a help file the syntax takes the place of the synopsis.
            $help.Synopsis | Should -Not -BeLike "*$cmdlet*" -Because $cmdlet
            $help.Synopsis | Should -Not -BeNullOrEmpty -Because $cmdlet
            @($help.examples.example).Count | Should -BeGreaterOrEqual 3 -Because $cmdlet
            $described = @($help.parameters.parameter | Where-Object { "$($_.description.Text)" } | ForEach-Object Name)
            $parameters | Where-Object Cmdlet -EQ $cmdlet | Where-Object Word -NotIn $described | ForEach-Object Name | Should -BeNullOrEmpty
        }
    }
}

Describe '<Cmdlet> changes something' -ForEach $changes {
    BeforeAll {
        # A session that has nobody to ask: a cmdlet that does so fails.
        $shell = [powershell]::Create()
        function Invoke-Script {
            param([string] $Script)
            $shell.Commands.Clear()
            $shell.Streams.Error.Clear()
            $shell.AddScript($Script).Invoke()
        }

        $null = Invoke-Script "Import-Module '$manifest'
            `$emulator = Start-ApnsEmulator -BroadcastApp com.example.app
            `$session = Connect-Apns -Emulator `$emulator -Topic com.example.app
            `$channel = New-ApnsChannel
            `$report = '$(Join-Path $TestDrive report.html)'"
        $before = "$(Invoke-Script $State)"
    }

    AfterAll {
        $null = Invoke-Script 'Get-ApnsSession | Disconnect-Apns; Stop-ApnsEmulator'
        $shell.Dispose()
    }

    It 'but not with -WhatIf' {
        Invoke-Script "$Call -WhatIf" | Should -BeNullOrEmpty
        $shell.Streams.Error | Should -BeNullOrEmpty
        "$(Invoke-Script $State)" | Should -Be $before
    }

    It 'but not before -Confirm has an answer' {
        Invoke-Script "$Call -Confirm" | Should -BeNullOrEmpty
        $shell.Streams.Error | Should -BeLike '*prompt*'
        "$(Invoke-Script $State)" | Should -Be $before
    }

    It 'and puts out what it says' {
        $output = Invoke-Script "$Call -Confirm:`$false"
        $shell.Streams.Error | Should -BeNullOrEmpty
        @($output | ForEach-Object { $_.GetType().FullName } | Sort-Object -Unique) | Should -Be @((Get-Command $Cmdlet).OutputType.Name)
        "$(Invoke-Script $State)" | Should -Not -Be $before
    }
}

Describe 'The calls that are tried with -WhatIf and -Confirm' {
    It 'are of each cmdlet that has them' {
        Get-Command -Module Apns | Where-Object { $_.Parameters.ContainsKey('WhatIf') } | ForEach-Object Name | Sort-Object | Should -Be $tried
    } -TestCases @{ tried = $changes.Cmdlet }
}

Describe 'The parameters' {
    It 'have names of whole words, each with a capital' {
        $parameters | Where-Object Word -CNotMatch '^([A-Z][a-z]+|IPv[46])+$' | ForEach-Object Name | Should -BeNullOrEmpty

        # -TimeoutSec is PowerShell's own; Loc, Arg and Url are of Apple's names.
        $short = 'App', 'Arg', 'Id', 'Key', 'Loc', 'Max', 'No', 'Per', 'Sec', 'Url'
        $abbreviated = 'Addr', 'Auth', 'Cert', 'Conf', 'Conn', 'Cred', 'Dest', 'Info', 'Notif', 'Param', 'Prio', 'Temp'
        $parameters | Where-Object {
            [regex]::Matches($_.Word, '(?<!I)[A-Z][a-z]+').Value | Where-Object { ($_.Length -le 3 -and $_ -notin $short) -or $_ -in $abbreviated }
        } | ForEach-Object Name | Should -BeNullOrEmpty
    }

    It 'have names of one thing, also when they take many' {
        $plural = @(
            # Numbers of things.
            'Connections', 'MaxConnections', 'MaxChannels', 'MaxConcurrentStreams'
            # Apple's names.
            'Attributes', 'LocArgs', 'TitleLocArgs', 'SubtitleLocArgs', 'UrlArgs'
        )
        $parameters | Where-Object Word -CMatch '[^s]s$' | Where-Object Word -NotIn ($plural + 'Address') | ForEach-Object Name | Should -BeNullOrEmpty
    }

    It 'have the names of old habits too' {
        (Get-Command Send-ApnsNotification).Parameters.Token.Aliases | Should -Contain DeviceToken
        (Get-Command Send-ApnsNotification).Parameters.Alert.Aliases | Should -Contain Message
    }

    It 'take secrets as secure strings and credentials' {
        $parameters | Where-Object Word -CMatch '(Password|Passphrase|Secret|Credential)$|^Key$' |
            Where-Object Type -NotIn ([securestring], [pscredential]) | ForEach-Object Name | Should -BeNullOrEmpty
    }

    It 'of paths that come through the pipeline have a literal one beside them' {
        foreach ($path in $parameters | Where-Object { $_.Word -eq 'Path' -and $_.Sets.ValueFromPipeline -contains $true }) {
            $literal = $parameters | Where-Object Name -EQ "$($path.Cmdlet) -LiteralPath"
            $literal.Aliases | Should -Contain PSPath -Because $path.Name
            $literal.Sets.ValueFromPipelineByPropertyName | Should -Contain $true -Because $path.Name
        }
    }

    It 'have a place of their own in the first two only, and no two the same' {
        $parameters | Where-Object { ($_.Sets.Position | Measure-Object -Maximum).Maximum -gt 1 } | ForEach-Object Name | Should -BeNullOrEmpty
        foreach ($set in $cmdlets.ParameterSets) {
            $set.Parameters.Position | Where-Object { $_ -ge 0 } | Group-Object | Where-Object Count -GT 1 | Should -BeNullOrEmpty -Because $set
        }
    }

    It 'take the pipeline by one of them at a time' {
        foreach ($set in $cmdlets.ParameterSets) {
            @($set.Parameters | Where-Object ValueFromPipeline).Count | Should -BeLessOrEqual 1 -Because $set
        }
    }

    It 'make sets that can be told apart' {
        foreach ($cmdlet in $cmdlets | Where-Object { $_.ParameterSets.Count -gt 1 }) {
            $cmdlet.DefaultParameterSet | Should -Not -BeNullOrEmpty -Because $cmdlet.Name
            foreach ($one in $cmdlet.ParameterSets) {
                foreach ($other in $cmdlet.ParameterSets | Where-Object Name -GT $one.Name) {
                    $marks = @(
                        $one.Parameters | Where-Object { $_.IsMandatory -and $_.Name -notin $other.Parameters.Name }
                        $other.Parameters | Where-Object { $_.IsMandatory -and $_.Name -notin $one.Parameters.Name }
                    )
                    $marks | Should -Not -BeNullOrEmpty -Because "$($cmdlet.Name) has the sets $($one.Name) and $($other.Name)"
                }
            }
        }
    }
}

Describe 'The scripts' {
    It 'follow the rules of PSScriptAnalyzer' {
        if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) { Set-ItResult -Skipped -Because 'PSScriptAnalyzer is not installed' }
        Import-Module PSScriptAnalyzer

        # The manifest where the files are that it names.
        $others = Get-ChildItem $root -Exclude artifacts, Apns.psd1 | Get-ChildItem -File -Recurse -Include *.ps1, *.psm1, *.psd1
        foreach ($script in @($others.FullName) + $manifest) {
            # Its rules run at once, and sometimes one trips over another: then there is an error, and it takes another try.
            foreach ($try in 1..10) {
                $found = Invoke-ScriptAnalyzer -Path $script -Settings "$root/PSScriptAnalyzerSettings.psd1" -ErrorVariable tripped -ErrorAction SilentlyContinue
                if (-not $tripped) { break }
            }
            $tripped | Should -BeNullOrEmpty -Because $script
            $found | ForEach-Object { "$($_.ScriptPath):$($_.Line) $($_.RuleName): $($_.Message)" } | Should -BeNullOrEmpty
        }
    }
}
