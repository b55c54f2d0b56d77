using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Text;

namespace Apns.PowerShell;

/// <summary>Reads as text what is text or has one form as text. Of all else PowerShell would make the name of its type, and send that.</summary>
internal static class TextValue
{
    /// <exception cref="FormatException">It is no text; the message says what to give instead.</exception>
    public static string Read(object value) => value switch
    {
        string text => text,
        IDictionary or PSObject => throw new FormatException($"A {TypeOf(value)} is no text. Give the parts of an alert with -Title, -Subtitle and -Body, or all with -Payload."),
        IFormattable or char or bool or Uri or Version or StringBuilder => LanguagePrimitives.ConvertTo<string>(value),

        // Directories and scripts hold single values so.
        IList { Count: 1 } list when ScriptValues.Unwrap(list[0]) is { } only => Read(only),
        IEnumerable => throw new FormatException("A list is no text. Make one text of it with -join."),
        _ => throw new FormatException($"A {TypeOf(value)} is no text. Give one of its properties, or \"$(…)\" for what PowerShell shows of it."),
    };

    /// <exception cref="FormatException">It is neither text nor a list of texts.</exception>
    public static string[] ReadAll(object value)
    {
        if (value is not IEnumerable list || value is string or IDictionary) return [Read(value)];
        var texts = new List<string>();
        foreach (object? item in list) texts.Add(Read(ScriptValues.Unwrap(item) ?? throw new FormatException($"Number {texts.Count + 1} of the list is $null. Give '' for an empty one.")));
        return [.. texts];
    }

    /// <summary>What a script calls the value's type.</summary>
    public static string TypeOf(object value) => value is PSObject ? nameof(PSCustomObject) : value.GetType().Name;
}
