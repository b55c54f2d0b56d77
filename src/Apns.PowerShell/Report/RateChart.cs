using System;
using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;

namespace Apns.PowerShell.Report;

/// <summary>Results a second over time.</summary>
internal static class RateChart
{
    public static XElement Make(RateSeries series)
    {
        IReadOnlyList<RateInterval> intervals = series.ToIntervals();
        double perSecond = 1 / series.Width.TotalSeconds;
        TimeSpan length = series.Width * intervals.Count;
        double highest = intervals.Max(static interval => interval.Count) * perSecond;
        bool othersToo = intervals.Any(static interval => interval.Others > 0);
        string text = $"At most {ReportText.Number(highest)} results a second, counted in intervals of {ReportText.Duration(series.Width)}.";

        var plot = new Plot(highest);
        plot.AddBars("delivered", [.. intervals.Select(i => (0.0, i.Delivered * perSecond))]);
        if (othersToo) plot.AddBars("others", [.. intervals.Select(i => (i.Delivered * perSecond, i.Count * perSecond))]);
        foreach (TimeSpan time in Scale.Times(length, 6)) plot.AddLabel(time / length, ReportText.Duration(time));
        return Html.Element(
            "section",
            "wide",
            Html.Element("h2", null, "Results a second"),
            Html.Paragraph("note", text, othersToo ? Html.Span("legend", Html.Span("key delivered", "Delivered"), Html.Span("key others", "All others, on top")) : null),
            plot.ToElement($"{text} They came within {ReportText.Duration(length)}."));
    }
}
