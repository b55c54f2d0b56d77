using System;
using System.Management.Automation;

namespace Apns.PowerShell.Commands;

/// <summary>Changes how many connections sessions have, at once and while they send. Nothing is lost or sent twice by it.</summary>
[Cmdlet(VerbsCommon.Set, "ApnsSession", SupportsShouldProcess = true)]
[OutputType(typeof(ApnsSession))]
public sealed class SetApnsSessionCommand : ApnsCmdlet
{
    /// <summary>The sessions, or their names; left out, the runspace's default session.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SessionTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public ApnsSession[]? Session { get; set; }

    /// <summary>Connections to keep while there is work.</summary>
    [Parameter(Mandatory = true)]
    [ValidateRange(1, 256)]
    public int Connections { get; set; }

    /// <summary>Connections to grow to while notifications wait; left out, as many as -Connections.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int? MaxConnections { get; set; }

    /// <summary>Emits the sessions.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (ConnectionNumbers.Check(Connections, MaxConnections) is { } wrong) ThrowTerminatingError(wrong);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (ApnsSession session in Session ?? [ChooseSession(null)]) Change(session);
    }

    private void Change(ApnsSession session)
    {
        int max = MaxConnections ?? Connections;
        string action = max == Connections ? $"Set connections to {Connections}" : $"Set connections to {Connections}, growing to {max}";
        if (!ShouldProcess(session.Name, action)) return;
        try
        {
            session.Client.SetConnections(Connections, max);
            if (PassThru) WriteObject(session);
        }
        catch (ObjectDisposedException)
        {
            WriteError(ErrorRecords.SessionClosed(session));
        }
    }
}
