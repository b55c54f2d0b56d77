using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Apns.Host.StandIns;

/// <summary>When a field gets quotes.</summary>
public enum CsvQuotes
{
    /// <summary>Where it would be misread without.</summary>
    AsNeeded,

    /// <summary>Always; the default of the real cmdlets.</summary>
    Always,

    /// <summary>Never, come what may.</summary>
    Never,
}

/// <summary>Reads and writes records of delimited fields.</summary>
internal static class CsvText
{
    public static string Format(IEnumerable<string?> fields, char delimiter, CsvQuotes quotes)
    {
        var line = new StringBuilder();
        bool first = true;
        foreach (string? field in fields)
        {
            if (!first) line.Append(delimiter);
            first = false;
            // Null and the empty string stay apart.
            if (field is null) continue;
            bool quoted = quotes == CsvQuotes.Always || quotes == CsvQuotes.AsNeeded && field.AsSpan().IndexOfAny(delimiter, '\n', '"') >= 0;
            if (quoted) line.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            else line.Append(field);
        }

        return line.ToString();
    }

    /// <summary>The fields of the next record, which takes more lines than one where a field has line ends in it.</summary>
    /// <returns>Null at the end of the text.</returns>
    public static List<string>? Read(TextReader reader, char delimiter)
    {
        if (reader.Peek() < 0) return null;
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int c = reader.Read(); ; c = reader.Read())
        {
            if (quoted && c >= 0)
            {
                if (c != '"') field.Append((char)c);
                else if (reader.Peek() == '"') field.Append((char)reader.Read());
                else quoted = false;
            }
            else if (c < 0 || c == '\n' || c == '\r')
            {
                if (c == '\r' && reader.Peek() == '\n') reader.Read();
                fields.Add(field.ToString());
                return fields;
            }
            else if (c == delimiter)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (c == '"' && string.IsNullOrWhiteSpace(field.ToString()))
            {
                field.Clear();
                quoted = true;
            }
            else if (c != ' ' || field.Length > 0)
            {
                // Blanks before a field are not part of it.
                field.Append((char)c);
            }
        }
    }
}
