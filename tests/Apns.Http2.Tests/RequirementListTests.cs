using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>docs/reliability.md names the test that holds each promise and each requirement: these tests exist.</summary>
public partial class RequirementListTests
{
    private const string Section = "## RFC 9113 and RFC 7541, requirement by requirement";

    private static readonly string Root = FindRoot();
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs", "reliability.md"));

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        ILookup<string, string> sources = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);
        string[] missing = [.. TestNames().Matches(Text)
            .Where(name => !sources[name.Groups["type"].Value].Any(source => !name.Groups["method"].Success || source.Contains($" {name.Groups["method"].Value}(", StringComparison.Ordinal)))
            .Select(name => name.Value)];
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_case_that_is_named_exists()
    {
        string[] known = [.. ConformanceTests.CaseNames.Select(row => row.Data)];
        string[] named = [.. CaseNames().Matches(Text).Select(name => name.Groups["name"].Value)];
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(known));
    }

    [Fact]
    public void Every_requirement_names_a_test()
    {
        string section = Text[Text.IndexOf(Section, StringComparison.Ordinal)..];
        int next = section.IndexOf("\n## ", StringComparison.Ordinal);
        string[] rows = [.. (next < 0 ? section : section[..next]).Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| requirement |", StringComparison.Ordinal) && !line.StartsWith("| -", StringComparison.Ordinal))];
        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows, row => !TestNames().IsMatch(row) && !CaseNames().IsMatch(row));
    }

    [GeneratedRegex("`(?<type>\\w+Tests)(?:\\.(?<method>\\w+))?`")]
    private static partial Regex TestNames();

    [GeneratedRegex("`ConformanceTests: \"(?<name>[^\"`]+)\"`")]
    private static partial Regex CaseNames();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Directory.Build.props"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} is the repository.");
    }
}
