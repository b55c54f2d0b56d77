using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Reflection;
using Apns.PowerShell.Commands;

namespace Apns.PowerShell;

/// <summary>One parameter that says something of a notification, as <see cref="ContentCmdlet"/> and its heirs declare them.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Type">What its value is in the end.</param>
internal sealed record NotificationParameter(string Name, Type Type)
{
    private static readonly HashSet<string> Wholes = new(StringComparer.OrdinalIgnoreCase) { "Payload", "Notification" };

    // What goes with a payload or a whole notification that is given, and does not say by itself what to send.
    private static readonly HashSet<string> Headers = new(StringComparer.OrdinalIgnoreCase) { "PushType", "Topic", "Priority", "Expiration", "CollapseId", "ApnsId", "Header", "Truncate" };

    /// <summary>Whether it says what to send.</summary>
    public bool IsContent => Wholes.Contains(Name) || IsPart(Name);

    /// <summary>Whether the parameter of this name is a part that payloads are made of.</summary>
    public static bool IsPart(string name) => !Wholes.Contains(name) && !Headers.Contains(name);

    /// <summary>All of a cmdlet by name and alias, whatever the letters' case.</summary>
    public static IReadOnlyDictionary<string, NotificationParameter> Of(Type cmdlet)
    {
        var all = new Dictionary<string, NotificationParameter>(StringComparer.OrdinalIgnoreCase);
        foreach (PropertyInfo property in cmdlet.GetProperties())
        {
            if (property.GetCustomAttribute<NotificationValueAttribute>() is not { } value) continue;
            var parameter = new NotificationParameter(property.Name, value.Type);
            all.Add(parameter.Name, parameter);
            if (property.GetCustomAttribute<AliasAttribute>() is not { } aliases) continue;
            foreach (string alias in aliases.AliasNames) all.Add(alias, parameter);
        }

        return all;
    }
}
