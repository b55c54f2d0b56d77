using System;
using System.Management.Automation;
using System.Threading.Tasks;

namespace Apns.PowerShell.Commands;

/// <summary>Waits for the answers still to come, says goodbye, and closes sessions. Closing twice does no harm.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Apns", SupportsShouldProcess = true)]
public sealed class DisconnectApnsCommand : ApnsCmdlet
{
    /// <summary>The sessions, or their names; left out, the runspace's default session.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SessionTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public ApnsSession[]? Session { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        ApnsSession[] sessions = Session ?? (RunspaceResources.Current.DefaultSession is { } session ? [session] : []);
        Task[] closing = Array.ConvertAll(
            Array.FindAll(sessions, s => ShouldProcess(s.Name, "Disconnect")),
            static s => s.CloseAsync());
        try
        {
            Task.WaitAll(closing, StoppingToken);
        }
        catch (OperationCanceledException) when (Stopping)
        {
            // Ctrl+C: the sessions go on closing by themselves.
        }
    }
}
