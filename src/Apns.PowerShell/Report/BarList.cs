using System;
using System.Globalization;
using System.Xml.Linq;

namespace Apns.PowerShell.Report;

/// <summary>Bars below each other, each with its name, its number and its share.</summary>
internal sealed class BarList(long largest, long all)
{
    private readonly XElement _list = Html.Element("ul", "bars");

    /// <summary>Adds a bar.</summary>
    /// <param name="cssClass">How it is to look.</param>
    /// <param name="name">What it counts.</param>
    /// <param name="count">How many.</param>
    /// <param name="tag">A word beside the name.</param>
    /// <param name="note">A line below.</param>
    public void Add(string cssClass, string name, long count, string? tag = null, string? note = null)
    {
        string length = string.Create(CultureInfo.InvariantCulture, $"width:{100.0 * count / Math.Max(1, largest):0.##}%");
        _list.Add(Html.Element(
            "li",
            count == 0 ? "none" : null,
            Html.Div(
                "line",
                Html.Span("name", name),
                tag is null ? null : Html.Span("tag", tag),
                Html.Span("count", ReportText.Number(count)),
                Html.Span("share", ReportText.Share(count, all))),
            Html.Div("track", Html.Hidden(), count == 0 ? null : Html.Div($"bar {cssClass}", Html.Style(length))),
            note is null ? null : Html.Paragraph("note", note)));
    }

    public XElement ToElement() => _list;
}
