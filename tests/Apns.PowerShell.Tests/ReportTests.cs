using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Xml.Linq;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Export-ApnsReport.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Engine _engine = new();

    public ReportTests()
    {
        _engine["file"] = File;
        _engine.Run($"$ExecutionContext.SessionState.Path.SetLocation('{_folder.Path}')").Clean();
    }

    private string File => _folder["report.html"];

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Everything_is_told()
    {
        _engine.Run($"{SampleResults.Script}; $results | Export-ApnsReport report.html -Title 'Spring campaign'").Clean();
        XElement page = Page();
        Assert.Equal("Spring campaign", page.Element("head")!.Element("title")!.Value);
        Assert.Equal("Spring campaign", page.Descendants("h1").Single().Value);
        Assert.Contains("4 March 2026, 12:00:00 UTC, for 40 s", Text(page), StringComparison.Ordinal);
        Assert.Contains("94.0 % delivered", Text(page), StringComparison.Ordinal);
        Assert.Contains("1,880 of 2,000 notifications", Text(page), StringComparison.Ordinal);
        Assert.Equal(
            ["Delivered 1,880 94.0 % APNs took it.", "Rejected 80 4.0 % APNs refused it, and that is final.", "Unknown 20 1.0 % It left, and no answer came.", "Not sent 20 1.0 % It never left."],
            Items(page, "keys"));
        Assert.Equal(
            ["50 results a second", "20 ms median time to the answer", "200 ms 99 of a hundred within", "2,000 attempts", "60 dead tokens", "20 possible duplicates"],
            page.Descendants("div").Where(static d => Class(d) == "tile").Select(static d => $"{d.Element("dd")!.Value} {d.Element("dt")!.Value}".Replace('\u202f', ' ')));

        Assert.Equal(
            ["Unregistered Rejected 60 3.0 % Gone.", "No answer Unknown 20 1.0 % Lost.", "BadDeviceToken Not sent 20 1.0 % Short.", "TooManyRequests Rejected 20 1.0 % Later."],
            Items(Section(page, "Why not delivered"), "bars"));
        Assert.Equal(["20 FixRequest", "40 Retry", "60 Drop"], Items(Section(page, "What to do"), "advice").Select(static t => string.Join(' ', t.Split(' ')[..2])));
        Assert.Equal(
            ["Under a day 12 20.0 %", "1 to 7 days 12 20.0 %", "7 to 30 days 9 15.0 %", "30 to 90 days 9 15.0 %", "90 days to a year 9 15.0 %", "Over a year 0 0 %", "Not told 9 15.0 %"],
            Items(Section(page, "Dead tokens by age"), "bars"));
        Assert.Contains("20 of 2,000 notifications (1.0 %) may have arrived twice.", Text(Section(page, "Possible duplicates")), StringComparison.Ordinal);
        Assert.StartsWith("At most 50 results a second, counted in intervals of 640 ms.", Picture(page, "Results a second"), StringComparison.Ordinal);
        Assert.Equal("Half of the answers came within 20 ms, 99 of a hundred within 200 ms, all within 200 ms.", Picture(page, "Time to the answer"));
    }

    [Fact]
    public void The_settings_of_the_session_are_told_and_no_secret()
    {
        _engine.Connected(connectParameters: "-Topic com.example.app -Name nightly -Connections 2 -MaxConnections 5");
        _engine.Run("$tokens | Send-ApnsNotification -Alert 'a text that is nobody''s business' | Export-ApnsReport report.html").Clean();
        XElement settings = Section(Page(), "Settings");
        Assert.Equal(
            ["Session nightly", "Environment Emulator", $"Endpoint {_engine.Value<string>("$session.Endpoint")}", "Topic com.example.app", "Connections 2 to 5", "Delivery at least once", "Timeout 1 min"],
            settings.Descendants("div").Select(Text));
        string text = System.IO.File.ReadAllText(File);
        Assert.All(Engine.Tokens(10), token => Assert.DoesNotContain(token, text, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("business", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_strangers_say_is_text()
    {
        const string Strange = "<script>alert('1')</script>&\"</style>\u202e";
        _engine["strange"] = Strange;
        _engine["broken"] = "a\0b\u0007c\ud800d\ufffee";
        _engine.Connected(connectParameters: "-Topic $strange");
        _engine.Run("$strange, $broken | ForEach-Object { [Apns.Client.ApnsResult] @{ Outcome = 'Rejected'; Reason = $_; Error = $_; Advice = 'FixRequest' } } | Export-ApnsReport report.html -Title $strange").Clean();

        Assert.DoesNotContain("<script", System.IO.File.ReadAllText(File), StringComparison.OrdinalIgnoreCase);
        XElement page = Page();
        Assert.Equal(Strange, page.Descendants("h1").Single().Value);
        Assert.Equal([Strange, "a\ufffdb\ufffdc\ufffdd\ufffde"], page.Descendants("span").Where(static s => Class(s) == "name").Select(static s => s.Value).Where(static n => n != "FixRequest").OrderBy(static n => n, StringComparer.Ordinal));
        Assert.Contains(Strange, Section(page, "Settings").Descendants("dd").Select(static d => d.Value));
    }

    [Fact]
    public void A_page_needs_nothing_but_itself_and_may_have_nothing_else()
    {
        _engine.Run($"{SampleResults.Script}; $results | Export-ApnsReport report.html").Clean();
        XElement page = Page();
        Assert.Equal("default-src 'none'; style-src 'unsafe-inline'", page.Descendants("meta").Single(static m => m.Attribute("http-equiv")?.Value == "Content-Security-Policy").Attribute("content")!.Value);
        Assert.Empty(page.Descendants().Select(static e => e.Name.LocalName).Intersect(["script", "link", "img", "iframe", "object", "a", "base", "form"]));
        Assert.DoesNotContain(page.Descendants().Attributes(), static a => a.Name.LocalName is "src" or "href" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        string text = System.IO.File.ReadAllText(File);
        Assert.DoesNotContain("url(", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", text, StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_results_make_the_same_page_in_whatever_order_they_come()
    {
        _engine.Run($"{SampleResults.Script}; $results | Export-ApnsReport a.html; [array]::Reverse($results); $results | Export-ApnsReport b.html").Clean();
        Assert.Equal(System.IO.File.ReadAllText(_folder["a.html"]), System.IO.File.ReadAllText(_folder["b.html"]));
    }

    [Fact]
    public void Without_results_the_page_says_so()
    {
        _engine.Run("@() | Export-ApnsReport report.html").Clean();
        XElement page = Page();
        Assert.Contains("There were no results.", Text(page), StringComparison.Ordinal);
        Assert.Empty(page.Descendants("section"));
    }

    [Fact]
    public void A_single_result_without_times_has_a_page()
    {
        _engine.Run("[Apns.Client.ApnsResult]::new() | Export-ApnsReport report.html").Clean();
        Assert.Contains("100 % delivered 1 of 1 notifications", Text(Page()), StringComparison.Ordinal);
        Assert.Empty(Page().Descendants("svg"));
    }

    [Fact]
    public void A_year_of_results_has_as_many_intervals_as_a_minute_of_them()
    {
        _engine.Run("0..3650 | ForEach-Object { [Apns.Client.ApnsResult] @{ Status = 200; Time = ([DateTimeOffset] '2026-01-01Z').AddHours(2.4 * $_); Duration = 1 } } | Export-ApnsReport report.html").Clean();
        string path = Section(Page(), "Results a second").Descendants("path").First().Attribute("d")!.Value;
        Assert.InRange(path.Count(static c => c == 'M'), 60, 120);

        // Ten a day are few in a second, and are to be seen all the same.
        Assert.Equal("0.00015", Section(Page(), "Results a second").Descendants("div").Where(static d => Class(d) == "y").Select(static d => d.Value).Last());
    }

    [Theory]
    [InlineData("0", "all within 0.")]
    [InlineData("10000", "all within 1 ms.")]
    [InlineData("9000000000000", "all within 10 d 10 h.")]
    public void Any_duration_has_its_place(string ticks, string text)
    {
        _engine.Run($"[Apns.Client.ApnsResult] @{{ Status = 200; Time = '2026-03-04Z'; Duration = {ticks} }} | Export-ApnsReport report.html").Clean();
        Assert.EndsWith(text, Picture(Page(), "Time to the answer"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_has_a_page()
    {
        _engine.Connected("-Unregistered @{ $t = [datetime]::UtcNow.AddDays(-3) }");
        _engine.Run("$null = $tokens | Send-ApnsNotification -Alert hi -Journal run.journal; Export-ApnsReport report.html -Journal run.journal").Clean();
        XElement page = Page();
        Assert.Contains("9 of 10 notifications", Text(page), StringComparison.Ordinal);
        Assert.Equal("1 to 7 days 1 100 %", Items(Section(page, "Dead tokens by age"), "bars")[1]);

        // The session at hand may have nothing to do with it, whichever way the results come.
        Assert.Equal(["Journal run.journal", "Runs 1", "Begun, and no result 0"], Section(page, "Settings").Descendants("div").Select(Text).Take(3));
        _engine.Run("Get-ApnsJournal run.journal -Result | Export-ApnsReport report.html").Clean();
        Assert.DoesNotContain(Page().Descendants("h2"), static h => h.Value == "Settings");
    }

    [Fact]
    public void A_journal_that_cannot_be_read_is_an_error_and_makes_no_file()
    {
        Assert.StartsWith("JournalFailed,", _engine.Failure("Export-ApnsReport report.html -Journal none.journal").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_file_is_overwritten_unless_that_is_forbidden()
    {
        _folder.Write("report.html", "before");
        Assert.Equal("NoClobber,Apns.PowerShell.Commands.ExportApnsReportCommand", _engine.Failure("@() | Export-ApnsReport report.html -NoClobber").FullyQualifiedErrorId);
        Assert.Empty(_engine.Output("@() | Export-ApnsReport report.html -WhatIf"));
        Assert.Equal("before", System.IO.File.ReadAllText(File));
        System.IO.File.SetAttributes(File, FileAttributes.ReadOnly);
        PSObject file = Assert.Single(_engine.Output("@() | Export-ApnsReport report.html -Force -PassThru"));
        Assert.Equal(File, Assert.IsType<FileInfo>(file.BaseObject).FullName);
        Assert.StartsWith("<!DOCTYPE", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none/report.html", "CannotWrite")]
    [InlineData("variable:report", "NoFile")]
    public void A_path_that_cannot_be_written_ends_the_pipeline_before_anything_is_sent(string path, string id)
    {
        _engine.Connected();
        _engine["path"] = path;
        Assert.Equal($"{id},Apns.PowerShell.Commands.ExportApnsReportCommand", _engine.Failure("$tokens | Send-ApnsNotification -Alert hi | Export-ApnsReport $path").FullyQualifiedErrorId);
        Assert.Empty(_engine.Received());
    }

    [Fact]
    public void What_is_no_result_is_an_error_and_the_rest_has_a_page()
    {
        EngineResult result = _engine.Run("$t, [Apns.Client.ApnsResult]::new() | Export-ApnsReport report.html");
        Assert.Equal("NoResult,Apns.PowerShell.Commands.ExportApnsReportCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Contains("1 of 1 notifications", Text(Page()), StringComparison.Ordinal);
    }

    private XElement Page() => XDocument.Load(File).Root!;

    private static XElement Section(XElement page, string heading) => page.Descendants("section").Single(s => s.Element("h2")?.Value == heading);

    private static string Picture(XElement page, string heading) => Section(page, heading).Descendants("svg").Single().Attribute("aria-label")!.Value.Replace('\u202f', ' ');

    private static string[] Items(XElement part, string list) => [.. part.Descendants("ul").Single(u => Class(u) == list).Elements("li").Select(Text)];

    private static string? Class(XElement element) => element.Attribute("class")?.Value;

    /// <summary>What is to be read, with one space between the texts.</summary>
    private static string Text(XElement element) =>
        string.Join(' ', string.Join(' ', element.DescendantNodes().OfType<XText>().Where(static t => t.Parent!.Name != "style").Select(static t => t.Value)).Split([' ', '\n', '\u202f'], StringSplitOptions.RemoveEmptyEntries));
}
