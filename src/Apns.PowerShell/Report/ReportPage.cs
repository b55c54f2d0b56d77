using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Apns.Client;

namespace Apns.PowerShell.Report;

/// <summary>The report as one HTML page that needs nothing else: no scripts, no fonts, no network.</summary>
internal sealed class ReportPage(string title, ReportData data, IReadOnlyList<(string Name, string Value)> settings)
{
    private static readonly string StyleSheet = ReadStyleSheet();

    private readonly ApnsResultSummary _summary = data.ToSummary();

    /// <summary>Results a second, where that is better known than from the times of the results.</summary>
    public double? Rate { get; init; }

    /// <summary>Writes the page, in UTF-8.</summary>
    public void Save(Stream stream) => Html.Save(new XElement("html", new XAttribute("lang", "en"), Head(), Body()), stream);

    private XElement Head() => new(
        "head",
        new XElement("meta", new XAttribute("charset", "utf-8")),
        Meta("viewport", "width=device-width, initial-scale=1"),
        Meta("color-scheme", "light dark"),

        // Whatever the page holds, a browser fetches and runs nothing for it.
        new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", "default-src 'none'; style-src 'unsafe-inline'")),
        new XElement("title", title),
        new XElement("style", StyleSheet));

    private XElement Body() => new(
        "body",
        new XElement("main", Header(), _summary.Count == 0 ? Html.Paragraph("empty", "There were no results.") : Sections(), Settings()),
        new XElement("footer", Html.Paragraph(null, $"Made by Export-ApnsReport of Apns {typeof(ReportPage).Assembly.GetName().Version!.ToString(3)}. There are no device tokens and no secrets in this file.")));

    private object?[] Sections() =>
    [
        Outcomes(),
        Tiles(),
        Reasons(),
        WhatToDo(),
        data.Rate.ToIntervals().Count > 1 ? RateChart.Make(data.Rate) : null,
        _summary.Latencies.Count > 0 ? LatencyChart.Make(_summary) : null,
        DeadTokens(),
        Duplicates(),
    ];

    private XElement Header() => Html.Element(
        "header",
        null,
        Html.Paragraph("over", "Apple push notifications"),
        new XElement("h1", title),
        _summary is { Started: { } started } ? Html.Paragraph("when", $"{ReportText.Date(started)}, for {ReportText.Duration(_summary.Duration)}") : null);

    private XElement Outcomes()
    {
        (string Name, string Meaning, long Count)[] outcomes =
        [
            ("Delivered", "APNs took it.", _summary.Delivered),
            ("Rejected", "APNs refused it, and that is final.", _summary.Rejected),
            ("Unknown", "It left, and no answer came.", _summary.Unknown),
            ("Not sent", "It never left.", _summary.NotSent),
        ];
        return Html.Element(
            "section",
            "wide outcomes",
            Html.Element("h2", "hidden", "Outcomes"),
            Html.Paragraph("headline", Html.Element("strong", null, ReportText.Share(_summary.Delivered, _summary.Count)), " delivered"),
            Html.Paragraph("subline", $"{ReportText.Number(_summary.Delivered)} of {ReportText.Number(_summary.Count)} notifications"),
            Html.Div("stack", Html.Hidden(), outcomes.Where(static o => o.Count > 0).Select(static o => Html.Div($"bar {ClassOf(o.Name)}", Html.Style(string.Create(CultureInfo.InvariantCulture, $"flex-grow:{o.Count}"))))),
            Html.Element("ul", "keys", outcomes.Select(o => Html.Element(
                "li",
                o.Count == 0 ? "none" : null,
                Html.Span($"key {ClassOf(o.Name)}", o.Name),
                Html.Span("count", ReportText.Number(o.Count)),
                Html.Span("share", ReportText.Share(o.Count, _summary.Count)),
                Html.Span("note", o.Meaning)))));
    }

