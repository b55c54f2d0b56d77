using System;
using System.Numerics;

namespace Apns.Http2.Hpack;

/// <summary>
/// The dynamic table (RFC 7541 section 2.3.2): a queue of fields whose sizes add up to at most its capacity. The text
/// of all entries lies in one array, each name followed by its value, so an entry costs no allocation.
/// Not thread-safe.
/// </summary>
internal sealed class DynamicTable
{
    /// <summary>What an entry counts beyond its text, in bytes (section 4.1).</summary>
    internal const int EntryOverhead = 32;

    /// <summary>The size that both sides of an HTTP/2 connection start from (RFC 9113 section 6.5.2), in bytes.</summary>
    internal const int DefaultCapacity = 4096;

    /// <summary>No table is allowed more, so that sums of sizes fit an int: 16 MB.</summary>
    internal const int MaxCapacity = 1 << 24;

    // What the first insertion allocates: enough for an everyday table.
    private const int SmallestRing = 8;
    private const int SmallestText = 512;

    private readonly bool _searchable;

    // As large as what is inserted needs, since many tables hold little or nothing. The text has twice the room of what
    // lives: entries are appended, and only when the end is reached are they moved to the front, so that each byte is
    // moved about once in its life.
    private byte[] _text = [];
    private int _textEnd;

    // A ring: the entry inserted as number n is at n & _mask.
    private Entry[] _entries = [];
    private int[] _nameHashes = [];
    private int[] _fieldHashes = [];
    private int _mask;

    private int _count;
    private int _size;
    private int _capacity;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">Its capacity in bytes, in the counting of section 4.1.</param>
    /// <param name="searchable">Whether <see cref="Find"/> and <see cref="FindName"/> are wanted (an encoder's are).</param>
    internal DynamicTable(int capacity, bool searchable)
    {
        CheckCapacity(capacity);
        _capacity = capacity;
        _searchable = searchable;
    }

    /// <summary>Number of entries.</summary>
    internal int Count => _count;

    /// <summary>Sum of the entries' sizes in bytes (section 4.1).</summary>
    internal int Size => _size;

    /// <summary>The largest allowed <see cref="Size"/>.</summary>
    internal int Capacity => _capacity;

    /// <summary>Number of insertions ever.</summary>
    internal long InsertCount { get; private set; }

    /// <summary>Changes whenever an HPACK index may have come to mean another field, or nothing any more.</summary>
    internal long Version { get; private set; }

    /// <summary>Size of a field as an entry (section 4.1).</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">The field's value.</param>
    /// <returns>Bytes.</returns>
    internal static long SizeOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        (long)name.Length + value.Length + EntryOverhead;

