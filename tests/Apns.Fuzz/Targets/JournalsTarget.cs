using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Apns.Client;

namespace Apns.Fuzz;

/// <summary>
/// A journal's file, as it is and with its checksums made good, so that what is behind them is reached: it is read, or
/// refused with the journal's own errors, and claims no input that is not in it.
/// </summary>
internal sealed class JournalsTarget : FuzzTarget
{
    // Of an input: a token of no byte, and the id.
    private const int ShortestBegin = 18;

    // In a block's header: docs/journal.md.
    private const int TimeAt = 8;

    // In memory where there is such a folder: on a disk, its speed would be all there is to see.
    private readonly string _path = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"apns-fuzz-{Guid.NewGuid():n}.journal");

    public override string Name => "journals";

    public override void Run(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        try
        {
            Read(bytes);
            Seal(bytes);
            Read(bytes);
        }
        finally
        {
            File.Delete(_path);
        }
    }

    private static void Seal(byte[] file)
    {
        if (file.Length < JournalFormat.HeaderLength) return;
        JournalFormat.WriteHeader(file.AsSpan(0, JournalFormat.HeaderLength), JournalFormat.FingerprintOf(file).ToArray(), JournalFormat.NotificationOf(file));
        for (int at = JournalFormat.HeaderLength; JournalFormat.BlockLength(file.AsSpan(at)) is > 0 and int length && at + length <= file.Length; at += length)
        {
            // A time that no date can hold stays as it is, checksum and all.
            Span<byte> block = file.AsSpan(at, length);
            long time = BinaryPrimitives.ReadInt64LittleEndian(block[TimeAt..]);
            if (time is >= -62_135_596_800_000 and < 253_402_300_800_000) JournalFormat.SealBlock(block, at, JournalFormat.TimeOf(block));
        }
    }

    private void Read(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        try
        {
            ApnsJournalSummary summary = ApnsJournal.Read(_path);
            List<ApnsResult> results = [.. ApnsJournal.ReadResults(_path)];
            Promise(results.Count == summary.Inputs, "each input has its result");
            Promise(summary.Inputs * ShortestBegin <= bytes.Length, "no input is claimed that has no room in the file");
            Promise(summary.TornBytes >= 0 && summary.TornBytes <= bytes.Length, "no more is torn than there is");
            Promise(summary.Delivered >= 0 && summary.Rejected >= 0 && summary.Unknown >= 0 && summary.NotSent >= 0 && summary.Unfinished >= 0, "there are no fewer than none");
            Promise(summary.Inputs == summary.Delivered + summary.Rejected + summary.Unknown + summary.NotSent + summary.Unfinished, "each input is counted once");
            Promise(results.Count(static result => result.Outcome == ApnsOutcome.Delivered) == summary.Delivered, "as many were delivered as have such a result");
            Resume(bytes, summary);
        }
        catch (ApnsException e)
        {
            Promise(e.Kind is ApnsErrorKind.JournalDamaged or ApnsErrorKind.JournalFailed, "it is told that the journal is at fault");
            Promise(File.ReadAllBytes(_path).AsSpan().SequenceEqual(bytes), "a journal that is refused is left as it is");
        }
    }

    /// <summary>What is cut off when a run goes on was torn, and the rest says the same as before.</summary>
    private void Resume(byte[] bytes, ApnsJournalSummary summary)
    {
        using (JournalFile file = JournalFile.OpenToWrite(_path, JournalFormat.FingerprintOf(bytes).ToArray(), 0))
        {
            Promise(file.Cut(JournalContents.Read(file).Length) == summary.TornBytes, "what was torn is cut off");
        }

        ApnsJournalSummary again = ApnsJournal.Read(_path);
        Promise((again.Inputs, again.Delivered, again.Unfinished, again.TornBytes) == (summary.Inputs, summary.Delivered, summary.Unfinished, 0), "nothing else is");
    }
}
