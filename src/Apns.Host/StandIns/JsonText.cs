using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Numerics;
using System.Text;

namespace Apns.Host.StandIns;

/// <summary>
/// Writes a value as JSON the way ConvertTo-Json lays it out: two spaces a level, and nothing escaped but what must be.
/// </summary>
internal sealed class JsonText
{
    private readonly StringBuilder _text = new();
    private readonly int _depth;
    private readonly bool _compress;
    private readonly bool _enumsAsStrings;

    private JsonText(int depth, bool compress, bool enumsAsStrings)
    {
        _depth = depth;
        _compress = compress;
        _enumsAsStrings = enumsAsStrings;
    }

    private bool Truncated { get; set; }

    public static string Format(object? value, int depth, bool compress, bool enumsAsStrings, out bool truncated)
    {
        var json = new JsonText(depth, compress, enumsAsStrings);
        json.Write(value, 0);
        truncated = json.Truncated;
        return json._text.ToString();
    }

    private void Write(object? value, int level)
    {
        // A wrapper around nothing but notes is a custom object; around anything else it hardly ever matters.
        object? plain = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        if (WriteScalar(plain)) return;
        if (level > _depth)
        {
            Truncated = true;
            WriteString(LanguagePrimitives.ConvertTo<string>(plain));
            return;
        }

        if (plain is IDictionary table)
            WriteObject(table.Cast<DictionaryEntry>().Select(entry => (LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value)), level);
        else if (plain is IEnumerable items)
            WriteArray(items.Cast<object?>(), level);
        else
            WriteObject(PropertiesOf(plain!), level);
    }

    private bool WriteScalar(object? value)
    {
        switch (value)
        {
            case null or DBNull:
                _text.Append("null");
                return true;
            case var none when none == System.Management.Automation.Internal.AutomationNull.Value:
                _text.Append("null");
                return true;
            case bool flag:
                _text.Append(flag ? "true" : "false");
                return true;
            case Enum member when !_enumsAsStrings:
                _text.Append(member.ToString("D"));
                return true;
            case double or float or decimal:
                WriteReal((IFormattable)value);
                return true;
            case sbyte or byte or short or ushort or int or uint or long or ulong or BigInteger:
                _text.Append(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                return true;
            case DateTime time:
                WriteString(time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture));
                return true;
            case DateTimeOffset time:
                WriteString(time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture));
                return true;
            case string or char or Guid or Uri or Enum or Version:
                WriteString(value.ToString()!);
                return true;
            default:
                return false;
        }
    }

    private void WriteReal(IFormattable value)
    {
        string text = value.ToString(null, CultureInfo.InvariantCulture);
        if (text is "NaN" or "Infinity" or "-Infinity")
            WriteString(text);
        else
            _text.Append(text).Append(text.AsSpan().IndexOfAny(".eE") < 0 ? ".0" : "");
    }

    private static IEnumerable<(string Name, object? Value)> PropertiesOf(object value)
    {
        foreach (PSPropertyInfo property in PSObject.AsPSObject(value).Properties)
        {
            object? read;
            try
            {
                read = property.Value;
            }
            catch (GetValueException)
            {
                read = null;
            }

            yield return (property.Name, read);
        }
    }

    private void WriteObject(IEnumerable<(string Name, object? Value)> members, int level) =>
        WriteList('{', '}', members, level, member =>
        {
            WriteString(member.Name);
            _text.Append(_compress ? ":" : ": ");
            Write(member.Value, level + 1);
        });

    private void WriteArray(IEnumerable<object?> items, int level) =>
        WriteList('[', ']', items, level, item => Write(item, level + 1));

    private void WriteList<T>(char open, char close, IEnumerable<T> items, int level, Action<T> write)
    {
        _text.Append(open);
        bool any = false;
        foreach (T item in items)
        {
            if (any) _text.Append(',');
            any = true;
            NewLine(level + 1);
            write(item);
        }

        if (any) NewLine(level);
        _text.Append(close);
    }

    private void NewLine(int level)
    {
        if (!_compress) _text.AppendLine().Append(' ', 2 * level);
    }

    private void WriteString(string text)
    {
        _text.Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                < ' ' or '\u0085' or '\u2028' or '\u2029' => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }
}
