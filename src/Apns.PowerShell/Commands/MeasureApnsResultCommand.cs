using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>Sums up results as they pass, whatever their number.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "ApnsResult")]
[OutputType(typeof(ApnsResultSummary), typeof(ApnsResult), typeof(ApnsBroadcastResult))]
public sealed class MeasureApnsResultCommand : ApnsResultCmdlet
{
    private readonly ApnsResultMeter _meter = new();

    /// <summary>The results, of Send-ApnsNotification, Send-ApnsBroadcast or Get-ApnsJournal -Result.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Puts out each result as it comes; the summary is told on the information stream, or kept in -SummaryVariable.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The name of a variable, without the dollar sign, that gets the summary.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SummaryVariable { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => TakeInput(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        TellStrangers();
        ApnsResultSummary summary = _meter.ToSummary();
        if (SummaryVariable is not null) SessionState.PSVariable.Set(SummaryVariable, summary);

        // Among the results it would be a stranger to what comes after.
        if (!PassThru) WriteObject(summary);
        else if (SummaryVariable is null) WriteInformation(new HostInformationMessage { Message = summary.ToString() }, ["PSHOST"]);
    }

    private protected override void Take(IApnsResult result, PSObject input)
    {
        _meter.Add(result);
        if (PassThru) WriteObject(input);
    }
}
