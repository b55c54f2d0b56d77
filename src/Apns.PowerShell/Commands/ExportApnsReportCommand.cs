using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using Apns.Client;
using Apns.PowerShell.Report;

namespace Apns.PowerShell.Commands;

/// <summary>Makes a page of HTML of results or of a journal, to look at in a browser.</summary>
[Cmdlet(VerbsData.Export, "ApnsReport", DefaultParameterSetName = ResultSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportApnsReportCommand : ApnsResultCmdlet
{
    private const string ResultSet = "Result";
    private const string JournalSet = "Journal";

    private readonly ReportData _data = new();
    private readonly List<(string, string)> _settings = [];
    private ApnsSession? _session;
    private bool _sent;
    private ApnsJournalSummary? _journal;
    private string? _file;

    /// <summary>The results, of Send-ApnsNotification, Send-ApnsBroadcast or Get-ApnsJournal -Result.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ResultSet)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The journal to report on, instead of results.</summary>
    [Parameter(Mandatory = true, ParameterSetName = JournalSet)]
    [ValidateNotNullOrEmpty]
    public string? Journal { get; set; }

    /// <summary>The file to write, usually .html; one that is there is overwritten.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The page's title.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = "Notification report";

    /// <summary>The session whose settings the page tells, or its name; left out, the runspace's default, unless all results are a journal's.</summary>
    [Parameter]
    [SessionTransformation]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [ValidateNotNull]
    public ApnsSession? Session { get; set; }

    /// <summary>Overwrites a file that is read-only, too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Overwrites no file.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Puts out the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // What stands in the way is said before millions are sent, not after.
        string file = FullPath(Path);
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(file))) ThrowTerminatingError(ErrorRecords.CannotWrite(file, new DirectoryNotFoundException($"There is no folder '{System.IO.Path.GetDirectoryName(file)}'.")));
        if (NoClobber && File.Exists(file)) ThrowTerminatingError(ErrorRecords.FileExists(file));
        if (ShouldProcess(file, "Export report")) _file = file;
        _session = Session ?? RunspaceResources.Current.DefaultSession;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Journal is null) TakeInput(InputObject);
        else if (_file is not null) TakeJournal(FullPath(Journal));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        TellStrangers();
        if (_file is null) return;
        if (_session is not null && (_sent || Session is not null)) _settings.AddRange(ReportSettings.Of(_session));
        if (_journal is not null) _settings.AddRange(ReportSettings.Of(_journal));
        var page = new ReportPage(Title, _data, _settings) { Rate = _journal?.Rate };
        try
        {
            if (Force && File.Exists(_file)) File.SetAttributes(_file, File.GetAttributes(_file) & ~FileAttributes.ReadOnly);
            using var stream = new FileStream(_file, NoClobber ? FileMode.CreateNew : FileMode.Create, FileAccess.Write);
            page.Save(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            ThrowTerminatingError(ErrorRecords.CannotWrite(_file, e));
        }

        if (PassThru) WriteObject(new FileInfo(_file));
    }

    private protected override void Take(IApnsResult result, PSObject input)
    {
        _data.Add(result);

        // Those of a journal may be of another session.
        if (result is not ApnsResult { Skipped: true }) _sent = true;
    }

    private void TakeJournal(string file)
    {
        try
        {
            _journal = ApnsJournal.Read(file);
            foreach (ApnsResult result in ApnsJournal.ReadResults(file)) _data.Add(result);
        }
        catch (ApnsException e)
        {
            ThrowTerminatingError(e.ToErrorRecord(file));
        }
    }
}
