using System;
using Apns.Http2;

namespace Apns.Client;

/// <summary>Numbers in as few bytes as they need: seven bits in each, the lowest first, the high bit set in all but the last.</summary>
internal static class JournalNumber
{
    private const int MaxLength = 10;

    public static void Write(ByteBuffer buffer, long value)
    {
        Span<byte> bytes = buffer.GetSpan(MaxLength);
        int length = 0;
        ulong rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7) bytes[length++] = (byte)(rest | 0x80);
        bytes[length++] = (byte)rest;
        buffer.Advance(length);
    }

    public static long Read(scoped ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = TakeByte(ref bytes);
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return (long)value;
        }
    }

    public static byte TakeByte(scoped ref ReadOnlySpan<byte> bytes) => Take(ref bytes, 1)[0];

    public static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, long count)
    {
        ReadOnlySpan<byte> taken = bytes[..checked((int)count)];
        bytes = bytes[(int)count..];
        return taken;
    }
}
