using System;
using System.Buffers.Binary;

namespace Apns.Http2.Hpack;

/// <summary>
/// The static Huffman code of HPACK (RFC 7541 section 5.2 and appendix B). Its tables, 20 KB in all, are built once
/// from the code lengths.
/// </summary>
public static class Huffman
{
    private const int Symbols = 257;
    private const int EndOfString = 256;
    private const int ShortestCode = 5;
    private const int LongestCode = 30;

    // Twelve bits hold two of the 5- and 6-bit codes that header text mostly consists of.
    private const int PairBits = 12;

    // Bits of each symbol's code, 0 to 255 and EOS. The code is canonical: codes of one length count up in symbol
    // order, and follow the codes of the next shorter length. So the lengths say it all.
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    private static readonly Tables Shared = new();

    // Code << 8 | length, by symbol.
    private static readonly ulong[] Codes = Shared.Codes;

    // What the next twelve bits begin with: first symbol, second symbol << 8, bits taken << 16, symbols << 24.
    // All zero when they begin a longer code.
    private static readonly uint[] Pairs = Shared.Pairs;

    /// <summary>Length of a text in Huffman code, padding included.</summary>
    /// <param name="source">The text.</param>
    /// <returns>Bytes.</returns>
    public static int EncodedLength(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> lengths = Lengths;
        long bits = 0;
        foreach (byte symbol in source) bits += lengths[symbol];
        return checked((int)((bits + 7) >> 3));
    }

    /// <summary>Writes a text in Huffman code, its last byte padded with ones.</summary>
    /// <param name="source">The text.</param>
    /// <param name="destination">Where to; it needs <see cref="EncodedLength"/> bytes. It must not overlap the text.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ulong[] codes = Codes;
        ulong pending = 0; // Bits not written yet, in the low part; what is above them has been written.
        int bits = 0;      // Their number: below 32 before each code, so at most 61 after it.
        int written = 0;
        foreach (byte symbol in source)
        {
            ulong code = codes[symbol];
            int length = (int)(code & 0xFF);
            pending = (pending << length) | (code >> 8);
            bits += length;
            if (bits < 32) continue;
            bits -= 32;
            BinaryPrimitives.WriteUInt32BigEndian(destination[written..], (uint)(pending >> bits));
            written += 4;
        }

