using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>What the cmdlets for broadcast channels share: the session, the app, and how they ask.</summary>
public abstract class ApnsChannelCmdlet : ApnsCmdlet
{
    /// <summary>The app's bundle id; left out, the session's topic.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? BundleId { get; set; }

    /// <summary>The session, or its name; left out, the runspace's default.</summary>
    [Parameter]
    [SessionTransformation]
    [ValidateNotNull]
    public ApnsSession? Session { get; set; }

    /// <summary>The app that is meant.</summary>
    private protected string App => ChooseBundleId(BundleId, ChooseSession(Session));

    /// <summary>Waits for an answer about channels; a refusal becomes an error record, whose id is APNs's reason.</summary>
    /// <returns>Whether it came.</returns>
    private protected bool TryAsk<T>(Func<ApnsChannels, Task<T>> ask, object? target, out T? answer)
    {
        answer = default;
        try
        {
            answer = ask(ChooseSession(Session).Client.Channels).GetAwaiter().GetResult();
            return true;
        }
        catch (ApnsException e)
        {
            WriteError(ErrorRecords.ChannelRefused(e, target));
        }
        catch (OperationCanceledException) when (Stopping)
        {
            // Ctrl+C: nobody waits any more.
        }

        return false;
    }
}
