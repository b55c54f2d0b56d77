using System;
using System.Management.Automation;
using System.Threading;

namespace Apns.PowerShell.Commands;

/// <summary>
/// What all cmdlets of the module share: a token that Ctrl+C cancels. StopProcessing runs on another thread and may
/// race with Dispose, so it cancels and nothing else.
/// </summary>
public abstract class ApnsCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Cancelled when the pipeline is stopped.</summary>
    private protected CancellationToken StoppingToken => _stopping.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds. It is the only end of a cmdlet that always comes.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        // The source is left to the collector: a late StopProcessing may still cancel it.
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>A path as the session sees it, relative ones against its location; one that is no file's ends the pipeline.</summary>
    private protected string FullPath(string path)
    {
        string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        if (!IsFileSystem(provider)) ThrowTerminatingError(ErrorRecords.NoFile(path));
        return file;
    }

    private protected static bool IsFileSystem(ProviderInfo provider) => provider.Name == "FileSystem";

    /// <summary>The session to use: the one given, or the runspace's default; that there is none ends the pipeline.</summary>
    private protected ApnsSession ChooseSession(ApnsSession? given)
    {
        ApnsSession? session = given ?? RunspaceResources.Current.DefaultSession;
        if (session is null) ThrowTerminatingError(ErrorRecords.NotConnected);
        if (session!.State == ApnsSessionState.Closed) ThrowTerminatingError(ErrorRecords.SessionClosed(session));
        return session;
    }
}
