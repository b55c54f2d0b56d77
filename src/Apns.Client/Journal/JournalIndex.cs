using System;

namespace Apns.Client;

/// <summary>What the journal's file says of an input, or that this run has met it.</summary>
internal enum JournalState
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>This run has met the input's token and notification; the value counts the inputs that had them.</summary>
    Seen,

    /// <summary>It was begun, and no end is known; the value is where its begin is in the file.</summary>
    InFlight,

    /// <summary>It ended for good; the value is where its end is in the file.</summary>
    Done,

    /// <summary>It ended, and is to be sent again; the value is where its end is in the file.</summary>
    Again,
}

/// <summary>One input in the index: 16 bytes.</summary>
internal struct JournalEntry
{
    // 37 bits reach 128 GiB into a file; 24 bits of hash beside the 64, and the 12 that chose the table, leave no collisions.
    private const int StateShift = 37;
    private const int HashShift = 40;

    private readonly ulong _first;
    private ulong _rest;

    public JournalEntry(JournalKey key)
    {
        _first = key.First;
        _rest = key.Second << HashShift;
    }

    /// <summary>The largest value.</summary>
    public const long MaxValue = (1L << StateShift) - 1;

    public readonly ulong First => _first;

    public readonly JournalState State => (JournalState)((_rest >> StateShift) & 7);

    public readonly long Value => (long)(_rest & MaxValue);

    public readonly bool Is(JournalKey key) => _first == key.First && _rest >> HashShift == (key.Second & ((1UL << (64 - HashShift)) - 1));

    public void Set(JournalState state, long value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)value, (ulong)MaxValue, nameof(value));
        _rest = (_rest >> HashShift << HashShift) | ((ulong)state << StateShift) | (ulong)value;
    }
}

/// <summary>
/// Which inputs the journal knows: open addressing in many small tables, each growing by a quarter when it is full to
/// 85 %, so that an input takes 19 to 24 bytes however many there are, also while a table grows. Not thread-safe.
/// </summary>
internal sealed class JournalIndex
{
    private const int Tables = 4096;
    private const int FirstLength = 8;

    // Where nothing was ever added.
    private static readonly JournalEntry[] NoEntries = new JournalEntry[1];

    private readonly JournalEntry[][] _tables = new JournalEntry[Tables][];
    private readonly int[] _counts = new int[Tables];

    public JournalIndex() => Array.Fill(_tables, NoEntries);

    /// <summary>The entry of an input, added with <see cref="JournalState.None"/> if there was none; set it at once.</summary>
    public ref JournalEntry GetOrAdd(JournalKey key)
    {
        int number = TableOf(key);
        ref JournalEntry entry = ref Find(_tables[number], key);
        if (entry.State != JournalState.None) return ref entry;
        if (++_counts[number] > _tables[number].Length * 17 / 20)
        {
            _tables[number] = Grow(_tables[number]);
            entry = ref Find(_tables[number], key);
        }

        entry = new JournalEntry(key);
        return ref entry;
    }

    /// <summary>The entry of an input. One with <see cref="JournalState.None"/> is not to be changed: nothing is known of the input.</summary>
    public ref JournalEntry Get(JournalKey key) => ref Find(_tables[TableOf(key)], key);

    private static int TableOf(JournalKey key) => (int)(key.Second >> 52);

    /// <summary>The key's entry, or the free one where it belongs. A table is never full.</summary>
    private static ref JournalEntry Find(JournalEntry[] table, JournalKey key)
    {
        int i = (int)Math.BigMul(key.First, (ulong)table.Length, out _);
        while (table[i].State != JournalState.None && !table[i].Is(key))
        {
            if (++i == table.Length) i = 0;
        }

        return ref table[i];
    }

    private static JournalEntry[] Grow(JournalEntry[] table)
    {
        var grown = new JournalEntry[Math.Max(FirstLength, (table.Length * 5 / 4) + 1)];
        foreach (JournalEntry entry in table)
        {
            if (entry.State == JournalState.None) continue;
            uint i = (uint)Math.BigMul(entry.First, (ulong)grown.Length, out _);
            while (grown[i].State != JournalState.None)
            {
                if (++i == grown.Length) i = 0;
            }

            grown[i] = entry;
        }

        return grown;
    }
}
