using System.Collections.Generic;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>All that a script put out.</summary>
internal sealed record EngineResult(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    ErrorRecord? Failure,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<string> Debug,
    IReadOnlyList<ProgressRecord> Progress,
    string HostText)
{
    /// <summary>Fails if there was any error.</summary>
    public EngineResult Clean()
    {
        Assert.True(Failure is null, $"{Failure?.FullyQualifiedErrorId}: {Failure} {Failure?.ScriptStackTrace}");
        Assert.True(Errors.Count == 0, Errors.Count == 0 ? "" : $"{Errors[0].FullyQualifiedErrorId}: {Errors[0]}");
        return this;
    }
}
