using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>PowerShell's order of values: by type where the types can be compared, else by text.</summary>
internal sealed class ValueComparer : IComparer<object?>
{
    private readonly bool _ignoreCase;

    public ValueComparer(bool caseSensitive)
    {
        _ignoreCase = !caseSensitive;
    }

    public int Compare(object? x, object? y)
    {
        object? first = x is PSObject wrappedX ? wrappedX.BaseObject : x;
        object? second = y is PSObject wrappedY ? wrappedY.BaseObject : y;
        // All custom objects have one and the same base object: their text is all there is to tell them apart.
        bool comparable = first is not PSCustomObject && second is not PSCustomObject;
        if (comparable && LanguagePrimitives.TryCompare(first, second, _ignoreCase, CultureInfo.CurrentCulture, out int order)) return order;
        return string.Compare(
            LanguagePrimitives.ConvertTo<string>(x),
            LanguagePrimitives.ConvertTo<string>(y),
            _ignoreCase ? StringComparison.CurrentCultureIgnoreCase : StringComparison.CurrentCulture);
    }

    /// <summary>Compares the values of several keys, the first one first.</summary>
    public int CompareAll(IReadOnlyList<object?> first, IReadOnlyList<object?> second)
    {
        for (int i = 0; i < first.Count && i < second.Count; i++)
        {
            int order = Compare(first[i], second[i]);
            if (order != 0) return order;
        }

        return first.Count - second.Count;
    }
}
