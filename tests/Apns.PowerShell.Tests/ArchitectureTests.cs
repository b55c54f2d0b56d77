using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>What docs/architecture.md draws and lists, against the tree.</summary>
public class ArchitectureTests
{
    private static readonly string Source = Path.Combine(StagedModule.Root, "src");
    private static readonly string Page = File.ReadAllText(Path.Combine(StagedModule.Root, "docs", "architecture.md")).ReplaceLineEndings("\n");
    private static readonly string Diagram = Regex.Match(Page, "^```mermaid\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
    private static readonly (string From, string To)[] Arrows = [.. Regex.Matches(Diagram, @"^ *(\w+) --> (\w+)$", RegexOptions.Multiline).Select(static m => (m.Groups[1].Value, m.Groups[2].Value))];

    [Fact]
    public void Each_class_of_the_diagram_is_where_it_is_drawn()
    {
        MatchCollection projects = Regex.Matches(Diagram, "subgraph ([\\w.]+)\n(.*?)^ *end$", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.NotEmpty(projects);
        foreach (Match project in projects)
        {
            foreach (Match name in Regex.Matches(project.Groups[2].Value, @"\w+"))
            {
                Assert.True(Files(name.Value).Any(file => Room(file) == project.Groups[1].Value), $"{name.Value} is not in {project.Groups[1].Value}.");
            }
        }
    }

    [Fact]
    public void Each_arrow_of_the_diagram_is_in_the_source()
    {
        Assert.NotEmpty(Arrows);
        foreach ((string from, string to) in Arrows)
        {
            Assert.True(Files(from).Any(file => Regex.IsMatch(File.ReadAllText(file), $@"\b{to}\b")), $"{from} does not name {to}.");
        }
    }

    [Fact]
    public void Arrows_between_projects_are_their_references()
    {
        IEnumerable<string> drawn = Arrows.Select(static arrow => (From: Room(Files(arrow.From)[0]), To: Room(Files(arrow.To)[0]))).Where(static rooms => rooms.From != rooms.To).Select(static rooms => $"{rooms.From} -> {rooms.To}");
        IEnumerable<string> references = Directory.GetFiles(Source, "*.csproj", SearchOption.AllDirectories).Where(static project => !project.Contains("Apns.Host", StringComparison.Ordinal))
            .SelectMany(static project => XDocument.Load(project).Descendants("ProjectReference").Select(reference => $"{Path.GetFileNameWithoutExtension(project)} -> {Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))}"));
        Assert.Equal(references.Order(), drawn.Distinct().Order());
    }

    [Fact]
    public void The_list_of_rooms_names_every_folder()
    {
        string rooms = Regex.Match(Page, "^## The rooms\n(.*?)^References", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        string[] entries = [.. Regex.Split(rooms, @"^    (?=\w)", RegexOptions.Multiline).Skip(1)];
        Assert.Equal(Folders(Source).Select(static folder => $"src/{folder}"), entries.Select(static entry => entry.Split('/', ' ')[1]).Where(static folder => folder.Length > 0).Select(static folder => $"src/{folder}").Order());
        foreach (string entry in entries.Where(static entry => entry.StartsWith("src/Apns", StringComparison.Ordinal)))
        {
            string folder = entry.Split('/', ' ')[1];
            Assert.Equal(Folders(Path.Combine(Source, folder)), Regex.Matches(entry[entry.IndexOf("/ ", StringComparison.Ordinal)..], @"\b(\w+)/(?=\W|$)").Select(static m => m.Groups[1].Value).Order());
        }
    }

    private static string[] Files(string type)
    {
        string[] files = [.. Directory.GetFiles(Source, $"{type}.cs", SearchOption.AllDirectories), .. Directory.GetFiles(Source, $"{type}.*.cs", SearchOption.AllDirectories)];
        Assert.True(files.Length > 0, $"There is no {type}.cs.");
        return files;
    }

    private static string Room(string file) => Path.GetRelativePath(Source, file).Split(Path.DirectorySeparatorChar)[0];

    private static IEnumerable<string> Folders(string folder) => Directory.GetDirectories(folder).Select(static path => Path.GetFileName(path)!).Except(["bin", "obj"]).Order();
}
