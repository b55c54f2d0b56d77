using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Apns.PowerShell;

/// <summary>Completes the names of an enumeration for parameters that take script blocks too, and so are not of its type.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class ChoiceCompleter<T> : IArgumentCompleter
    where T : struct, Enum
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(Enum.GetNames<T>(), wordToComplete);
}
