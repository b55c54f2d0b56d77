using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;

namespace Apns.Host.StandIns;

/// <summary>Stands in for ConvertFrom-Json.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = "";

    [Parameter]
    public SwitchParameter AsHashtable { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Depth { get; set; } = 1024;

    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    protected override void ProcessRecord() => _lines.Add(InputObject);

    protected override void EndProcessing()
    {
        if (_lines.TrueForAll(string.IsNullOrWhiteSpace)) return;
        // Lines are either a document each, or together one: the first line tells.
        if (_lines.Count > 1 && IsDocument(_lines[0]))
        {
            foreach (string line in _lines) Convert(line);
        }
        else
        {
            Convert(string.Join('\n', _lines));
        }
    }

    private JsonDocument Parse(string text) => JsonDocument.Parse(
        text,
        new JsonDocumentOptions { MaxDepth = Depth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });

    private bool IsDocument(string text)
    {
        try
        {
            using JsonDocument document = Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Convert(string text)
    {
        try
        {
            using JsonDocument document = Parse(text);
            WriteObject(Convert(document.RootElement), enumerateCollection: !NoEnumerate);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var error = new ArgumentException("Conversion from JSON failed with error: " + e.Message, e);
            ThrowTerminatingError(new ErrorRecord(error, "System.ArgumentException", ErrorCategory.NotSpecified, text));
        }
    }

    private object? Convert(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => AsHashtable ? ConvertToTable(element) : ConvertToObject(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Convert).ToArray(),
        JsonValueKind.String => ConvertString(element.GetString()!),
        JsonValueKind.Number => ConvertNumber(element.GetRawText()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private OrderedHashtable ConvertToTable(JsonElement element)
    {
        var table = new OrderedHashtable();
        foreach (JsonProperty property in element.EnumerateObject()) table[property.Name] = Convert(property.Value);
        return table;
    }

    private PSObject ConvertToObject(JsonElement element)
    {
        var result = new PSObject();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name.Length == 0 || result.Properties[property.Name] is not null)
            {
                throw new InvalidOperationException(
                    $"the key '{property.Name}' is empty or differs from another one by case only. Use the -AsHashtable switch instead.");
            }

            result.Properties.Add(new PSNoteProperty(property.Name, Convert(property.Value)));
        }

        return result;
    }

    // Dates come back as dates, as from the real one.
    private static object ConvertString(string text)
    {
        bool mayBeDate = text.Length >= 19 && text[4] == '-' && text[10] == 'T' && char.IsAsciiDigit(text[0]);
        return mayBeDate && DateTime.TryParseExact(
            text,
            ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.RoundtripKind,
            out DateTime date)
            ? date
            : text;
    }

    private static object ConvertNumber(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)) return whole;
        if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger big)) return big;
        return double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
