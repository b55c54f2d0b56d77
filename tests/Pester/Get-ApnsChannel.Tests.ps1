[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator -BroadcastApp com.example.app, com.example.other
    $session = Connect-Apns -Emulator $emulator -Topic com.example.app
    $channels = 'None', 'MostRecent', 'None' | ForEach-Object { New-ApnsChannel $_ }
    $other = New-ApnsChannel -BundleId com.example.other
}

AfterAll {
    Disconnect-Apns $session
    Stop-ApnsEmulator $emulator
}

Describe 'Get-ApnsChannel' {
    It 'lists the channels of an app, by id only' {
        $listed = Get-ApnsChannel
        $listed.ChannelId | Sort-Object | Should -Be ($channels.ChannelId | Sort-Object)
        $listed.BundleId | Sort-Object -Unique | Should -Be 'com.example.app'
        $listed | Where-Object MessageStoragePolicy | Should -BeNullOrEmpty
        (Get-ApnsChannel -BundleId com.example.other).ChannelId | Should -Be $other.ChannelId
    }

    It 'asks for those that are named' {
        $asked = Get-ApnsChannel $channels[1].ChannelId, $channels[0].ChannelId
        $asked.MessageStoragePolicy | Should -Be @('MostRecent', 'None')
        $asked.PushType | Should -Be @('LiveActivity', 'LiveActivity')
    }

    It 'takes ids, channels and rows from the pipeline' {
        ($channels[2].ChannelId | Get-ApnsChannel).ChannelId | Should -Be $channels[2].ChannelId
        (Get-ApnsChannel | Get-ApnsChannel | Where-Object MessageStoragePolicy -EQ MostRecent).ChannelId | Should -Be $channels[1].ChannelId
        ([pscustomobject]@{ ChannelId = $other.ChannelId; BundleId = 'com.example.other' } | Get-ApnsChannel).BundleId | Should -Be 'com.example.other'
    }

    It 'reports one that is not there, and goes on' {
        $found = Get-ApnsChannel AQIDBA==, $channels[0].ChannelId -ErrorVariable problems -ErrorAction SilentlyContinue
        $found.ChannelId | Should -Be $channels[0].ChannelId
        $problems[0].FullyQualifiedErrorId | Should -Be 'ChannelNotRegistered,Apns.PowerShell.Commands.GetApnsChannelCommand'
        $problems[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $problems[0].TargetObject | Should -Be 'AQIDBA=='
    }

    It 'says that an id is none' {
        { Get-ApnsChannel 'not an id' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidNotification,Apns.PowerShell.Commands.GetApnsChannelCommand' -ExpectedMessage "*'not an id'*"
    }

    It 'lists nothing for an app without channels, and reports one that may have none' {
        $empty = Start-ApnsEmulator -BroadcastApp com.example.app
        $another = Connect-Apns -Emulator $empty -Topic com.example.app
        Get-ApnsChannel -Session $another | Should -BeNullOrEmpty
        { Get-ApnsChannel -BundleId com.example.third -Session $another -ErrorAction Stop } | Should -Throw -ErrorId 'FeatureNotEnabled,Apns.PowerShell.Commands.GetApnsChannelCommand'
        Disconnect-Apns $another
        Stop-ApnsEmulator $empty
    }

    It 'says where channels are managed when nobody knows' {
        $keyPath = Join-Path $TestDrive 'AuthKey_EMULATOR01.p8'
        $emulator.ExportSigningKey() | Set-Content $keyPath
        $custom = Connect-Apns -KeyPath $keyPath -TeamId TEAM000001 -Endpoint "localhost:$($emulator.Port)" -TrustedRoot $emulator.RootCertificate -Topic com.example.app
        { Get-ApnsChannel -Session $custom -ErrorAction Stop } | Should -Throw -ErrorId 'NotSupported,Apns.PowerShell.Commands.GetApnsChannelCommand' -ExpectedMessage '*-ManagementEndpoint*'
        Disconnect-Apns $custom
    }
}
