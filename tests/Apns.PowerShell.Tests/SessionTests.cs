using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Listing, choosing and closing sessions.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_second_end_waits_for_the_first()
    {
        _engine.Connected("-Latency 00:00:01");
        dynamic session = _engine.Object("session");
        using var other = new Engine();
        using var another = new Engine();
        other["session"] = another["session"] = _engine["session"];
        using Engine.Running sending = _engine.Begin("$t | Send-ApnsNotification -Alert hi");
        Eventually.True(() => session.InFlight == 1, "it is sent");
        using Engine.Running first = other.Begin("Disconnect-Apns $session");
        Eventually.True(() => session.State.ToString() == "Closed", "it is being closed");
        Assert.Equal(0, another.Value<int>("Disconnect-Apns $session; $session.InFlight"));
        first.End().Clean();
        Assert.Equal("Delivered", Assert.Single(sending.End().Clean().Output).Text("Outcome"));
    }

    [Fact]
    public void Without_a_session_the_error_names_the_cmdlet_that_makes_one()
    {
        ErrorRecord error = _engine.Failure("$tokens | Send-ApnsNotification -Alert hi");
        Assert.Equal("NotConnected,Apns.PowerShell.Commands.SendApnsNotificationCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.Contains("Connect-Apns", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-Session $using:session", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_is_chosen_by_object_or_by_name()
    {
        _engine.Run("$emulator = Start-ApnsEmulator; $a = Connect-Apns -Emulator $emulator -Topic a -Name a; $b = Connect-Apns -Emulator $emulator -Topic b -Name b").Clean();
        _engine.Output("$t | Send-ApnsNotification -Alert hi -Session $a; $t | Send-ApnsNotification -Alert hi -Session A; $t | Send-ApnsNotification -Alert hi");
        Assert.Equal(["a", "a", "b"], _engine.Received().Select(static n => n.Text("Topic")));
    }

    [Fact]
    public void The_rate_tells_how_much_was_sent_since_it_was_last_read()
    {
        _engine.Connected();
        _engine.Run("$null = 1..20 | ForEach-Object { $tokens } | Send-ApnsNotification -Alert hi").Clean();
        dynamic session = _engine.Object("session");
        Eventually.True(() => session.Rate > 0, "the first second is over");
        Eventually.True(() => session.Rate == 0, "a second is over in which nothing was sent");
    }

    [Fact]
    public void A_name_that_no_session_has_is_an_error_that_says_so()
    {
        _engine.Connected();
        ErrorRecord error = _engine.Failure("$t | Send-ApnsNotification -Alert hi -Session nobody");
        Assert.StartsWith("ParameterArgumentTransformationError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("There is no session named 'nobody'", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_engine.Received());
    }

    [Fact]
    public void A_closed_session_is_an_error_that_names_it()
    {
        _engine.Connected(connectParameters: "-Name mine -Topic com.example.app").Run("Disconnect-Apns").Clean();
        ErrorRecord error = _engine.Failure("$t | Send-ApnsNotification -Alert hi -Session $session");
        Assert.Equal("SessionClosed,Apns.PowerShell.Commands.SendApnsNotificationCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.Contains("'mine' is closed. Connect again with Connect-Apns", error.Exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("NotConnected,", _engine.Failure("$t | Send-ApnsNotification -Alert hi").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Sessions_are_listed_while_they_are_open()
    {
        _engine.Run("$emulator = Start-ApnsEmulator; 'one', 'two', 'other' | ForEach-Object { $null = Connect-Apns -Emulator $emulator -Name $_ }").Clean();
        Assert.Equal(["one", "two", "other"], Names("Get-ApnsSession"));
        Assert.Equal(["one", "other"], Names("Get-ApnsSession O*"));
        Assert.Equal(["two"], Names("Get-ApnsSession two"));
        Assert.Equal(["one", "two"], Names("'one', 'two' | Get-ApnsSession"));
        Assert.Equal(["one"], Names("[pscustomobject]@{ Name = 'one' } | Get-ApnsSession"));
        Assert.Empty(Names("Get-ApnsSession x*"));
        _engine.Run("Disconnect-Apns two").Clean();
        Assert.Equal(["one", "other"], Names("Get-ApnsSession"));
    }

    [Fact]
    public void Asking_for_a_session_that_is_not_there_is_an_error_that_does_not_stop()
    {
        _engine.Connected(connectParameters: "-Name mine");
        EngineResult run = _engine.Run("Get-ApnsSession nobody, mine");
        Assert.Null(run.Failure);
        Assert.Equal("mine", Assert.Single(run.Output).Text("Name"));
        ErrorRecord error = Assert.Single(run.Errors);
        Assert.Equal(("SessionNotFound,Apns.PowerShell.Commands.GetApnsSessionCommand", ErrorCategory.ObjectNotFound), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        Assert.Contains("'nobody'", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Disconnect-Apns", 1)]
    [InlineData("Disconnect-Apns $a", 1)]
    [InlineData("Disconnect-Apns a", 1)]
    [InlineData("Disconnect-Apns a, $b", 2)]
    [InlineData("$a, $b | Disconnect-Apns", 2)]
    [InlineData("'a', 'b' | Disconnect-Apns", 2)]
    [InlineData("Get-ApnsSession | Disconnect-Apns", 2)]
    public void Disconnecting_closes_the_sessions_meant(string command, int closed)
    {
        _engine.Run("$emulator = Start-ApnsEmulator; $a = Connect-Apns -Emulator $emulator -Name a; $b = Connect-Apns -Emulator $emulator -Name b").Clean();
        Assert.Empty(_engine.Output(command));
        Assert.Equal(2 - closed, _engine.Output("Get-ApnsSession").Count);
        dynamic emulator = _engine.Object("emulator");
        Eventually.True(() => emulator.Connections == 2 - closed, "their connections are closed");
    }

    [Fact]
    public void Disconnecting_twice_or_without_a_session_does_no_harm()
    {
        _engine.Run("Disconnect-Apns").Clean();
        _engine.Connected().Run("Disconnect-Apns; Disconnect-Apns; Disconnect-Apns $session; $session, $session | Disconnect-Apns").Clean();
        Assert.Equal("Closed", _engine.Value<string>("$session.State"));
        Assert.Equal(0, _engine.Value<int>("$session.Connections"));
    }

    [Fact]
    public void Disconnecting_waits_for_the_answers_still_to_come()
    {
        _engine.Connected("-Latency 00:00:00.5");
        dynamic session = _engine.Object("session");
        using var sender = new Engine();
        sender["session"] = _engine["session"];
        using Engine.Running sending = sender.Begin("$tokens | Send-ApnsNotification -Alert hi -Session $session");
        Eventually.True(() => session.InFlight > 0, "something is in flight");
        _engine.Run("Disconnect-Apns").Clean();
        EngineResult run = sending.End();
        Assert.Equal(10, run.Output.Count);
        Assert.All(run.Output, static r => Assert.True(r.Text("Outcome") is "Delivered" or "NotSent", r.ToString()));

        // What the emulator took in was answered, and nothing more was sent.
        Assert.Contains(run.Output, static r => r.Text("Outcome") == "Delivered");
        Assert.Equal(_engine.Received().Select(static n => n.Text("Token")).Order(), run.Output.Where(static r => r.Text("Outcome") == "Delivered").Select(static r => r.Text("Token")).Order());
    }

    [Fact]
    public void Disconnecting_says_goodbye()
    {
        using var server = new StrangeServer(Manner.Http2);
        using var folder = new TempFolder();
        _engine["server"] = server;
        _engine["key"] = folder.Write("key.p8", Secrets.NewKey());
        _engine.Output("$session = Connect-Apns -KeyPath $key -KeyId ABC123DEFG -TeamId DEF123GHIJ -Endpoint localhost -Port $server.Port -TrustedRoot $server.Certificate");
        Assert.False(server.GotGoAway);
        _engine.Run("Disconnect-Apns").Clean();
        Eventually.True(() => server.GotGoAway, "GOAWAY comes");
    }

    private IEnumerable<string?> Names(string script) => _engine.Output(script).Select(static s => s.Text("Name"));

    [Theory]
    [InlineData("Set-ApnsSession -Connections 2 -Session $undefined")]
    [InlineData("$undefined | Set-ApnsSession -Connections 2")]
    [InlineData("Disconnect-Apns $undefined")]
    [InlineData("Disconnect-Apns @($null)")]
    [InlineData("$undefined | Disconnect-Apns")]
    [InlineData("Test-ApnsConnection -Session $undefined")]
    [InlineData("$undefined | Test-ApnsConnection")]
    [InlineData("Get-ApnsChannel -Session $undefined")]
    [InlineData("$t | Send-ApnsNotification -Alert hi -Session $undefined")]
    [InlineData("'AQID' | Send-ApnsBroadcast -Event End -Session $undefined")]
    public void A_session_that_is_nothing_is_not_taken_for_the_default(string script)
    {
        _engine.Connected("", "-Topic com.example.app -Connections 1");
        EngineResult run = _engine.Run(script);
        ErrorRecord error = run.Failure ?? Assert.Single(run.Errors);
        Assert.StartsWith("ParameterArgumentValidationError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(("Open", 1), (_engine.Value<string>("$session.State"), _engine.Value<int>("$session.MinConnections")));
        Assert.Empty(_engine.Received());
    }

    [Fact]
    public void Emulators_that_are_nothing_are_not_taken_for_all()
    {
        _engine.Connected();
        Assert.StartsWith("ParameterArgumentValidationError,", _engine.Failure("Stop-ApnsEmulator $undefined").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
    }
}
