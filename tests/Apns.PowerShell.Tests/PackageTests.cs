using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using System.Xml.Linq;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>The package for a gallery, made of what is built already.</summary>
public sealed class PackageTests : IClassFixture<PackageTests.Packed>, IDisposable
{
    private const string Send = """
        $ProgressPreference = 'SilentlyContinue'
        Import-Module Apns
        (Get-Module Apns).ModuleBase
        $null = Connect-Apns -Emulator (Start-ApnsEmulator) -Topic com.example.app
        ('ab' * 32 | Send-ApnsNotification -Alert hi).Outcome
        """;

    private readonly Packed _packed;
    private readonly TempFolder _folder = new();
    private readonly Engine _engine = new(import: false);

    public PackageTests(Packed packed) => _packed = packed;

    private ZipArchive Package => _packed.Package;

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_holds_the_staged_files_and_an_icon()
    {
        IEnumerable<string> staged = Directory.EnumerateFiles(StagedModule.Folder, "*", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(StagedModule.Folder, path).Replace('\\', '/'));
        Assert.Equal(staged.Append("icon.png").Order(), ModuleFiles(Package).Select(static entry => entry.FullName).Order());
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(StagedModule.Root, "docs", "icon.png"), TestContext.Current.CancellationToken),
            await Bytes(Package.GetEntry("icon.png")!));
    }

    [Fact]
    public async Task It_says_what_a_gallery_shows()
    {
        Dictionary<string, string> shown = await Shown(Package);
        PSObject manifest = Manifest(StagedModule.Manifest);
        Assert.Equal("Apns", shown["id"]);
        Assert.Equal(StagedModule.Version, shown["version"]);
        Assert.Equal(manifest.Text("Author"), shown["authors"]);
        Assert.Equal(manifest.Text("Description"), shown["description"]);
        IEnumerable<string> commands = ModuleTests.Cmdlets.Select(static name => $"PSCmdlet_{name} PSCommand_{name}");
        Assert.Equal($"PSModule PSIncludes_Cmdlet {string.Join(' ', commands)} {manifest.Text("Tags")}", shown["tags"]);
        Assert.Equal("MIT", shown["license"]);
        Assert.Equal(manifest.Text("LicenseUri"), shown["licenseUrl"]);
        Assert.Equal("icon.png", shown["icon"]);

        // All of the version's section, and nothing of the others.
        string[] changes = await File.ReadAllLinesAsync(Path.Combine(StagedModule.Root, "CHANGELOG.md"), TestContext.Current.CancellationToken);
        IEnumerable<string> section = changes.SkipWhile(static line => !line.StartsWith($"## v{StagedModule.Version}", StringComparison.Ordinal))
            .Skip(1).TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal));
        string notes = string.Join('\n', section).Trim();
        Assert.NotEmpty(notes);
        Assert.Equal(notes, shown["releaseNotes"]);
        Assert.Equal(notes, manifest.Text("ReleaseNotes"));
    }

    [Fact]
    public async Task It_names_no_project_that_it_was_not_told()
    {
        Assert.DoesNotContain("projectUrl", (await Shown(Package)).Keys);
        Assert.DoesNotContain("iconUrl", (await Shown(Package)).Keys);
        string manifest = System.Text.Encoding.UTF8.GetString(await Bytes(Package.GetEntry("Apns.psd1")!));
        Assert.DoesNotContain("ProjectUri", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("IconUri", manifest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ProjectUrl=https://github.com/example/apns")]
    [InlineData("ProjectUrl=https://github.com/example/apns.git")]
    [InlineData("PrivateRepositoryUrl=https://github.com/example/apns.git")] // As MSBuild reads it from git's remote origin.
    public async Task The_manifest_and_the_package_have_the_same_label_project_and_icon(string project)
    {
        string source = await File.ReadAllTextAsync(Path.Combine(StagedModule.Root, "Apns.psd1"), TestContext.Current.CancellationToken);
        string labelled = _folder.Write("Apns.psd1", source.Replace("LicenseUri ", "Prerelease = 'preview1'\n            LicenseUri ", StringComparison.Ordinal));
        await using ZipArchive package = await Pack(_folder, $"{StagedModule.Version}-preview1", $"-p:ModuleManifest={labelled}", $"-p:{project}");
        Dictionary<string, string> shown = await Shown(package);
        PSObject manifest = Manifest(Path.Combine(Install(package), "Apns.psd1"));
        Assert.Equal($"{StagedModule.Version}-preview1", shown["version"]);
        Assert.Equal("preview1", manifest.Text("Prerelease"));
        Assert.Equal("https://github.com/example/apns", shown["projectUrl"]);
        Assert.Equal(shown["projectUrl"], manifest.Text("ProjectUri"));
        Assert.Equal("https://github.com/example/apns/raw/HEAD/docs/icon.png", shown["iconUrl"]);
        Assert.Equal(shown["iconUrl"], manifest.Text("IconUri"));
        Assert.Equal(shown["releaseNotes"], manifest.Text("ReleaseNotes"));
    }

    [Fact]
    public async Task Installed_it_is_imported_by_name_and_sends()
    {
        string installed = Install(Package);
        ProcessResult run = await Processes.RunScript(_folder.Write("send.ps1", Send), ("PSModulePath", _folder["modules"]));
        Assert.Equal([installed, "Delivered", ""], run.Text.Split('\n').Select(static line => line.TrimEnd()));
    }

    /// <summary>Stages and packs into a folder of its own, for others use the staged module meanwhile. The repository's own origin is not asked for.</summary>
    private static async Task<ZipArchive> Pack(TempFolder folder, string version, params string[] properties)
    {
        string[] pack = [
            "pack", "src/Apns.PowerShell", "--configuration", Processes.Configuration, "--no-build", "-m:1",
            "--output", folder["package"], $"-p:ModuleStage={folder["stage"]}", "-p:EnableSourceControlManagerQueries=false",
        ];
        ProcessResult run = await Processes.Run("dotnet", StagedModule.Root, pack.Concat(properties));
        Assert.True(run.ExitCode == 0, run.Text);
        return await ZipFile.OpenReadAsync(Path.Combine(folder["package"], $"Apns.{version}.nupkg"), TestContext.Current.CancellationToken);
    }

    /// <summary>The elements of the package's description.</summary>
    private static async Task<Dictionary<string, string>> Shown(ZipArchive package)
    {
        await using Stream stream = await package.GetEntry("Apns.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
        XDocument description = await XDocument.LoadAsync(stream, LoadOptions.None, TestContext.Current.CancellationToken);
        return description.Root!.Elements().Single().Elements().ToDictionary(static element => element.Name.LocalName, static element => element.Value);
    }

    /// <summary>What the package holds beside the parts that make it one.</summary>
    private static IEnumerable<ZipArchiveEntry> ModuleFiles(ZipArchive package) => package.Entries.Where(static entry =>
        entry.FullName is not ("Apns.nuspec" or "[Content_Types].xml") && !entry.FullName.StartsWith("_rels/", StringComparison.Ordinal) && !entry.FullName.StartsWith("package/", StringComparison.Ordinal));

    /// <summary>Unpacks it into a module path that was empty, as an installer does.</summary>
    private string Install(ZipArchive package)
    {
        string installed = Path.Combine(_folder["modules"], "Apns", StagedModule.Version);
        foreach (ZipArchiveEntry entry in ModuleFiles(package))
        {
            string path = Path.Combine(installed, entry.FullName);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            entry.ExtractToFile(path);
        }

        return installed;
    }

    private static async Task<byte[]> Bytes(ZipArchiveEntry entry)
    {
        using var copy = new MemoryStream();
        await using Stream stream = await entry.OpenAsync(TestContext.Current.CancellationToken);
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return copy.ToArray();
    }

    /// <summary>What the manifest says to a gallery.</summary>
    private PSObject Manifest(string path) => Assert.Single(_engine.Output($$"""
        $module = Test-ModuleManifest '{{path}}'
        $gallery = $module.PrivateData.PSData
        [pscustomobject]@{
            Author = $module.Author; Description = $module.Description; Tags = "$($gallery.Tags)"; LicenseUri = $gallery.LicenseUri
            ReleaseNotes = $gallery.ReleaseNotes; Prerelease = $gallery.Prerelease; ProjectUri = $gallery.ProjectUri; IconUri = $gallery.IconUri
        }
        """));

    /// <summary>The package as it is made of the repository, where no project is known.</summary>
    public sealed class Packed : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();

        internal ZipArchive Package { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Package = await Pack(_folder, StagedModule.Version);

        public async ValueTask DisposeAsync()
        {
            await Package.DisposeAsync();
            _folder.Dispose();
        }
    }
}
