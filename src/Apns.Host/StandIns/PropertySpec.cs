using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Apns.Host.StandIns;

/// <summary>One element of a -Property argument: a name, a wildcard, a script block, or a table that describes one.</summary>
internal sealed class PropertySpec
{
    private PropertySpec(PSPropertyExpression expression, string? label, bool? descending)
    {
        Expression = expression;
        Label = label;
        Descending = descending;
    }

    public PSPropertyExpression Expression { get; }

    /// <summary>The name that a calculated property was given.</summary>
    public string? Label { get; }

    /// <summary>The order that the element itself asks for.</summary>
    public bool? Descending { get; }

    /// <exception cref="PSArgumentException">Some element describes no property.</exception>
    public static List<PropertySpec> Parse(IEnumerable<object>? properties) => [.. (properties ?? []).Select(Parse)];

    /// <summary>The first value of the property; null if there is no such property or computing it failed.</summary>
    public object? GetValue(PSObject target)
    {
        List<PSPropertyExpressionResult> results = Expression.GetValues(target);
        return results.Count == 0 ? null : results[0].Result;
    }

    private static PropertySpec Parse(object property)
    {
        object value = property is PSObject wrapped ? wrapped.BaseObject : property;
        return value is IDictionary table
            ? ParseTable(table)
            : new PropertySpec(ParseExpression(value), label: null, descending: null);
    }

    private static PropertySpec ParseTable(IDictionary table)
    {
        string? label = null;
        bool? descending = null;
        object? expression = null;
        foreach (DictionaryEntry entry in table)
        {
            // Keys may be shortened, as the real cmdlets allow.
            string key = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (Abbreviates(key, "Expression")) expression = entry.Value;
            else if (Abbreviates(key, "Name") || Abbreviates(key, "Label")) label = LanguagePrimitives.ConvertTo<string>(entry.Value);
            else if (Abbreviates(key, "Descending")) descending = LanguagePrimitives.IsTrue(entry.Value);
            else if (Abbreviates(key, "Ascending")) descending = !LanguagePrimitives.IsTrue(entry.Value);
            else throw new PSArgumentException($"The {key} key is not valid.", nameof(table));
        }

        if (expression is PSObject wrapped) expression = wrapped.BaseObject;
        return new PropertySpec(ParseExpression(expression ?? label), label, descending);
    }

    private static bool Abbreviates(string key, string name) =>
        key.Length > 0 && name.StartsWith(key, StringComparison.OrdinalIgnoreCase);

    private static PSPropertyExpression ParseExpression(object? value) => value switch
    {
        ScriptBlock script => new PSPropertyExpression(script),
        null or "" => throw new PSArgumentException("A property needs a name or an expression."),
        _ => new PSPropertyExpression(LanguagePrimitives.ConvertTo<string>(value)),
    };
}
