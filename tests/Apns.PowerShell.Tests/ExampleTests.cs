using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Every example of the help pages, the about topics, the README and docs/migrating.md, run as it stands: tests/Pester/examples.ps1.</summary>
public sealed class ExampleTests : IDisposable
{
    // The host has only stand-ins for PowerShell's own modules; in pwsh, Pester runs these as well.
    private static readonly string[] NotInHost = ["Start-ThreadJob", "Test-Json"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_runs_as_it_stands()
    {
        string examples = Path.Combine(StagedModule.Root, "tests", "Pester", "examples.ps1");
        Directory.CreateDirectory(_folder["work"]);
        string script = _folder.Write("run.ps1", $"& '{examples}' -Manifest '{StagedModule.Manifest}' -Folder '{_folder["work"]}' | ForEach-Object {{ ConvertTo-Json $_ -Compress }}");
        ProcessResult run = await Processes.RunScript(script, ("NO_COLOR", "1"));
        Assert.True(run.ExitCode == 0, run.Text);
        JsonElement[] done = [.. run.Text.Split('\n').Where(static line => line.StartsWith('{')).Select(static line => JsonDocument.Parse(line).RootElement)];

        Assert.All(done, static example => Assert.True(
            NotInHost.Contains(example.GetProperty("Missing").GetString()) || string.IsNullOrEmpty(example.GetProperty("Problem").GetString()),
            example.GetProperty("Problem").GetString()));

        // Of each page some, and of a help page as many as a reader may expect.
        string[] files = [.. done.Select(static example => example.GetProperty("Name").GetString()!.Split(' ')[0])];
        foreach (string page in Directory.GetFiles(Path.Combine(StagedModule.Root, "docs", "en-US"))) Assert.InRange(files.Count(file => file == Path.GetFileName(page)), 3, 100);
        foreach (string topic in Directory.GetFiles(Path.Combine(StagedModule.Root, "src", "module", "en-US"), "about_*")) Assert.Contains(Path.GetFileName(topic), files);
        Assert.Contains("README.md", files);
        Assert.Contains("migrating.md", files);
    }
}
