using System;
using System.Collections.Generic;

namespace Apns.Client;

/// <summary>Reads journals, which <see cref="ApnsBatchOptions.Journal"/> writes. Thread-safe.</summary>
public static class ApnsJournal
{
    /// <summary>Sums up a journal.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it says of all runs together.</returns>
    /// <exception cref="ApnsException">It cannot be read, is no journal, is damaged, or a run has it.</exception>
    public static ApnsJournalSummary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using JournalFile file = JournalFile.OpenToRead(path);
        JournalContents contents = JournalContents.Read(file);
        long[] outcomes = new long[4];
        var reasons = new SortedDictionary<string, long>(StringComparer.Ordinal);
        long ended = 0;
        foreach (((ApnsOutcome outcome, string? reason), long count) in contents.Ended)
        {
            ended += count;
            outcomes[(int)outcome] += count;
            if (reason is not null && count > 0) reasons[reason] = reasons.GetValueOrDefault(reason) + count;
        }

        return new ApnsJournalSummary
        {
            Path = path,
            Notification = string.IsNullOrEmpty(contents.What) ? null : contents.What,
            Runs = contents.Runs,
            Started = contents.FirstTime,
            Ended = contents.LastTime,
            Inputs = contents.Inputs,
            Delivered = outcomes[(int)ApnsOutcome.Delivered],
            Rejected = outcomes[(int)ApnsOutcome.Rejected],
            Unknown = outcomes[(int)ApnsOutcome.Unknown],
            NotSent = outcomes[(int)ApnsOutcome.NotSent],
            Unfinished = contents.Inputs - ended,
            PossibleDuplicates = contents.PossibleDuplicates,
            Reasons = reasons,
            Rate = contents.Active > TimeSpan.Zero ? contents.Results / contents.Active.TotalSeconds : null,
            TornBytes = file.Length - contents.Length,
        };
    }

    /// <summary>
    /// The last result of each input, in the order in which they came. An input that was begun and has none is
    /// <see cref="ApnsOutcome.Unknown"/>. The token is in lower-case hexadecimal; objects and notifications are not
    /// journalled.
    /// </summary>
    /// <param name="path">The file, which is held open while the results are read.</param>
    /// <returns>As many results as the journal has inputs.</returns>
    /// <exception cref="ApnsException">It cannot be read, is no journal, is damaged, or a run has it.</exception>
    public static IEnumerable<ApnsResult> ReadResults(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Results(path);
    }

    private static IEnumerable<ApnsResult> Results(string path)
    {
        using JournalFile file = JournalFile.OpenToRead(path);
        JournalContents contents = JournalContents.Read(file, forResults: true);
        var reader = new JournalReader(file);
        var results = new List<ApnsResult>();
        long index = 0;
        for (long at = reader.Position; reader.TryRead(out ReadOnlySpan<byte> block); at = reader.Position)
        {
            results.Clear();
            AddResults(file, contents, block, at, index, results);
            index += results.Count;
            foreach (ApnsResult result in results) yield return result;
        }
    }

    /// <summary>Adds the results of a block that no later one replaced, and the inputs without one that it began.</summary>
    private static void AddResults(JournalFile file, JournalContents contents, ReadOnlySpan<byte> block, long offset, long index, List<ApnsResult> results)
    {
        ReadOnlySpan<byte> records = block[JournalFormat.BlockHeaderLength..];
        DateTimeOffset time = JournalFormat.TimeOf(block);
        while (!records.IsEmpty)
        {
            long at = offset + block.Length - records.Length;
            switch (JournalContents.KindOf(records))
            {
                case JournalRecordKind.Begin:
                    BeginRecord open = BeginRecord.Read(ref records);
                    if (contents.IsUnfinished(at)) results.Add(Result(index + results.Count, open, new EndRecord { Outcome = ApnsOutcome.Unknown, Advice = ApnsAdvice.Retry, Attempts = open.Attempts + 1 }, null));
                    break;
                case JournalRecordKind.End:
                    EndRecord end = EndRecord.Read(ref records);
                    BeginRecord begin = file.ReadBegin(at - end.Back);
                    if (contents.IsLast(at)) results.Add(Result(index + results.Count, begin, end, time));
                    break;
                default:
                    RunRecord.Read(ref records);
                    break;
            }
        }
    }

    private static ApnsResult Result(long index, in BeginRecord begin, in EndRecord end, DateTimeOffset? time)
    {
        string token = Convert.ToHexStringLower(begin.Token);
        return new ApnsResult
        {
            Index = index,
            InputObject = token,
            Token = token,
            Outcome = end.Outcome,
            Status = end.Status,
            Reason = end.Reason,
            ApnsId = begin.ApnsId,
            UniqueId = end.UniqueId,
            InvalidSince = ResultBuilder.InvalidSince(end.InvalidSinceMilliseconds),
            Attempts = end.Attempts,
            PossibleDuplicate = end.PossibleDuplicate,
            Skipped = true,
            Duration = TimeSpan.FromTicks(end.Duration),
            Time = time,
            Advice = end.Advice,
            Error = end.Outcome switch
            {
                ApnsOutcome.Delivered => null,
                ApnsOutcome.Unknown => "No answer is known.",
                ApnsOutcome.NotSent => "It was not sent.",
                _ => ApnsReason.For(end.Status, end.Reason).Remedy,
            },
        };
    }
}
