using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;

namespace Apns.Host.StandIns;

/// <summary>What ConvertTo-Csv and Export-Csv have in common: the first object names the columns.</summary>
public abstract class CsvWriteCommand : PathCommand
{
    private protected List<string>? Columns { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    [Parameter]
    public char Delimiter { get; set; } = ',';

    [Parameter]
    public CsvQuotes UseQuotes { get; set; } = CsvQuotes.Always;

    [Parameter]
    [Alias("NTI")]
    public SwitchParameter NoTypeInformation { get; set; }

    [Parameter]
    public SwitchParameter NoHeader { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is null) return;
        if (Columns is null)
        {
            Columns = [.. Cells(InputObject).Select(cell => cell.Name)];
            if (!NoHeader) WriteLine(CsvText.Format(Columns, Delimiter, UseQuotes));
        }

        List<(string Name, object? Value)> cells = [.. Cells(InputObject)];
        WriteLine(CsvText.Format(Columns.Select(column => TextOf(cells, column)), Delimiter, UseQuotes));
    }

    private protected abstract void WriteLine(string line);

    private static string? TextOf(List<(string Name, object? Value)> cells, string column) =>
        cells.Find(cell => cell.Name.Equals(column, StringComparison.OrdinalIgnoreCase)).Value?.ToString();

    private static IEnumerable<(string Name, object? Value)> Cells(PSObject item) => item.BaseObject is IDictionary table
        ? table.Cast<DictionaryEntry>().Select(entry => (LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value))
        : item.Properties.Select(property => (property.Name, ValueOf(property)));

    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }
}

/// <summary>Stands in for ConvertTo-Csv.</summary>
[Cmdlet(VerbsData.ConvertTo, "Csv")]
[OutputType(typeof(string))]
public sealed class ConvertToCsvCommand : CsvWriteCommand
{
    private protected override void WriteLine(string line) => WriteObject(line);
}

/// <summary>Stands in for Export-Csv.</summary>
[Cmdlet(VerbsData.Export, "Csv", SupportsShouldProcess = true)]
public sealed class ExportCsvCommand : CsvWriteCommand, IDisposable
{
    private StreamWriter? _writer;

    [Parameter(Position = 0)]
    public string? Path { get; set; }

    [Parameter]
    [Alias("PSPath", "LP")]
    public string? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter Append { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    [Parameter]
    [TextEncoding]
    public Encoding Encoding { get; set; } = TextEncodingAttribute.Default;

    // The engine disposes of a cmdlet whichever way its pipeline ends.
    public void Dispose() => _writer?.Dispose();

    protected override void BeginProcessing()
    {
        string? path = Path ?? LiteralPath;
        if (string.IsNullOrEmpty(path))
        {
            var error = new PSArgumentException("You must specify either the -Path or -LiteralPath parameters, but not both.");
            ThrowTerminatingError(new ErrorRecord(error, "CannotSpecifyPathAndLiteralPath", ErrorCategory.InvalidData, null));
        }

        string file = GetUnresolvedProviderPathFromPSPath(path);
        if (!ShouldProcess(file)) return;
        try
        {
            // What a file has already names the columns of what is added to it.
            if (Append && File.Exists(file))
            {
                using var reader = new StreamReader(file, Encoding);
                Columns = CsvText.Read(reader, Delimiter);
            }

            FileMode mode = Append ? FileMode.Append : NoClobber ? FileMode.CreateNew : FileMode.Create;
            _writer = new StreamWriter(new FileStream(file, mode, FileAccess.Write, FileShare.Read), Encoding);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(new ErrorRecord(e, "FileOpenFailure", ErrorCategory.OpenError, file));
        }
    }

    private protected override void WriteLine(string line) => _writer?.WriteLine(line);
}
