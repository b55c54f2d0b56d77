using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Progress: what it says, and how seldom.</summary>
public sealed class ProgressTests : IDisposable
{
    // One stream and a delayed answer: the ten tokens take a second, whatever the machine.
    private readonly Engine _engine = new Engine().Connected("-Latency 00:00:00.1 -MaxConcurrentStreams 1 -Reason @{ $tokens[0] = 'DeviceTokenNotForTopic' }");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Progress_says_how_much_and_how_fast_at_most_four_times_a_second()
    {
        long start = Stopwatch.GetTimestamp();
        EngineResult run = _engine.Run("$tokens | Send-ApnsNotification -Alert hi");
        double quarters = Stopwatch.GetElapsedTime(start) / TimeSpan.FromMilliseconds(250);
        Assert.Equal(10, run.Output.Count);
        IReadOnlyList<ProgressRecord> reports = [.. run.Progress.Where(static p => p.RecordType == ProgressRecordType.Processing)];
        Assert.InRange(reports.Count, 1, quarters);
        Assert.All(reports, static p =>
        {
            Assert.Equal("Sending notifications", p.Activity);
            Assert.Matches(@"^\d+ done, \d+ under way, \d+/s, [01] not delivered$", p.StatusDescription);
            Assert.Matches(@"^\d+/s on average; \d+ delivered, [01] rejected, 0 unknown, 0 not sent; connections: \d$", p.CurrentOperation);
            Assert.Equal(-1, p.PercentComplete);
        });
        Assert.EndsWith(", 1 not delivered", reports[^1].StatusDescription, StringComparison.Ordinal);
        Assert.Equal(ProgressRecordType.Completed, run.Progress[^1].RecordType);
    }

    [Theory]
    [InlineData("$tokens | Send-ApnsNotification -Alert hi -TotalCount 10")]
    [InlineData("Send-ApnsNotification $tokens -Alert hi")]
    public void Progress_has_a_percentage_when_the_total_is_known(string script)
    {
        EngineResult run = _engine.Run(script);
        IReadOnlyList<ProgressRecord> reports = [.. run.Progress.Where(static p => p.RecordType == ProgressRecordType.Processing)];
        Assert.NotEmpty(reports);
        Assert.All(reports, static p =>
        {
            Assert.Equal(10 * Done(p), p.PercentComplete);
            Assert.True(p.SecondsRemaining >= 0 || Done(p) == 0);
        });
    }

    [Fact]
    public void More_than_the_total_is_no_more_than_all()
    {
        EngineResult run = _engine.Run("$tokens | Send-ApnsNotification -Alert hi -TotalCount 1");
        IReadOnlyList<ProgressRecord> reports = [.. run.Progress.Where(static p => p.RecordType == ProgressRecordType.Processing)];
        Assert.NotEmpty(reports);
        Assert.All(reports, static p => Assert.Equal(Done(p) == 0 ? 0 : 100, p.PercentComplete));
    }

    [Fact]
    public void What_an_earlier_run_finished_is_done()
    {
        using var folder = new TempFolder();
        _engine["journal"] = Path.Combine(folder.Path, "run.journal");
        _engine.Run("$tokens[1..4] | Send-ApnsNotification -Alert hi -Journal $journal").Clean();

        // Arguments are all taken in before the first report.
        EngineResult run = _engine.Run("Send-ApnsNotification ($tokens[1..9] + $tokens[0]) -Alert hi -Journal $journal -TotalCount 10");
        IReadOnlyList<ProgressRecord> reports = [.. run.Progress.Where(static p => p.RecordType == ProgressRecordType.Processing)];
        Assert.NotEmpty(reports);
        Assert.All(reports, static p =>
        {
            Assert.Equal(10 * (4 + Done(p)), p.PercentComplete);
            Assert.Contains($", {6 - Done(p)} under way,", p.StatusDescription, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_quick_batch_reports_nothing()
    {
        using Engine quick = new Engine().Connected();
        long start = Stopwatch.GetTimestamp();
        EngineResult run = quick.Run("$t | Send-ApnsNotification -Alert hi").Clean();
        bool wasQuick = Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(250);
        Assert.True(run.Progress.Count == 0 || !wasQuick);
    }

    private static int Done(ProgressRecord report) => int.Parse(report.StatusDescription.Split(' ')[0], CultureInfo.InvariantCulture);
}
