using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Apns.PowerShell;

/// <summary>
/// Completes the ids of signing keys by the names that Apple gives their files, AuthKey_&lt;key id&gt;.p8: of the file that
/// -KeyPath names, or of those in the current location.
/// </summary>
public sealed class KeyIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string? path = ScriptValues.Unwrap(fakeBoundParameters["KeyPath"]) as string;
        IEnumerable<string> files = path is null ? Files() : [path];
        return Completion.Of(files.Select(KeyFile.IdOf).OfType<string>().Order(StringComparer.Ordinal), wordToComplete);
    }

    private static string[] Files()
    {
        // A completer is given no session state, and the runspace's own is busy with the completion.
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        string location = shell.AddScript("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath").Invoke<string>()[0];
        try
        {
            return Directory.GetFiles(location, $"{KeyFile.Prefix}*.p8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