    private XElement Tiles()
    {
        XElement tiles = Html.Element("dl", "tiles wide");
        void Add(string name, string? value) => tiles.Add(Html.Div("tile", new XElement("dt", name), new XElement("dd", value ?? "–")));
        Add("results a second", (Rate ?? _summary.Rate) is { } rate ? ReportText.Number(rate) : null);
        Add("median time to the answer", Text(_summary.LatencyP50));
        Add("99 of a hundred within", Text(_summary.LatencyP99));
        Add("attempts", ReportText.Number(_summary.Attempts));
        Add("dead tokens", ReportText.Number(data.DeadTokens.Count));
        Add("possible duplicates", ReportText.Number(_summary.PossibleDuplicates));
        return tiles;
    }

    private XElement? Reasons()
    {
        Problem[] problems = [.. data.Problems.ByCount];
        if (problems.Length == 0) return null;
        var list = new BarList(problems[0].Count, _summary.Count);
        foreach (Problem problem in problems)
        {
            string outcome = NameOf(problem.Outcome);
            list.Add(ClassOf(outcome), problem.Reason ?? "No answer", problem.Count, outcome, problem.Example);
        }

        return Html.Element("section", null, Html.Element("h2", null, "Why not delivered"), list.ToElement());
    }

    private XElement? WhatToDo()
    {
        (ApnsAdvice Advice, string Text)[] all =
        [
            (ApnsAdvice.FixCredentials, "Change the key, the certificate, the environment or the clock."),
            (ApnsAdvice.FixRequest, "Change the token, the topic, the payload or a header."),
            (ApnsAdvice.Retry, "Send these again later, unchanged."),
            (ApnsAdvice.Drop, "Forget these tokens, if they were registered before InvalidSince."),
        ];
        XElement[] rows =
        [
            .. from advice in all
               let count = _summary.Advice.GetValueOrDefault($"{advice.Advice}")
               where count > 0
               select Html.Element("li", null, Html.Span("count", ReportText.Number(count)), Html.Span("name", $"{advice.Advice}"), Html.Span("note", advice.Text)),
        ];
        return rows.Length == 0 ? null : Html.Element("section", null, Html.Element("h2", null, "What to do"), Html.Element("ul", "advice", rows));
    }

    private XElement? DeadTokens()
    {
        DeadTokenAges dead = data.DeadTokens;
        if (dead.Count == 0) return null;
        var list = new BarList(Math.Max(dead.Undated, dead.ByAge.Max(static a => a.Count)), dead.Count);
        foreach ((string age, long count) in dead.ByAge) list.Add("dead", age, count);
        if (dead.Undated > 0) list.Add("dead", "Not told", dead.Undated);
        return Html.Element(
            "section",
            null,
            Html.Element("h2", null, "Dead tokens by age"),
            Html.Paragraph("note", "How long APNs had known that the token is invalid when it said so (InvalidSince)."),
            list.ToElement());
    }

    private XElement? Duplicates() => _summary.PossibleDuplicates == 0 ? null : Html.Element(
        "section",
        null,
        Html.Element("h2", null, "Possible duplicates"),
        Html.Paragraph(null, $"{ReportText.Number(_summary.PossibleDuplicates)} of {ReportText.Number(_summary.Count)} notifications ({ReportText.Share(_summary.PossibleDuplicates, _summary.Count)}) may have arrived twice."),
        Html.Paragraph("note", "They were in flight when a connection was lost or the run was killed, and were sent again with the same apns-id."));

    private XElement? Settings() => settings.Count == 0 ? null : Html.Element(
        "section",
        "wide",
        Html.Element("h2", null, "Settings"),
        Html.Element("dl", "settings", settings.Select(static s => Html.Div("setting", new XElement("dt", s.Name), new XElement("dd", s.Value)))));

    private static XElement Meta(string name, string content) => new("meta", new XAttribute("name", name), new XAttribute("content", content));

    private static string? Text(TimeSpan? time) => time is { } known ? ReportText.Duration(known) : null;

    private static string NameOf(ApnsOutcome outcome) => outcome == ApnsOutcome.NotSent ? "Not sent" : $"{outcome}";

    private static string ClassOf(string outcome) => outcome.Replace(' ', '-').ToLowerInvariant();

    private static string ReadStyleSheet()
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream("Apns.PowerShell.Report.report.css")!);
        return reader.ReadToEnd();
    }
}
