using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Text;
using System.Text.Json;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>Reads what a script or a row holds as what a notification's part is made of.</summary>
internal static class NotificationValue
{
    /// <summary>The value as the type; null stays null.</summary>
    /// <exception cref="FormatException">It cannot be read as one; the message says what could.</exception>
    public static object? Read(object? given, Type type)
    {
        // What a script that puts out nothing leaves behind.
        if (ReferenceEquals(given, AutomationNull.Value)) return null;
        object? value = given is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : given;
        if (value is null || type.IsInstanceOfType(value)) return type == typeof(IDictionary) && value is IDictionary map ? ScriptValues.ToPlain(map) : value;
        if (type == typeof(string)) return LanguagePrimitives.ConvertTo<string>(value);
        if (type == typeof(string[])) return LanguagePrimitives.ConvertTo<string[]>(value);
        if (type == typeof(int)) return Convert<int>(value, "a whole number");
        if (type == typeof(double)) return Convert<double>(value, "a number");
        if (type == typeof(bool)) return ReadFlag(value);
        if (type == typeof(DateTimeOffset)) return Moment.Read(value);
        if (type == typeof(Guid)) return Convert<Guid>(value, "a UUID");
        if (type == typeof(IDictionary)) return ReadMap(value);
        if (type == typeof(byte[])) return ReadPayload(value);
        if (type == typeof(IReadOnlyDictionary<string, string>)) return ReadHeaders(value);
        if (type.IsEnum) return ReadChoice(value, type);
        throw new FormatException($"'{value}' is no {type.Name}.");
    }

    private static T Convert<T>(object value, string what) =>
        value is not "" && LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out T converted) ? converted : throw new FormatException($"'{value}' is not {what}.");

    /// <summary>As a switch, or as columns of a table spell it.</summary>
    private static bool ReadFlag(object value) => value switch
    {
        SwitchParameter flag => flag.IsPresent,
        string text when text.Trim().ToUpperInvariant() is "1" or "TRUE" or "YES" => true,
        string text when text.Trim().ToUpperInvariant() is "0" or "FALSE" or "NO" => false,
        string => throw new FormatException($"'{value}' is neither true nor false."),
        _ => LanguagePrimitives.IsTrue(value),
    };

    private static object ReadChoice(object value, Type type)
    {
        // Apple's spelling is taken too: time-sensitive, liveactivity.
        string text = LanguagePrimitives.ConvertTo<string>(value).Replace("-", "", StringComparison.Ordinal);
        bool known = Enum.TryParse(type, text, ignoreCase: true, out object? choice) && Enum.IsDefined(type, choice!) && !char.IsDigit(text[0]);
        return known ? choice! : throw new FormatException($"'{value}' is none of {string.Join(", ", Enum.GetNames(type))}.");
    }

    private static OrderedDictionary ReadMap(object value) => (value is string json ? ParseObject(json) : ScriptValues.ToPlain(value)) as OrderedDictionary
        ?? throw new FormatException($"'{value}' is neither a hashtable nor an object nor the JSON text of one.");

    private static OrderedDictionary ParseObject(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException("The text is JSON, but not of an object.");
            var map = new OrderedDictionary();
            foreach (JsonProperty property in document.RootElement.EnumerateObject()) map[property.Name] = property.Value.Clone();
            return map;
        }
        catch (JsonException e)
        {
            throw new FormatException($"The text is not the JSON of an object: {e.Message}", e);
        }
    }

    private static byte[] ReadPayload(object value) => value is string json ? Encoding.UTF8.GetBytes(json) : ApnsPayload.ToUtf8Json(ReadMap(value));

    private static Dictionary<string, string> ReadHeaders(object value)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in ReadMap(value)) headers[(string)entry.Key] = entry.Value is null ? "" : LanguagePrimitives.ConvertTo<string>(entry.Value);
        return headers;
    }
}
