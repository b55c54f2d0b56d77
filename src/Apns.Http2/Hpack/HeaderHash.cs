using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Apns.Http2.Hpack;

/// <summary>
/// Hashes that pick the candidates when the encoder looks a field up. A hit is always compared in full, and a miss
/// costs compression at worst, so the length and both ends of a text are enough: the cost does not grow with it.
/// </summary>
internal static class HeaderHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15; // 2^64 divided by the golden ratio, odd.

    /// <summary>Hash of a field's name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The hash.</returns>
    internal static int OfName(ReadOnlySpan<byte> name) => Fold(Ends(name));

    /// <summary>Hash of a whole field.</summary>
    /// <param name="nameHash">The hash of its name.</param>
    /// <param name="value">The value.</param>
    /// <returns>The hash.</returns>
    internal static int OfField(int nameHash, ReadOnlySpan<byte> value) => Fold(Ends(value) + (uint)nameHash);

    private static ulong Ends(ReadOnlySpan<byte> text)
    {
        ulong first;
        ulong last;
        if (text.Length >= 8)
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(text);
            last = BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]);
        }
        else if (text.Length >= 4)
        {
            first = BinaryPrimitives.ReadUInt32LittleEndian(text);
            last = BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]);
        }
        else if (text.Length > 0)
        {
            first = text[0];
            last = (uint)(text[text.Length / 2] << 8 | text[^1]);
        }
        else
        {
            first = last = 0;
        }

        return (first * Multiplier) ^ BitOperations.RotateLeft(last * Multiplier, 29) ^ (uint)text.Length;
    }

    private static int Fold(ulong hash) => (int)((hash * Multiplier) >> 32);
}
