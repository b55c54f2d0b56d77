using System;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>
/// Takes inputs apart into whom to send to, and what there is to bind for each: plain ids, and objects that have them
/// where PowerShell's binder does not look.
/// </summary>
/// <param name="isMissing">Whether the id that was bound is only what PowerShell makes of the whole input.</param>
/// <param name="find">The ids that such an input has; null is a blank one.</param>
/// <param name="bind">Finds out what to send for an input; gives back what is wrong with it, or null.</param>
/// <param name="submit">Sends to one id, or makes the result of an input with which something is wrong.</param>
internal sealed class InputReader(Func<string, PSObject?, bool> isMissing, Func<PSObject, string?[]> find, Func<PSObject?, ApnsException?> bind, Action<string?, ApnsException?> submit)
{
    /// <summary>Takes the input at hand: at least one submission for each input of a pipeline.</summary>
    /// <param name="ids">The ids that PowerShell found.</param>
    /// <param name="input">The object they were taken from; null when they were given as an argument.</param>
    /// <param name="piped">Whether the cmdlet has its input from a pipeline.</param>
    /// <param name="eachApart">Whether ids given as an argument are to be bound one by one, as what script blocks look at.</param>
    public void Take(string?[]? ids, PSObject? input, bool piped, bool eachApart)
    {
        // $null and an empty array from the pipeline are one blank input, so that it has its one result.
        if (ids is null || (ids.Length == 0 && piped)) submit(null, bind(input));
        else if (ids is [{ } text] && isMissing(text, input)) TakeRow(input!);
        else if (input is null && eachApart) TakeEach(ids);
        else TakeAll(ids, bind(input));
    }

    private void TakeAll(string?[] ids, ApnsException? wrong)
    {
        foreach (string? id in ids) submit(id, wrong);
    }

    private void TakeEach(string?[] ids)
    {
        foreach (string? id in ids) submit(id, bind(id is null ? null : PSObject.AsPSObject(id)));
    }

    private void TakeRow(PSObject row)
    {
        string?[] ids;
        try
        {
            ids = find(row);
        }
        catch (ApnsException e)
        {
            submit(null, e);
            return;
        }

        TakeAll(ids, bind(row));
    }
}
