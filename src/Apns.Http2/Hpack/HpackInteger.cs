using System;

namespace Apns.Http2.Hpack;

/// <summary>
/// Integers with a prefix of 1 to 8 bits (RFC 7541 section 5.1): a value that fits goes into the low bits of the
/// first byte; a larger one fills them with ones and continues in groups of 7 bits, least significant first.
/// </summary>
public static class HpackInteger
{
    // Enough for every int behind any prefix, and one more byte than any honest peer needs for what we accept.
    private const int MaxContinuationBytes = 5;

    /// <summary>Appends an integer.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="firstByte">The bits of the first byte above the prefix; the prefix bits must be zero.</param>
    /// <param name="prefixBits">Bits of the first byte that belong to the integer, 1 to 8.</param>
    /// <param name="value">The integer, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="prefixBits"/> is not 1 to 8 or <paramref name="value"/> is negative.
    /// </exception>
    public static void Write(ByteBuffer output, byte firstByte, int prefixBits, int value)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        int limit = PrefixLimit(prefixBits);

        Span<byte> span = output.GetSpan(1 + MaxContinuationBytes);
        if (value < limit)
        {
            span[0] = (byte)(firstByte | value);
            output.Advance(1);
            return;
        }

        span[0] = (byte)(firstByte | limit);
        int length = 1;
        uint rest = (uint)(value - limit);
        for (; rest >= 0x80; rest >>= 7) span[length++] = (byte)(rest | 0x80);
        span[length++] = (byte)rest;
        output.Advance(length);
    }

    /// <summary>Reads an integer.</summary>
    /// <param name="input">Bytes that begin with the integer's first byte.</param>
    /// <param name="prefixBits">Bits of the first byte that belong to the integer, 1 to 8; the others are ignored.</param>
    /// <param name="value">The integer; 0 when the result is false.</param>
    /// <param name="consumed">Bytes that the integer takes; 0 when the result is false.</param>
    /// <returns>False when the input ends inside the integer.</returns>
    /// <exception cref="Http2ConnectionException">
    /// COMPRESSION_ERROR: the integer exceeds <see cref="int.MaxValue"/> or has more than 5 continuation bytes.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="prefixBits"/> is not 1 to 8.</exception>
    public static bool TryRead(ReadOnlySpan<byte> input, int prefixBits, out int value, out int consumed)
    {
        int limit = PrefixLimit(prefixBits);
        value = 0;
        consumed = 0;
        if (input.IsEmpty) return false;

        int first = input[0] & limit;
        if (first < limit)
        {
            value = first;
            consumed = 1;
            return true;
        }

        // At most 255 + 2^35: no overflow in a long.
        long sum = limit;
        for (int i = 1; i <= MaxContinuationBytes; i++)
        {
            if (i == input.Length) return false;
            byte next = input[i];
            sum += (long)(next & 0x7F) << (7 * (i - 1));
            if ((next & 0x80) != 0) continue;

            if (sum > int.MaxValue) throw HpackError.Because("an integer is too large.");
            value = (int)sum;
            consumed = i + 1;
            return true;
        }

        throw HpackError.Because("an integer has too many bytes.");
    }

    private static int PrefixLimit(int prefixBits)
    {
        // One comparison for both ends: below 1 wraps around.
        if ((uint)(prefixBits - 1) > 7) throw new ArgumentOutOfRangeException(nameof(prefixBits));
        return (1 << prefixBits) - 1;
    }
}
