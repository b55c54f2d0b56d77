using System;
using System.Numerics;

namespace Apns.Http2.Hpack;

/// <summary>
/// Decodes the header blocks of one direction of a connection (RFC 7541 section 3). After an exception the table no
/// longer matches the peer's, and the connection is lost. Not thread-safe.
/// </summary>
public sealed class HpackDecoder
{
    private const int None = int.MaxValue;

    private readonly DynamicTable _table;
    private readonly int _maxHeaderListSize;

    // Where strings in Huffman code are decoded to. They grow to _scratchLimit at most: a longer string is in a field
    // that is neither delivered nor kept, so that only its length counts. Never less than the table may hold.
    private byte[] _nameScratch = [];
    private byte[] _valueScratch = [];
    private int _scratchLimit;

    private int _maxTableSize;
    private int _lowestMaxTableSize = None; // Since the last block (RFC 7541 section 4.2).
    private long _listSize;

    /// <summary>Makes a decoder with an empty table.</summary>
    /// <param name="maxTableSize">
    /// Dynamic table size in bytes that both sides start from, 0 to 16 MB. In HTTP/2 that is 4096 whatever our SETTINGS
    /// say; what they say follows by <see cref="SetMaxTableSize"/>.
    /// </param>
    /// <param name="maxHeaderListSize">
    /// Largest header list to deliver, in bytes, each field counting 32 more than its text (RFC 9113 section 6.5.2).
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public HpackDecoder(int maxTableSize = DynamicTable.DefaultCapacity, int maxHeaderListSize = 16384)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxHeaderListSize);
        _table = new DynamicTable(maxTableSize, searchable: false);
        _maxTableSize = maxTableSize;
        _maxHeaderListSize = maxHeaderListSize;
        _scratchLimit = Math.Max(maxTableSize, maxHeaderListSize);
    }

    /// <summary>The dynamic table, for tests.</summary>
    internal DynamicTable Table => _table;

    /// <summary>Bytes kept for strings in Huffman code, for tests.</summary>
    internal int ScratchSize => _nameScratch.Length + _valueScratch.Length;

    /// <summary>
    /// Sets the largest table that the peer may use; to be called when it acknowledged our SETTINGS_HEADER_TABLE_SIZE.
    /// If that is less than the table has now, the next block must begin with a size update (RFC 7541 section 4.2).
    /// </summary>
    /// <param name="size">Bytes, 0 to 16 MB.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of its range.</exception>
    public void SetMaxTableSize(int size)
    {
        DynamicTable.CheckCapacity(size);
        _maxTableSize = size;
        _lowestMaxTableSize = Math.Min(_lowestMaxTableSize, size);
        _scratchLimit = Math.Max(size, _maxHeaderListSize);
    }

    /// <summary>Decodes a whole header block, that is a HEADERS frame's fragment and those of its CONTINUATIONs.</summary>
    /// <param name="block">The block.</param>
    /// <param name="sink">Takes the fields.</param>
    /// <returns>
    /// False when the list exceeds its largest size: the sink got only the fields before that. The decoder stays good
    /// for further blocks.
    /// </returns>
    /// <exception cref="Http2ConnectionException">COMPRESSION_ERROR: the block is malformed.</exception>
    public bool Decode(ReadOnlySpan<byte> block, IHeaderSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _listSize = 0;
        int position = ReadSizeUpdates(block);
        while (position < block.Length)
        {
            byte first = block[position];
            if ((first & 0x80) != 0)
            {
                // Indexed field (section 6.1).
                Get(ReadInteger(block, ref position, 7), out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
                Deliver(sink, name, value, DynamicTable.SizeOf(name, value));
            }
            else if ((first & 0x40) != 0)
            {
                // Literal with incremental indexing (section 6.2.1).
                ReadLiteral(block, ref position, 6, insert: true, sink);
            }
            else if ((first & 0x20) != 0)
            {
                throw HpackError.Because("a table size update is not at its start.");
            }
            else
            {
                // Literal without indexing or never indexed (sections 6.2.2 and 6.2.3).
                ReadLiteral(block, ref position, 4, insert: false, sink);
            }
        }

        return _listSize <= _maxHeaderListSize;
    }

    // Section 4.2 wants the lowest size signalled, even if a higher one follows at once: what no longer fits the lowest
    // is evicted on both sides. A peer whose table is no larger anyway has nothing to signal.
    private int ReadSizeUpdates(ReadOnlySpan<byte> block)
    {
        int needed = _lowestMaxTableSize < _table.Capacity ? _lowestMaxTableSize : None;
        int lowest = None;
        int position = 0;
        while (position < block.Length && (block[position] & 0xE0) == 0x20)
        {
            int size = ReadInteger(block, ref position, 5);
            if (size > _maxTableSize) throw HpackError.Because("a table size update exceeds the limit.");
            lowest = Math.Min(lowest, size);
            _table.Resize(size);
        }

        if (lowest > needed) throw HpackError.Because("the table size update that our settings require is missing.");
        _lowestMaxTableSize = None;
        return position;
    }

    private void ReadLiteral(ReadOnlySpan<byte> block, ref int position, int prefixBits, bool insert, IHeaderSink sink)
    {
        ReadOnlySpan<byte> name;
        int nameLength;
        int index = ReadInteger(block, ref position, prefixBits);
        if (index == 0)
        {
            name = ReadString(block, ref position, ref _nameScratch, out nameLength);
        }
        else
        {
            Get(index, out name, out _);
            nameLength = name.Length;
            if (insert && index > StaticTable.Count)
            {
                // The insertion may evict or move the very entry that the name is in (section 4.4).
                EnsureLength(ref _nameScratch, nameLength);
                name.CopyTo(_nameScratch);
                name = _nameScratch.AsSpan(0, nameLength);
            }
        }

        ReadOnlySpan<byte> value = ReadString(block, ref position, ref _valueScratch, out int valueLength);

        // A string cut off at _scratchLimit is still too long for the table, so the field empties it as it should.
        if (insert) _table.Insert(name, value);
        Deliver(sink, name, value, (long)nameLength + valueLength + DynamicTable.EntryOverhead);
    }

    // The size is the whole field's, of which an over-long string's span is only the beginning.
    private void Deliver(IHeaderSink sink, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, long size)
    {
        _listSize += size;
        if (_listSize <= _maxHeaderListSize) sink.OnHeader(name, value);
    }

    private void Get(int index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int position = index - StaticTable.Count - 1;
        if (position >= 0)
        {
            if (position >= _table.Count) throw HpackError.Because("an index is beyond the tables.");
            _table.Get(position, out name, out value);
            return;
        }

        if (index == 0) throw HpackError.Because("an index is 0.");
        name = StaticTable.Name(index);
        value = StaticTable.Value(index);
    }

    private ReadOnlySpan<byte> ReadString(
        ReadOnlySpan<byte> block, scoped ref int position, ref byte[] scratch, out int wholeLength)
    {
        bool huffman = position < block.Length && (block[position] & 0x80) != 0;
        int length = ReadInteger(block, ref position, 7);
        if (length > block.Length - position) throw HpackError.Because("it ends inside a string.");
        ReadOnlySpan<byte> text = block.Slice(position, length);
        position += length;
        wholeLength = length;
        if (!huffman) return text;

        EnsureLength(ref scratch, Math.Min(Huffman.MaxDecodedLength(length), _scratchLimit));
        wholeLength = Huffman.DecodeWhatFits(text, scratch);
        return scratch.AsSpan(0, Math.Min(wholeLength, scratch.Length));
    }

    private void EnsureLength(ref byte[] scratch, int length)
    {
        if (scratch.Length >= length) return;
        uint rounded = BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 128));
        scratch = new byte[Math.Max(length, (int)Math.Min(rounded, (uint)_scratchLimit))];
    }

    private static int ReadInteger(ReadOnlySpan<byte> block, ref int position, int prefixBits)
    {
        if (!HpackInteger.TryRead(block[position..], prefixBits, out int value, out int consumed))
            throw HpackError.Because("it ends inside an integer or before a string.");
        position += consumed;
        return value;
    }
}
