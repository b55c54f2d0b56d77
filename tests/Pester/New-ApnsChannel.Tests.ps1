[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'New-ApnsChannel' {
    BeforeEach {
        $emulator = Start-ApnsEmulator -BroadcastApp com.example.app, com.example.other -MaxChannels 2
        $session = Connect-Apns -Emulator $emulator -Topic com.example.app
    }

    AfterEach {
        Disconnect-Apns $session
        Stop-ApnsEmulator $emulator
    }

    It 'makes a channel with the policy <Policy>' -ForEach @(
        @{ Policy = 'None'; Parameters = @{}; Number = 0 }
        @{ Policy = 'MostRecent'; Parameters = @{ MessageStoragePolicy = 'MostRecent' }; Number = 1 }
    ) {
        $channel = New-ApnsChannel @Parameters
        $channel | Should -BeOfType Apns.Client.ApnsChannel
        $channel.BundleId, $channel.MessageStoragePolicy, $channel.PushType | Should -Be @('com.example.app', $Policy, 'LiveActivity')
        [Convert]::FromBase64String($channel.ChannelId) | Should -Not -BeNullOrEmpty
        $emulator.GetReceived().Payload | Should -BeExactly "{`"message-storage-policy`":$Number,`"push-type`":`"LiveActivity`"}"
        $emulator.GetChannels().ChannelId | Should -Be $channel.ChannelId
    }

    It 'makes it for the app that is named' {
        (New-ApnsChannel -BundleId com.example.other).BundleId | Should -Be 'com.example.other'
        ([pscustomobject]@{ BundleId = 'com.example.other' } | New-ApnsChannel MostRecent).BundleId | Should -Be 'com.example.other'
        $emulator.GetChannels().BundleId | Should -Be @('com.example.other', 'com.example.other')
    }

    It 'reports <Reason>' -ForEach @(
        @{ Reason = 'FeatureNotEnabled'; BundleId = 'com.example.third'; Message = '*broadcast capability*' }
        @{ Reason = 'CannotCreateChannelConfig'; BundleId = 'com.example.other'; Message = '*at most 10,000*' }
    ) {
        1..2 | ForEach-Object { $null = New-ApnsChannel -BundleId com.example.other }
        { New-ApnsChannel -BundleId $BundleId -ErrorAction Stop } | Should -Throw -ErrorId "$Reason,Apns.PowerShell.Commands.NewApnsChannelCommand" -ExpectedMessage $Message
    }

    It 'says that a bundle id is none' {
        { New-ApnsChannel -BundleId 'my app' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidNotification,Apns.PowerShell.Commands.NewApnsChannelCommand' -ExpectedMessage "*'my app'*"
    }

    It 'asks for the app that nobody named, and for a session' {
        $topicless = Connect-Apns -Emulator $emulator -Name topicless
        { New-ApnsChannel -Session topicless } | Should -Throw -ErrorId 'MissingBundleId,Apns.PowerShell.Commands.NewApnsChannelCommand' -ExpectedMessage '*-BundleId*'
        Disconnect-Apns $topicless
        { New-ApnsChannel -Session $topicless } | Should -Throw -ErrorId 'SessionClosed,Apns.PowerShell.Commands.NewApnsChannelCommand'
    }

    It 'makes none under WhatIf' {
        New-ApnsChannel -WhatIf | Should -BeNullOrEmpty
        $emulator.GetReceived() | Should -BeNullOrEmpty
    }

    It 'shows a channel as a table' {
        $channel = New-ApnsChannel -MessageStoragePolicy MostRecent
        $text = $channel | Out-String -Width 80
        $text | Should -Match 'ChannelId +MessageStoragePolicy +BundleId'
        $text | Should -Match "$([regex]::Escape($channel.ChannelId)) +MostRecent +com.example.app"
    }
}
