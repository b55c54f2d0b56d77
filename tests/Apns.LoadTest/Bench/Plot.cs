using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Apns.LoadTest.Bench;

/// <summary>A small bar chart as an SVG file that needs nothing else, for light and dark pages.</summary>
internal static class Plot
{
    private const int Width = 640;
    private const int Height = 300;
    private const int Top = 40;
    private const int Bottom = 60;

    /// <param name="axis">What the bars differ in.</param>
    /// <param name="points">The bars: what they stand for, and notifications a second.</param>
    public static string Draw(string axis, IReadOnlyList<(int X, double Rate)> points)
    {
        double highest = points.Max(static point => point.Rate);
        double slot = (double)Width / points.Count;
        int ground = Height - Bottom;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="14" text-anchor="middle">""");
        svg.AppendLine("<style>rect{fill:#2f6db5} text{fill:#1a1a1a} line{stroke:#1a1a1a} @media(prefers-color-scheme:dark){rect{fill:#6aa5e8} text{fill:#e6e6e6} line{stroke:#e6e6e6}}</style>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Width / 2}" y="18">notifications a second</text>""");
        for (int i = 0; i < points.Count; i++)
        {
            double height = points[i].Rate / highest * (ground - Top);
            double left = (i * slot) + (slot / 4);
            double middle = (i * slot) + (slot / 2);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect x="{left:0}" y="{ground - height:0}" width="{slot / 2:0}" height="{height:0}"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{middle:0}" y="{ground - height - 6:0}">{points[i].Rate:#,0}</text>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{middle:0}" y="{ground + 20}">{points[i].X:#,0}</text>""");
        }

        svg.AppendLine(CultureInfo.InvariantCulture, $"""<line x1="0" y1="{ground}" x2="{Width}" y2="{ground}"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Width / 2}" y="{Height - 14}">{axis}</text>""");
        svg.AppendLine("</svg>");
        return svg.ToString();
    }
}
