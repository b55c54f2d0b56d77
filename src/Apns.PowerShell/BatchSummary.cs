using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>Counts results as they pass, and says at the end what needs attention.</summary>
internal sealed class BatchSummary
{
    private readonly Dictionary<string, long> _problems = new(StringComparer.Ordinal);
    private string? _example;
    private long _dead;

    public long Total { get; private set; }

    public long Delivered { get; private set; }

    public long Rejected { get; private set; }

    public long Unknown { get; private set; }

    /// <summary>All that was not delivered.</summary>
    public long NotDelivered => Total - Delivered;

    public void Add(ApnsResult result)
    {
        Total++;
        if (result.Outcome == ApnsOutcome.Delivered)
        {
            Delivered++;
            return;
        }

        if (result.Outcome == ApnsOutcome.Rejected) Rejected++;
        if (result.Outcome == ApnsOutcome.Unknown) Unknown++;

        // A dead token is news, not a problem: the advice says what to do with it.
        if (result.Advice == ApnsAdvice.Drop)
        {
            _dead++;
            return;
        }

        string problem = result.Reason is null ? result.Outcome.ToString() : $"{result.Outcome} {result.Reason}";
        _problems[problem] = _problems.GetValueOrDefault(problem) + 1;
        _example ??= result.Error;
    }

    /// <summary>One line on what was neither delivered nor a dead token, or null.</summary>
    public string? Describe()
    {
        if (_problems.Count == 0) return null;
        long count = 0;
        var list = new StringBuilder();
        foreach ((string problem, long times) in _problems)
        {
            count += times;
            if (list.Length > 0) list.Append(", ");
            list.Append(CultureInfo.InvariantCulture, $"{times:N0} {problem}");
        }

        string verb = count == 1 ? "was" : "were";
        string dead = _dead == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", besides {_dead:N0} to dead tokens");
        return string.Create(CultureInfo.InvariantCulture, $"{count:N0} of {Total:N0} notifications {verb} not delivered ({list}){dead}. The first: {_example}");
    }
}
