using System;
using System.Collections;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>What an input has under a name: a property, or a key of a hashtable.</summary>
internal static class InputProperty
{
    /// <summary>Looks for it, in any case of its letters.</summary>
    /// <param name="input">The input.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">What is there.</param>
    /// <returns>Whether it is there.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: the property throws.</exception>
    public static bool TryGet(PSObject input, string name, out object? value)
    {
        value = null;
        if (input.BaseObject is IDictionary row)
        {
            foreach (DictionaryEntry entry in row)
            {
                if (entry.Key is not string key || !key.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
                value = ScriptValues.Unwrap(entry.Value);
                return true;
            }

            return false;
        }

        if (input.Properties[name] is not { } property) return false;
        value = ScriptValues.Unwrap(ValueOf(property, name));
        return true;
    }

    /// <summary>A property's value.</summary>
    /// <param name="property">The property.</param>
    /// <param name="parameter">The parameter it is for.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: the property throws.</exception>
    public static object? ValueOf(PSPropertyInfo property, string parameter)
    {
        try
        {
            return property.Value;
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            throw new ApnsException(ApnsErrorKind.InvalidNotification, $"-{parameter}: {e.Message}", e);
        }
    }
}
