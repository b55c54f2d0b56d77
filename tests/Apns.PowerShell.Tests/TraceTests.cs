using System;
using System.Linq;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>What -Verbose and -Debug tell somebody who has to find out what happened.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Verbose_tells_what_happens_to_connections()
    {
        _engine["many"] = Engine.Tokens(500);
        _engine.Run("$emulator = Start-ApnsEmulator -Fault 'GoAway:after=100,reason=Shutdown'").Clean();
        EngineResult connected = _engine.Run("$null = Connect-Apns -Emulator $emulator -Topic com.example.app -Verbose").Clean();
        Assert.Contains(connected.Verbose, line => line.StartsWith($"Connection 0 to 127.0.0.1:{_engine.Value<int>("$emulator.Port")} is Active", StringComparison.Ordinal));
        EngineResult sent = _engine.Run("$many | Send-ApnsNotification -Alert hi -Verbose").Clean();
        Assert.Contains("Connection 0 takes no more: APNs ended the connection: Shutdown. APNs is shutting this server down; send it again.", sent.Verbose);
        Assert.Contains("Connection 1 begins.", sent.Verbose);
        Assert.Contains(sent.Verbose, line => line.EndsWith("not processed.", StringComparison.Ordinal));
        Assert.DoesNotContain(sent.Verbose, line => line.Contains("Send notification", StringComparison.Ordinal));
    }

    [Fact]
    public void A_preference_does_as_well_and_silence_is_the_rule()
    {
        _engine.Connected("-Fault GoAway:after=5");
        Assert.Contains("Connection 1 begins.", _engine.Run("$VerbosePreference = 'Continue'; $tokens | Send-ApnsNotification -Alert hi; $VerbosePreference = 'SilentlyContinue'").Clean().Verbose);
        EngineResult silent = _engine.Run("$tokens | Send-ApnsNotification -Alert hi").Clean();
        Assert.Empty(silent.Verbose);
        Assert.Empty(silent.Debug);
    }

    [Fact]
    public void A_session_is_not_lost_when_telling_of_it_is_broken_off()
    {
        _engine.Host.Answers.Enqueue("Yes");
        _engine.Host.Answers.Enqueue("Halt Command");
        EngineResult run = _engine.Run("$emulator = Start-ApnsEmulator; $VerbosePreference = 'Inquire'; Connect-Apns -Emulator $emulator -Topic com.example.app -Name told");
        Assert.Equal(2, _engine.Host.Questions.Count);
        Assert.Contains("Connection 0 to ", run.HostText, StringComparison.Ordinal);
        Assert.Empty(run.Output);
        Assert.Equal("told", _engine.Value<string>("$VerbosePreference = 'SilentlyContinue'; (Get-ApnsSession).Name"));
    }

    [Fact]
    public void Frames_beyond_what_is_kept_are_counted()
    {
        // While its input is still at work, the outer one writes nothing. Each notification has at least four frames.
        _engine.Connected();
        _engine["many"] = Engine.Tokens(3000);
        EngineResult run = _engine.Run("$DebugPreference = 'Continue'; & { $null = $many | Send-ApnsNotification -Alert hi -Debug:$false; $t } | Send-ApnsNotification -Alert hi").Clean();
        int told = run.Debug.ToList().FindIndex(static line => line.EndsWith(" more frames were not kept.", StringComparison.Ordinal));
        Assert.InRange(told, 10_000, run.Debug.Count);
    }

    [Fact]
    public void Debug_tells_the_frames_and_nothing_of_what_is_in_them()
    {
        // The switch would have the host ask after each.
        _engine.Run("$emulator = Start-ApnsEmulator; $DebugPreference = 'Continue'").Clean();
        string[] connected = [.. _engine.Run("$null = Connect-Apns -Emulator $emulator -Topic com.example.app").Clean().Debug];
        Assert.Contains(connected, line => line.StartsWith("> Settings ", StringComparison.Ordinal));
        Assert.Contains(connected, line => line.StartsWith("< Settings ", StringComparison.Ordinal));
        string[] sent = [.. _engine.Run("$t | Send-ApnsNotification -Alert hi").Clean().Debug];
        Assert.Contains(sent, line => line.StartsWith("> Headers ", StringComparison.Ordinal));
        Assert.Contains(sent, line => line.StartsWith("> Data ", StringComparison.Ordinal));
        Assert.DoesNotContain(sent, line => line.Contains(Engine.Token(1), StringComparison.Ordinal) || line.Contains("bearer", StringComparison.OrdinalIgnoreCase));
    }
}
