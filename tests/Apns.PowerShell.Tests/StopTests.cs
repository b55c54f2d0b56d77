using System;
using System.Linq;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Ctrl+C, a throw downstream and a broken-off pipeline end a batch cleanly, with nothing left running.</summary>
public sealed class StopTests : IDisposable
{
    private const string Endless = "while ($true) { ($i++).ToString('x64') }";

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("$t | Send-ApnsNotification -Alert hi", 1)]
    [InlineData("$tokens | Send-ApnsNotification -Alert hi", 10)]
    [InlineData("& { " + Endless + " } | Send-ApnsNotification -Alert hi", 256)]
    [InlineData("Send-ApnsNotification -Token (1..1000 | ForEach-Object { $_.ToString('x64') }) -Alert hi", 256)]
    public void Ctrl_C_ends_a_batch_whose_answers_do_not_come(string script, int outstanding)
    {
        _engine.Connected("-Latency 1.00:00:00", "-Topic com.example.app -TimeoutSec 3600");
        dynamic session = _engine.Object("session");
        using (Engine.Running running = _engine.Begin(script))
        {
            Eventually.True(() => session.InFlight + session.Waiting >= outstanding, "the batch has taken in what it may");
            Assert.False(running.HasEnded);
            running.Stop();
            Assert.Empty(running.End().Output);
        }

        Assert.Equal(0, session.Waiting);
        _engine.Run("Stop-ApnsEmulator").Clean();
        Eventually.True(() => session.InFlight == 0, "nothing is in flight");
    }

    [Fact]
    public void After_Ctrl_C_the_answers_are_waited_for_and_the_session_goes_on()
    {
        _engine.Connected("-Latency 00:00:00.3");
        dynamic session = _engine.Object("session");
        dynamic emulator = _engine.Object("emulator");
        using (Engine.Running running = _engine.Begin($"& {{ {Endless} }} | Send-ApnsNotification -Alert hi"))
        {
            // Past the first answer, when many streams are open.
            Eventually.True(() => session.InFlight > 100, "many are in flight");
            running.Stop();
            running.End();
        }

        AssertNothingRuns(session, emulator);
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
    }

    [Fact]
    public void Stopping_a_pipeline_leaves_another_on_the_same_session_alone()
    {
        _engine.Connected("-Latency 00:00:00.3");
        using var other = new Engine();
        other["session"] = _engine["session"];
        dynamic session = _engine.Object("session");
        using Engine.Running stopped = _engine.Begin($"& {{ {Endless} }} | Send-ApnsNotification -Alert hi");
        Eventually.True(() => session.InFlight > 0, "the first sends");
        using Engine.Running kept = other.Begin("$tokens | Send-ApnsNotification -Alert hi -Session $session");
        stopped.Stop();
        Assert.Equal(10, kept.End().Clean().Output.Count(static r => r.Text("Outcome") == "Delivered"));
    }

    [Theory]
    [InlineData("& { " + Endless + " } | Send-ApnsNotification -Alert hi | ForEach-Object { throw 'enough' }", "enough")]
    [InlineData("& { " + Endless + " } | Send-ApnsNotification -Alert hi | ForEach-Object { if ($_.Index -gt 3000) { throw 'enough' } }", "enough")]
    [InlineData("foreach ($once in 1) { & { " + Endless + " } | Send-ApnsNotification -Alert hi | ForEach-Object { break } }", null)]
    [InlineData("& { $tokens; throw 'no more' } | Send-ApnsNotification -Alert hi", "no more")]
    [InlineData("& { $tokens; throw 'no more' } | Send-ApnsNotification -Alert hi -Session $session | ForEach-Object { $_ }", "no more")]
    public void A_pipeline_that_is_broken_off_leaves_nothing_running(string script, string? failure)
    {
        _engine.Connected();
        EngineResult run = _engine.Run(script);
        Assert.Empty(run.Errors);
        Assert.Equal(failure, run.Failure?.Exception.Message);
        AssertNothingRuns(_engine.Object("session"), _engine.Object("emulator"));
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
    }

    [Fact]
    public void What_waits_when_a_pipeline_is_broken_off_is_not_sent()
    {
        // One stream: the window of 256 is full, and the rest would take some fifty seconds to send.
        _engine.Connected("-Latency 00:00:00.2 -MaxConcurrentStreams 1");
        Assert.Equal("enough", _engine.Run($"& {{ {Endless} }} | Send-ApnsNotification -Alert hi | ForEach-Object {{ throw 'enough' }}").Failure?.Exception.Message);
        Assert.Equal(0, _engine.Object("session").Waiting);
        AssertNothingRuns(_engine.Object("session"), _engine.Object("emulator"));
        Assert.InRange(_engine.Value<int>("$emulator.Accepted"), 1, 20);
    }

    [Fact]
    public void An_error_downstream_that_is_made_to_stop_leaves_nothing_running()
    {
        _engine.Connected();
        EngineResult run = _engine.Run($"$ErrorActionPreference = 'Stop'; & {{ {Endless} }} | Send-ApnsNotification -Alert hi | Get-ApnsSession");
        Assert.StartsWith("SessionNotFound,Apns.PowerShell.Commands.GetApnsSessionCommand", run.Failure?.FullyQualifiedErrorId, StringComparison.Ordinal);
        AssertNothingRuns(_engine.Object("session"), _engine.Object("emulator"));
    }

    [Fact]
    public void Closing_the_runspace_ends_a_batch_under_way()
    {
        var sender = new Engine();
        _engine.Run("$emulator = Start-ApnsEmulator -Latency 00:00:00.2").Clean();
        sender["emulator"] = _engine["emulator"];
        sender.Run("$session = Connect-Apns -Emulator $emulator -Topic com.example.app").Clean();
        dynamic session = sender.Object("session");
        dynamic emulator = _engine.Object("emulator");
        using Engine.Running running = sender.Begin($"& {{ {Endless} }} | Send-ApnsNotification -Alert hi");
        Eventually.True(() => session.InFlight > 0, "it sends");
        sender.Dispose();
        Eventually.True(() => emulator.Connections == 0, "the connections are closed");
        Assert.Equal("Closed", session.State.ToString());
    }

    /// <summary>Nothing is in flight or waits; since nothing runs on a session that has neither, nothing will be sent.</summary>
    private static void AssertNothingRuns(dynamic session, dynamic emulator)
    {
        Eventually.True(() => session.InFlight == 0 && session.Waiting == 0, "nothing is in flight and nothing waits");
        long received = emulator.Accepted;
        Assert.Equal(0, session.InFlight + session.Waiting);
        Assert.Equal(received, emulator.Accepted);
    }
}
