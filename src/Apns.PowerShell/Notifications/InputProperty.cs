using System;
using System.Collections;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>What an input has under a name: a property, or a key of a hashtable.</summary>
internal static class InputProperty
{
    /// <summary>Looks for it, in any case of its letters.</summary>
    /// <param name="input">The input.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">What is there.</param>
    /// <returns>Whether it is there.</returns>
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
        value = ScriptValues.Unwrap(property.Value);
        return true;
    }
}
