using System;
using System.Threading.Tasks;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>The report in a real browser.</summary>
public sealed class ReportBrowserTests : IDisposable
{
    // Of the style sheet.
    private const int LightPaper = 0xfcfcfb;
    private const int LightDelivered = 0x2c7a62;
    private const int LightRejected = 0xb8502a;
    private const int LightLatency = 0x3a6ea8;
    private const int DarkPaper = 0x15181b;
    private const int DarkDelivered = 0x55b797;
    private const int DarkRejected = 0xe88b62;
    private const int DarkLatency = 0x79abe0;

    private readonly TempFolder _folder = new();

    public ReportBrowserTests()
    {
        using var engine = new Engine();
        engine["file"] = File;
        engine.Run($"{SampleResults.Script}; $results | Export-ApnsReport $file").Clean();
    }

    private string File => _folder["report.html"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_light_or_dark_as_the_reader_prefers()
    {
        Picture light = await Browser.Show(File, dark: false, 1280, 2400);
        Picture dark = await Browser.Show(File, dark: true, 1280, 2400);
        Assert.Equal((1280, 2400), (light.Width, light.Height));
        int all = light.Width * light.Height;

        // Mostly paper; the charts and bars are there, in the colours of that scheme and of no other.
        Assert.InRange(light.Count(LightPaper), all * 0.7, all * 0.95);
        Assert.InRange(dark.Count(DarkPaper), all * 0.7, all * 0.95);
        foreach ((int inLight, int inDark, int atLeast) in new[] { (LightDelivered, DarkDelivered, 50_000), (LightLatency, DarkLatency, 5_000), (LightRejected, DarkRejected, 5_000) })
        {
            Assert.InRange(light.Count(inLight), atLeast, all);
            Assert.InRange(dark.Count(inDark), atLeast, all);
            Assert.Equal((0, 0), (light.Count(inDark), dark.Count(inLight)));
        }
    }

    [Theory]
    [InlineData(390)]
    [InlineData(320)]
    [InlineData(1280)]
    public async Task It_fits_into_its_window_and_fetches_nothing(int width)
    {
        string answer = await Browser.Ask(File, width, "[view.innerWidth, page.documentElement.scrollWidth, view.performance.getEntriesByType('resource').length, page.querySelectorAll('script').length].join()");
        Assert.Equal($"{width},{width},0,0", answer);
    }

    [Fact]
    public async Task A_reader_sees_the_numbers()
    {
        string seen = (await Browser.Ask(File, 1280, "page.body.innerText.replaceAll(/\\s+/g, ' ')")).Replace("&amp;", "&", StringComparison.Ordinal);
        Assert.Contains("94.0 % delivered 1,880 of 2,000 notifications", seen, StringComparison.Ordinal);
        Assert.Contains("Unregistered Rejected 60 3.0 % Gone.", seen, StringComparison.Ordinal);
        Assert.Contains("median 20 ms", seen, StringComparison.Ordinal);
    }
}
