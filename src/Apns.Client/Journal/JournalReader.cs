using System;

namespace Apns.Client;

/// <summary>Reads the blocks of a journal's file one after the other.</summary>
internal sealed class JournalReader(JournalFile file)
{
    private const int MaxBlock = JournalFormat.BlockHeaderLength + JournalFormat.FullBlock + JournalFormat.MaxRecordLength;

    private readonly byte[] _buffer = new byte[Math.Clamp(file.Length, 1, 4 * MaxBlock)];
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <summary>Where in the file the next block begins.</summary>
    public long Position { get; private set; } = JournalFormat.HeaderLength;

    /// <summary>Reads the next block; gives back false at the end, and at what is no whole block.</summary>
    /// <param name="block">The block with its header; valid until the next call.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.JournalFailed"/>: the file cannot be read.</exception>
    public bool TryRead(out ReadOnlySpan<byte> block)
    {
        if (!TryPeek(out block)) return false;
        Skip(block.Length);
        return true;
    }

    /// <summary>Looks for a whole block anywhere beyond the position, and goes there.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.JournalFailed"/>: the file cannot be read.</exception>
    public bool Find()
    {
        while (Peek().Length > JournalFormat.BlockHeaderLength)
        {
            Skip(1);
            if (TryPeek(out _)) return true;
        }

        return false;
    }

    private bool TryPeek(out ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> bytes = Peek();
        int length = JournalFormat.BlockLength(bytes);
        bool whole = length > 0 && length <= bytes.Length && JournalFormat.IsWholeBlock(bytes[..length], Position);
        block = whole ? bytes[..length] : default;
        return whole;
    }

    private void Skip(int count)
    {
        _start += count;
        Position += count;
    }

    /// <summary>The bytes at the position: as many as a block can have, or all there are.</summary>
    private ReadOnlySpan<byte> Peek()
    {
        if (_end - _start < MaxBlock && !_atEnd)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            int read;
            do
            {
                read = file.Read(_buffer.AsSpan(_end), Position + _end);
                _end += read;
            }
            while (read > 0 && _end < MaxBlock);
            _atEnd = read == 0;
        }

        return _buffer.AsSpan(_start.._end);
    }
}
