using System;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Chromium without a window; a test that needs it is skipped where it is not installed.</summary>
internal static class Browser
{
    private const int Tries = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static readonly string[] Quiet =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    ];

    /// <summary>The page as a picture.</summary>
    /// <param name="page">Its file.</param>
    /// <param name="dark">Whether the reader prefers dark pages.</param>
    /// <param name="width">How wide the window is; Chromium makes none below 500.</param>
    /// <param name="height">How high it is.</param>
    public static async Task<Picture> Show(string page, bool dark, int width, int height)
    {
        string file = Path.ChangeExtension(page, $"{(dark ? "dark" : "light")}.png");
        string scheme = dark ? "0" : "1";
        await Run(page, $"--window-size={width},{height}", $"--blink-settings=preferredColorScheme={scheme}", $"--screenshot={file}");
        return Picture.Read(file);
    }

    /// <summary>
    /// What a script finds out of the page in a frame of a width: its document is <c>page</c>, its window <c>view</c>. The
    /// page itself runs no script.
    /// </summary>
    public static async Task<string> Ask(string page, int width, string question)
    {
        string asker = Path.ChangeExtension(page, "ask.html");
        await File.WriteAllTextAsync(
            asker,
            string.Create(CultureInfo.InvariantCulture, $$"""
            <!DOCTYPE html><body><iframe src="{{Path.GetFileName(page)}}" style="width:{{width}}px;height:800px;border:0"></iframe><script>
            addEventListener('load', () => { const view = frames[0], page = view.document; document.body.textContent = 'answer=' + ({{question}}) + '=answer'; });
            </script></body>
            """),
            TestContext.Current.CancellationToken);
        ProcessResult result = await Run(asker, "--window-size=1280,900", "--allow-file-access-from-files", "--dump-dom");
        string[] parts = result.Text.Split("answer=", 2);
        Assert.True(parts.Length == 2, result.Text);
        return parts[1].Split("=answer")[0];
    }

    private static async Task<ProcessResult> Run(string page, params string[] arguments)
    {
        // A browser that hangs says nothing of the page.
        ProcessResult? result = null;
        for (int tries = 0; result is null && tries < Tries; tries++)
        {
            using var profile = new TempFolder();
            result = await Processes.RunAtMost(Patience, "chromium", ".", [.. Quiet, $"--user-data-dir={profile["profile"]}", .. arguments, new Uri(page).AbsoluteUri]);
        }

        Assert.True(result is not null, "Chromium does not end.");
        Assert.True(result.ExitCode == 0, result.Text);
        return result;
    }
}
