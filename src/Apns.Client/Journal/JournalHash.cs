using System;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Apns.Client;

/// <summary>
/// Makes keys of what distinguishes inputs. Each instance has its own random numbers, so that nobody can register tokens
/// that collide; keys are for memory only and never written. Immutable.
/// </summary>
internal sealed class JournalHash
{
    private readonly ulong _seed1 = Random();
    private readonly ulong _seed2 = Random();
    private readonly ulong _factor1 = Random() | 1;
    private readonly ulong _factor2 = Random() | 1;

    /// <param name="token">The device token's bytes.</param>
    /// <param name="notification">The notification's fingerprint.</param>
    /// <param name="occurrence">How many inputs before had the same token and notification.</param>
    public JournalKey Of(ReadOnlySpan<byte> token, ulong notification, long occurrence)
    {
        ulong first = _seed1;
        ulong second = _seed2;
        Mix(notification, ref first, ref second);
        Mix(((ulong)occurrence << 8) | (byte)token.Length, ref first, ref second);
        while (token.Length >= sizeof(ulong))
        {
            Mix(BinaryPrimitives.ReadUInt64LittleEndian(token), ref first, ref second);
            token = token[sizeof(ulong)..];
        }

        ulong rest = 0;
        foreach (byte b in token) rest = (rest << 8) | b;
        Mix(rest, ref first, ref second);
        return new JournalKey(first, second);
    }

    /// <summary>Both halves of a product folded into one: every bit of the word reaches every bit of the hash.</summary>
    private void Mix(ulong word, ref ulong first, ref ulong second)
    {
        ulong high = Math.BigMul(first ^ word, _factor1, out ulong low);
        first = high ^ low;
        high = Math.BigMul(second ^ word, _factor2, out low);
        second = high ^ low;
    }

    private static ulong Random()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
