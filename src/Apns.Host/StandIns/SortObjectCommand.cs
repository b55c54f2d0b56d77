using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Sort-Object. It is always stable.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : ObjectPipelineCommand
{
    private readonly List<PSObject> _items = [];

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter Descending { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    [Parameter]
    public SwitchParameter Stable { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Top { get; set; } = int.MaxValue;

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Bottom { get; set; } = int.MaxValue;

    protected override void ProcessRecord()
    {
        if (HasInput) _items.Add(InputObject!);
    }

    protected override void EndProcessing()
    {
        List<PropertySpec> keys = ParseProperties(Property);
        var comparer = new ValueComparer(CaseSensitive);
        Func<PSObject, object?>[] values = keys.Count == 0 ? [item => item] : [.. keys.Select<PropertySpec, Func<PSObject, object?>>(key => key.GetValue)];

        IOrderedEnumerable<PSObject> ordered = _items.OrderBy(_ => 0);
        for (int i = 0; i < values.Length; i++)
        {
            bool descending = (keys.Count == 0 ? null : keys[i].Descending) ?? Descending;
            ordered = descending ? ordered.ThenByDescending(values[i], comparer) : ordered.ThenBy(values[i], comparer);
        }

        IEnumerable<PSObject> result = ordered;
        if (Unique) result = WithoutRepeats(result, values, comparer);
        if (Top != int.MaxValue) result = result.Take(Top);
        if (Bottom != int.MaxValue) result = result.TakeLast(Bottom);
        foreach (PSObject item in result) WriteObject(item);
    }

    private static IEnumerable<PSObject> WithoutRepeats(IEnumerable<PSObject> items, Func<PSObject, object?>[] values, ValueComparer comparer)
    {
        object?[]? previous = null;
        foreach (PSObject item in items)
        {
            object?[] current = [.. values.Select(value => value(item))];
            if (previous is null || comparer.CompareAll(previous, current) != 0) yield return item;
            previous = current;
        }
    }
}
