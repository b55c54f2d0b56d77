<#
.SYNOPSIS
    Tests what an app's pushes look like, in CI: the real cmdlets send to an emulator, and what that received is looked at.
.DESCRIPTION
    Needs Pester 5 or newer, and neither an Apple account nor a network. The function Send-OrderPush stands for your own script: dot-source
    that instead, and write down what your app reads.
.EXAMPLE
    Invoke-Pester docs/examples/app-smoke-test.Tests.ps1
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester''s blocks share their variables.')]
param()

BeforeAll {
    Import-Module ((Get-ChildItem "$PSScriptRoot/../../artifacts/Apns/*/Apns.psd1" -ErrorAction Ignore | Select-Object -ExpandProperty FullName -Last 1) ?? 'Apns')

    # Tells each customer of the pipeline that the order is on its way.
    function Send-OrderPush {
        $push = @{
            Title      = { "Order $($_.Order)" }
            Body       = { "Hello $($_.Name), it will be there at $($_.Time)." }
            Sound      = 'default'
            Category   = 'ORDER'
            ThreadId   = 'orders'
            Data       = { @{ order = $_.Order } }
            CollapseId = { "order-$($_.Order)" }
            Expiration = New-TimeSpan -Hours 2
        }
        $input | Send-ApnsNotification @push
    }
}

Describe 'The push about an order' {
    BeforeAll {
        $here = '{0:x64}' -f 1
        $gone = '{0:x64}' -f 2

        # No other topic than the app's is taken, as with the app's own key.
        $emulator = Start-ApnsEmulator -Topic com.example.shop -Unregistered @{ $gone = '2026-01-31Z' }
        $session = Connect-Apns -Emulator $emulator -Topic com.example.shop
        $results = @(
            [pscustomobject]@{ Token = $here; Order = 1001; Name = "Zo`u{EB}"; Time = '12:30' }
            [pscustomobject]@{ Token = $gone; Order = 1002; Name = 'Ann'; Time = '12:45' }
        ) | Send-OrderPush
        $push = $emulator.GetReceived() | Where-Object Token -EQ $here
        $payload = $push.Payload | ConvertFrom-Json
    }

    It 'is taken by APNs' {
        ($results | Where-Object Token -EQ $here).Outcome | Should -Be 'Delivered'
    }

    It 'has nothing that Apple has a rule against' {
        $push.PayloadProblems | Should -BeNullOrEmpty
    }

    It 'shows the text, as a person reads it' {
        $payload.aps.alert.title | Should -Be 'Order 1001'
        $payload.aps.alert.body | Should -Be "Hello Zo`u{EB}, it will be there at 12:30."
    }

    It 'has the buttons and the data that the app knows' {
        $payload.aps.category | Should -Be 'ORDER'
        $payload.order | Should -Be 1001
    }

    It 'replaces an older one of the same order, and is not delivered when it is too late' {
        $push.CollapseId | Should -Be 'order-1001'
        $seconds = [long] $push.Expiration - $push.Time.ToUnixTimeSeconds()
        $seconds | Should -BeGreaterThan 0
        $seconds | Should -BeLessOrEqual 7200
    }

    It 'says which devices to forget' {
        ($results | Where-Object Advice -EQ Drop).Token | Should -Be $gone
    }

    AfterAll {
        Disconnect-Apns $session
        Stop-ApnsEmulator $emulator
    }
}
