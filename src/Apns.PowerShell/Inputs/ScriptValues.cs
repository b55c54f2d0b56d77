using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>Turns what scripts hold (PSObject wrappers, custom objects, nested at will) into plain dictionaries, lists and values.</summary>
internal static class ScriptValues
{
    private const int MaxDepth = 500;

    /// <summary>What is in PowerShell's wrapper, unless it is a custom object; null for all that stands for nothing, as in databases.</summary>
    public static object? Unwrap(object? value)
    {
        object? inner = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        return inner is DBNull || ReferenceEquals(inner, AutomationNull.Value) ? null : inner;
    }

    /// <summary>What to call a value in an error that must not repeat what is in it.</summary>
    public static string KindOf(object? value) => value is null ? "null" : PSObject.AsPSObject(value).BaseObject.GetType().Name;

    public static object? ToPlain(object? value) => ToPlain(value, 0);

    private static object? ToPlain(object? value, int depth)
    {
        if (depth > MaxDepth) throw new ApnsException(ApnsErrorKind.InvalidNotification, "The payload is nested too deeply, or contains itself.");
        object? inner = Unwrap(value);
        return inner switch
        {
            null or string => inner,
            PSObject custom => Properties(custom, depth),
            SwitchParameter flag => flag.IsPresent,
            IDictionary map => Map(map, depth),
            IEnumerable list => List(list, depth),
            _ => inner,
        };
    }

    private static OrderedDictionary Map(IDictionary map, int depth)
    {
        var plain = new OrderedDictionary(map.Count);
        foreach (DictionaryEntry entry in map) plain[Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? ""] = ToPlain(entry.Value, depth + 1);
        return plain;
    }

    private static OrderedDictionary Properties(PSObject custom, int depth)
    {
        var plain = new OrderedDictionary();
        foreach (PSPropertyInfo property in custom.Properties) plain[property.Name] = ToPlain(property.Value, depth + 1);
        return plain;
    }

    private static List<object?> List(IEnumerable list, int depth)
    {
        var plain = new List<object?>();
        foreach (object? item in list) plain.Add(ToPlain(item, depth + 1));
        return plain;
    }
}
