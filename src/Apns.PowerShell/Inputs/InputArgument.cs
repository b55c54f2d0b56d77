using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>A parameter's argument: a value that is the same for all inputs, or a script block that finds it for each.</summary>
/// <param name="parameter">The parameter's name.</param>
/// <param name="value">What the command line gives.</param>
internal sealed class InputArgument(string parameter, object? value)
{
    private readonly ScriptBlock? _script = ScriptValues.Unwrap(value) as ScriptBlock;

    /// <summary>Whether there is nothing to be had without an input.</summary>
    public bool NeedsInput => _script is not null;

    /// <summary>The value for an input.</summary>
    /// <exception cref="Client.ApnsException"><see cref="Client.ApnsErrorKind.InvalidNotification"/>: the script block failed.</exception>
    public object? For(PSObject? input) => _script is null ? value : InputScript.Evaluate(parameter, _script, input);
}
