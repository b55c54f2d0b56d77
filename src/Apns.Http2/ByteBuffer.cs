using System;

namespace Apns.Http2;

/// <summary>
/// A growing byte buffer that frames and header blocks are written into. Kept and cleared rather than recreated,
/// so that a warm connection allocates nothing. Not thread-safe: its owner's lock guards it.
/// </summary>
public sealed class ByteBuffer
{
    private byte[] _bytes;
    private int _length;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="capacity">Bytes to reserve at once; it grows by doubling.</param>
    public ByteBuffer(int capacity = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _bytes = new byte[capacity];
    }

    /// <summary>Bytes written so far.</summary>
    public int Length => _length;

    /// <summary>The bytes written so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, _length);

    /// <summary>Room for at least <paramref name="size"/> more bytes; follow it with <see cref="Advance"/>.</summary>
    /// <param name="size">Bytes needed.</param>
    /// <returns>The free part of the buffer, at least <paramref name="size"/> long.</returns>
    public Span<byte> GetSpan(int size)
    {
        if (_bytes.Length - _length < size) Grow(size);
        return _bytes.AsSpan(_length);
    }

    /// <summary>Takes the first <paramref name="count"/> bytes of the last <see cref="GetSpan"/> as written.</summary>
    /// <param name="count">Bytes written into the span.</param>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    /// <summary>Appends bytes.</summary>
    /// <param name="bytes">What to append.</param>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    /// <param name="value">What to append.</param>
    public void WriteByte(byte value)
    {
        GetSpan(1)[0] = value;
        _length++;
    }

    /// <summary>Bytes already written, to fill in what was not known yet (a frame's length, say).</summary>
    /// <param name="start">Where they begin.</param>
    /// <param name="count">How many.</param>
    /// <returns>That part of the written bytes.</returns>
    public Span<byte> Patch(int start, int count) => _bytes.AsSpan(0, _length).Slice(start, count);

    /// <summary>Takes back all after the first <paramref name="length"/> bytes.</summary>
    /// <param name="length">Bytes to keep, at most <see cref="Length"/>.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
    }

    /// <summary>Empties the buffer and keeps its memory, unless a burst left it larger than <paramref name="keep"/>.</summary>
    /// <param name="keep">Largest capacity worth keeping, in bytes.</param>
    public void Clear(int keep = 1 << 20)
    {
        _length = 0;
        if (_bytes.Length > keep) _bytes = new byte[keep];
    }

    private void Grow(int size) =>
        Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max((long)_length + size, 2L * _bytes.Length)));
}
