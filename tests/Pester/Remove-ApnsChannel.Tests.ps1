[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator
    $session = Connect-Apns -Emulator $emulator -Topic com.example.app
}

AfterAll {
    Disconnect-Apns $session
    Stop-ApnsEmulator $emulator
}

Describe 'Remove-ApnsChannel' {
    BeforeEach {
        $channels = 1..3 | ForEach-Object { New-ApnsChannel }
    }

    AfterEach {
        Get-ApnsChannel | Remove-ApnsChannel -Confirm:$false
    }

    It 'deletes the channels it is given, and returns nothing' {
        Remove-ApnsChannel $channels[0].ChannelId, $channels[1].ChannelId -Confirm:$false | Should -BeNullOrEmpty
        (Get-ApnsChannel).ChannelId | Should -Be $channels[2].ChannelId
    }

    It 'takes channels from the pipeline, with their apps' {
        $null = New-ApnsChannel -BundleId com.example.other
        Get-ApnsChannel -BundleId com.example.other | Remove-ApnsChannel -Confirm:$false
        $emulator.GetChannels().BundleId | Sort-Object -Unique | Should -Be 'com.example.app'
    }

    It 'asks by itself' {
        (Get-Command Remove-ApnsChannel).ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $false).ConfirmImpact | Should -Be 'High'
        $channels[0] | Remove-ApnsChannel -WhatIf
        (Get-ApnsChannel).Count | Should -Be 3
    }

    It 'reports one that is not there, and goes on' {
        $channels[0] | Remove-ApnsChannel -Confirm:$false
        $channels[0], $channels[1] | Remove-ApnsChannel -Confirm:$false -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'ChannelNotRegistered,Apns.PowerShell.Commands.RemoveApnsChannelCommand'
        $problems[0].TargetObject | Should -Be $channels[0].ChannelId
        (Get-ApnsChannel).ChannelId | Should -Be $channels[2].ChannelId
    }
}
