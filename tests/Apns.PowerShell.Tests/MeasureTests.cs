using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Measure-ApnsResult.</summary>
public sealed class MeasureTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_run_is_summed_up()
    {
        _engine.Connected("-Unregistered @{ $tokens[1] = [datetime]::UtcNow }");
        PSObject summary = Assert.Single(_engine.Output("$before = [DateTimeOffset]::UtcNow.AddSeconds(-5); $tokens | Send-ApnsNotification -Alert hi | Measure-ApnsResult"));
        Assert.Equal("Apns.Client.ApnsResultSummary", summary.TypeNames[0]);
        Assert.Equal((10, 9, 1, 10), (summary.Get<long>("Count"), summary.Get<long>("Delivered"), summary.Get<long>("Rejected"), summary.Get<long>("Attempts")));
        Assert.InRange(summary.Get<DateTimeOffset>("Started"), (DateTimeOffset)_engine.Object("before"), summary.Get<DateTimeOffset>("Ended"));
        Assert.InRange(summary.Get<TimeSpan>("LatencyP50"), TimeSpan.FromTicks(1), summary.Get<TimeSpan>("LatencyMax"));
    }

    [Fact]
    public void Broadcasts_and_journals_are_summed_up()
    {
        using var folder = new TempFolder();
        _engine["journal"] = folder["run.journal"];
        _engine.Connected();
        Assert.Equal("2 1", _engine.Value<string>("$s = @(New-ApnsChannel; 'none') | Send-ApnsBroadcast -Event Update -ContentState @{ a = 1 } -ErrorAction Ignore | Measure-ApnsResult; \"$($s.Count) $($s.Delivered)\""));
        Assert.Equal("10 10", _engine.Value<string>("$null = $tokens | Send-ApnsNotification -Alert hi -Journal $journal; $s = Get-ApnsJournal $journal -Result | Measure-ApnsResult; \"$($s.Count) $($s.Skipped)\""));
        Assert.True(_engine.Value<bool>("$s.Ended -gt [DateTimeOffset]::UtcNow.AddMinutes(-1) -and $s.LatencyMax -gt 0"));
    }

    [Fact]
    public void Results_flow_on_as_they_come_and_the_summary_is_kept()
    {
        string order = _engine.Value<string>(
            """
            $order = [Collections.Generic.List[string]]::new()
            1..2 | ForEach-Object { $order.Add("in $_"); $r = [Apns.Client.ApnsResult] @{ Index = $_ }; $r.psobject.Properties.Add([psnoteproperty]::new('note', "n$_")); $r } |
                Measure-ApnsResult -PassThru -SummaryVariable summary | ForEach-Object { $order.Add("out $($_.Index) $($_.note)") }
            "$order $($summary.Count)"
            """);
        Assert.Equal("in 1 out 1 n1 in 2 out 2 n2 2", order);
    }

    [Fact]
    public void Without_a_variable_the_host_is_told_the_summary()
    {
        EngineResult result = _engine.Run("[Apns.Client.ApnsResult]::new() | Measure-ApnsResult -PassThru").Clean();
        Assert.Equal("Apns.Client.ApnsResult", Assert.Single(result.Output).TypeNames[0]);
        Assert.Contains("1 result: 1 delivered", result.HostText, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_result_is_an_error_that_tells_no_token()
    {
        EngineResult result = _engine.Run("$t, $null, [Apns.Client.ApnsResult]::new() | Measure-ApnsResult");
        Assert.Equal(1, Assert.Single(result.Output).Get<long>("Count"));
        Assert.All(result.Errors, static e => Assert.Equal("NoResult,Apns.PowerShell.Commands.MeasureApnsResultCommand", e.FullyQualifiedErrorId));
        Assert.Equal(["An object of type System.String", "Null"], result.Errors.Select(static e => e.ToString().Split(" is no result.")[0]));
    }

    [Fact]
    public void Many_that_are_no_results_are_one_error_of_a_kind()
    {
        EngineResult result = _engine.Run("1..1000 + $t + 1 | Measure-ApnsResult");
        Assert.Equal(["An object of type System.Int32", "An object of type System.String"], result.Errors.Select(static e => e.ToString().Split(" is no result.")[0]));
        Assert.Equal("An object of type System.Int32 is no result, and so it was 1,000 more times.", Assert.Single(result.Warnings));
    }

    [Fact]
    public void An_empty_pipeline_has_a_summary_under_strict_mode()
    {
        string text = _engine.Value<string>("Set-StrictMode -Version Latest; $s = @() | Measure-ApnsResult; \"$s $($null -eq $s.Rate) $($s.Duration) $($s.Reasons.Count)\"");
        Assert.Equal("0 results True 00:00:00 0", text);
    }
}
