using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;
using YamlDotNet.Serialization;

namespace Apns.PowerShell.Tests;

/// <summary>What help says of parameters beside their texts, against the cmdlets: types, defaults, aliases, sets, inputs, outputs.</summary>
public sealed class HelpMetadataTests : IDisposable
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithDuplicateKeyChecking().Build();

    private readonly Engine _engine = new();
    private readonly List<string> _differences = [];
    private readonly Dictionary<string, HelpPage> _pages = [];
    private readonly Dictionary<string, XElement> _maml;

    public HelpMetadataTests()
    {
        _maml = XDocument.Load(Path.Combine(StagedModule.Folder, "en-US", "Apns.PowerShell.dll-Help.xml")).Root!.Elements()
            .ToDictionary(static command => command.Element(Command + "details")!.Element(Command + "name")!.Value);
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Pages_say_of_each_parameter_what_it_is()
    {
        foreach (CmdletInfo cmdlet in Cmdlets())
        {
            foreach (ParameterMetadata parameter in Parameters(cmdlet))
            {
                PageParameter page = Page(cmdlet.Name).Parameters[parameter.Name];
                string where = $"{cmdlet.Name} -{parameter.Name}: ";
                Same(where, TypeName(parameter, cmdlet), Regex.Replace(page.Type, @"^System\.Nullable`1\[(.*)\]$", "$1"));
                Same(where, string.Join(' ', parameter.Aliases.Order()), string.Join(' ', page.Aliases.Order()));
                Same(where, parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any(), page.SupportsWildcards);
                Same(where, string.Join(' ', Choices(parameter, cmdlet)), string.Join(' ', page.AcceptedValues));
                Same(where, Sets(parameter, cmdlet), string.Join("; ", page.ParameterSets.Select(static set => $"{set.Name} {set.Position} {set.IsRequired} {set.ValueFromPipeline} {set.ValueFromPipelineByPropertyName}").Order()));
            }
        }

        Assert.True(_differences.Count == 0, string.Join('\n', _differences));
    }

    [Fact]
    public void Pages_give_the_defaults_that_parameters_have()
    {
        foreach (CmdletInfo cmdlet in Cmdlets())
        {
            object instance = Activator.CreateInstance(cmdlet.ImplementingType)!;
            foreach (ParameterMetadata parameter in Parameters(cmdlet))
            {
                if (cmdlet.ImplementingType.GetProperty(parameter.Name) is not { } property) continue;
                string page = Page(cmdlet.Name).Parameters[parameter.Name].DefaultValue;
                string where = $"{cmdlet.Name} -{parameter.Name}: ";

                // Without a value a page says in words what comes in its place, if anything does.
                if (parameter.ParameterSets.Values.All(static set => set.IsMandatory)) Same(where, "", page);
                else if (Default(property, instance) is { } value) Same(where, value, page);
                else if (property.PropertyType != typeof(object) && Nullable.GetUnderlyingType(property.PropertyType) is null) Same(where, "none, or words", page is "" or "None" || page.Contains(' ', StringComparison.Ordinal) ? "none, or words" : page);
            }
        }

        Assert.True(_differences.Count == 0, string.Join('\n', _differences));
    }

    [Fact]
    public void Get_Help_tells_of_parameters_what_their_pages_do()
    {
        foreach (CmdletInfo cmdlet in Cmdlets())
        {
            XElement[] parameters = [.. _maml[cmdlet.Name].Element(Command + "parameters")!.Elements()];
            foreach (XElement parameter in parameters)
            {
                string name = parameter.Element(Maml + "name")!.Value;
                PageParameter page = Page(cmdlet.Name).Parameters[name];
                string where = $"{cmdlet.Name} -{name}: ";
                Same(where, page.Type, parameter.Element(Dev + "type")!.Element(Maml + "name")!.Value);
                Same(where, page.DefaultValue, parameter.Element(Dev + "defaultValue")?.Value ?? "");
                Same(where, page.Aliases.Count == 0 ? "none" : string.Join(", ", page.Aliases), parameter.Attribute("aliases")!.Value);
                Same(where, page.SupportsWildcards, bool.Parse(parameter.Attribute("globbing")!.Value));
                Same(where, page.ParameterSets.Any(static set => set.ValueFromPipeline || set.ValueFromPipelineByPropertyName), !parameter.Attribute("pipelineInput")!.Value.StartsWith("false", StringComparison.OrdinalIgnoreCase));
            }
        }

        Assert.True(_differences.Count == 0, string.Join('\n', _differences));
    }

    [Fact]
    public void Syntax_is_that_of_the_cmdlets()
    {
        foreach (CmdletInfo cmdlet in Cmdlets())
        {
            string[] sets = [.. cmdlet.ParameterSets.Select(set => Syntax($"{cmdlet.Name} {set}")).Order()];
            Assert.Equal(sets, Page(cmdlet.Name).Syntax.Select(static line => Syntax(line)).Order());
            Assert.Equal(
                cmdlet.ParameterSets.Select(static set => string.Join(' ', set.Parameters.Where(static p => !Cmdlet.CommonParameters.Contains(p.Name)).Select(static p => p.Name).Order())).Order(),
                _maml[cmdlet.Name].Element(Command + "syntax")!.Elements()
                    .Select(static item => string.Join(' ', item.Elements(Command + "parameter").Select(static p => p.Element(Maml + "name")!.Value).Order())).Order());
        }
    }

    [Fact]
    public void Outputs_and_inputs_are_those_of_the_cmdlets()
    {
        foreach (CmdletInfo cmdlet in Cmdlets())
        {
            HelpPage page = Page(cmdlet.Name);
            Assert.Equal(cmdlet.OutputType.Select(output => $"{cmdlet.Name} {output.Name}").Order(), page.Outputs.Select(output => $"{cmdlet.Name} {output}").Order());
            Assert.Equal(page.Outputs.Order(), Types("returnValues").Order());
            Assert.Equal(page.Inputs.Order(), Types("inputTypes").Order());
            IEnumerable<string> taken = Parameters(cmdlet).Where(static p => p.ParameterSets.Values.Any(static set => set.ValueFromPipeline)).Select(p => TypeName(p, cmdlet)).Distinct();
            Assert.Empty(taken.Except(page.Inputs));

            IEnumerable<string> Types(string kind) => _maml[cmdlet.Name].Element(Command + kind)!.Elements().Select(static v => v.Element(Dev + "type")!.Element(Maml + "name")!.Value);
        }
    }

    /// <summary>Notes a difference; a test tells all of them.</summary>
    private void Same(string where, object? expected, object? actual)
    {
        if (!Equals(expected, actual)) _differences.Add($"{where}{expected} expected, not {actual}");
    }

    private IEnumerable<CmdletInfo> Cmdlets() => _engine.Output("Get-Command -Module Apns").Select(static c => (CmdletInfo)c.BaseObject);

    private static IEnumerable<ParameterMetadata> Parameters(CmdletInfo cmdlet) => cmdlet.Parameters.Values
        .Where(static p => !Cmdlet.CommonParameters.Contains(p.Name) && !p.Attributes.OfType<ParameterAttribute>().Any(static a => a.DontShow));

    private HelpPage Page(string cmdlet)
    {
        if (!_pages.TryGetValue(cmdlet, out HelpPage? page)) _pages.Add(cmdlet, page = Read(cmdlet));
        return page;
    }

    private static HelpPage Read(string cmdlet) => HelpPage.Read(File.ReadAllText(Path.Combine(StagedModule.Root, "docs", "en-US", $"{cmdlet}.md")).ReplaceLineEndings("\n"), Yaml);

    /// <summary>What a value has to be in the end: parameters that take script blocks as well are declared as objects.</summary>
    private static string TypeName(ParameterMetadata parameter, CmdletInfo cmdlet)
    {
        Type type = ValueType(parameter, cmdlet);
        if (type == typeof(byte[])) return "System.Object"; // The whole payload: text, a hashtable or an object.
        if (type == typeof(IReadOnlyDictionary<string, string>)) return "System.Collections.IDictionary";
        if (type == typeof(object) && IsRecipient(parameter, cmdlet)) return "System.String[]";
        return (Nullable.GetUnderlyingType(type) ?? type).FullName!;
    }

    private static Type ValueType(ParameterMetadata parameter, CmdletInfo cmdlet)
    {
        Attribute? value = NotificationValue(parameter, cmdlet);
        return value is null || parameter.ParameterType != typeof(object) ? parameter.ParameterType : (Type)value.GetType().GetProperty("Type")!.GetValue(value)!;
    }

    private static bool IsRecipient(ParameterMetadata parameter, CmdletInfo cmdlet) => cmdlet.Verb == "Send" && parameter.Name is "Token" or "ChannelId";

    private static Attribute? NotificationValue(ParameterMetadata parameter, CmdletInfo cmdlet) =>
        cmdlet.ImplementingType.GetProperty(parameter.Name)?.GetCustomAttributes().FirstOrDefault(static a => a.GetType().Name == "NotificationValueAttribute");

    private static IEnumerable<string> Choices(ParameterMetadata parameter, CmdletInfo cmdlet)
    {
        Type type = ValueType(parameter, cmdlet);
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (parameter.Attributes.OfType<ValidateSetAttribute>().FirstOrDefault() is { } set) return set.ValidValues;
        if (cmdlet.Name == "Send-ApnsBroadcast" && parameter.Name == "Event") return ["Update", "End"]; // Broadcasts start nothing.
        return type.IsEnum ? Enum.GetNames(type) : parameter.Name == "Priority" ? ["10", "5", "1"] : [];
    }

    /// <summary>The parameter sets; what notifications are made of is found in input's properties, which counts as coming from there.</summary>
    private static string Sets(ParameterMetadata parameter, CmdletInfo cmdlet)
    {
        bool found = NotificationValue(parameter, cmdlet) is not null || IsRecipient(parameter, cmdlet);
        return string.Join("; ", parameter.ParameterSets.Select(set =>
            $"{(set.Key == ParameterAttribute.AllParameterSets ? "(All)" : set.Key)} {(set.Value.Position < 0 ? "Named" : set.Value.Position)} {set.Value.IsMandatory} {set.Value.ValueFromPipeline} {found || set.Value.ValueFromPipelineByPropertyName}").Order());
    }

    private static string? Default(PropertyInfo property, object instance) => property.GetValue(instance) switch
    {
        null or "" or Array { Length: 0 } => null,
        SwitchParameter given => given.ToString(),
        string[] many => string.Join(", ", many),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>A line of syntax without types, in alphabetical order, as that of named parameters means nothing.</summary>
    private static string Syntax(string line) =>
        string.Join(' ', Regex.Matches(Regex.Replace(line, "<[^>]+>", "<>"), @"^\S+|\[?\[?-\w+\]?( <>)?\]?").Select(static m => m.Value).Order());

    /// <summary>A page's facts.</summary>
    private sealed record HelpPage(IReadOnlyDictionary<string, PageParameter> Parameters, IReadOnlyList<string> Syntax, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
    {
        public static HelpPage Read(string page, IDeserializer yaml) => new(
            Regex.Matches(page, "^### -(\\w+)\n.*?^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
                .ToDictionary(static m => m.Groups[1].Value, m => yaml.Deserialize<PageParameter>(m.Groups[2].Value)),
            [.. Regex.Matches(Section(page, "SYNTAX"), "^```\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Select(static m => m.Groups[1].Value)],
            Headings(page, "INPUTS"),
            Headings(page, "OUTPUTS"));

        private static string Section(string page, string name) => Regex.Match(page, $"^## {name}\n(.*?)^## ", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;

        private static string[] Headings(string page, string section) => [.. Regex.Matches(Section(page, section), "^### (.*)$", RegexOptions.Multiline).Select(static m => m.Groups[1].Value)];
    }

    private sealed class PageParameter
    {
        public string Type { get; set; } = "";

        public string DefaultValue { get; set; } = "";

        public bool SupportsWildcards { get; set; }

        public List<string> Aliases { get; set; } = [];

        public List<PageParameterSet> ParameterSets { get; set; } = [];

        public bool DontShow { get; set; }

        public List<string> AcceptedValues { get; set; } = [];

        public string HelpMessage { get; set; } = "";
    }

    private sealed class PageParameterSet
    {
        public string Name { get; set; } = "";

        public string Position { get; set; } = "";

        public bool IsRequired { get; set; }

        public bool ValueFromPipeline { get; set; }

        public bool ValueFromPipelineByPropertyName { get; set; }

        public bool ValueFromRemainingArguments { get; set; }
    }
}
