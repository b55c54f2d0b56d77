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
    [ArgumentCompleter(typeof(TopicCompleter))]
    public string? BundleId { get; set; }

    /// <summary>The session, or its name; left out, the runspace's default.</summary>
    [Parameter]
    [SessionTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public ApnsSession? Session { get; set; }

    private ApnsSession ChannelSession
    {
        get
        {
            ApnsSession session = ChooseSession(Session);
            if (session.Client.Options.Simulator is not null) ThrowTerminatingError(ErrorRecords.NotWithSimulator("Simulators have no broadcast channels; connect to APNs, or to an emulator.", session));
            return session;
        }
    }

    /// <summary>The app that is meant: the one given, or the session's topic; that there is none ends the pipeline.</summary>
    private protected string App
    {
        get
        {
            ApnsSession session = ChannelSession;
            string? app = BundleId ?? session.Topic;
            if (app is null) ThrowTerminatingError(ErrorRecords.MissingBundleId(session));
            return app!;
        }
    }

    /// <summary>Waits for an answer about channels; a refusal becomes an error record, whose id is APNs's reason.</summary>
    /// <returns>Whether it came.</returns>
    private protected bool TryAsk<T>(Func<ApnsChannels, Task<T>> ask, object? target, out T? answer)
    {
        answer = default;
        try
        {
            answer = ask(ChannelSession.Client.Channels).GetAwaiter().GetResult();
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
