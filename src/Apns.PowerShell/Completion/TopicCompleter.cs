using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Apns.PowerShell;

/// <summary>Completes the topics in use: those of this runspace's open sessions and of their certificates.</summary>
public sealed class TopicCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(
            RunspaceResources.Current.Sessions
                .SelectMany(static session => (session.Topics ?? []).Prepend(session.Topic).OfType<string>())
                .Distinct(StringComparer.Ordinal),
            wordToComplete);
}
