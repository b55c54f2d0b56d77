using System;
using System.Collections.Generic;
using System.Linq;
using Apns.Client;

namespace Apns.PowerShell.Report;

/// <summary>What kept notifications from being delivered.</summary>
/// <param name="Outcome">How they ended.</param>
/// <param name="Reason">Why; null where no reason was given.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Count">How many.</param>
/// <param name="Example">What the first of them says in words.</param>
internal sealed record Problem(ApnsOutcome Outcome, string? Reason, ApnsAdvice Advice, long Count, string? Example);

/// <summary>Counts what was not delivered by outcome, reason and advice.</summary>
internal sealed class Problems
{
    // Reasons come from the server, so there might be any number of them.
    private const int MaxKinds = 100;

    private readonly Dictionary<(ApnsOutcome Outcome, string? Reason, ApnsAdvice Advice), Problem> _kinds = [];

    /// <summary>The most frequent first.</summary>
    public IEnumerable<Problem> ByCount => _kinds.Values.OrderByDescending(static p => p.Count).ThenBy(static p => p.Reason, StringComparer.Ordinal).ThenBy(static p => p.Outcome);

    /// <summary>Counts a result that was not delivered.</summary>
    public void Add(IApnsResult result)
    {
        (ApnsOutcome, string?, ApnsAdvice) kind = (result.Outcome, result.Reason, result.Advice);
        if (_kinds.Count >= MaxKinds && !_kinds.ContainsKey(kind)) kind = (result.Outcome, "other", result.Advice);
        Problem problem = _kinds.GetValueOrDefault(kind) ?? new Problem(kind.Item1, kind.Item2, kind.Item3, 0, ErrorOf(result));
        _kinds[kind] = problem with { Count = problem.Count + 1 };
    }

    private static string? ErrorOf(IApnsResult result) => result switch
    {
        ApnsResult notification => notification.Error,
        ApnsBroadcastResult broadcast => broadcast.Error,
        _ => null,
    };
}
