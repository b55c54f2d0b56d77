using System;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>What a cmdlet tells of connections while it runs: with -Verbose what happens to them, with -Debug their frames.</summary>
internal sealed class ConnectionTrace : IDisposable
{
    private readonly PSCmdlet _cmdlet;
    private readonly FrameLog? _frames;
    private readonly bool _verbose;
    private ApnsConnectionLog? _log;

    public ConnectionTrace(PSCmdlet cmdlet)
    {
        _cmdlet = cmdlet;
        _verbose = Wants("Verbose", "VerbosePreference");
        if (Wants("Debug", "DebugPreference")) _frames = new FrameLog();
    }

    /// <summary>Follows a session's connections, if anybody wants to know.</summary>
    public void Follow(ApnsSession session)
    {
        if (_verbose) _log = session.Client.StartLog();
    }

    /// <summary>Writes what has come; on the pipeline's thread.</summary>
    public void Write()
    {
        while (_log is not null && _log.TryTake(out string? message)) _cmdlet.WriteVerbose(message);
        while (_frames is not null && _frames.TryTake(out string? frame)) _cmdlet.WriteDebug(frame);
    }

    /// <summary>Listens no longer; what has come can still be written.</summary>
    public void Dispose()
    {
        _log?.Dispose();
        _frames?.Dispose();
    }

    private bool Wants(string parameter, string preference) =>
        _cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? given)
            ? LanguagePrimitives.IsTrue(given)
            : LanguagePrimitives.TryConvertTo(_cmdlet.GetVariableValue(preference), out ActionPreference action) && action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
}
