using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Apns.PowerShell;

/// <summary>Completes the values that are usual for a parameter which takes others too.</summary>
public sealed class UsualValueCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(Values(parameterName), wordToComplete);

    private static string[] Values(string parameter) => parameter switch
    {
        "Priority" => ["10", "5", "1"],
        "Port" => ["443", "2197"],
        "Sound" => ["default"],
        _ => [],
    };
}
