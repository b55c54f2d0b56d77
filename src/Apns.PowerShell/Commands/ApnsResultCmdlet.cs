using System.Collections;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>What the cmdlets that look at results share: they take results, and lists of them, one by one.</summary>
public abstract class ApnsResultCmdlet : ApnsCmdlet
{
    /// <summary>Takes an input: a result, or a list of them. What is none is an error of its own, and the rest goes on.</summary>
    private protected void TakeInput(PSObject? input)
    {
        switch (input?.BaseObject)
        {
            case IApnsResult result:
                Take(result, input);
                break;
            case IList list:
                foreach (object? item in list) TakeInput(item is null ? null : PSObject.AsPSObject(item));
                break;
            default:
                WriteError(ErrorRecords.NoResult(input));
                break;
        }
    }

    /// <summary>Takes a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="input">As it came, with what scripts may have added to it.</param>
    private protected abstract void Take(IApnsResult result, PSObject input);
}
