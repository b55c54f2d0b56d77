using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Select-Object.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : ObjectPipelineCommand
{
    private readonly Queue<PSObject> _held = new();
    private readonly Dictionary<string, List<PSObject>> _seen = new(StringComparer.OrdinalIgnoreCase);
    private List<PropertySpec> _properties = [];
    private List<WildcardPattern> _excluded = [];
    private List<int> _indexes = [];
    private PropertySpec? _expanded;
    private long _count;

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public string[]? ExcludeProperty { get; set; }

    [Parameter]
    public string? ExpandProperty { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    public SwitchParameter CaseInsensitive { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int First { get; set; } = -1;

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; } = -1;

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int SkipLast { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int[]? Index { get; set; }

    [Parameter]
    public SwitchParameter Wait { get; set; }

    protected override void BeginProcessing()
    {
        if (Index is not null && (First >= 0 || Last >= 0 || Skip > 0 || SkipLast > 0) || SkipLast > 0 && (First >= 0 || Last >= 0))
        {
            var error = new PSArgumentException("Index and SkipLast cannot be combined with First and Last.");
            ThrowTerminatingError(new ErrorRecord(error, "AmbiguousParameterSet", ErrorCategory.InvalidArgument, null));
        }

        // To leave properties out, all others must be taken.
        if (Property is null && ExcludeProperty is not null) Property = ["*"];
        _properties = ParseProperties(Property);
        _expanded = ExpandProperty is null ? null : ParseProperties([ExpandProperty])[0];
        _excluded = [.. (ExcludeProperty ?? []).Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];
        _indexes = [.. (Index ?? []).Distinct().Order()];
    }

    protected override void ProcessRecord()
    {
        if (!HasInput) return;
        long position = _count++;
        if (Index is not null)
            ProcessIndexed(position);
        else if (Last >= 0)
            ProcessLast(position);
        else
            ProcessForward(position);
    }

    protected override void EndProcessing()
    {
        if (Last < 0) return;
        // With -Last, -Skip counts from the end.
        int skipped = First < 0 ? Skip : 0;
        while (_held.Count > skipped) Write(_held.Dequeue());
    }

    private void ProcessIndexed(long position)
    {
        if (_indexes.BinarySearch((int)position) >= 0) Write(InputObject!);
        if (_indexes.Count == 0 || position >= _indexes[^1]) StopUpstream();
    }

    private void ProcessForward(long position)
    {
        if (position < Skip) return;
        if (First >= 0)
        {
            // More may still come where the end is waited for.
            if (position - Skip < First) Write(InputObject!);
            if (position - Skip + 1 >= First) StopUpstream();
        }
        else if (SkipLast > 0)
        {
            _held.Enqueue(InputObject!);
            if (_held.Count > SkipLast) Write(_held.Dequeue());
        }
        else
        {
            Write(InputObject!);
        }
    }

    private void ProcessLast(long position)
    {
        if (First >= 0)
        {
            if (position < Skip) return;
            if (position - Skip < First)
            {
                Write(InputObject!);
                return;
            }
        }

        _held.Enqueue(InputObject!);
        if (_held.Count > (long)Last + (First < 0 ? Skip : 0)) _held.Dequeue();
    }

    // Nothing more is wanted, so whatever produces objects need not go on.
    private void StopUpstream()
    {
        if (!Wait) throw EngineInternals.StopUpstream(this);
    }

    private void Write(PSObject item)
    {
        List<PSNoteProperty> properties = Select(item);
        if (_expanded is not null)
        {
            Expand(item, properties);
        }
        else if (_properties.Count == 0)
        {
            WriteIfNew(item);
        }
        else
        {
            var selected = new PSObject();
            foreach (PSNoteProperty property in properties)
            {
                if (selected.Properties[property.Name] is null)
                    selected.Properties.Add(property);
                else
                    WriteDuplicate(property.Name, item);
            }

            selected.TypeNames.Insert(0, "Selected." + item.BaseObject.GetType());
            WriteIfNew(selected);
        }
    }

    private List<PSNoteProperty> Select(PSObject item)
    {
        var selected = new List<PSNoteProperty>();
        foreach (PropertySpec property in _properties)
        {
            List<PSPropertyExpressionResult> results = property.Expression.GetValues(item);
            if (results.Count == 0 && !property.Expression.HasWildCardCharacters)
                selected.Add(new PSNoteProperty(property.Label ?? property.Expression.ToString(), null));
            foreach (PSPropertyExpressionResult result in results)
            {
                string name = property.Label ?? result.ResolvedExpression.ToString();
                if (!_excluded.Exists(pattern => pattern.IsMatch(name))) selected.Add(new PSNoteProperty(name, result.Result));
            }
        }

        return selected;
    }

    private void Expand(PSObject item, List<PSNoteProperty> properties)
    {
        List<PSPropertyExpressionResult> results = _expanded!.Expression.GetValues(item);
        if (results.Count != 1)
        {
            string message = results.Count == 0
                ? $"Property \"{ExpandProperty}\" cannot be found."
                : $"Multiple properties cannot be expanded: \"{ExpandProperty}\".";
            WriteError(new ErrorRecord(new PSArgumentException(message), "ExpandPropertyNotFound", ErrorCategory.InvalidArgument, item));
            return;
        }

        if (results[0].Exception is { } failure)
        {
            WriteError(new ErrorRecord(failure, "PropertyEvaluationExpand", ErrorCategory.InvalidResult, item));
            return;
        }

        object? value = results[0].Result;
        IEnumerable values = LanguagePrimitives.GetEnumerable(value) ?? new[] { value };
        foreach (object? each in values)
        {
            if (each is null) continue;
            // A copy where something is added: the object itself belongs to somebody else.
            PSObject expanded = properties.Count == 0 ? PSObject.AsPSObject(each) : PSObject.AsPSObject(each).Copy();
            foreach (PSNoteProperty property in properties)
            {
                if (expanded.Properties[property.Name] is null)
                    expanded.Properties.Add(property);
                else
                    WriteDuplicate(property.Name, item);
            }

            WriteIfNew(expanded);
        }
    }

    private void WriteDuplicate(string name, PSObject item)
    {
        var error = new PSArgumentException($"The property cannot be processed because the property \"{name}\" already exists.");
        WriteError(new ErrorRecord(error, "AlreadyExistingUserSpecifiedPropertyNoExpand", ErrorCategory.InvalidOperation, item));
    }

    private void WriteIfNew(PSObject item)
    {
        if (Unique)
        {
            var comparer = new ValueComparer(caseSensitive: !CaseInsensitive);
            // What is equal has the same text, but for its case; comparing all with all would take forever.
            string text = item.ToString();
            if (!_seen.TryGetValue(text, out List<PSObject>? candidates)) _seen.Add(text, candidates = []);
            if (candidates.Exists(seen => AreEqual(seen, item, comparer))) return;
            candidates.Add(item);
        }

        WriteObject(item);
    }

    private static bool AreEqual(PSObject first, PSObject second, ValueComparer comparer)
    {
        if (first.BaseObject is not PSCustomObject || second.BaseObject is not PSCustomObject)
            return comparer.Compare(first, second) == 0;
        List<PSPropertyInfo> properties = [.. first.Properties];
        return properties.Count == second.Properties.Count() &&
            properties.TrueForAll(property => second.Properties[property.Name] is { } other && comparer.Compare(property.Value, other.Value) == 0);
    }
}
