using System;
using System.Collections.Generic;

namespace Apns.LoadTest;

/// <summary>What both clients send.</summary>
internal sealed class Workload
{
    /// <summary>A payload as most have it: 81 bytes.</summary>
    public static readonly byte[] Hello = [.. """{"aps":{"alert":{"title":"Hello","body":"Hi there"},"sound":"default","badge":1}}"""u8];

    private readonly string[]? _prepared;
    private readonly int _count;
    private readonly ulong _first;
    private readonly int _skip;

    /// <param name="count">Tokens.</param>
    /// <param name="first">Where they begin.</param>
    /// <param name="payload">What they all get.</param>
    /// <param name="stream">Whether they are made as they are taken, rather than before the measuring begins.</param>
    /// <param name="skip">How many of them come last instead of first.</param>
    public Workload(int count, ulong first, byte[] payload, bool stream = false, int skip = 0)
    {
        _skip = skip;
        _count = count;
        _first = first;
        Payload = payload;
        if (stream) return;
        _prepared = new string[count];
        for (int i = 0; i < count; i++) _prepared[i] = Token(first + (ulong)i);
    }

    public byte[] Payload { get; }

    /// <summary>Distinct tokens of 64 hexadecimal digits.</summary>
    public IEnumerable<string> Tokens
    {
        get
        {
            if (_prepared is not null)
            {
                foreach (string token in _prepared) yield return token;
                yield break;
            }

            for (int i = 0; i < _count; i++) yield return Token(_first + (ulong)((i + (long)_skip) % _count));
        }
    }

    /// <summary>An odd multiplier permutes the 64-bit numbers, so the tokens are distinct and look random.</summary>
    private static string Token(ulong number)
    {
        Span<ulong> words = stackalloc ulong[4];
        ulong mixed = number * 0x9E37_79B9_7F4A_7C15;
        words[0] = mixed;
        words[1] = mixed ^ 0xA5A5_A5A5_A5A5_A5A5;
        words[2] = ~mixed;
        words[3] = System.Numerics.BitOperations.RotateLeft(mixed, 17);
        return Convert.ToHexStringLower(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words));
    }
}
