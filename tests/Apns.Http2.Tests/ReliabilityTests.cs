using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Apns.Http2.Tests;

/// <summary>Whether the tests that <c>docs/reliability.md</c> names are there.</summary>
public partial class ReliabilityTests
{
    private static readonly string Tests = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, ".."));
    private static readonly string Text = File.ReadAllText(Path.Combine(Tests, "..", "docs", "reliability.md"));

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        // Some names are those of a class in several projects.
        ILookup<string, string> classes = Directory.EnumerateFiles(Tests, "*Tests.cs", SearchOption.AllDirectories).ToLookup(static file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
        (string Class, string Method)[] named = [.. NamedTest().Matches(Text).Select(static match => (match.Groups[1].Value, match.Groups[2].Value))];
        Assert.True(named.Length > 100, $"{named.Length} tests are named");
        Assert.All(named, test =>
        {
            Assert.True(classes.Contains(test.Class), $"there is no {test.Class}");
            Assert.True(test.Method.Length == 0 || classes[test.Class].Any(source => source.Contains($" {test.Method}(", StringComparison.Ordinal)), $"{test.Class} has no {test.Method}");
        });
    }

    [Fact]
    public void Every_row_that_is_named_is_in_the_table()
    {
        string list = Text[Text.IndexOf("requirement by requirement", StringComparison.Ordinal)..];
        string[] named = [.. NamedRow().Matches(list).Select(static match => match.Groups[1].Value)];
        Assert.True(named.Length > 50, $"{named.Length} rows are named");
        Assert.Empty(named.Except(ConformanceTests.Names));
    }

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"`(\w+Tests)(?:\.(\w+))?`")]
    private static partial Regex NamedTest();

    [GeneratedRegex("\"(\\d[^\"]+ [^\"]+)\"")]
    private static partial Regex NamedRow();
}