    /// <summary>An entry's text, valid until the next insertion.</summary>
    /// <param name="position">0 for the newest entry, up to <see cref="Count"/> - 1.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    internal void Get(int position, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ref readonly Entry entry = ref _entries[(int)(InsertCount - 1 - position) & _mask];
        name = _text.AsSpan(entry.Start, entry.NameLength);
        value = _text.AsSpan(entry.Start + entry.NameLength, entry.ValueLength);
    }

    /// <summary>
    /// Inserts a field as the newest entry and evicts the oldest as needed. One that exceeds the capacity empties the
    /// table and is not inserted (section 4.4).
    /// </summary>
    /// <param name="name">The name; it must not lie in this table.</param>
    /// <param name="value">The value; it must not lie in this table.</param>
    /// <param name="nameHash">For a searchable table, the name's <see cref="HeaderHash"/>.</param>
    /// <param name="fieldHash">For a searchable table, the field's <see cref="HeaderHash"/>.</param>
    internal void Insert(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int nameHash = 0, int fieldHash = 0)
    {
        long size = SizeOf(name, value);
        if (size > _capacity)
        {
            Clear();
            return;
        }

        EvictTo(_capacity - (int)size);
        MakeRoom(name.Length + value.Length);
        int slot = (int)InsertCount & _mask;
        _entries[slot] = new Entry(_textEnd, name.Length, value.Length);
        name.CopyTo(_text.AsSpan(_textEnd));
        value.CopyTo(_text.AsSpan(_textEnd + name.Length));
        _textEnd += name.Length + value.Length;
        if (_searchable)
        {
            _nameHashes[slot] = nameHash;
            _fieldHashes[slot] = fieldHash;
        }

        _size += (int)size;
        _count++;
        InsertCount++;
        Version++;
    }

    /// <summary>Evicts all entries.</summary>
    internal void Clear() => EvictTo(0);

    /// <summary>Sets the capacity and evicts the oldest entries as needed (section 4.3).</summary>
    /// <param name="capacity">Bytes, 0 to <see cref="MaxCapacity"/>.</param>
    internal void Resize(int capacity)
    {
        CheckCapacity(capacity);
        EvictTo(capacity);
        _capacity = capacity;
        Version++;
    }

    /// <summary>Finds a field.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <param name="fieldHash">The field's <see cref="HeaderHash"/>.</param>
    /// <returns>The position of its newest entry, as <see cref="Get"/> takes it, or -1.</returns>
    internal int Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int fieldHash)
    {
        for (int position = NextHash(_fieldHashes, fieldHash, 0); position >= 0;
            position = NextHash(_fieldHashes, fieldHash, position + 1))
        {
            Get(position, out ReadOnlySpan<byte> entryName, out ReadOnlySpan<byte> entryValue);
            if (value.SequenceEqual(entryValue) && name.SequenceEqual(entryName)) return position;
        }

        return -1;
    }

    /// <summary>Finds a field with a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="nameHash">Its <see cref="HeaderHash"/>.</param>
    /// <returns>The position of the newest entry that has it, as <see cref="Get"/> takes it, or -1.</returns>
    internal int FindName(ReadOnlySpan<byte> name, int nameHash)
    {
        for (int position = NextHash(_nameHashes, nameHash, 0); position >= 0;
            position = NextHash(_nameHashes, nameHash, position + 1))
        {
            Get(position, out ReadOnlySpan<byte> entryName, out _);
            if (name.SequenceEqual(entryName)) return position;
        }

        return -1;
    }

    // The first position from `from` on whose hash is this, or -1. The ring's live part is one or two stretches of
    // the array, and the runtime's search of a stretch is vectorised.
    private int NextHash(int[] hashes, int hash, int from)
    {
        int left = _count - from;
        if (left <= 0) return -1;

        int end = ((int)(InsertCount - 1 - from) & _mask) + 1; // Just after the slot of position `from`.
        int start = Math.Max(0, end - left);
        int found = hashes.AsSpan(start, end - start).LastIndexOf(hash);
        if (found >= 0) return from + (end - start) - 1 - found;

        left -= end - start;
        if (left == 0) return -1;
        found = hashes.AsSpan(hashes.Length - left, left).LastIndexOf(hash);
        return found < 0 ? -1 : _count - 1 - found;
    }

    /// <summary>Refuses a capacity that is negative or above <see cref="MaxCapacity"/>.</summary>
    /// <param name="capacity">The capacity in bytes.</param>
    internal static void CheckCapacity(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxCapacity);
    }

    private void EvictTo(int size)
    {
        if (_size <= size) return;
        while (_size > size)
        {
            ref readonly Entry oldest = ref _entries[(int)(InsertCount - _count) & _mask];
            _size -= oldest.NameLength + oldest.ValueLength + EntryOverhead;
            _count--;
        }

        Version++;
    }

    // Makes the arrays hold one more entry with so much text, which the capacity allows.
    private void MakeRoom(int textLength)
    {
        if (_count == _entries.Length) GrowEntries();
        if (_text.Length - _textEnd >= textLength) return;
        int needed = 2 * (_size - (_count * EntryOverhead) + textLength);
        byte[] target = _text.Length >= needed ? _text : new byte[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(needed, SmallestText))];
        MoveText(target);
        _text = target;
    }

    private void GrowEntries()
    {
        int slots = Math.Max(SmallestRing, 2 * _entries.Length);
        Entry[] entries = new Entry[slots];
        int[] nameHashes = _searchable ? new int[slots] : [];
        int[] fieldHashes = _searchable ? new int[slots] : [];
        for (long number = InsertCount - _count; number < InsertCount; number++)
        {
            int from = (int)number & _mask;
            int to = (int)number & (slots - 1);
            entries[to] = _entries[from];
            if (!_searchable) continue;
            nameHashes[to] = _nameHashes[from];
            fieldHashes[to] = _fieldHashes[from];
        }

        _entries = entries;
        _nameHashes = nameHashes;
        _fieldHashes = fieldHashes;
        _mask = slots - 1;
    }

    // Moves the live text, which is contiguous, to the front of an array.
    private void MoveText(byte[] target)
    {
        int start = _count == 0 ? _textEnd : _entries[(int)(InsertCount - _count) & _mask].Start;
        _text.AsSpan(start, _textEnd - start).CopyTo(target);
        for (long number = InsertCount - _count; number < InsertCount; number++)
            _entries[(int)number & _mask].Start -= start;
        _textEnd -= start;
    }

    private struct Entry(int start, int nameLength, int valueLength)
    {
        internal int Start = start;
        internal readonly int NameLength = nameLength;
        internal readonly int ValueLength = valueLength;
    }
}