        int tail = (bits + 7) >> 3;
        if (destination.Length - written < tail)
            throw new ArgumentException("The destination is too short.", nameof(destination));
        int padding = (tail << 3) - bits;
        pending = (pending << padding) | ((1UL << padding) - 1);
        for (int shift = (tail - 1) << 3; shift >= 0; shift -= 8) destination[written++] = (byte)(pending >> shift);
        return written;
    }

    /// <summary>The longest text that so many bytes of Huffman code can hold: the shortest code has 5 bits.</summary>
    /// <param name="encodedLength">Bytes of Huffman code.</param>
    /// <returns>Bytes, or <see cref="int.MaxValue"/> for more than that.</returns>
    public static int MaxDecodedLength(int encodedLength) =>
        (int)Math.Min(int.MaxValue, (long)encodedLength * 8 / ShortestCode);

    /// <summary>A symbol's code.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <returns>The code in the low bits, and how many bits it has.</returns>
    internal static (uint Code, int Bits) Code(byte symbol)
    {
        ulong code = Codes[symbol];
        return ((uint)(code >> 8), (int)(code & 0xFF));
    }

    /// <summary>
    /// Reads and checks the whole of a text in Huffman code and stores as much of it as the destination holds, so that
    /// a text of hostile length needs no memory.
    /// </summary>
    /// <param name="source">The whole coded string.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>Bytes of the whole text, which may be more than the destination has.</returns>
    /// <exception cref="Http2ConnectionException">
    /// COMPRESSION_ERROR: the padding is longer than 7 bits or not all ones, or the data holds EOS.
    /// </exception>
    internal static int DecodeWhatFits(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        uint[] pairs = Pairs;
        ulong window = 0; // The next bits, left-aligned; what is below them is zero or already true.
        int bits = 0;     // Their number.
        int read = 0;
        int written = 0;
        while (true)
        {
            // Refill to at least 56 bits while the source lasts. The wide read also takes bits that are counted only
            // later: they are then or-ed in once more, to no effect.
            if (source.Length - read >= 8)
            {
                window |= BinaryPrimitives.ReadUInt64BigEndian(source[read..]) >> bits;
                read += (63 - bits) >> 3;
                bits |= 56;
            }
            else
            {
                for (; bits <= 56 && read < source.Length; bits += 8)
                    window |= (ulong)source[read++] << (56 - bits);
            }

            while (bits >= PairBits && written <= destination.Length - 2)
            {
                uint pair = pairs[window >> (64 - PairBits)];
                if (pair == 0) break;
                BinaryPrimitives.WriteUInt16LittleEndian(destination[written..], (ushort)pair);
                int taken = (int)(pair >> 16) & 0xFF;
                written += (int)(pair >> 24);
                window <<= taken;
                bits -= taken;
            }

            // What is left to this place: long codes, the end of the source and the end of the destination.
            if (bits < LongestCode && read < source.Length) continue;
            int symbol = FirstSymbol(window, out int length);
            if (length > bits)
            {
                CheckPadding(window, bits);
                return written;
            }

            if (symbol == EndOfString) throw HpackError.Because("Huffman data contains EOS.");
            if (written < destination.Length) destination[written] = (byte)symbol;
            written++;
            window <<= length;
            bits -= length;
        }
    }

    // The bits left over are no whole code. They must be the beginning of EOS, which is ones only (RFC 7541 5.2).
    private static void CheckPadding(ulong window, int bits)
    {
        if (bits > 7) throw HpackError.Because("Huffman padding is longer than 7 bits.");
        ulong ones = ~(ulong.MaxValue >> bits);
        if ((window & ones) != ones) throw HpackError.Because("Huffman padding is not the beginning of EOS.");
    }

    // Canonical codes, left-aligned, grow with their length: the first length whose codes end above the window is it.
    private static int FirstSymbol(ulong window, out int length)
    {
        Tables tables = Shared;
        ulong code = window >> (64 - LongestCode);
        length = ShortestCode;
        while (code >= tables.Ends[length]) length++;
        return tables.InCodeOrder[tables.Ranks[length] + (int)((code - tables.Starts[length]) >> (LongestCode - length))];
    }

    private sealed class Tables
    {
        internal readonly ulong[] Codes = new ulong[Symbols];
        internal readonly uint[] Pairs = new uint[1 << PairBits];

        // By length: the first code and the end of the codes, both left-aligned in 30 bits, and the first code's rank.
        internal readonly ulong[] Starts = new ulong[LongestCode + 1];
        internal readonly ulong[] Ends = new ulong[LongestCode + 1];
        internal readonly int[] Ranks = new int[LongestCode + 1];

        // Symbols by rank.
        internal readonly ushort[] InCodeOrder = new ushort[Symbols];

        internal Tables()
        {
            ReadOnlySpan<byte> lengths = Lengths;
            int[] counts = new int[LongestCode + 1];
            foreach (byte length in lengths) counts[length]++;

            ulong code = 0;
            int rank = 0;
            for (int length = ShortestCode; length <= LongestCode; length++)
            {
                Starts[length] = code;
                Ranks[length] = rank;
                code += (ulong)counts[length] << (LongestCode - length);
                rank += counts[length];
                Ends[length] = code;
            }

            int[] placed = new int[LongestCode + 1];
            for (int symbol = 0; symbol < Symbols; symbol++)
            {
                int length = lengths[symbol];
                int place = placed[length]++;
                InCodeOrder[Ranks[length] + place] = (ushort)symbol;
                Codes[symbol] = (((Starts[length] >> (LongestCode - length)) + (uint)place) << 8) | (uint)length;
            }

            FillPairs();
        }

        private void FillPairs()
        {
            // Each short code alone, for all that may follow it. Symbols come in code order, the short codes first.
            uint[] single = new uint[1 << PairBits];
            int next = 0;
            foreach (ushort symbol in InCodeOrder)
            {
                int length = (int)(Codes[symbol] & 0xFF);
                if (length > PairBits) break;
                int count = 1 << (PairBits - length);
                single.AsSpan(next, count).Fill(symbol | (uint)length << 16 | 1u << 24);
                next += count;
            }

            // Then with the second code that begins in the bits left over, if it ends there too.
            for (int bits = 0; bits < next; bits++)
            {
                uint first = single[bits];
                int length = (int)(first >> 16) & 0xFF;
                uint second = single[(bits << length) & ((1 << PairBits) - 1)];
                int both = length + ((int)(second >> 16) & 0xFF);
                Pairs[bits] = second == 0 || both > PairBits
                    ? first
                    : (first & 0xFF) | (second & 0xFF) << 8 | (uint)both << 16 | 2u << 24;
            }
        }
    }
}
