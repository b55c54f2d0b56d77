BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'New-ApnsNotification' {
    It 'makes a notification without a session' {
        $notification = New-ApnsNotification -Title Hello -Body 'Hi there' -Badge 0 -Priority 5 -CollapseId c -Expiration 0
        $notification | Should -BeOfType Apns.Client.ApnsNotification
        $notification.Json | Should -BeExactly '{"aps":{"alert":{"title":"Hello","body":"Hi there"},"badge":0}}'
        $notification.Size | Should -Be 63
        $notification.PushType, $notification.Priority, $notification.CollapseId | Should -Be @('Alert', 5, 'c')
        $notification.Expiration | Should -Be ([DateTimeOffset]::UnixEpoch)
        $notification.Topic | Should -BeNullOrEmpty
    }

    It 'counts bytes, not characters' {
        (New-ApnsNotification -Alert "`u{fc}").Size | Should -Be 22
    }

    It 'chooses the push type by what it is given' {
        (New-ApnsNotification -Alert hi).PushType | Should -Be 'Alert'
        (New-ApnsNotification -ContentAvailable).PushType | Should -Be 'Background'
        (New-ApnsNotification -Event End).PushType | Should -Be 'LiveActivity'
        (New-ApnsNotification -PushMagic magic).PushType | Should -Be 'Mdm'
        (New-ApnsNotification -PushType pushtotalk).PushType | Should -Be 'PushToTalk'
    }

    It 'takes a whole payload as it is' {
        (New-ApnsNotification -Payload '{ "aps" : { "alert" : "hi" } }').Json | Should -BeExactly '{ "aps" : { "alert" : "hi" } }'
        (New-ApnsNotification -Payload @{ aps = @{ alert = 'hi' } }).Json | Should -BeExactly '{"aps":{"alert":"hi"}}'
    }

    It 'makes one for each input' {
        $made = 'Title,Badge', 'One,1', 'Two,' | ConvertFrom-Csv | New-ApnsNotification -Sound default
        $made.Json | Should -Be @('{"aps":{"alert":{"title":"One"},"badge":1,"sound":"default"}}', '{"aps":{"alert":{"title":"Two"},"sound":"default"}}')
        ('Ann', 'Bob' | New-ApnsNotification -Alert { "Hi $_" }).Json | Should -Be @('{"aps":{"alert":"Hi Ann"}}', '{"aps":{"alert":"Hi Bob"}}')
    }

    It 'reports what is wrong with an input, and goes on' {
        $made = '1', 'x', '3' | New-ApnsNotification -Badge { $_ } -ErrorVariable problems -ErrorAction SilentlyContinue
        $made | Should -HaveCount 2
        $problems | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'InvalidNotification,Apns.PowerShell.Commands.NewApnsNotificationCommand'
        "$($problems[0])" | Should -BeLike "*-Badge: 'x' is not a whole number*"
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'nothing'; Parameters = @{}; Message = '*nothing to send*' }
        @{ Name = 'a text that is too long, by so many bytes'; Parameters = @{ Alert = 'x' * 5000 }; Message = '*5020 bytes, 924 more than the 4096*' }
        @{ Name = 'a payload that is no JSON'; Parameters = @{ Payload = '{' }; Message = '*not valid JSON*' }
        @{ Name = 'two texts'; Parameters = @{ Alert = 'a'; Body = 'b' }; Message = '*Give one of them*' }
        @{ Name = 'data in the place of aps'; Parameters = @{ Alert = 'a'; Data = @{ aps = 1 } }; Message = "*'aps', which belongs to Apple*" }
    ) {
        { New-ApnsNotification @Parameters -ErrorAction Stop } |
            Should -Throw -ErrorId 'InvalidNotification,Apns.PowerShell.Commands.NewApnsNotificationCommand' -ExpectedMessage $Message
    }

    It 'shortens a text that is too long, when told so' {
        (New-ApnsNotification -Alert ('x' * 5000) -Truncate).Size | Should -Be 4096
    }

    It 'shows a notification as a table, and in full as a list' {
        $notification = New-ApnsNotification -Title Hello -Body ('Hi there ' * 20) -Priority 5 -Topic com.example.app
        $table = $notification | Out-String -Width 80
        $table | Should -Match 'PushType +Topic +Priority +Size +Json'
        $table | Should -Match 'Alert +com.example.app +5 +\d+ {"aps":{"alert"'
        ($table -split "`n" | ForEach-Object { $_.TrimEnd().Length } | Measure-Object -Maximum).Maximum | Should -BeLessOrEqual 80
        $list = $notification | Format-List | Out-String -Width 500
        $list | Should -Match '(?m)^Json +: {"aps"'
        $list | Should -Match '(?m)^Size +: \d+'
        $list | Should -Not -Match 'ReadOnlyMemory'
    }
}
