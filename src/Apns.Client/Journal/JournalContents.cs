using System;
using System.Collections.Generic;

namespace Apns.Client;

/// <summary>What a journal's file says, read once from its beginning.</summary>
internal sealed class JournalContents
{
    private readonly JournalFile _file;
    private readonly JournalHash _hash = new();

    // By the offset of their begin; bounded by what can be in flight at once, and what runs left so when they were killed.
    private readonly Dictionary<long, JournalKey> _inFlight = [];
    private readonly Dictionary<(ApnsOutcome Outcome, string? Reason), long> _ended = [];

    // Ends that a later run replaced, in order once all is read.
    private readonly List<long>? _replaced;

    private JournalContents(JournalFile file, bool forResults)
    {
        _file = file;
        if (forResults) _replaced = [];
    }

    public JournalIndex Index { get; } = new();

    /// <summary>Inputs that were begun.</summary>
    public long Inputs { get; private set; }

    /// <summary>How the inputs ended that have, each by its last result.</summary>
    public IReadOnlyDictionary<(ApnsOutcome Outcome, string? Reason), long> Ended => _ended;

    /// <summary>Those among them that may have been processed twice.</summary>
    public long PossibleDuplicates { get; private set; }

    /// <summary>Results, those included that another run replaced.</summary>
    public long Results { get; private set; }

    public int Runs { get; private set; }

    public DateTimeOffset? FirstTime { get; private set; }

    public DateTimeOffset? LastTime { get; private set; }

    /// <summary>How long the runs took together.</summary>
    public TimeSpan Active { get; private set; }

    /// <summary>What the last run sent, for people.</summary>
    public string? What { get; private set; }

    /// <summary>Where the last whole block ends.</summary>
    public long Length { get; private set; }

    /// <summary>The kind of the record that these bytes begin with.</summary>
    public static JournalRecordKind KindOf(ReadOnlySpan<byte> records) => (JournalRecordKind)(records[0] & 7);

    /// <summary>The key of an input.</summary>
    public JournalKey KeyOf(ReadOnlySpan<byte> token, ulong notification, long occurrence) => _hash.Of(token, notification, occurrence);

    /// <summary>Reads it. What a run was killed over at the end is left out.</summary>
    /// <param name="file">The journal.</param>
    /// <param name="forResults">Whether <see cref="IsLast"/> will be asked; it takes 8 bytes for each result that was replaced.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.JournalDamaged"/>: it is damaged before its end. <see cref="ApnsErrorKind.JournalFailed"/>: it cannot be read.</exception>
    public static JournalContents Read(JournalFile file, bool forResults = false)
    {
        var contents = new JournalContents(file, forResults);
        contents.ReadBlocks();
        contents._replaced?.Sort();
        return contents;
    }

    /// <summary>Whether the begin at an offset is of an input that has no result since.</summary>
    public bool IsUnfinished(long at) => _inFlight.ContainsKey(at);

    /// <summary>Whether the end at an offset is the last of its input.</summary>
    public bool IsLast(long at) => _replaced!.BinarySearch(at) < 0;

    private void ReadBlocks()
    {
        var reader = new JournalReader(_file);
        long offset = Length = reader.Position;
        for (; reader.TryRead(out ReadOnlySpan<byte> block); offset = Length = reader.Position)
        {
            try
            {
                ReadBlock(block, offset);
            }
            catch (Exception e) when (e is ArgumentException or OverflowException or KeyNotFoundException)
            {
                throw Damaged(offset, "which is whole but makes no sense");
            }
        }

        if (reader.Find()) throw Damaged(offset, $"and whole again at byte {reader.Position}");
    }

    private void ReadBlock(ReadOnlySpan<byte> block, long offset)
    {
        ReadOnlySpan<byte> records = block[JournalFormat.BlockHeaderLength..];
        Note(JournalFormat.TimeOf(block), startsRun: KindOf(records) == JournalRecordKind.Run);
        while (!records.IsEmpty)
        {
            long at = offset + block.Length - records.Length;
            switch (KindOf(records))
            {
                case JournalRecordKind.Begin:
                    Take(BeginRecord.Read(ref records), at);
                    break;
                case JournalRecordKind.End:
                    Take(EndRecord.Read(ref records), at);
                    break;
                case JournalRecordKind.Run:
                    Runs++;
                    What = RunRecord.Read(ref records);
                    break;
                default:
                    throw new KeyNotFoundException();
            }
        }
    }

    private void Note(DateTimeOffset time, bool startsRun)
    {
        if (!startsRun && time > LastTime) Active += time - LastTime.Value;
        FirstTime ??= time;
        LastTime = time;
    }

    private void Take(in BeginRecord record, long at)
    {
        ulong notification = record.Notification == 0 ? _file.Notification : record.Notification;
        JournalKey key = KeyOf(record.Token, notification, record.Occurrence ?? Occurrences(record.Token, notification));
        ref JournalEntry entry = ref Index.GetOrAdd(key);
        switch (entry.State)
        {
            case JournalState.None:
                Inputs++;
                break;
            case JournalState.InFlight:
                _inFlight.Remove(entry.Value);
                break;
            default:
                Count(_file.ReadEnd(entry.Value), -1);
                _replaced?.Add(entry.Value);
                break;
        }

        entry.Set(JournalState.InFlight, at);
        _inFlight.Add(at, key);
    }

    private void Take(in EndRecord record, long at)
    {
        if (!_inFlight.Remove(at - record.Back, out JournalKey key)) throw new KeyNotFoundException();
        Index.GetOrAdd(key).Set(record.IsToBeRepeated ? JournalState.Again : JournalState.Done, at);
        Count(record, 1);
        Results++;
    }

    private void Count(in EndRecord record, int one)
    {
        (ApnsOutcome, string?) kind = (record.Outcome, record.Reason);
        _ended[kind] = _ended.GetValueOrDefault(kind) + one;
        if (record.PossibleDuplicate) PossibleDuplicates += one;
    }

    /// <summary>How many inputs with the same token and notification there are so far: all below are known, and none above.</summary>
    private long Occurrences(ReadOnlySpan<byte> token, ulong notification)
    {
        long known = -1;
        long unknown = 0;
        while (IsKnown(token, notification, unknown)) (known, unknown) = (unknown, (2 * unknown) + 1);
        while (unknown - known > 1)
        {
            long middle = (known + unknown) / 2;
            if (IsKnown(token, notification, middle)) known = middle;
            else unknown = middle;
        }

        return unknown;
    }

    private bool IsKnown(ReadOnlySpan<byte> token, ulong notification, long occurrence) =>
        Index.Get(KeyOf(token, notification, occurrence)).State != JournalState.None;

    private ApnsException Damaged(long offset, string how) => new(
        ApnsErrorKind.JournalDamaged,
        $"The journal '{_file.Path}' is damaged at byte {offset}, {how}. Take it from a backup; or cut it to {offset} bytes, and what was sent after that is sent again without a mark.");
}
