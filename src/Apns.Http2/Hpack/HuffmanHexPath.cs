using System;
using System.Buffers.Binary;

namespace Apns.Http2.Hpack;

/// <summary>
/// Writes strings that have one beginning in common and go on in hexadecimal digits, in Huffman code: the beginning is
/// coded once, and the digits, lower-case, two at a time. Such a string takes two thirds of the time that
/// <see cref="HpackEncoder.WriteString"/> takes for it (docs/performance.md). Immutable.
/// </summary>
public sealed class HuffmanHexPath
{
    /// <summary>Most bytes that the digits may stand for.</summary>
    public const int MaxBytes = 256;

    // By byte: code << 4 | length of its two digits, whose codes have 5 or 6 bits each.
    private static readonly ushort[] Pairs = MakePairs();

    private readonly byte[] _whole;
    private readonly ulong _begun;
    private readonly int _begunBits;

    /// <param name="beginning">What all the strings begin with.</param>
    public HuffmanHexPath(ReadOnlySpan<byte> beginning)
    {
        // Whole bytes, and what is left over: fewer than eight bits.
        byte[] coded = new byte[Huffman.EncodedLength(beginning)];
        Huffman.Encode(beginning, coded);
        int bits = 0;
        foreach (byte symbol in beginning) bits += Huffman.Code(symbol).Bits;
        _whole = coded[..(bits >> 3)];
        _begunBits = bits & 7;
        _begun = _begunBits == 0 ? 0 : (ulong)(coded[^1] >> (8 - _begunBits));
    }

    /// <summary>Appends one string as HPACK writes it (RFC 7541 section 5.2), its length before it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="bytes">What the digits stand for, at most <see cref="MaxBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more bytes.</exception>
    public void Write(ByteBuffer output, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBytes, nameof(bytes));
        ushort[] pairs = Pairs;
        Span<byte> coded = stackalloc byte[(MaxBytes * 12 / 8) + 8];
        ulong pending = _begun;
        int bits = _begunBits; // Below 32 before each pair, so at most 43 after it.
        int written = 0;
        foreach (byte value in bytes)
        {
            int pair = pairs[value];
            int length = pair & 0xF;
            pending = (pending << length) | (uint)(pair >> 4);
            bits += length;
            if (bits < 32) continue;
            bits -= 32;
            BinaryPrimitives.WriteUInt32BigEndian(coded[written..], (uint)(pending >> bits));
            written += 4;
        }

        // The last byte is filled up with ones, the beginning of EOS.
        while (bits > 0)
        {
            int padding = Math.Max(0, 8 - bits);
            coded[written++] = (byte)(padding > 0 ? (pending << padding) | ((1UL << padding) - 1) : pending >> (bits - 8));
            bits -= 8;
        }

        HpackInteger.Write(output, 0x80, 7, _whole.Length + written);
        output.Write(_whole);
        output.Write(coded[..written]);
    }

    private static ushort[] MakePairs()
    {
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        ushort[] pairs = new ushort[256];
        for (int value = 0; value < pairs.Length; value++)
        {
            (uint high, int highBits) = Huffman.Code(digits[value >> 4]);
            (uint low, int lowBits) = Huffman.Code(digits[value & 0xF]);
            pairs[value] = (ushort)((((high << lowBits) | low) << 4) | (uint)(highBits + lowBits));
        }

        return pairs;
    }
}
