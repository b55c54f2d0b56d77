using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;

namespace Apns.Host.StandIns;

/// <summary>What ConvertFrom-Csv and Import-Csv have in common.</summary>
public abstract class CsvReadCommand : PathCommand
{
    [Parameter]
    public char Delimiter { get; set; } = ',';

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Header { get; set; }

    private protected void WriteRecords(TextReader reader)
    {
        IReadOnlyList<string>? names = Header;
        while (CsvText.Read(reader, Delimiter) is { } fields && !Stopping)
        {
            bool isEmpty = fields.Count == 1 && fields[0].Length == 0;
            // A type line is left over from Windows PowerShell.
            bool isTypeLine = names is null && fields[0].StartsWith("#TYPE", System.StringComparison.OrdinalIgnoreCase);
            if (isEmpty || isTypeLine) continue;
            if (names is null)
                names = [.. fields.Select((name, i) => name.Length > 0 ? name : $"H{i + 1}")];
            else
                WriteObject(MakeRecord(names, fields));
        }
    }

    private static PSObject MakeRecord(IReadOnlyList<string> names, List<string> fields)
    {
        var record = new PSObject();
        for (int i = 0; i < names.Count; i++)
            record.Properties.Add(new PSNoteProperty(names[i], i < fields.Count ? fields[i] : null));
        return record;
    }
}

/// <summary>Stands in for ConvertFrom-Csv.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Csv")]
public sealed class ConvertFromCsvCommand : CsvReadCommand
{
    private readonly StringBuilder _text = new();

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowNull]
    public PSObject[]? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        foreach (PSObject line in InputObject ?? []) _text.Append(line).Append('\n');
    }

    protected override void EndProcessing()
    {
        using var reader = new StringReader(_text.ToString());
        WriteRecords(reader);
    }
}

/// <summary>Stands in for Import-Csv.</summary>
[Cmdlet(VerbsData.Import, "Csv", DefaultParameterSetName = "Path")]
public sealed class ImportCsvCommand : CsvReadCommand
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter]
    [TextEncoding]
    public Encoding Encoding { get; set; } = TextEncodingAttribute.Default;

    protected override void ProcessRecord()
    {
        foreach (string file in ResolveFiles(Path, LiteralPath))
        {
            Try(file, () =>
            {
                using var reader = new StreamReader(file, Encoding);
                WriteRecords(reader);
            });
        }
    }
}
