[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $emulator = Start-ApnsEmulator
    $session = Connect-Apns -Emulator $emulator -Topic com.example.app
    $channel = New-ApnsChannel -MessageStoragePolicy MostRecent
    $forgetful = New-ApnsChannel
}

AfterAll {
    Disconnect-Apns $session
    Stop-ApnsEmulator $emulator
}

Describe 'Send-ApnsBroadcast' {
    BeforeEach {
        $emulator.ClearReceived()
    }

    It 'updates all that are subscribed to a channel' {
        $result = $channel | Send-ApnsBroadcast -Event Update -ContentState @{ home = 2 } -Timestamp 9 -Title Goal -Sound default
        $result | Should -BeOfType Apns.Client.ApnsBroadcastResult
        $result.ChannelId, $result.Outcome, $result.Status, $result.Advice | Should -Be @($channel.ChannelId, 'Delivered', 200, 'None')
        $result.RequestId, [guid] $result.UniqueId | Should -Not -Contain ([guid]::Empty)
        $received = $emulator.GetReceived()
        $received.Path | Should -Be '/4/broadcasts/apps/com.example.app'
        $received.ChannelId, $received.PushType, $received.Priority, $received.Expiration, $received.Topic | Should -Be @($channel.ChannelId, 'Liveactivity', '10', '0', $null)
        $received.Payload | Should -BeExactly '{"aps":{"timestamp":9,"event":"update","content-state":{"home":2},"alert":{"title":"Goal","sound":"default"}}}'
    }

    It 'ends them, with the headers given' {
        $null = Send-ApnsBroadcast $channel.ChannelId -Event End -DismissalDate 0 -Timestamp 9 -Priority 5 -Expiration 1893456000 -Header @{ 'apns-of-tomorrow' = '1' }
        $received = $emulator.GetReceived()
        $received.Priority, $received.Expiration, $received.Headers['apns-of-tomorrow'] | Should -Be @('5', '1893456000', '1')
        $received.Payload | Should -BeExactly '{"aps":{"timestamp":9,"event":"end","dismissal-date":0}}'
    }

    It 'gives one result for each channel, in order' {
        $ids = @($channel.ChannelId, $forgetful.ChannelId) * 60
        $results = $ids | Send-ApnsBroadcast -Event Update -ContentState @{ n = 1 }
        $results.ChannelId | Should -Be $ids
        $results.Outcome | Sort-Object -Unique | Should -Be 'Delivered'
    }

    It 'takes columns and script blocks' {
        $rows = @(
            [pscustomobject]@{ ChannelId = $channel.ChannelId; Event = 'update'; ContentState = '{"home":1}'; Title = 'Goal' }
            [pscustomobject]@{ ChannelId = $forgetful.ChannelId; Event = 'end'; ContentState = ''; Title = '' }
        )
        ($rows | Send-ApnsBroadcast -Timestamp { 9 }).Outcome | Should -Be @('Delivered', 'Delivered')
        $emulator.GetReceived().Payload | Sort-Object | Should -Be @(
            '{"aps":{"timestamp":9,"event":"end"}}'
            '{"aps":{"timestamp":9,"event":"update","content-state":{"home":1},"alert":{"title":"Goal"}}}'
        )
    }

    It 'takes the app from -BundleId and from the channel' {
        $other = New-ApnsChannel -BundleId com.example.other
        ($other | Send-ApnsBroadcast -Event End).Outcome | Should -Be 'Delivered'
        (Send-ApnsBroadcast $other.ChannelId -Event End -BundleId com.example.other).Outcome | Should -Be 'Delivered'
        $emulator.GetReceived().Path | Where-Object { $_ -like '/4/*' } | Sort-Object -Unique | Should -Be '/4/broadcasts/apps/com.example.other'
    }

    It 'tells in results and in one error what was not taken' {
        $results = 'AQIDBA==', $channel.ChannelId, $forgetful.ChannelId | Send-ApnsBroadcast -Event End -Expiration (New-TimeSpan -Hours 1) -ErrorVariable problems -ErrorAction SilentlyContinue
        $results.Reason | Should -Be @('ChannelNotRegistered', $null, 'BadExpirationDate')
        $results[0].Advice | Should -Be 'FixRequest'
        $problems | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'NotAllDelivered,Apns.PowerShell.Commands.SendApnsBroadcastCommand'
        "$($problems[0])" | Should -BeLike '2 of 3 broadcasts were not taken*'
    }

    It 'takes up to 5120 bytes' {
        ($channel | Send-ApnsBroadcast -Payload ('{"aps":{"event":"end"},"n":"' + 'x' * 5090 + '"}')).Outcome | Should -Be 'Delivered'
        ($channel | Send-ApnsBroadcast -Event Update -ContentState @{ n = 1 } -Body ('x' * 6000) -Truncate).Outcome | Should -Be 'Delivered'
        $emulator.GetReceived().Payload | ForEach-Object { [Text.Encoding]::UTF8.GetByteCount($_) } | Should -Be @(5120, 5120)
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'to start an activity'; Parameters = @{ Event = 'Start'; ContentState = @{ n = 1 } }; Message = '*cannot start*' }
        @{ Name = 'an update without content'; Parameters = @{ Event = 'Update' }; Message = '*content-state*' }
        @{ Name = 'a payload that is too long'; Parameters = @{ Payload = '{"n":"' + 'x' * 5113 + '"}' }; Message = '*5121 bytes, 1 more than the 5120*' }
    ) {
        { $channel | Send-ApnsBroadcast @Parameters -ErrorAction Stop } |
            Should -Throw -ErrorId 'InvalidNotification,Apns.PowerShell.Commands.SendApnsBroadcastCommand' -ExpectedMessage $Message
        $emulator.GetReceived() | Should -BeNullOrEmpty
    }

    It 'asks for the app that nobody named' {
        $topicless = Connect-Apns -Emulator $emulator -Name topicless
        { 'AQIDBA==' | Send-ApnsBroadcast -Event End -Session topicless } |
            Should -Throw -ErrorId 'MissingBundleId,Apns.PowerShell.Commands.SendApnsBroadcastCommand' -ExpectedMessage '*-BundleId*'
        Disconnect-Apns $topicless
    }

    It 'sends nothing under WhatIf' {
        $channel | Send-ApnsBroadcast -Event End -WhatIf | Should -BeNullOrEmpty
        $emulator.GetReceived() | Should -BeNullOrEmpty
    }

    It 'shows results as a table' {
        $text = 'AQIDBA==' | Send-ApnsBroadcast -Event End -ErrorAction SilentlyContinue | Out-String -Width 80
        $text | Should -Match 'ChannelId +Outcome +Reason +Advice'
        $text | Should -Match 'AQIDBA== +Rejected +ChannelNotRegistered +FixRequest'
    }
}
