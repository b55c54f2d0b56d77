using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Xml.Linq;

namespace Apns.PowerShell.Report;

/// <summary>
/// A chart. Its shapes are SVG that is stretched to the width there is, and its texts are HTML around it, so that they keep
/// their size on a telephone.
/// </summary>
internal sealed class Plot
{
    private const int MaxSteps = 4;

    private readonly double _top;
    private readonly double _step;
    private readonly List<XElement> _shapes = [];
    private readonly List<XElement> _labels = [];
    private readonly List<XElement> _marks = [];

    /// <param name="largest">The largest value that will be shown; not 0.</param>
    /// <param name="smallestStep">What the marks on the axis are apart at least.</param>
    public Plot(double largest, double smallestStep = 0)
    {
        _step = Math.Max(smallestStep, Scale.Step(largest, MaxSteps));
        _top = _step * Math.Ceiling(largest / _step);
    }

    /// <summary>Bars that touch, from the left to the right end.</summary>
    /// <param name="cssClass">How they are to look.</param>
    /// <param name="bars">From where to where each goes.</param>
    public void AddBars(string cssClass, IReadOnlyList<(double From, double To)> bars)
    {
        var path = new StringBuilder();
        for (int i = 0; i < bars.Count; i++)
        {
            if (bars[i].To <= bars[i].From) continue;
            double left = 1000.0 * i / bars.Count;
            double right = 1000.0 * (i + 1) / bars.Count;
            path.Append(CultureInfo.InvariantCulture, $"M{left:0.##} {Y(bars[i].From):0.##}V{Y(bars[i].To):0.##}H{right:0.##}V{Y(bars[i].From):0.##}Z");
        }

        _shapes.Add(Html.Element("path", cssClass, new XAttribute("d", path.ToString())));
    }

    /// <summary>A text below the chart.</summary>
    /// <param name="at">Where, from 0 to 1.</param>
    /// <param name="text">The text.</param>
    public void AddLabel(double at, string text)
    {
        string side = at < 0.02 ? "x first" : at > 0.98 ? "x last" : "x";
        _labels.Add(Html.Span(side, At("left", at), Html.Element("span", null, text)));
    }

    /// <summary>A line across, with a text on top; each has a line of its own for that.</summary>
    /// <param name="at">Where, from 0 to 1.</param>
    /// <param name="text">The text.</param>
    public void AddMark(double at, string text)
    {
        string side = at > 0.6 ? "mark left" : "mark";
        _marks.Add(Html.Div(side, new XAttribute("style", string.Create(CultureInfo.InvariantCulture, $"left:{100 * at:0.##}%;top:{1.5 * _marks.Count:0.#}em")), Html.Element("span", null, text)));
    }

    /// <summary>The chart.</summary>
    /// <param name="description">What is to be seen, for those who do not see it.</param>
    public XElement ToElement(string description)
    {
        IEnumerable<XElement> grid = Enumerable.Range(0, (int)Math.Round(_top / _step) + 1)
            .Select(i => Html.Div("y", At("bottom", i * _step / _top), Html.Element("span", null, i == 0 ? "" : ReportText.Number(i * _step))));
        XElement shapes = Html.Element(
            "svg",
            null,
            new XAttribute("viewBox", "0 0 1000 1000"),
            new XAttribute("preserveAspectRatio", "none"),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", description),
            _shapes);
        return Html.Div(
            "plot",
            Html.Div("area", Html.Style(string.Create(CultureInfo.InvariantCulture, $"padding-top:{1.5 * _marks.Count:0.#}em")), Html.Div("field", Html.Div("grid", Html.Hidden(), grid), shapes), Html.Div("marks", Html.Hidden(), _marks)),
            Html.Div("axis", Html.Hidden(), _labels));
    }

    private static XAttribute At(string edge, double share) => Html.Style(string.Create(CultureInfo.InvariantCulture, $"{edge}:{100 * share:0.##}%"));

    private double Y(double value) => 1000 * (1 - (value / _top));
}
