[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    . "$PSScriptRoot/common.ps1"

    # What the emulator of the test received, as objects.
    function Get-Payload {
        $emulator.GetReceived().Payload | ConvertFrom-Json
    }
}

Describe 'Send-ApnsNotification' {
    BeforeEach {
        $dead = Get-Token 2
        $emulator = Start-ApnsEmulator -Unregistered @{ $dead = [datetime]::UtcNow.AddDays(-1) }
        $session = Connect-Apns -Emulator $emulator -Topic com.example.app
    }

    AfterEach {
        Disconnect-Apns $session
        Stop-ApnsEmulator $emulator
    }

    Context 'results' {
        It 'gives one result for each token, duplicates included' {
            $tokens = @(Get-TokenList 5) * 2
            $results = $tokens | Send-ApnsNotification -Alert hi | Sort-Object Index
            $results.Token | Should -Be $tokens
            ($results | Where-Object Outcome -EQ Delivered).Count | Should -Be 8
            ($results | Where-Object Advice -EQ Drop).Token | Should -Be @($dead, $dead)
        }

        It 'goes from a token file with blank and broken lines to a list of dead tokens' {
            @(Get-Token 1; ''; 'broken'; $dead; '   '; Get-Token 3) | Set-Content TestDrive:/tokens.txt
            Get-Content TestDrive:/tokens.txt | Send-ApnsNotification -Alert hi -OutVariable results -ErrorVariable problems -ErrorAction SilentlyContinue |
                Where-Object Advice -EQ Drop | Export-Csv TestDrive:/dead.csv
            (Import-Csv TestDrive:/dead.csv).Token | Should -Be $dead
            $results.Count | Should -Be 6
            ($results | Where-Object Outcome -EQ NotSent | Sort-Object Index).Index | Should -Be @(1, 2, 4)
            $problems.Count | Should -Be 1
            $problems[0].Exception.Message | Should -BeLike '3 of 6 notifications were not delivered*'
            $emulator.Accepted + $emulator.Rejected | Should -Be 3
        }

        It 'takes rows with a token and carries them through' {
            Get-TokenList 3 | ForEach-Object { [pscustomobject]@{ User = "user $_"; Token = $_ } } | Export-Csv TestDrive:/users.csv
            $results = Import-Csv TestDrive:/users.csv | Send-ApnsNotification -Alert hi
            $results.Count | Should -Be 3
            foreach ($result in $results) { $result.InputObject.User | Should -Be "user $($result.Token)" }
        }

        It 'can be grouped, sorted and measured' {
            $groups = Get-TokenList 10 | Send-ApnsNotification -Alert hi | Group-Object Outcome | Sort-Object Name
            $groups.Name | Should -Be @('Delivered', 'Rejected')
            $groups | ForEach-Object Count | Should -Be @(9, 1)
        }

        It 'shows results as a table' {
            $text = $dead | Send-ApnsNotification -Alert hi | Out-String -Width 200
            $text | Should -Match 'Index +Outcome +Reason +Advice +Token +Tries +ms'
            $text | Should -Match "0 +Rejected +Unregistered +Drop +$($dead.Substring(0, 8))`u{2026} +1 +[\d.]+"
            $text | Should -Not -Match $dead
        }

        It 'says in full what is in a result' {
            $text = $dead | Send-ApnsNotification -Alert hi | Format-List * | Out-String
            foreach ($name in 'Index', 'InputObject', 'Token', 'Outcome', 'Status', 'Reason', 'ApnsId', 'UniqueId', 'InvalidSince', 'Attempts', 'PossibleDuplicate', 'Duration', 'Advice', 'Error') {
                $text | Should -Match "(?m)^$name +:"
            }
        }
    }

    Context 'payload and headers' {
        It 'makes an alert' {
            $title = "Gr`u{fc}`u{df}e"
            $subtitle = "`u{4f60}`u{597d}"
            $body = "`u{1f44b}`u{1f3fd} Hi"
            $null = Get-Token | Send-ApnsNotification -Title $title -Subtitle $subtitle -Body $body -Badge 0 -Sound default -Category c -ThreadId t -Data @{ order = @{ id = 5; lines = @(@{ sku = 'x' }) } }
            $payload = Get-Payload
            $payload.aps.alert.title | Should -BeExactly $title
            $payload.aps.alert.subtitle | Should -BeExactly $subtitle
            $payload.aps.alert.body | Should -BeExactly $body
            $payload.aps.badge | Should -Be 0
            $payload.aps.sound | Should -Be 'default'
            $payload.aps.category | Should -Be 'c'
            $payload.aps.'thread-id' | Should -Be 't'
            $payload.order.id | Should -Be 5
            $payload.order.lines[0].sku | Should -Be 'x'
            $payload.order.lines.Count | Should -Be 1
        }

        It 'sends JSON text as it is' {
            $json = '{ "aps" : { "alert" : { "loc-key" : "K" } }, "n" : 1.0 }'
            $null = Get-Token | Send-ApnsNotification -Payload $json
            $emulator.GetReceived().Payload | Should -BeExactly $json
        }

        It 'sends a file of JSON, and what was read from one' {
            '{"aps":{"alert":"hi"},"list":[{"a":{"b":{"c":{"d":[1]}}}}]}' | Set-Content TestDrive:/payload.json -NoNewline
            $null = Get-Token | Send-ApnsNotification -Payload (Get-Content TestDrive:/payload.json -Raw)
            $null = Get-Token | Send-ApnsNotification -Payload (Get-Content TestDrive:/payload.json -Raw | ConvertFrom-Json)
            $null = Get-Token | Send-ApnsNotification -Payload (Get-Content TestDrive:/payload.json -Raw | ConvertFrom-Json -AsHashtable)
            $emulator.GetReceived().Payload | Should -BeExactly (@(Get-Content TestDrive:/payload.json -Raw) * 3)
        }

        It 'sends what cmdlets put out' {
            $when = Get-Date
            $null = Get-Token | Send-ApnsNotification -Alert hi -Data @{
                date = $when; name = (Get-Item $PSCommandPath).Name; sum = (1..4 | Measure-Object -Sum).Sum; picked = (1..3 | ForEach-Object { "$_" }); day = $when.DayOfWeek
            }
            $payload = Get-Payload
            $payload.date | Should -Be $when
            $payload.name | Should -Be 'Send-ApnsNotification.Tests.ps1'
            $payload.sum | Should -Be 10
            $payload.picked | Should -Be @('1', '2', '3')
            $payload.day | Should -Be "$($when.DayOfWeek)"
        }

        It 'sends the headers given' {
            $id = (New-Guid).Guid
            $null = Get-Token | Send-ApnsNotification -Event Update -ContentState @{ n = 1 } -Priority 5 -Expiration 0 -CollapseId news -ApnsId $id -Topic com.example.other
            $received = $emulator.GetReceived()
            $received.PushType, $received.Priority, $received.Expiration, $received.CollapseId, $received.ApnsId, $received.Topic |
                Should -Be @('liveactivity', '5', '0', 'news', $id, 'com.example.other.push-type.liveactivity')
        }

        It 'leaves an expiration out, or takes a date or a time span' {
            $null = Get-Token | Send-ApnsNotification -Alert hi
            $null = Get-Token | Send-ApnsNotification -Alert hi -Expiration (Get-Date '2030-01-01T00:00:00Z')
            $before = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
            $null = Get-Token | Send-ApnsNotification -Alert hi -Expiration (New-TimeSpan -Hours 1)
            $expirations = $emulator.GetReceived().Expiration
            $expirations[0] | Should -BeNullOrEmpty
            $expirations[1] | Should -Be '1893456000'
            [long] $expirations[2] - $before | Should -BeIn (3600..3660)
        }
    }

    Context 'columns and script blocks' {
        It 'sends each row of a table as its columns say' {
            @"
Token,Name,Title,Body,Badge,Sound,MutableContent,Expiration,Data
$(Get-Token 1),Ann,Hi Ann,It rains,1,rain.caf,yes,04:00:00,"{""city"":5}"
$(Get-Token 3),Bob,Hi Bob,,0,,no,0,
"@ | Set-Content TestDrive:/users.csv
            $before = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
            $results = Import-Csv TestDrive:/users.csv | Send-ApnsNotification -Category news | Sort-Object Index
            $results.Outcome | Should -Be @('Delivered', 'Delivered')
            $results.InputObject.Name | Should -Be @('Ann', 'Bob')
            $results.Notification.Json | Should -Be @(
                '{"aps":{"alert":{"title":"Hi Ann","body":"It rains"},"badge":1,"sound":"rain.caf","category":"news","mutable-content":1},"city":5}'
                '{"aps":{"alert":{"title":"Hi Bob"},"badge":0,"category":"news"}}'
            )
            $expirations = $emulator.GetReceived().Expiration
            [long] $expirations[0] - $before | Should -BeIn (14400..14460)
            $expirations[1] | Should -Be '0'
        }

        It 'lets the command line win over a column, and keep one out' {
            $row = [pscustomobject]@{ Token = Get-Token; Title = 'Mrs'; Alert = 'column'; Badge = 3 }
            ($row | Send-ApnsNotification -Alert line -Title $null).Notification.Json | Should -Be '{"aps":{"alert":"line","badge":3}}'
        }

        It 'gives each script block the input' {
            $users = 1, 3 | ForEach-Object { [pscustomobject]@{ Device = Get-Token $_; Name = "user $_"; Unread = $_ } }
            $results = $users | Send-ApnsNotification -Token { $_.Device } -Title { "Hi $($_.Name)" } -Badge { $_.Unread } -Sound { if ($_.Unread -gt 2) { 'many.caf' } }
            ($results | Sort-Object Index).Notification.Json | Should -Be @(
                '{"aps":{"alert":{"title":"Hi user 1"},"badge":1}}'
                '{"aps":{"alert":{"title":"Hi user 3"},"badge":3,"sound":"many.caf"}}'
            )
        }

        It 'says what is wrong with a row in its result, and goes on' {
            $rows = 'x', '1', '-1' | ForEach-Object { [pscustomobject]@{ Token = Get-Token; Badge = $_ } }
            $results = $rows | Send-ApnsNotification -Alert hi -ErrorAction SilentlyContinue | Sort-Object Index
            $results.Outcome | Should -Be @('NotSent', 'Delivered', 'NotSent')
            $results[0].Error | Should -BeLike "*-Badge: 'x' is not a whole number."
            $results[2].Error | Should -BeLike '*takes 0 or more*'
            $results[2].Advice | Should -Be 'FixRequest'
        }
    }

    Context 'push types' {
        It 'sends <PushType>' -ForEach @(
            @{ PushType = 'alert'; Parameters = @{ Title = 'T'; InterruptionLevel = 'time-sensitive'; RelevanceScore = 0.5 }; Suffix = ''; Json = '{"aps":{"alert":{"title":"T"},"interruption-level":"time-sensitive","relevance-score":0.5}}' }
            @{ PushType = 'alert'; Parameters = @{ LocKey = 'K'; LocArgs = 'a', 'b'; Sound = 's.caf'; Critical = $true; Volume = 0.5 }; Suffix = ''; Json = '{"aps":{"alert":{"loc-key":"K","loc-args":["a","b"]},"sound":{"critical":1,"name":"s.caf","volume":0.5}}}' }
            @{ PushType = 'background'; Parameters = @{ ContentAvailable = $true; Data = @{ n = 1 } }; Suffix = ''; Json = '{"aps":{"content-available":1},"n":1}' }
            @{ PushType = 'voip'; Parameters = @{ PushType = 'Voip'; Data = @{ caller = 'Ann' } }; Suffix = '.voip'; Json = '{"aps":{},"caller":"Ann"}' }
            @{ PushType = 'complication'; Parameters = @{ PushType = 'Complication'; Data = @{ steps = 7 } }; Suffix = '.complication'; Json = '{"aps":{},"steps":7}' }
            @{ PushType = 'fileprovider'; Parameters = @{ PushType = 'FileProvider'; Data = @{ domain = 'd' } }; Suffix = '.pushkit.fileprovider'; Json = '{"domain":"d"}' }
            @{ PushType = 'location'; Parameters = @{ PushType = 'Location' }; Suffix = '.location-query'; Json = '{"aps":{}}' }
            @{ PushType = 'liveactivity'; Parameters = @{ Event = 'Start'; Timestamp = 9; Title = 'T'; AttributesType = 'A'; Attributes = @{ a = 1 }; ContentState = '{"s":1.0}'; InputPushToken = $true }; Suffix = '.push-type.liveactivity'; Json = '{"aps":{"timestamp":9,"event":"start","content-state":{"s":1.0},"attributes-type":"A","attributes":{"a":1},"input-push-token":1,"alert":{"title":"T"}}}' }
            @{ PushType = 'liveactivity'; Parameters = @{ Event = 'End'; Timestamp = 9; DismissalDate = 0 }; Suffix = '.push-type.liveactivity'; Json = '{"aps":{"timestamp":9,"event":"end","dismissal-date":0}}' }
            @{ PushType = 'pushtotalk'; Parameters = @{ PushType = 'PushToTalk'; Data = @{ speaker = 'Ann' } }; Suffix = '.voip-ptt'; Json = '{"aps":{},"speaker":"Ann"}' }
            @{ PushType = 'controls'; Parameters = @{ PushType = 'Controls' }; Suffix = '.push-type.controls'; Json = '{"aps":{"content-changed":true}}' }
            @{ PushType = 'widgets'; Parameters = @{ PushType = 'Widgets' }; Suffix = '.push-type.widgets'; Json = '{"aps":{"content-changed":true}}' }
        ) {
            (Get-Token | Send-ApnsNotification @Parameters).Outcome | Should -Be 'Delivered'
            $received = $emulator.GetReceived()
            $received.PushType | Should -BeExactly $PushType
            $received.Topic | Should -BeExactly "com.example.app$Suffix"
            $received.Payload | Should -BeExactly $Json
        }

        It 'sends what MDM servers hold in a table' {
            $bytes = [byte[]] (1..32)
            $row = [pscustomobject]@{ Token = [Convert]::ToBase64String($bytes); PushMagic = 'magic' }
            ($row | Send-ApnsNotification -Topic com.apple.mgmt.External.x).Outcome | Should -Be 'Delivered'
            $received = $emulator.GetReceived()
            $received.Token | Should -Be ([Convert]::ToHexStringLower($bytes))
            $received.PushType, $received.Topic, $received.Payload | Should -Be @('mdm', 'com.apple.mgmt.External.x', '{"mdm":"magic"}')
        }

        It 'refuses <Name>' -ForEach @(
            @{ Name = 'what shows in the background'; Parameters = @{ PushType = 'Background'; Alert = 'hi' }; Message = '*shows nothing*' }
            @{ Name = 'a priority that background does not take'; Parameters = @{ PushType = 'Background'; Priority = 10 }; Message = '*take 5*' }
            @{ Name = 'a start without attributes'; Parameters = @{ Event = 'Start'; Title = 'T' }; Message = '*attributes-type*' }
            @{ Name = 'an update without content'; Parameters = @{ Event = 'Update' }; Message = '*content-state*' }
            @{ Name = 'a volume without a critical sound'; Parameters = @{ Alert = 'hi'; Volume = 0.5 }; Message = '*set Critical too*' }
            @{ Name = 'arguments without their key'; Parameters = @{ Alert = 'hi'; LocArgs = 'a' }; Message = '*loc-key, which is missing*' }
        ) {
            { Get-TokenList 3 | Send-ApnsNotification @Parameters } |
                Should -Throw -ErrorId 'InvalidNotification,Apns.PowerShell.Commands.SendApnsNotificationCommand' -ExpectedMessage $Message
            $emulator.GetReceived() | Should -BeNullOrEmpty
        }
    }

    Context 'what is sent whole, or again' {
        It 'shortens a text that is too long' {
            $null = Get-Token | Send-ApnsNotification -Title T -Body ("`u{1f44b}" * 2000) -Truncate
            $payload = $emulator.GetReceived().Payload
            [Text.Encoding]::UTF8.GetByteCount($payload) | Should -BeIn (4093..4096)
            $payload | Should -BeLike "*`u{1f44b}`u{2026}`"}}}"
        }

        It 'sends a notification made before, with other headers' {
            $notification = New-ApnsNotification -Alert hi -Priority 10
            $results = Get-TokenList 3 | Send-ApnsNotification -Notification $notification -Priority 5 -CollapseId c
            $results.Count | Should -Be 3
            $emulator.GetReceived() | ForEach-Object { "$($_.Payload) $($_.Priority) $($_.CollapseId)" } | Sort-Object -Unique | Should -Be '{"aps":{"alert":"hi"}} 5 c'
            { Get-Token | Send-ApnsNotification -Notification $notification -Alert other } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
        }

        It 'sends a header that has no parameter, and refuses one that has' {
            $null = Get-Token | Send-ApnsNotification -Alert hi -Header @{ 'Apns-Of-Tomorrow' = 1 }
            $emulator.GetReceived().Headers['apns-of-tomorrow'] | Should -Be '1'
            { Get-Token | Send-ApnsNotification -Alert hi -Header @{ 'apns-topic' = 'x' } } | Should -Throw -ExpectedMessage "*'apns-topic' cannot be added*"
        }

        It 'sends a result again as what it was' {
            $reason = @{ (Get-Token 1) = @('TooManyRequests') * 2 }
            $busy = Start-ApnsEmulator -Reason $reason
            $other = Connect-Apns -Emulator $busy -Topic com.example.app
            $results = Get-TokenList 2 | Send-ApnsNotification -Alert hi -Priority 5 -CollapseId c -Session $other -TimeoutSec 1 -ErrorAction SilentlyContinue
            $again = @($results | Where-Object Advice -EQ Retry)
            $again | Should -HaveCount 1
            $resent = $again | Send-ApnsNotification -Session $other
            $resent.Outcome, $resent.ApnsId, $resent.InputObject | Should -Be @('Delivered', $again.ApnsId, $again.InputObject)
            $busy.GetReceived() | Where-Object Token -EQ (Get-Token 1) | ForEach-Object { "$($_.ApnsId) $($_.Payload) $($_.Priority) $($_.CollapseId)" } |
                Sort-Object -Unique | Should -Be "$($again.ApnsId) {`"aps`":{`"alert`":`"hi`"}} 5 c"
            Disconnect-Apns $other
            Stop-ApnsEmulator $busy
        }
    }

    Context 'pace and end' {
        It 'sends nothing after the deadline' {
            $results = Get-TokenList 3 | Send-ApnsNotification -Alert hi -Deadline ([datetime]::UtcNow.AddMinutes(-1)) -ErrorAction SilentlyContinue
            $results.Outcome | Should -Be @('NotSent', 'NotSent', 'NotSent')
            $results.Advice | Sort-Object -Unique | Should -Be 'Retry'
            $emulator.GetReceived() | Should -BeNullOrEmpty
        }

        It 'sends no faster than it may' {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $results = 3..8 | ForEach-Object { Get-Token $_ } | Send-ApnsNotification -Alert hi -RatePerSecond 20
            $results | Should -HaveCount 6
            $watch.Elapsed.TotalMilliseconds | Should -BeGreaterThan 200
        }

        It 'goes on when all tokens are refused, if told so' {
            $reasons = @{}
            Get-TokenList 60 | ForEach-Object { $reasons[$_] = 'BadDeviceToken' }
            $strict = Start-ApnsEmulator -Reason $reasons
            $other = Connect-Apns -Emulator $strict -Topic com.example.app
            $results = Get-TokenList 60 | Send-ApnsNotification -Alert hi -Session $other -SkipEnvironmentCheck -ErrorAction SilentlyContinue
            ($results | Where-Object Reason -EQ BadDeviceToken).Count | Should -Be 60
            Disconnect-Apns $other
            Stop-ApnsEmulator $strict
        }
    }

    Context 'bad input' {
        It 'refuses <Name> before anything is sent' -ForEach @(
            @{ Name = 'JSON that does not parse'; Parameters = @{ Payload = '{"aps":' }; Message = '*not valid JSON*' }
            @{ Name = 'a payload over the limit'; Parameters = @{ Alert = 'x' * 5000 }; Message = '*5020 bytes*4096*' }
            @{ Name = 'nothing'; Parameters = @{}; Message = '*nothing to send*' }
            @{ Name = 'two texts'; Parameters = @{ Alert = 'a'; Body = 'b' }; Message = '*Give one of them*' }
            @{ Name = 'a topic that is none'; Parameters = @{ Alert = 'a'; Topic = 'my app' }; Message = "*'my app'*" }
        ) {
            { Get-TokenList 3 | Send-ApnsNotification @Parameters } |
                Should -Throw -ErrorId 'InvalidNotification,Apns.PowerShell.Commands.SendApnsNotificationCommand' -ExpectedMessage $Message
            $emulator.GetReceived() | Should -BeNullOrEmpty
        }

        It 'asks for the topic that nobody gave' {
            $null = Connect-Apns -Emulator $emulator -Name topicless
            { Get-Token | Send-ApnsNotification -Alert hi -Session topicless } |
                Should -Throw -ErrorId 'InvalidNotification,Apns.PowerShell.Commands.SendApnsNotificationCommand' -ExpectedMessage '*-Topic*'
            Disconnect-Apns topicless
        }

        It 'names Connect-Apns when there is no session' {
            Disconnect-Apns $session
            { Get-Token | Send-ApnsNotification -Alert hi } |
                Should -Throw -ErrorId 'NotConnected,Apns.PowerShell.Commands.SendApnsNotificationCommand' -ExpectedMessage '*Connect-Apns*'
            { Get-Token | Send-ApnsNotification -Alert hi -Session $session } |
                Should -Throw -ErrorId 'SessionClosed,Apns.PowerShell.Commands.SendApnsNotificationCommand'
        }
    }

    Context 'errors' {
        It 'reports nothing when there are only deliveries and dead tokens' {
            $null = Get-TokenList 5 | Send-ApnsNotification -Alert hi -ErrorVariable problems
            $? | Should -BeTrue
            $problems | Should -BeNullOrEmpty
        }

        It 'can be made to throw when not all was delivered' {
            { $null = 'broken' | Send-ApnsNotification -Alert hi -ErrorAction Stop } |
                Should -Throw -ErrorId 'NotAllDelivered,Apns.PowerShell.Commands.SendApnsNotificationCommand'
        }

        It 'gives a script that fails the exit code for it' {
            @"
`$ErrorActionPreference = 'Stop'
Import-Module '$manifest'
Connect-Apns -Emulator (Start-ApnsEmulator) -Topic com.example.app
'broken' | Send-ApnsNotification -Alert hi
'not reached'
"@ | Set-Content TestDrive:/fails.ps1
            $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File (Join-Path $TestDrive fails.ps1) 2>&1
            $LASTEXITCODE | Should -Be 1
            $output | Should -Not -Contain 'not reached'
            $output | Out-String | Should -Match 'was not delivered'
        }

        It 'stops when the key is refused, after the results' {
            $keyPath = New-KeyFile (Join-Path $TestDrive 'AuthKey_EMULATOR01.p8')
            $wrong = Connect-Apns -KeyPath $keyPath -TeamId TEAM000001 -Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app
            $results = [Collections.Generic.List[object]]::new()
            { Get-TokenList 5 | Send-ApnsNotification -Alert hi -Session $wrong | ForEach-Object { $results.Add($_) } } |
                Should -Throw -ErrorId 'Refused,Apns.PowerShell.Commands.SendApnsNotificationCommand' -ExpectedMessage '*InvalidProviderToken*-KeyId*'
            ($results | Where-Object Reason -EQ InvalidProviderToken).Advice | Should -Contain 'FixCredentials'
            Disconnect-Apns $wrong
        }

        It 'stops when all tokens are of the other environment' {
            $reasons = @{}
            Get-TokenList 500 | ForEach-Object { $reasons[$_] = 'BadDeviceToken' }
            $strict = Start-ApnsEmulator -Reason $reasons
            $other = Connect-Apns -Emulator $strict -Topic com.example.app
            { Get-TokenList 500 | Send-ApnsNotification -Alert hi -Session $other } |
                Should -Throw -ErrorId 'Refused,Apns.PowerShell.Commands.SendApnsNotificationCommand' -ExpectedMessage '*-Environment*'
            Disconnect-Apns $other
            Stop-ApnsEmulator $strict
        }
    }

    Context 'WhatIf and Confirm' {
        It 'sends nothing under WhatIf' {
            Get-TokenList 3 | Send-ApnsNotification -Alert hi -WhatIf | Should -BeNullOrEmpty
            & { $WhatIfPreference = $true; Get-TokenList 3 | Send-ApnsNotification -Alert hi } | Should -BeNullOrEmpty
            $emulator.GetReceived() | Should -BeNullOrEmpty
        }

        It 'sends without asking when Confirm is off' {
            (Get-TokenList 3 | Send-ApnsNotification -Alert hi -Confirm:$false).Count | Should -Be 3
        }
    }

    Context 'streaming and stopping' {
        It 'puts results out while input still goes in' {
            $in = 0
            $out = 0
            1..10000 | ForEach-Object { $script:in++; Get-Token $_ } | Send-ApnsNotification -Alert hi | ForEach-Object {
                if ($out++ -eq 0) { $atFirst = $script:in }
            }
            $out | Should -Be 10000
            $atFirst | Should -BeLessThan 2002
        }

        It 'ends with Select-Object -First' {
            $script:made = 0
            $result = & { while ($true) { $script:made++; Get-Token $script:made } } | Send-ApnsNotification -Alert hi | Select-Object -First 1
            $result.Outcome | Should -BeIn @('Delivered', 'Rejected')
            Wait-Until { $session.InFlight -eq 0 -and $session.Waiting -eq 0 } 'nothing is left'
            $script:made | Should -BeLessThan 10000
            (Get-Token | Send-ApnsNotification -Alert hi).Outcome | Should -Be 'Delivered'
        }

        It 'ends with a throw downstream' {
            { & { while ($true) { Get-Token } } | Send-ApnsNotification -Alert hi | ForEach-Object { throw 'enough' } } | Should -Throw 'enough'
            Wait-Until { $session.InFlight -eq 0 -and $session.Waiting -eq 0 } 'nothing is left'
            (Get-Token | Send-ApnsNotification -Alert hi).Outcome | Should -Be 'Delivered'
        }

        It 'ends with Stop-Job, though no answer comes' {
            $slow = Start-ApnsEmulator -Latency 1.00:00:00
            $stuck = Connect-Apns -Emulator $slow -Topic com.example.app -TimeoutSec 3600
            $job = Start-ThreadJob {
                Import-Module $using:manifest
                1..100000 | ForEach-Object { '{0:x64}' -f $_ } | Send-ApnsNotification -Alert hi -Session $using:stuck
            }
            Wait-Until { $stuck.InFlight -gt 0 } 'it sends'
            $job | Stop-Job
            Wait-Until { $job.State -eq 'Stopped' } 'the job is stopped'
            $stuck.Waiting | Should -Be 0
            $job | Remove-Job -Force
            Stop-ApnsEmulator $slow
            Disconnect-Apns $stuck
        }
    }

    Context 'several runspaces' {
        It 'sends from ForEach-Object -Parallel through one session' {
            $results = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:manifest
                $n = $_
                1..100 | ForEach-Object { '{0:x32}{1:x32}' -f $n, $_ } | Send-ApnsNotification -Alert hi -Session $using:session
            }
            $results.Count | Should -Be 800
            ($results | Where-Object Outcome -EQ Delivered).Count | Should -Be 800
            ($results.ApnsId | Sort-Object -Unique).Count | Should -Be 800
            $emulator.Accepted | Should -Be 800
            $session.State | Should -Be 'Open'
        }

        It 'tells another runspace how to get a session' {
            $errorId = $null | ForEach-Object -Parallel {
                Import-Module $using:manifest
                try { 'ab' * 32 | Send-ApnsNotification -Alert hi } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }
            }
            $errorId[0] | Should -Be 'NotConnected,Apns.PowerShell.Commands.SendApnsNotificationCommand'
            $errorId[1] | Should -BeLike '*-Session $using:session*'
        }
    }

    Context 'colours' {
        It 'colours outcomes where that is wanted, and nowhere else' {
            $results = Get-TokenList 3 | Send-ApnsNotification -Alert hi -ErrorAction SilentlyContinue
            $before = $PSStyle.OutputRendering
            try {
                $PSStyle.OutputRendering = 'Ansi'
                $results | Out-String | Should -Match "$([regex]::Escape($PSStyle.Foreground.Green))Delivered"
                $PSStyle.OutputRendering = 'PlainText'
                $results | Out-String | Should -Not -Match "`e"
            }
            finally { $PSStyle.OutputRendering = $before }
        }
    }

    Context 'strict scripts' {
        It 'works in strict mode with errors that stop' {
            & {
                Set-StrictMode -Version Latest
                $ErrorActionPreference = 'Stop'
                $results = Get-TokenList 3 | Send-ApnsNotification -Alert hi
                ($results | Format-Table | Out-String).Trim() | Should -Not -BeNullOrEmpty
                ($results | Where-Object IsDelivered).Count | Should -Be 2
            }
        }
    }
}
