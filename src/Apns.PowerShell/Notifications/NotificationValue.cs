using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
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
        object? value = ScriptValues.Unwrap(given);
        if (value is null) return null;
        if (type == typeof(string)) return TextValue.Read(value);
        if (type == typeof(string[])) return TextValue.ReadAll(value);
        if (type == typeof(Guid)) return ReadId(value);
        if (type == typeof(IDictionary)) return ReadMap(value);
        if (type.IsInstanceOfType(value)) return value;
        if (type == typeof(int)) return NumberValue.ReadWhole(value);
        if (type == typeof(double)) return NumberValue.Read(value);
        if (type == typeof(bool)) return ReadFlag(value);
        if (type == typeof(DateTimeOffset)) return Moment.Read(value);
        if (type == typeof(byte[])) return ReadPayload(value);
        if (type == typeof(IReadOnlyDictionary<string, string>)) return ReadHeaders(value);
        if (type.IsEnum) return ReadChoice(value, type);
        throw new FormatException($"'{value}' is no {type.Name}.");
    }

    // Results that never got an id have one of zeros.
    private static Guid? ReadId(object value)
    {
        if (value is "" || !LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out Guid id)) throw new FormatException($"'{value}' is not a UUID.");
        return id == Guid.Empty ? null : id;
    }

    /// <summary>As a switch, or as columns of a table spell it.</summary>
    private static bool ReadFlag(object value) => value switch
    {
        SwitchParameter flag => flag.IsPresent,
        string text when text.Trim().ToUpperInvariant() is "1" or "TRUE" or "YES" => true,
        string text when text.Trim().ToUpperInvariant() is "" or "0" or "FALSE" or "NO" => false,
        string => throw new FormatException($"'{value}' is neither true nor false."),
        _ => LanguagePrimitives.IsTrue(value),
    };

    private static object ReadChoice(object value, Type type)
    {
        // Apple's spelling is taken too: time-sensitive, liveactivity.
        string text = LanguagePrimitives.ConvertTo<string>(value).Replace("-", "", StringComparison.Ordinal).Trim();

        // By name alone: Enum.Parse takes numbers as well, and makes of 'Alert,Background' a third.
        string? name = Array.Find(Enum.GetNames(type), name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is not null ? Enum.Parse(type, name) : throw new FormatException($"'{value}' is none of {string.Join(", ", Enum.GetNames(type))}.");
    }

    private static OrderedDictionary ReadMap(object value) => (TextOf(value) is { } json ? ParseObject(json) : ScriptValues.ToPlain(value)) as OrderedDictionary
        ?? throw new FormatException($"A value of type {TextValue.TypeOf(value)} is neither a hashtable nor a custom object nor the JSON text of one. Select-Object * makes a custom object of any other.");

    /// <summary>Text, or the text that Get-Content has split into lines.</summary>
    private static string? TextOf(object value)
    {
        if (value is string text) return text;
        if (value is not IList { Count: > 0 } list) return null;
        var lines = new List<string>();
        foreach (object? item in list)
        {
            if (ScriptValues.Unwrap(item) is not string line) return null;
            lines.Add(line);
        }

        return string.Join('\n', lines);
    }

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

    private static byte[] ReadPayload(object value) => TextOf(value) is { } json
        ? Encoding.UTF8.GetBytes(json)
        : ByteList.Gather(value) ?? ApnsPayload.ToUtf8Json(ReadMap(value));

    private static Dictionary<string, string> ReadHeaders(object value)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in ReadMap(value)) headers[(string)entry.Key] = entry.Value is null ? "" : TextValue.Read(entry.Value);
        return headers;
    }
}
