using System;
using System.Collections.Generic;

namespace Apns.Client;

/// <summary>What a journal says of its runs together. Immutable.</summary>
public sealed class ApnsJournalSummary
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>What the last run sent, where it was one notification for all: push type and payload.</summary>
    public string? Notification { get; init; }

    /// <summary>Runs that had the journal.</summary>
    public int Runs { get; init; }

    /// <summary>When the first run began; null where nothing is in the journal.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When the last record was written.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Inputs that were begun; those found bad before sending are not journalled.</summary>
    public long Inputs { get; init; }

    /// <summary>Inputs whose last result is <see cref="ApnsOutcome.Delivered"/>.</summary>
    public long Delivered { get; init; }

    /// <summary>Inputs whose last result is <see cref="ApnsOutcome.Rejected"/>.</summary>
    public long Rejected { get; init; }

    /// <summary>Inputs whose last result is <see cref="ApnsOutcome.Unknown"/>.</summary>
    public long Unknown { get; init; }

    /// <summary>Inputs whose last result is <see cref="ApnsOutcome.NotSent"/>.</summary>
    public long NotSent { get; init; }

    /// <summary>Inputs that were begun and have no result: the next run sends them again, with a mark.</summary>
    public long Unfinished { get; init; }

    /// <summary>Inputs whose last result is marked <see cref="ApnsResult.PossibleDuplicate"/>.</summary>
    public long PossibleDuplicates { get; init; }

    /// <summary>How many inputs have which reason.</summary>
    public required IReadOnlyDictionary<string, long> Reasons { get; init; }

    /// <summary>Results a second, over the time that the runs took; null where that is too short to tell.</summary>
    public double? Rate { get; init; }

    /// <summary>Bytes of an unfinished record at the end: the last run ended while it wrote them, and the next cuts them off.</summary>
    public long TornBytes { get; init; }

    /// <summary>Inputs and outcomes in one line.</summary>
    /// <returns>For example <c>run.journal: 10 inputs, 8 delivered, 1 unfinished</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"{System.IO.Path.GetFileName(Path)}: {Inputs} inputs, {Delivered} delivered, {Unfinished} unfinished");
}
