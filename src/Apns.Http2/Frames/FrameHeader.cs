using System;
using System.Buffers.Binary;

namespace Apns.Http2.Frames;

/// <summary>The nine bytes before each frame's payload, RFC 9113 section 4.1.</summary>
/// <param name="Length">Payload length in bytes, at most 2^24-1.</param>
/// <param name="Type">Frame type; unknown values are possible.</param>
/// <param name="Flags">Flags; those a type does not define are ignored.</param>
/// <param name="StreamId">Stream identifier; 0 is the connection.</param>
public readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int StreamId)
{
    /// <summary>Length of an encoded frame header in bytes.</summary>
    public const int Size = 9;

    /// <summary>Reads a frame header; the reserved bit is ignored, as the RFC demands.</summary>
    /// <param name="source">At least nine bytes.</param>
    /// <returns>The header.</returns>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        uint lengthAndType = BinaryPrimitives.ReadUInt32BigEndian(source);
        int streamId = BinaryPrimitives.ReadInt32BigEndian(source[5..]) & 0x7fffffff;
        return new FrameHeader((int)(lengthAndType >> 8), (FrameType)(byte)lengthAndType, (FrameFlags)source[4], streamId);
    }

    /// <summary>Writes the header.</summary>
    /// <param name="destination">At least nine bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, ((uint)Length << 8) | (byte)Type);
        destination[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], StreamId);
    }

    /// <summary>Whether a flag is set.</summary>
    /// <param name="flag">The flag to look for.</param>
    /// <returns>True when it is set.</returns>
    public bool Has(FrameFlags flag) => (Flags & flag) != 0;
}
