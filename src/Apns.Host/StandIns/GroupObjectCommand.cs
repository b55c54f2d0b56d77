using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Group-Object.</summary>
[Cmdlet("Group", "Object")]
public sealed class GroupObjectCommand : ObjectPipelineCommand
{
    private readonly List<(object?[] Key, PSObject Item)> _items = [];
    private List<PropertySpec> _properties = [];

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter NoElement { get; set; }

    [Parameter]
    [Alias("AHT")]
    public SwitchParameter AsHashTable { get; set; }

    [Parameter]
    public SwitchParameter AsString { get; set; }

    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    protected override void BeginProcessing() => _properties = ParseProperties(Property);

    protected override void ProcessRecord()
    {
        if (!HasInput) return;
        object?[] key = _properties.Count == 0
            ? [InputObject]
            : [.. _properties.Select(property => property.GetValue(InputObject!))];
        _items.Add((key, InputObject!));
    }

    protected override void EndProcessing()
    {
        var comparer = Comparer<object?[]>.Create(new ValueComparer(CaseSensitive).CompareAll);
        var groups = new SortedDictionary<object?[], Collection<PSObject>>(comparer);
        foreach ((object?[] key, PSObject item) in _items)
        {
            if (!groups.TryGetValue(key, out Collection<PSObject>? group)) groups.Add(key, group = []);
            group.Add(item);
        }

        if (AsHashTable)
        {
            var table = new Hashtable(CaseSensitive ? StringComparer.CurrentCulture : StringComparer.CurrentCultureIgnoreCase);
            foreach ((object?[] key, Collection<PSObject> group) in groups)
                table[AsString ? NameOf(key) : Unwrap(key[0]) ?? ""] = group;
            WriteObject(table);
            return;
        }

        foreach ((object?[] key, Collection<PSObject> group) in groups)
        {
            var result = new PSObject();
            // The real type's name gets the engine's own view of it.
            result.TypeNames.Insert(0, "Microsoft.PowerShell.Commands." + (NoElement ? "GroupInfoNoElement" : "GroupInfo"));
            result.Properties.Add(new PSNoteProperty("Count", group.Count));
            result.Properties.Add(new PSNoteProperty("Name", NameOf(key)));
            if (!NoElement) result.Properties.Add(new PSNoteProperty("Group", group));
            result.Properties.Add(new PSNoteProperty("Values", new ArrayList(key)));
            WriteObject(result);
        }
    }

    private static string NameOf(object?[] key) => string.Join(", ", key.Select(LanguagePrimitives.ConvertTo<string>));

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
