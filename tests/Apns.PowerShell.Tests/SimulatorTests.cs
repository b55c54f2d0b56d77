using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Sending to a simulator, by a stand-in for Xcode's command. It changes the PATH, so it runs alone.</summary>
[Collection(nameof(SimulatorTests))]
[CollectionDefinition(nameof(SimulatorTests), DisableParallelization = true)]
public sealed class SimulatorTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("booted")]
    [InlineData("phone")]
    [InlineData("PAD")]
    [InlineData("11111111-aaaa")]
    public void The_same_cmdlet_pushes_to_a_simulator(string device)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The stand-in is a shell script.");
        using var xcrun = new StandInXcrun();
        PSObject session = Assert.Single(_engine.Output($"Connect-Apns -Simulator {device} -Topic com.example.app"));
        Assert.Equal(("Simulator", device, "no credential"), (session.Text("Environment"), session.Text("Endpoint"), session.Text("Credential")));
        Assert.Equal("Delivered", Assert.Single(_engine.Output("'any' | Send-ApnsNotification -Alert 'Hi 👋' -Data @{ k = 1 }")).Text("Outcome"));
        Assert.Equal($"simctl push {device} com.example.app -\n{{\"aps\":{{\"alert\":\"Hi 👋\"}},\"k\":1}}", Assert.Single(xcrun.Pushes));
        _engine.Run("Disconnect-Apns").Clean();
    }

    [Fact]
    public void Each_input_has_its_result_and_its_push()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The stand-in is a shell script.");
        using var xcrun = new StandInXcrun();
        _engine.Run("Connect-Apns -Simulator booted -Topic com.example.app").Clean();
        EngineResult run = _engine.Run("1..10 | ForEach-Object { [pscustomobject]@{ Token = 'x'; Alert = \"n$_\"; Topic = if ($_ -eq 5) { 'com.example.bad' } } } | Send-ApnsNotification");
        Assert.Null(run.Failure);
        Assert.Equal(10, run.Output.Count);
        PSObject bad = Assert.Single(run.Output, static r => r.Text("Outcome") != "Delivered");
        Assert.Equal(("Rejected", "An error was encountered: the app is not installed.", "FixRequest"), (bad.Text("Outcome"), bad.Text("Reason"), bad.Text("Advice")));
        Assert.Equal(9, xcrun.Pushes.Length);
        Assert.Equal(9, xcrun.Pushes.Distinct().Count());
    }

    [Fact]
    public void What_simctl_says_is_cut_to_one_short_line()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The stand-in is a shell script.");
        using var xcrun = new StandInXcrun();
        _engine.Run("Connect-Apns -Simulator booted -Topic com.example.wordy").Clean();
        string reason = Assert.Single(_engine.Run("'x' | Send-ApnsNotification -Alert hi").Output).Text("Reason")!;
        Assert.StartsWith("No such app. No such app. ", reason, StringComparison.Ordinal);
        Assert.InRange(reason.Length, 1, 200);
        _engine.Run("Disconnect-Apns").Clean();
    }

    [Fact]
    public void A_push_that_does_not_end_is_given_up_at_its_deadline()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The stand-in is a shell script.");
        using var xcrun = new StandInXcrun();
        _engine.Run("Connect-Apns -Simulator booted -Topic com.example.slow").Clean();
        PSObject result = Assert.Single(_engine.Run("'x' | Send-ApnsNotification -Alert hi -TimeoutSec 1").Output);
        Assert.Equal("Unknown", result.Text("Outcome"));
        _engine.Run("Disconnect-Apns").Clean();
    }

    [Fact]
    public void What_a_push_leaves_running_is_not_waited_for()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The stand-in is a shell script.");
        using var xcrun = new StandInXcrun();
        _engine.Run("Connect-Apns -Simulator booted -Topic com.example.orphan").Clean();
        Assert.Equal("Delivered", Assert.Single(_engine.Output("'x' | Send-ApnsNotification -Alert hi -TimeoutSec 3600")).Text("Outcome"));
        _engine.Run("Disconnect-Apns").Clean();
    }

    [Theory]
    [InlineData("old")]
    [InlineData("nobody")]
    public void A_device_that_is_not_booted_is_an_error_that_names_those_that_are(string device)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The stand-in is a shell script.");
        using var xcrun = new StandInXcrun();
        ErrorRecord error = _engine.Failure($"Connect-Apns -Simulator {device} -Topic com.example.app");
        Assert.StartsWith("SimulatorUnavailable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("booted: phone, pad. Boot one with: xcrun simctl boot", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Connections", "2")]
    [InlineData("-MaxConnections", "2")]
    [InlineData("-Delivery", "AtMostOnce")]
    public void What_a_simulator_cannot_do_is_refused(string parameter, string value)
    {
        ErrorRecord error = _engine.Failure($"Connect-Apns -Simulator booted {parameter} {value}");
        Assert.Equal(("ConflictingParameters", ErrorCategory.InvalidArgument), (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category));
        Assert.StartsWith($"-Simulator and {parameter} ", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_Xcode_the_error_says_why()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "There may be an Xcode.");
        ErrorRecord error = _engine.Failure("Connect-Apns -Simulator booted -Topic com.example.app");
        Assert.Equal(("SimulatorUnavailable", ErrorCategory.ResourceUnavailable), (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category));
        Assert.Contains("macOS only", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ApnsChannel", "Simulators have no broadcast channels")]
    [InlineData("Get-ApnsChannel AQID -BundleId com.example.app", "Simulators have no broadcast channels")]
    [InlineData("New-ApnsChannel", "Simulators have no broadcast channels")]
    [InlineData("Remove-ApnsChannel AQID -Confirm:$false", "Simulators have no broadcast channels")]
    [InlineData("'AQID', 'AQID' | Send-ApnsBroadcast -Event End", "Broadcasts do not reach simulators")]
    [InlineData("Test-ApnsConnection", "Simulators are reached without a connection")]
    public void Channels_have_no_simulator(string command, string message)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The stand-in is a shell script.");
        using var xcrun = new StandInXcrun();
        _engine.Run("Connect-Apns -Simulator booted -Topic com.example.app").Clean();
        ErrorRecord error = _engine.Failure(command);
        Assert.Equal(("NotSupported", ErrorCategory.InvalidOperation), (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category));
        Assert.StartsWith(message, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disconnecting_ends_pushes_that_are_under_way()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The stand-in is a shell script.");
        using var xcrun = new StandInXcrun();
        using var other = new Engine();
        other["session"] = _engine.Output("Connect-Apns -Simulator booted -Topic com.example.slow")[0];
        dynamic session = other.Object("session");
        using Engine.Running running = _engine.Begin("'x', 'y' | Send-ApnsNotification -Alert hi");
        Eventually.True(() => session.InFlight == 2, "both pushes are under way");
        other.Run("Disconnect-Apns $session").Clean();
        EngineResult run = running.End();
        Assert.Null(run.Failure);
        Assert.Equal(["Unknown", "Unknown"], run.Output.Select(static r => r.Text("Outcome")));
    }
}
