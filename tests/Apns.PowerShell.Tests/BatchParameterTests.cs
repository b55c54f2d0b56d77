using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>What bounds one sending: its deadline, its pace, and what happens to what was lost.</summary>
public sealed class BatchParameterTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("([datetime]::UtcNow.AddSeconds(-1))")]
    [InlineData("([timespan]::Zero)")]
    [InlineData("1700000000")]
    public void After_the_deadline_nothing_is_sent_and_each_input_has_its_result(string deadline)
    {
        _engine.Connected();
        EngineResult run = _engine.Run($"$tokens | Send-ApnsNotification -Alert hi -Deadline {deadline}");
        Assert.Null(run.Failure);
        Assert.Equal(10, run.Output.Count);
        Assert.All(run.Output, static r => Assert.Equal(("NotSent", "Retry"), (r.Text("Outcome"), r.Text("Advice"))));
        Assert.All(run.Output, static r => Assert.Contains("deadline", r.Text("Error")!, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(_engine.Received());
    }

    [Fact]
    public void What_has_no_answer_by_the_deadline_is_unknown()
    {
        _engine.Connected("-Latency 01:00:00");
        EngineResult run = _engine.Run("$t | Send-ApnsNotification -Alert hi -Deadline ([timespan]::FromSeconds(3))");
        Assert.Equal(("Unknown", "Retry"), (Assert.Single(run.Output).Text("Outcome"), run.Output[0].Text("Advice")));
    }

    [Fact]
    public void At_most_once_means_that_what_was_lost_is_unknown_and_not_sent_again()
    {
        _engine.Connected("-Latency 01:00:00");
        dynamic emulator = _engine.Object("emulator");
        using Engine.Running running = _engine.Begin("$t | Send-ApnsNotification -Alert hi -Delivery AtMostOnce");
        Eventually.True(() => emulator.InFlight == 1, "the emulator has it");
        emulator.Dispose();
        PSObject result = Assert.Single(running.End().Output);
        Assert.Equal(("Unknown", 1, false), (result.Text("Outcome"), result.Get<int>("Attempts"), result.Get<bool>("PossibleDuplicate")));
    }

    [Theory]
    [InlineData("0.5", 1, 0)]
    [InlineData("20", 10, 450)]
    [InlineData("1000000", 10, 0)]
    public void A_pace_delays_and_loses_nothing(string rate, int count, int milliseconds)
    {
        _engine.Connected();
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<PSObject> results = _engine.Output($"$tokens[0..{count - 1}] | Send-ApnsNotification -Alert hi -RatePerSecond {rate}");

        // From the first to the last; a slow machine takes longer.
        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(milliseconds), "It was faster than its pace.");
        Assert.Equal(Enumerable.Range(0, count), results.Select(static r => r.Get<int>("Index")).Order());
        Assert.All(results, static r => Assert.Equal("Delivered", r.Text("Outcome")));
    }

    [Theory]
    [InlineData("Hi")]
    [InlineData("-Token $t -Alert hi")]
    [InlineData("-Token $tokens -Alert hi")]
    public void One_token_for_all_input_is_refused(string parameters)
    {
        _engine.Connected();
        ErrorRecord error = _engine.Failure($"$tokens | Send-ApnsNotification {parameters}");
        Assert.Equal("ConflictingParameters,Apns.PowerShell.Commands.SendApnsNotificationCommand", error.FullyQualifiedErrorId);
        Assert.Contains("give what to say with -Alert", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_engine.Received());

        // Something else for each input to the same device is well.
        Assert.Equal(10, _engine.Output("1..10 | Send-ApnsNotification -Token $t -Alert { \"$_\" }").Count);
    }

    [Theory]
    [InlineData("-RatePerSecond 0")]
    [InlineData("-RatePerSecond (-1)")]
    [InlineData("-RatePerSecond ([double]::NaN)")]
    [InlineData("-TimeoutSec 0")]
    [InlineData("-Deadline soon")]
    [InlineData("-Delivery Twice")]
    public void Bounds_that_make_no_sense_are_refused(string parameters)
    {
        _engine.Connected();
        EngineResult run = _engine.Run($"$tokens | Send-ApnsNotification -Alert hi {parameters}");
        Assert.NotNull(run.Failure);
        Assert.Empty(run.Output);
        Assert.Empty(_engine.Received());
    }
}
