using System.Collections.ObjectModel;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>A script block that finds a parameter's value for each input, as PowerShell's delay-bind has it.</summary>
internal static class InputScript
{
    /// <summary>What it puts out for an input, which is <c>$_</c> there.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: it failed.</exception>
    public static object? Evaluate(string parameter, ScriptBlock script, PSObject? input)
    {
        try
        {
            Collection<PSObject> output = script.InvokeWithContext(null, [new PSVariable("_", input)]);
            return output.Count switch
            {
                0 => null,
                1 => output[0],
                _ => output,
            };
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            throw new ApnsException(ApnsErrorKind.InvalidNotification, $"-{parameter}: the script block failed: {e.Message}", e);
        }
    }
}
