using System;
using System.Linq;
using System.Xml.Linq;
using Apns.Client;

namespace Apns.PowerShell.Report;

/// <summary>How long answers took, on a logarithmic axis.</summary>
internal static class LatencyChart
{
    private const int BarsInDecade = 12;

    public static XElement Make(ApnsResultSummary summary)
    {
        int first = BarOf(summary.Latencies[0]) - 1;
        int last = Math.Max(BarOf(summary.Latencies[^1]) + 1, first + BarsInDecade);
        long[] counts = new long[last - first + 1];
        foreach (ApnsLatencyBucket bucket in summary.Latencies) counts[BarOf(bucket) - first] += bucket.Count;
        double Place(TimeSpan time) => ((Math.Log10(time.Ticks) * BarsInDecade) - first) / counts.Length;

        var plot = new Plot(counts.Max(), smallestStep: 1);
        plot.AddBars("latency", [.. counts.Select(static count => (0.0, (double)count))]);
        foreach (TimeSpan time in Scale.LogTimes(TimeOf(first), TimeOf(last + 1))) plot.AddLabel(Place(time), ReportText.Duration(time));
        (string Name, TimeSpan? Time)[] marks = [("median", summary.LatencyP50), ("p90", summary.LatencyP90), ("p99", summary.LatencyP99), ("longest", summary.LatencyMax)];
        foreach ((string name, TimeSpan? time) in marks) plot.AddMark(Place(Floor(time!.Value)), $"{name} {ReportText.Duration(time.Value)}");

        string text = $"Half of the answers came within {ReportText.Duration(summary.LatencyP50!.Value)}, 99 of a hundred within {ReportText.Duration(summary.LatencyP99!.Value)}, all within {ReportText.Duration(summary.LatencyMax!.Value)}.";
        return Html.Element(
            "section",
            "wide",
            Html.Element("h2", null, "Time to the answer"),
            Html.Paragraph("note", $"{text} Counted from being taken in, waiting included. The axis is logarithmic."),
            plot.ToElement(text));
    }

    /// <summary>The bar of a bucket: bars are far wider, so that its middle tells.</summary>
    private static int BarOf(ApnsLatencyBucket bucket) => (int)Math.Floor(Math.Log10(Floor((bucket.From + bucket.To) / 2).Ticks) * BarsInDecade);

    private static TimeSpan TimeOf(int bar) => TimeSpan.FromTicks((long)Math.Pow(10, (double)bar / BarsInDecade));

    /// <summary>A logarithmic axis has no zero.</summary>
    private static TimeSpan Floor(TimeSpan time) => time.Ticks < 1 ? TimeSpan.FromTicks(1) : time;
}
