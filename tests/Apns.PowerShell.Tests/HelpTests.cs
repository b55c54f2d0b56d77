using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>The cmdlets' help: its pages, and the file made of them that Get-Help reads, against the cmdlets as they are.</summary>
public sealed class HelpTests : IDisposable
{
    private static readonly string Pages = Path.Combine(StagedModule.Root, "docs", "en-US");
    private static readonly string MamlFile = Path.Combine(StagedModule.Folder, "en-US", "Apns.PowerShell.dll-Help.xml");
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Each_cmdlet_has_help_and_nothing_else_has()
    {
        string[] cmdlets = Cmdlets();
        Assert.Equal(cmdlets, Directory.GetFiles(Pages, "*.md").Select(static p => Path.GetFileNameWithoutExtension(p)).Order());
        Assert.Equal(cmdlets, XDocument.Load(MamlFile).Descendants(Command + "details").Select(static d => d.Element(Command + "name")!.Value).Order());
    }

    [Fact]
    public void Pages_tell_the_synopsis_and_the_description_that_help_shows()
    {
        foreach (string cmdlet in Cmdlets())
        {
            string page = Page(cmdlet);
            XElement help = Help(cmdlet);
            Assert.Equal(Section(page, "SYNOPSIS"), Text(help.Element(Command + "details")!.Element(Maml + "description")));
            Assert.Equal(Section(page, "DESCRIPTION"), Text(help.Element(Maml + "description")));
            Assert.Equal(Section(page, "SYNOPSIS"), _engine.Value<string>($"(Get-Help {cmdlet}).Synopsis"));
        }
    }

    [Fact]
    public void Each_parameter_has_the_same_text_in_its_page_and_in_help()
    {
        foreach (string cmdlet in Cmdlets())
        {
            var texts = Regex.Matches(Page(cmdlet), "^### -(\\w+)\n(.*?)^```yaml", RegexOptions.Multiline | RegexOptions.Singleline)
                .Select(static m => (Name: m.Groups[1].Value, Text: Normal(m.Groups[2].Value))).OrderBy(static p => p.Name).ToArray();
            var maml = Help(cmdlet).Element(Command + "parameters")!.Elements()
                .Select(static p => (Name: p.Element(Maml + "name")!.Value, Text: Text(p.Element(Maml + "description")))).OrderBy(static p => p.Name);

            Assert.Equal(Parameters(cmdlet), texts.Select(static p => p.Name));
            Assert.All(texts, p => Assert.False(p.Text.Length == 0, $"{cmdlet} -{p.Name} has no text."));
            Assert.Equal(texts, maml);
        }
    }

    [Fact]
    public void Examples_are_numbered()
    {
        foreach (string file in Directory.GetFiles(Pages, "*-*.md"))
        {
            IReadOnlyList<int> numbers = [.. Regex.Matches(File.ReadAllText(file), "(?m)^### Example ([0-9]+): ").Select(static match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
            Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
            Assert.InRange(numbers.Count, 3, int.MaxValue);
        }
    }

    [Fact]
    public void Nothing_is_left_to_be_filled_in()
    {
        foreach (string file in Directory.GetFiles(Pages, "*.md").Append(MamlFile)) Assert.DoesNotContain("{{", File.ReadAllText(file), StringComparison.Ordinal);
    }

    private string[] Cmdlets() => [.. _engine.Output("(Get-Command -Module Apns).Name").Select(static n => n.ToString()).Order()];

    private IEnumerable<string> Parameters(string cmdlet) => _engine
        .Output($"(Get-Command {cmdlet}).Parameters.Values | Where-Object {{ $_.Attributes.DontShow -notcontains $true }} | ForEach-Object Name")
        .Select(static n => n.ToString()).Except(Cmdlet.CommonParameters).Order();

    private static string Page(string cmdlet) => File.ReadAllText(Path.Combine(Pages, $"{cmdlet}.md")).ReplaceLineEndings("\n");

    private static string Section(string page, string name)
    {
        string text = Normal(Regex.Match(page, $"^## {name}\n(.*?)^## ", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value);
        Assert.NotEmpty(text);
        return text;
    }

    private static XElement Help(string cmdlet) => XDocument.Load(MamlFile).Root!.Elements()
        .Single(c => c.Element(Command + "details")!.Element(Command + "name")!.Value == cmdlet);

    private static string Text(XElement? description) => Normal(string.Join(' ', description!.Elements().Select(static p => p.Value)));

    private static string Normal(string text) => Regex.Replace(text, @"\s+", " ").Trim();
}
