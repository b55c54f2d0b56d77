using System.Collections.ObjectModel;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>Sums up journals of Send-ApnsNotification, or puts out the results in them.</summary>
[Cmdlet(VerbsCommon.Get, "ApnsJournal", DefaultParameterSetName = PathSet)]
[OutputType(typeof(ApnsJournalSummary), typeof(ApnsResult))]
public sealed class GetApnsJournalCommand : ApnsCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The files, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Puts out the last result of each input instead of a summary.</summary>
    [Parameter]
    public SwitchParameter Result { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in ParameterSetName == PathSet ? Path : LiteralPath)
        {
            try
            {
                Collection<string> files = FilesOf(path, out ProviderInfo provider);
                if (!IsFileSystem(provider))
                {
                    WriteError(ErrorRecords.NoFile(path));
                    continue;
                }

                foreach (string file in files) Read(file);
            }
            catch (SessionStateException e)
            {
                // No such file, drive or provider; the others are still read.
                WriteError(new ErrorRecord(e.ErrorRecord, e));
            }
        }
    }

    private Collection<string> FilesOf(string path, out ProviderInfo provider) =>
        ParameterSetName == PathSet ? GetResolvedProviderPathFromPSPath(path, out provider) : [SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _)];

    private void Read(string file)
    {
        try
        {
            if (Result) WriteResults(file);
            else WriteObject(ApnsJournal.Read(file));
        }
        catch (ApnsException e)
        {
            WriteError(e.ToErrorRecord(file));
        }
    }

    private void WriteResults(string file)
    {
        foreach (ApnsResult result in ApnsJournal.ReadResults(file)) WriteObject(result);
    }
}
