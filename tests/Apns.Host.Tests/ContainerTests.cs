using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>docs/examples/container/Dockerfile, as far as that goes without Docker; tests/Pester has it with pwsh.</summary>
public sealed class ContainerTests : ExampleTest
{
    private const int CannotSeal = 77;

    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Examples, "container", "Dockerfile"));

    [Fact]
    public void What_is_copied_is_there_and_what_is_started_was_copied()
    {
        string root = Path.GetFullPath(Path.Combine(Examples, "..", ".."));
        Match[] copies = Regex.Matches(Dockerfile, @"(?m)^COPY (\S+) (\S+)$").ToArray();
        Assert.Equal(2, copies.Length);
        Assert.All(copies, copy => Assert.True(Path.Exists(Path.Combine(root, copy.Groups[1].Value)), copy.Value));
        string started = Regex.Match(Dockerfile, @"""-File"", ""([^""]+)""").Groups[1].Value;
        Assert.Contains(started, copies.Select(static copy => copy.Groups[2].Value + Path.GetFileName(copy.Groups[1].Value)));
    }

    [Fact]
    public async Task The_campaign_writes_to_its_folder_and_to_tmp_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root of a Linux can make a file system read-only.");

        // As Docker does it: the folder's volume, the folder for temporary files, and the rest read-only.
        const string Seal = """
            { mount --make-rprivate / && mount --bind "$1" /mnt && mount --bind /tmp /tmp && mount -o remount,bind,ro /; } || exit 77
            touch /var/sealed 2> /dev/null && exit 77
            shift
            exec "$@"
            """;
        string[] command = ["--mount", "sh", "-c", Seal, "sh", Folder, "dotnet", typeof(ScriptRunner).Assembly.Location, Example("nightly-campaign.ps1"), "-Count", "10", "-Folder", "/mnt"];
        var start = new ProcessStartInfo("unshare", command) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (Match variable in Regex.Matches(Dockerfile, @"(?m)^(?:ENV|   ) (\w+)=(\S+)")) start.Environment[variable.Groups[1].Value] = variable.Groups[2].Value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(process.ExitCode == CannotSeal || error.StartsWith("unshare:", StringComparison.Ordinal), "This root may not change mounts.");
        Assert.True(process.ExitCode == 0, error);
        Assert.EndsWith("10 tokens: 8 delivered, 1 dead, 1 wrong, 0 left.", (await output).TrimEnd(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Folder, "*.journal"));
    }
}
