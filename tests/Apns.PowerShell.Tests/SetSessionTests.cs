using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>How many connections a session has, told with Connect-Apns and changed with Set-ApnsSession; and its figures.</summary>
public sealed class SetSessionTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("", 1, 8)]
    [InlineData("-Connections 1", 1, 1)]
    [InlineData("-Connections 3", 3, 3)]
    [InlineData("-MaxConnections 5", 1, 5)]
    [InlineData("-Connections 2 -MaxConnections 256", 2, 256)]
    public void Connecting_says_how_many_connections_there_are_at_least_and_at_most(string parameters, int min, int max)
    {
        _engine.Connected(connectParameters: parameters);
        Assert.Equal([$"{min} {max}"], _engine.Output("\"$($session.MinConnections) $($session.MaxConnections)\"").Select(static o => o.ToString()));
    }

    [Theory]
    [InlineData("-Connections 4", 4, 4)]
    [InlineData("-Connections 2 -MaxConnections 6", 2, 6)]
    [InlineData("-Connections 1", 1, 1)]
    public void A_session_is_changed_while_it_is_open(string parameters, int min, int max)
    {
        _engine.Connected(connectParameters: "-Topic com.example.app -Connections 2");
        Assert.Empty(_engine.Output($"Set-ApnsSession {parameters}"));
        Assert.Equal((min, max), (_engine.Value<int>("$session.MinConnections"), _engine.Value<int>("$session.MaxConnections")));
        dynamic emulator = _engine.Object("emulator");
        Eventually.True(() => emulator.Connections == min, "the connections are as many as said");
        Assert.Equal(10, _engine.Output("$tokens | Send-ApnsNotification -Alert hi").Count);
    }

    [Theory]
    [InlineData("Set-ApnsSession -Connections 3", "2 3")]
    [InlineData("Set-ApnsSession $a -Connections 3", "3 2")]
    [InlineData("Set-ApnsSession a -Connections 3", "3 2")]
    [InlineData("Set-ApnsSession -Session a, $b -Connections 3", "3 3")]
    [InlineData("'a' | Set-ApnsSession -Connections 3", "3 2")]
    [InlineData("Get-ApnsSession | Set-ApnsSession -Connections 3", "3 3")]
    [InlineData("Get-ApnsSession | Set-ApnsSession -Connections 3 -WhatIf", "2 2")]
    public void The_sessions_meant_are_changed(string command, string expected)
    {
        _engine.Run("$emulator = Start-ApnsEmulator; $a = Connect-Apns -Emulator $emulator -Name a -Connections 2; $b = Connect-Apns -Emulator $emulator -Name b -Connections 2").Clean();
        Assert.Empty(_engine.Output(command));
        Assert.Equal(expected, _engine.Value<string>("\"$($a.MinConnections) $($b.MinConnections)\""));
    }

    [Fact]
    public void The_sessions_are_passed_on_when_asked_for()
    {
        _engine.Connected(connectParameters: "-Name mine");
        Assert.Equal("mine", Assert.Single(_engine.Output("Set-ApnsSession -Connections 2 -PassThru")).Text("Name"));
        Assert.Empty(_engine.Output("Set-ApnsSession -Connections 2 -PassThru -WhatIf"));
    }

    [Theory]
    [InlineData("-Connections 2", "Set connections to 2")]
    [InlineData("-Connections 2 -MaxConnections 4", "Set connections to 2, growing to 4")]
    public void WhatIf_says_what_would_be_done(string parameters, string action)
    {
        _engine.Connected(connectParameters: "-Name mine");
        EngineResult run = _engine.Run($"Set-ApnsSession {parameters} -WhatIf").Clean();
        Assert.Contains($"What if: Performing the operation \"{action}\" on target \"mine\".", run.HostText, StringComparison.Ordinal);
        Assert.Equal(1, _engine.Value<int>("$session.MinConnections"));
    }

    [Theory]
    [InlineData("Set-ApnsSession -Connections 3 -MaxConnections 2", "InvalidMaxConnections,Apns.PowerShell.Commands.SetApnsSessionCommand")]
    [InlineData("Connect-Apns -Emulator $emulator -Connections 3 -MaxConnections 2", "InvalidMaxConnections,Apns.PowerShell.Commands.ConnectApnsCommand")]
    public void A_maximum_below_the_minimum_is_an_error_that_names_both(string command, string id)
    {
        _engine.Connected();
        ErrorRecord error = _engine.Failure(command);
        Assert.Equal((id, ErrorCategory.InvalidArgument), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        Assert.Contains("-MaxConnections 2 is less than -Connections 3", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, _engine.Value<int>("$session.MinConnections"));
    }

    [Theory]
    [InlineData("Set-ApnsSession -Connections 0")]
    [InlineData("Set-ApnsSession -Connections 257")]
    [InlineData("Set-ApnsSession -Connections 1 -MaxConnections 257")]
    [InlineData("Connect-Apns -Emulator $emulator -MaxConnections 0")]
    [InlineData("Connect-Apns -Emulator $emulator -Delivery Never")]
    public void Values_out_of_range_are_refused(string command)
    {
        _engine.Connected();
        Assert.StartsWith(command.Contains("Never", StringComparison.Ordinal) ? "CannotConvertArgumentNoMessage," : "ParameterArgumentValidationError,", _engine.Failure(command).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_session_there_is_one_error_and_with_a_closed_one_the_others_are_changed()
    {
        ErrorRecord missing = _engine.Failure("Set-ApnsSession -Connections 2");
        Assert.Equal("NotConnected,Apns.PowerShell.Commands.SetApnsSessionCommand", missing.FullyQualifiedErrorId);

        _engine.Run("$emulator = Start-ApnsEmulator; $a = Connect-Apns -Emulator $emulator -Name a; $b = Connect-Apns -Emulator $emulator -Name b; Disconnect-Apns a").Clean();
        EngineResult run = _engine.Run("$a, $b | Set-ApnsSession -Connections 2 -PassThru");
        Assert.Null(run.Failure);
        Assert.Equal("b", Assert.Single(run.Output).Text("Name"));
        ErrorRecord error = Assert.Single(run.Errors);
        Assert.Equal(("SessionClosed,Apns.PowerShell.Commands.SetApnsSessionCommand", ErrorCategory.ConnectionError), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
    }

    [Fact]
    public void Delivery_is_the_sessions()
    {
        _engine.Connected();
        Assert.Equal("AtLeastOnce", _engine.Value<string>("$session.Delivery"));
        Assert.Equal("AtMostOnce", _engine.Value<string>("(Connect-Apns -Emulator $emulator -Delivery AtMostOnce).Delivery"));
    }

    [Fact]
    public void With_at_most_once_a_lost_notification_is_not_sent_again()
    {
        _engine.Connected("-Latency 01:00:00", "-Topic com.example.app -Delivery AtMostOnce");
        dynamic emulator = _engine.Object("emulator");
        using Engine.Running sending = _engine.Begin("$t | Send-ApnsNotification -Alert hi -ErrorAction SilentlyContinue");
        Eventually.True(() => emulator.InFlight == 1, "the emulator has it");
        emulator.Dispose();

        PSObject result = Assert.Single(sending.End().Output);
        Assert.Equal(("Unknown", "1"), (result.Text("Outcome"), result.Text("Attempts")));
    }

    [Fact]
    public void A_session_shows_what_it_has_done()
    {
        _engine.Connected("-Unregistered @{ $tokens[1] = [datetime]::UtcNow } -Reason @{ $tokens[2] = 'DeviceTokenNotForTopic' }");
        Assert.Equal("0 0 0 0 0 0 0", Figures());
        Assert.Null(Assert.Single(_engine.Output("$session")).Properties["RoundTrip"].Value);
        _engine.Run("$tokens + 'no token' | Send-ApnsNotification -Alert hi -ErrorAction SilentlyContinue");
        Assert.Equal("10 0 8 2 0 1 0", Figures());
        Assert.True(_engine.Value<bool>("$session.RoundTrip.Ticks -gt 0 -and $session.BytesSent -gt 1000 -and $session.BytesReceived -gt 200"));

        PSObject connection = Assert.Single(_engine.Output("$session.ConnectionList"));
        Assert.Equal(("0", "Active", "10", "0", "1000"), (connection.Text("Number"), connection.Text("State"), connection.Text("Sent"), connection.Text("InFlight"), connection.Text("StreamLimit")));
        Assert.Equal($"127.0.0.1:{_engine.Value<int>("$emulator.Port")}", connection.Text("RemoteEndPoint"));

        _engine.Run("Disconnect-Apns").Clean();
        Assert.Equal("10 0 8 2 0 1 0", Figures());
        Assert.Empty(_engine.Output("$session.ConnectionList"));
    }

    private string Figures() => string.Join(' ', _engine.Output("$session | ForEach-Object { $_.Sent; $_.Retried; $_.Delivered; $_.Rejected; $_.Unknown; $_.NotSent; $_.Throttled }"));
}
