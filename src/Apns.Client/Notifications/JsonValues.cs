using System;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Apns.Client;

/// <summary>Writes the values that scripts hold as JSON, exactly: numbers as numbers, any depth, nothing cut off.</summary>
internal static class JsonValues
{
    // Far beyond any payload of 4096 bytes; a structure that contains itself ends here rather than never.
    private const int MaxDepth = 512;

    public static string KeyOf(DictionaryEntry entry) =>
        Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";

    public static void Write(Utf8JsonWriter json, object? value)
    {
        if (json.CurrentDepth > MaxDepth) throw Unwritable("it is nested too deeply, or contains itself");
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case uint number: json.WriteNumberValue(number); break;
            case ulong number: json.WriteNumberValue(number); break;
            case decimal number: json.WriteNumberValue(number); break;
            case byte or sbyte or short or ushort: json.WriteNumberValue(Convert.ToInt32(value, CultureInfo.InvariantCulture)); break;
            case double number: WriteFinite(json, number); break;
            case float number: WriteFinite(json, number); break;
            case BigInteger number: json.WriteRawValue(number.ToString(CultureInfo.InvariantCulture)); break;
            case DateTime time: json.WriteStringValue(time.ToString("o", CultureInfo.InvariantCulture)); break;
            case DateTimeOffset time: json.WriteStringValue(time.ToString("o", CultureInfo.InvariantCulture)); break;
            case Guid id: json.WriteStringValue(id); break;
            case char or Uri or Enum or TimeSpan or Version: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            case JsonElement element: WriteElement(json, element); break;
            case IDictionary map: WriteObject(json, map); break;
            case IEnumerable list: WriteArray(json, list); break;
            default: throw Unwritable($"it holds a {value.GetType().Name}, which has no form in JSON; convert it to text, a number or a hashtable");
        }
    }

    private static void WriteFinite(Utf8JsonWriter json, double number)
    {
        if (!double.IsFinite(number)) throw Unwritable($"it holds the number {number.ToString(CultureInfo.InvariantCulture)}, which JSON does not have");
        json.WriteNumberValue(number);
    }

    private static void WriteFinite(Utf8JsonWriter json, float number)
    {
        if (!float.IsFinite(number)) throw Unwritable($"it holds the number {number.ToString(CultureInfo.InvariantCulture)}, which JSON does not have");
        json.WriteNumberValue(number);
    }

    private static void WriteElement(Utf8JsonWriter json, JsonElement element)
    {
        try
        {
            element.WriteTo(json);
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 alone: JSON, but no text.
            throw Unwritable("it holds a text with half a character");
        }
    }

    private static void WriteObject(Utf8JsonWriter json, IDictionary map)
    {
        json.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            json.WritePropertyName(KeyOf(entry));
            Write(json, entry.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, IEnumerable list)
    {
        json.WriteStartArray();
        foreach (object? item in list) Write(json, item);
        json.WriteEndArray();
    }

    private static ApnsException Unwritable(string why) => new(ApnsErrorKind.InvalidNotification, $"The payload cannot be written as JSON: {why}.");
}
