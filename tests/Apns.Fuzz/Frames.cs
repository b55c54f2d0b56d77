using System;
using Apns.Http2.Frames;

namespace Apns.Fuzz;

/// <summary>What conversations are made of: four bytes for a seed, then frames.</summary>
internal static class Frames
{
    public const int SeedLength = sizeof(int);

    /// <summary>A whole frame, or what is left of one.</summary>
    public static int PieceLength(ReadOnlySpan<byte> input, int at)
    {
        if (at == 0) return SeedLength;
        ReadOnlySpan<byte> rest = input[at..];
        return rest.Length < FrameHeader.Size ? rest.Length : Math.Min(rest.Length, FrameHeader.Size + FrameHeader.Read(rest).Length);
    }

    /// <summary>Whether the bytes are frames, whole ones.</summary>
    public static bool AreWhole(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= FrameHeader.Size)
        {
            int length = FrameHeader.Size + FrameHeader.Read(bytes).Length;
            if (length > bytes.Length) return false;
            bytes = bytes[length..];
        }

        return bytes.IsEmpty;
    }
}
