using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>What the cmdlets that look at results share: they take results, and lists of them, one by one.</summary>
public abstract class ApnsResultCmdlet : ApnsCmdlet
{
    private readonly Dictionary<string, long> _strangers = [];

    /// <summary>Takes an input: a result, or a list of them. The first of a type that is none is an error, and the rest goes on.</summary>
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
                string type = input is null ? "Null" : $"An object of type {input.TypeNames[0]}";
                if (_strangers.TryAdd(type, 0)) WriteError(ErrorRecords.NoResult(type, input));
                else _strangers[type]++;
                break;
        }
    }

    /// <summary>Says how many more there were that are no results.</summary>
    private protected void TellStrangers()
    {
        foreach ((string type, long more) in _strangers)
        {
            if (more > 0) WriteWarning(string.Create(CultureInfo.InvariantCulture, $"{type} is no result, and so it was {more:N0} more times."));
        }
    }

    /// <summary>Takes a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="input">As it came, with what scripts may have added to it.</param>
    private protected abstract void Take(IApnsResult result, PSObject input);
}
