using System;
using System.Linq;
using System.Management.Automation;
using System.Net.Sockets;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Start-ApnsEmulator and Stop-ApnsEmulator.</summary>
public sealed class EmulatorTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void An_emulator_counts_what_it_gets()
    {
        _engine.Connected("-Unregistered @{ $tokens[0] = [datetime]::UtcNow; $tokens[1] = [datetime]::UtcNow }");
        _engine.Output("$tokens | Send-ApnsNotification -Alert hi");
        PSObject emulator = Assert.Single(_engine.Output("$emulator"));
        Assert.Equal("Apns.Emulator.ApnsEmulator", emulator.TypeNames[0]);
        Assert.InRange(emulator.Get<int>("Port"), 1, 65535);
        Assert.Equal(8, emulator.Get<long>("Accepted"));
        Assert.Equal(2, emulator.Get<long>("Rejected"));
        Assert.Equal(1, emulator.Get<int>("Connections"));
        Assert.False(emulator.Get<bool>("IsStopped"));
    }

    [Theory]
    [InlineData("0.0.0.0", "localhost", "The emulator listens on 0.0.0.0:")]
    [InlineData("::", "localhost", "The emulator listens on [::]:")]
    [InlineData("::1", "::1", null)]
    [InlineData("127.0.0.1", "localhost", null)]
    public void It_listens_where_it_is_told_to_and_warns_when_others_can_reach_it(string address, string host, string? warning)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !address.Contains(':', StringComparison.Ordinal), "There is no IPv6 here.");
        _engine["address"] = address;
        EngineResult run = _engine.Run(
            """
            $emulator = Start-ApnsEmulator -Address $address -WithProxy
            $emulator.Host
            $null = Connect-Apns -Emulator $emulator -Topic com.example.app
            ('{0:x64}' -f 1 | Send-ApnsNotification -Alert hi).Outcome
            $null = Connect-Apns -Emulator $emulator -Topic com.example.app -Proxy $emulator.Proxy
            ('{0:x64}' -f 1 | Send-ApnsNotification -Alert hi).Outcome
            """);
        Assert.Empty(run.Errors);
        Assert.Equal([host, "Delivered", "Delivered"], run.Output.Select(static output => output.ToString()));
        if (warning is null) Assert.Empty(run.Warnings);
        else
        {
            Assert.StartsWith(warning, Assert.Single(run.Warnings), StringComparison.Ordinal);
            Assert.Contains($":{_engine.Value<int>("$emulator.Proxy.Port")}: other machines", run.Warnings[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_address_of_another_machine_is_refused()
    {
        ErrorRecord error = _engine.Failure("Start-ApnsEmulator -Address 192.0.2.1");
        Assert.Equal("AddressNotAvailable,Apns.PowerShell.Commands.StartApnsEmulatorCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains("leave -Address out for loopback", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_taken_is_an_error_that_says_what_to_do()
    {
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        ErrorRecord error = _engine.Failure("Start-ApnsEmulator -Port $emulator.Port");
        Assert.Equal("PortTaken,Apns.PowerShell.Commands.StartApnsEmulatorCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ResourceUnavailable, error.CategoryInfo.Category);
        Assert.Contains("Leave -Port out", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(_engine.Value<int>("$emulator.Port"), error.TargetObject);

        ErrorRecord management = _engine.Failure("Start-ApnsEmulator -ManagementPort $emulator.ManagementPort");
        Assert.Equal("PortTaken,Apns.PowerShell.Commands.StartApnsEmulatorCommand", management.FullyQualifiedErrorId);
        Assert.Contains("Leave -ManagementPort out", management.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(_engine.Value<int>("$emulator.ManagementPort"), management.TargetObject);
    }

    [Fact]
    public void Only_the_topics_given_may_be_pushed_to()
    {
        _engine.Connected("-Topic com.example.app, com.example.other");
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi -Topic com.example.other")).Text("Outcome"));
        Assert.Equal("TopicDisallowed", Assert.Single(_engine.Run("$t | Send-ApnsNotification -Alert hi -Topic com.example.third").Output).Text("Reason"));
    }

    [Theory]
    [InlineData("[datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc)")]
    [InlineData("[datetimeoffset]::new(2026, 1, 2, 5, 4, 5, [timespan]::FromHours(2))")]
    [InlineData("'2026-01-02T03:04:05Z'")]
    public void The_date_of_an_unregistered_token_may_be_of_any_kind(string date)
    {
        _engine.Connected($"-Unregistered @{{ $t.ToUpperInvariant() = {date} }}");
        PSObject result = Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi"));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), result.Get("InvalidSince"));
    }

    [Theory]
    [InlineData("-Unregistered @{ $t = 'never' }", "InvalidDate", "'never' is no date")]
    [InlineData("-Unregistered @{ $t = $null }", "InvalidDate", "is no date")]
    [InlineData("-Reason @{ $t = 'Whatever' }", "UnknownReason", "'Whatever' is not a reason of APNs")]
    [InlineData("-Reason @{ $t = 'BadTopic', 'Whatever' }", "UnknownReason", "'Whatever' is not a reason of APNs")]
    [InlineData("-Reason @{ $t = $null }", "UnknownReason", "'418 SomethingNew'")]
    [InlineData("-Reason @{ $t = 200 }", "UnknownReason", "'200' is not a reason")]
    [InlineData("-Latency ([timespan]::FromSeconds(-1))", "InvalidOption", "Latency goes from 00:00:00")]
    [InlineData("-Latency 200", "ParameterArgumentTransformationError", "200 may be milliseconds, seconds or days. Give a time span: (New-TimeSpan -Seconds 200), or [timespan]::FromMilliseconds(200).")]
    [InlineData("-Latency '200'", "ParameterArgumentTransformationError", "200 may be milliseconds")]
    [InlineData("-ClockOffset 0.5", "ParameterArgumentTransformationError", "0.5 may be milliseconds")]
    [InlineData("-ProviderTokenLifetime 60", "ParameterArgumentTransformationError", "60 may be milliseconds")]
    [InlineData("-RetryAfter 60", "ParameterArgumentTransformationError", "60 may be milliseconds")]
    [InlineData("-RetryAfter 2.00:00:00", "InvalidOption", "RetryAfter goes from 00:00:00 to 1.00:00:00")]
    [InlineData("-ProviderTokenLifetime 00:00:01", "InvalidOption", "ProviderTokenLifetime goes from 00:00:02 to 01:00:00")]
    [InlineData("-ClockOffset -500.00:00:00", "InvalidOption", "ClockOffset goes from -366.00:00:00")]
    public void What_an_emulator_cannot_do_is_an_error_that_names_it(string parameters, string errorId, string message)
    {
        ErrorRecord error = _engine.Failure($"Start-ApnsEmulator {parameters}");
        Assert.Equal($"{errorId},Apns.PowerShell.Commands.StartApnsEmulatorCommand", error.FullyQualifiedErrorId);
        Assert.Equal(errorId.StartsWith("Parameter", StringComparison.Ordinal) ? ErrorCategory.InvalidData : ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_id_allows_the_topics_of_its_app()
    {
        _engine.Connected("-Topic com.example.app");
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi -PushType Voip -Topic com.example.app.voip")).Text("Outcome"));
        Assert.Equal("com.example.app.voip", Assert.Single(_engine.Received()).Text("Topic"));
    }

    [Fact]
    public void Reasons_may_be_used_up_one_by_one()
    {
        _engine.Connected("-Reason @{ $tokens[0] = '418 SomethingNew', 'DeviceTokenNotForTopic'; $tokens[1] = , 'Unregistered'; $tokens[2] = '418 Other' }");
        string[] Reasons(int token) => [.. Enumerable.Range(0, 3).Select(_ => _engine.Run($"$tokens[{token}] | Send-ApnsNotification -Alert hi").Output.Single().Text("Reason") ?? "-")];
        Assert.Equal(["SomethingNew", "DeviceTokenNotForTopic", "-"], Reasons(0));
        Assert.Equal(["Unregistered", "-", "-"], Reasons(1));
        Assert.Equal(["Other", "Other", "Other"], Reasons(2));
    }

    [Fact]
    public void An_emulator_has_every_option_of_the_library()
    {
        _engine.Run(
            "$emulator = Start-ApnsEmulator -Environment Development -BroadcastApp com.example.app -MaxChannels 5 -ClockOffset 01:30:00 -ProviderTokenLifetime 00:10:00 -RetryAfter 00:00:07 -UniqueId").Clean();
        PSObject options = Assert.Single(_engine.Output("$emulator.Options"));
        Assert.Equal(
            ["Development", "5", "01:30:00", "00:10:00", "00:00:07", "True"],
            new[] { "Environment", "MaxChannels", "ClockOffset", "ProviderTokenLifetime", "RetryAfter", "UniqueIds" }.Select(options.Text));
        Assert.Equal("com.example.app", _engine.Value<string>("$emulator.Options.BroadcastApps"));
        Assert.Empty(_engine.Output("(Start-ApnsEmulator -BroadcastApp @()).Options.BroadcastApps"));
    }

    [Fact]
    public void An_emulator_has_none_of_them_by_itself()
    {
        PSObject options = Assert.Single(_engine.Output("(Start-ApnsEmulator).Options"));
        Assert.Equal([null, null, null, null, "False", "10000"], new[] { "Environment", "BroadcastApps", "ClockOffset", "RetryAfter", "UniqueIds", "MaxChannels" }.Select(options.Text));
    }

    [Fact]
    public void The_development_environment_tells_unique_ids()
    {
        _engine.Connected("-Environment Development");
        Assert.True(Guid.TryParse(Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("UniqueId"), out _));
    }

    [Fact]
    public void What_is_wrong_with_a_payload_is_told_by_what_was_received()
    {
        _engine.Connected();
        _engine.Output("""$t | Send-ApnsNotification -Payload '{"aps":{"badge":"1"}}'""");
        Assert.Equal("aps.badge is not a number.", _engine.Value<string>("$emulator.GetReceived().PayloadProblems"));
        Assert.Equal("bearer", _engine.Value<string>("$emulator.GetReceived().Headers['authorization']"));
        Assert.Equal(Engine.Topic, _engine.Value<string>("$emulator.GetReceived().Headers.'apns-topic'"));
    }

    [Fact]
    public void Answers_are_held_back_by_the_latency()
    {
        _engine.Connected("-Latency ([timespan]::FromMilliseconds(200))");
        PSObject result = Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi"));
        Assert.True(result.Get<TimeSpan>("Duration") >= TimeSpan.FromMilliseconds(150), result.Text("Duration"));
    }

    [Fact]
    public void The_stream_limit_is_kept()
    {
        _engine.Connected("-MaxConcurrentStreams 3 -Latency 00:00:00.02", "-Topic com.example.app -Connections 1");
        dynamic session = _engine.Object("session");
        using Engine.Running running = _engine.Begin("1..60 | ForEach-Object { $_.ToString('x64') } | Send-ApnsNotification -Alert hi");
        int most = 0;
        Eventually.True(
            () =>
            {
                most = Math.Max(most, session.InFlight);
                return running.HasEnded;
            },
            "the batch ends");
        Assert.Equal(60, running.End().Clean().Output.Count);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public void Only_the_latest_requests_are_kept()
    {
        _engine.Connected("-Keep 3");
        _engine.Output("$tokens | Send-ApnsNotification -Alert hi");
        Assert.Equal(Engine.Tokens(3, first: 8), _engine.Received().Select(static n => n.Text("Token")));
        _engine.Run("$emulator.ClearReceived()").Clean();
        Assert.Empty(_engine.Received());
        Assert.Equal(10, _engine.Value<int>("$emulator.Accepted"));
    }

    [Fact]
    public void Requests_need_not_be_kept_at_all()
    {
        _engine.Connected("-Keep 0");
        _engine.Output("$tokens | Send-ApnsNotification -Alert hi");
        Assert.Empty(_engine.Received());
        Assert.Equal(10, _engine.Value<int>("$emulator.Accepted"));
    }

    [Fact]
    public void What_was_received_can_be_read_in_full()
    {
        _engine.Connected("-Unregistered @{ $t = [datetime]::UtcNow }");
        _engine.Output("$t | Send-ApnsNotification -Alert hi -Priority 5 -Expiration 0 -CollapseId c");
        PSObject received = Assert.Single(_engine.Received());
        Assert.Equal(
            [Engine.Token(1), Engine.Topic, "alert", "5", "0", "c", "410", "Unregistered", "0"],
            new[] { "Token", "Topic", "PushType", "Priority", "Expiration", "CollapseId", "Status", "Reason", "Connection" }.Select(received.Text));
        Assert.True(Guid.TryParse(received.Text("ApnsId"), out _));
    }

    [Theory]
    [InlineData("CutConnection", "CutConnection")]
    [InlineData("GoAway:every=10000", "GoAway:every=10000")]
    [InlineData("'Refuse:after=5,reason=418 SomethingNew', Silence", "Refuse:after=5,reason=418 SomethingNew|Silence")]
    [InlineData("@{ Kind = 'Throttle'; After = 1; Every = 2; Probability = 0.5; Seed = 3; Duration = '00:00:04'; Reason = 'Forbidden' }", "Throttle:after=1,every=2,probability=0.5,seed=3,duration=00:00:04,reason=Forbidden")]
    [InlineData("@{ Kind = 'HoldAnswer'; Duration = [timespan]::FromSeconds(2) }, @{ Kind = 'PingFlood' }", "HoldAnswer:duration=00:00:02|PingFlood")]
    public void A_fault_is_given_as_text_or_as_a_hashtable(string faults, string meant) =>
        Assert.Equal(meant, string.Join('|', _engine.Output($"(Start-ApnsEmulator -Fault {faults}).Options.Faults")));

    [Theory]
    [InlineData("Explode", "CannotConvertArgumentNoMessage", "'Explode' is not a fault. There are CutHandshake, TlsAlert,")]
    [InlineData("GoAway:often=3", "CannotConvertArgumentNoMessage", "A fault has no 'often'; it has after, every,")]
    [InlineData("@{ Kind = 'GoAway'; Often = 3 }", "CannotConvertArgumentNoMessage", "Often")]
    [InlineData("GoAway:every=3,reason=Shutdown", "CannotConvertArgumentNoMessage", "'reason=Shutdown' is not a fault. One with several details goes in quotes")]
    [InlineData("GoAway:every=0", "InvalidOption", "Every is at least 1.")]
    [InlineData("@{ Every = 5 }", "InvalidOption", "Kind has to be given.")]
    [InlineData("Refuse", "InvalidOption", "Reason has to be given.")]
    [InlineData("Refuse:reason=Whatever", "UnknownReason", "'Whatever' is not a reason of APNs.")]
    public void A_fault_that_cannot_be_is_an_error_that_says_why(string fault, string errorId, string message)
    {
        ErrorRecord error = _engine.Failure($"Start-ApnsEmulator -Fault {fault}");
        Assert.Equal($"{errorId},Apns.PowerShell.Commands.StartApnsEmulatorCommand", error.FullyQualifiedErrorId);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kinds_of_faults_are_completed() => Assert.Equal(
        ["GoAway", "GoAwayTwice"],
        _engine.Output("[System.Management.Automation.CommandCompletion]::CompleteInput('Start-ApnsEmulator -Fault go', 28, $null).CompletionMatches.CompletionText").Select(static text => text.ToString()));

    [Fact]
    public void Nothing_is_lost_by_goodbyes()
    {
        _engine.Connected("-Fault 'GoAway:every=40,reason=Shutdown'");
        PSObject[] results = [.. _engine.Output("1..200 | ForEach-Object ToString x64 | Send-ApnsNotification -Alert hi")];
        Assert.All(results, static result => Assert.Equal("Delivered False", $"{result.Text("Outcome")} {result.Text("PossibleDuplicate")}"));
        Assert.Equal(200, results.Length);
        Assert.Equal(200, _engine.Value<int>("$emulator.Accepted"));
    }

    [Fact]
    public void An_emulator_is_reached_through_its_proxy_and_directly()
    {
        _engine.Connected("-WithProxy", "-Topic com.example.app -Proxy $emulator.Proxy");
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
        Assert.Equal("Proxy", Assert.Single(_engine.Output("(Test-ApnsConnection -Emulator $emulator -Topic com.example.app -Proxy $emulator.Proxy).Steps.Where{ $_.Step -eq 'Proxy' -and $_.Succeeded }")).Text("Step"));
        _engine.Output("$null = Connect-Apns -Emulator $emulator -Topic com.example.app");
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
        Assert.True(_engine.Value<bool>("$null -eq (Start-ApnsEmulator).Proxy"));
    }

    [Theory]
    [InlineData("'RefuseTunnel:after=1,duration=00:00:00.1', 'GoAway:every=40'", "RefuseTunnel")]
    [InlineData("'CutTunnel:every=2,seed=3', 'GoAway:every=40'", "CutTunnel")]
    public void Nothing_is_lost_by_a_proxy_that_fails(string faults, string kind)
    {
        _engine.Connected($"-Fault {faults}", "-Topic com.example.app -Proxy $emulator.Proxy -Connections 1");
        PSObject[] results = [.. _engine.Output("1..200 | ForEach-Object ToString x64 | Send-ApnsNotification -Alert hi")];
        Assert.All(results, static result => Assert.Equal("Delivered", result.Text("Outcome")));
        Assert.Equal(200, results.Length);
        Assert.InRange(_engine.Value<int>($"$emulator.CountStrikes('{kind}')"), 1, int.MaxValue);
    }

    [Fact]
    public void A_proxy_that_cannot_resolve_the_name_is_an_error_that_says_so()
    {
        _engine.Run("$emulator = Start-ApnsEmulator -Fault RefuseTunnel").Clean();
        ErrorRecord error = _engine.Failure("Connect-Apns -Emulator $emulator -Topic com.example.app -Proxy $emulator.Proxy");
        Assert.Equal("ProxyFailed,Apns.PowerShell.Commands.ConnectApnsCommand", error.FullyQualifiedErrorId);
        Assert.Contains("'502 Bad Gateway (emulator; error=dns_error)'", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("can resolve localhost", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_emulator_has_a_key_and_a_root_of_its_own()
    {
        _engine.Run("$one = Start-ApnsEmulator; $two = Start-ApnsEmulator").Clean();
        Assert.NotEqual(_engine.Value<int>("$one.Port"), _engine.Value<int>("$two.Port"));
        Assert.NotEqual(_engine.Value<string>("$one.ExportSigningKey()"), _engine.Value<string>("$two.ExportSigningKey()"));
        Assert.NotEqual(_engine.Value<string>("$one.RootCertificate.Thumbprint"), _engine.Value<string>("$two.RootCertificate.Thumbprint"));
    }

    [Theory]
    [InlineData("Stop-ApnsEmulator $one", "True False")]
    [InlineData("$two | Stop-ApnsEmulator", "False True")]
    [InlineData("$one, $two | Stop-ApnsEmulator", "True True")]
    [InlineData("Stop-ApnsEmulator", "True True")]
    [InlineData("Stop-ApnsEmulator; Stop-ApnsEmulator; Stop-ApnsEmulator $one", "True True")]
    [InlineData("Stop-ApnsEmulator -WhatIf", "False False")]
    public void Stopping_ends_the_emulators_meant(string command, string stopped)
    {
        _engine.Run("$one = Start-ApnsEmulator; $two = Start-ApnsEmulator").Clean();
        Assert.Empty(_engine.Output(command));
        Assert.Equal(stopped, _engine.Value<string>("\"$($one.IsStopped) $($two.IsStopped)\""));
    }

    [Fact]
    public void A_stopped_emulator_closes_its_connections()
    {
        _engine.Connected().Run("Stop-ApnsEmulator").Clean();
        dynamic emulator = _engine.Object("emulator");
        Eventually.True(() => emulator.Connections == 0, "its connections are closed");
    }
}
