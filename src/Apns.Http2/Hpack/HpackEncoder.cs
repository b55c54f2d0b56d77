using System;

namespace Apns.Http2.Hpack;

/// <summary>
/// Encodes the header blocks of one direction of a connection (RFC 7541 section 3). Each block is one
/// <see cref="BeginBlock"/>, then its fields; blocks must reach the peer in the order and to the last byte as they were
/// encoded, or the tables part. Not thread-safe.
/// </summary>
public sealed class HpackEncoder
{
    private readonly DynamicTable _table;
    private readonly int _maxTableSize;

    // What the peer's decoder has, and the lowest that we had since it was told (section 4.2).
    private int _signalledSize = DynamicTable.DefaultCapacity;
    private int _lowestSize;

    /// <summary>Makes an encoder with an empty table.</summary>
    /// <param name="maxTableSize">
    /// Largest dynamic table to use in bytes, whatever the peer allows, 0 to 16 MB. Until the peer's SETTINGS come the
    /// table has at most 4096 (RFC 9113 section 6.5.2). A smaller one is signalled at the start of the first block.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of its range.</exception>
    public HpackEncoder(int maxTableSize = DynamicTable.DefaultCapacity)
    {
        DynamicTable.CheckCapacity(maxTableSize);
        _maxTableSize = maxTableSize;
        _lowestSize = Math.Min(maxTableSize, DynamicTable.DefaultCapacity);
        _table = new DynamicTable(_lowestSize, searchable: true);
    }

    /// <summary>
    /// Changes with each insertion, eviction and resize. Bytes that <see cref="Encode"/> or
    /// <see cref="EncodeLiteralPrefix"/> wrote without changing it may be used again as long as it stays the same.
    /// </summary>
    public long Version => _table.Version;

    /// <summary>What the dynamic table may hold: the lower of our limit and the peer's, in bytes.</summary>
    public int TableCapacity => _table.Capacity;

    /// <summary>The dynamic table, for tests.</summary>
    internal DynamicTable Table => _table;

    /// <summary>
    /// Takes the peer's SETTINGS_HEADER_TABLE_SIZE; not to be called inside a block. The next block begins with the
    /// size update that this makes necessary, or two of them (section 4.2).
    /// </summary>
    /// <param name="size">Bytes, not negative; a value beyond an int is as good as <see cref="int.MaxValue"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public void SetPeerTableSize(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        int capacity = Math.Min(size, _maxTableSize);
        if (capacity == _table.Capacity) return;
        _table.Resize(capacity);
        _lowestSize = Math.Min(_lowestSize, capacity);
    }

    /// <summary>Begins a header block: writes the size updates that are due.</summary>
    /// <param name="output">Where to.</param>
    public void BeginBlock(ByteBuffer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        int capacity = _table.Capacity;
        if (_lowestSize < _signalledSize) WriteSizeUpdate(output, _lowestSize);
        if (capacity != _signalledSize) WriteSizeUpdate(output, capacity);
        _lowestSize = capacity;
    }

    /// <summary>Appends a header field to the block.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">The field's name, in lower case.</param>
    /// <param name="value">The field's value.</param>
    /// <param name="indexing">
    /// What becomes of a field that is in no table. A field too large for the dynamic table is never inserted.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="indexing"/> is none of the enumeration.</exception>
    public void Encode(
        ByteBuffer output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, HeaderIndexing indexing)
    {
        ArgumentNullException.ThrowIfNull(output);
        int nameHash = HeaderHash.OfName(name);
        int nameIndex = StaticTable.FindName(name, nameHash);
        int fieldHash = 0;
        if (indexing != HeaderIndexing.Never)
        {
            int index = nameIndex == 0 ? 0 : StaticTable.FindValue(nameIndex, value);
            if (index == 0)
            {
                fieldHash = HeaderHash.OfField(nameHash, value);
                index = ToIndex(_table.Find(name, value, fieldHash));
            }

            if (index != 0)
            {
                HpackInteger.Write(output, 0x80, 7, index);
                return;
            }
        }

        if (nameIndex == 0) nameIndex = ToIndex(_table.FindName(name, nameHash));

        // To insert what exceeds the table would only empty it (section 4.4).
        if (indexing == HeaderIndexing.Incremental && DynamicTable.SizeOf(name, value) > _table.Capacity)
            indexing = HeaderIndexing.Without;
        WritePrefix(output, name, nameIndex, indexing);
        WriteString(output, value);
        if (indexing == HeaderIndexing.Incremental) _table.Insert(name, value, nameHash, fieldHash);
    }

    /// <summary>
    /// Appends the first part of a literal field, its name or the name's index, for a caller that appends the value
    /// itself, coded as <see cref="WriteString"/> does.
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">The field's name, in lower case.</param>
    /// <param name="indexing">
    /// <see cref="HeaderIndexing.Without"/> or <see cref="HeaderIndexing.Never"/>: to insert the field, its value would
    /// have to be known here.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="indexing"/> is none of these two.</exception>
    public void EncodeLiteralPrefix(ByteBuffer output, ReadOnlySpan<byte> name, HeaderIndexing indexing)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (indexing == HeaderIndexing.Incremental) throw new ArgumentOutOfRangeException(nameof(indexing));
        int nameHash = HeaderHash.OfName(name);
        int nameIndex = StaticTable.FindName(name, nameHash);
        if (nameIndex == 0) nameIndex = ToIndex(_table.FindName(name, nameHash));
        WritePrefix(output, name, nameIndex, indexing);
    }

    /// <summary>Whether a literal field with this name would need only an index for it.</summary>
    /// <param name="name">The field's name, in lower case.</param>
    /// <returns>True when a table holds the name.</returns>
    public bool HasName(ReadOnlySpan<byte> name)
    {
        int nameHash = HeaderHash.OfName(name);
        return StaticTable.FindName(name, nameHash) != 0 || _table.FindName(name, nameHash) >= 0;
    }

    /// <summary>Appends a string literal (section 5.2), in Huffman code if that is shorter.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="value">The text.</param>
    public static void WriteString(ByteBuffer output, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(output);
        int length = Huffman.EncodedLength(value);
        if (length < value.Length)
        {
            HpackInteger.Write(output, 0x80, 7, length);
            output.Advance(Huffman.Encode(value, output.GetSpan(length)));
        }
        else
        {
            HpackInteger.Write(output, 0, 7, value.Length);
            output.Write(value);
        }
    }

    private static int ToIndex(int position) => position < 0 ? 0 : StaticTable.Count + 1 + position;

    private static void WritePrefix(
        ByteBuffer output, ReadOnlySpan<byte> name, int nameIndex, HeaderIndexing indexing)
    {
        (byte pattern, int prefixBits) = indexing switch
        {
            HeaderIndexing.Incremental => ((byte)0x40, 6),
            HeaderIndexing.Without => ((byte)0x00, 4),
            HeaderIndexing.Never => ((byte)0x10, 4),
            _ => throw new ArgumentOutOfRangeException(nameof(indexing)),
        };
        HpackInteger.Write(output, pattern, prefixBits, nameIndex);
        if (nameIndex == 0) WriteString(output, name);
    }

    private void WriteSizeUpdate(ByteBuffer output, int size)
    {
        HpackInteger.Write(output, 0x20, 5, size);
        _signalledSize = size;
    }
}
