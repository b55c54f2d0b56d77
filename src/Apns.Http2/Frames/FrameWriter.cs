using System;
using System.Buffers.Binary;

namespace Apns.Http2.Frames;

/// <summary>
/// Appends whole frames to a buffer. It knows layouts, not rules: what may be sent when is the session's business,
/// and tests use it to send what no session would.
/// </summary>
public static class FrameWriter
{
    /// <summary>Appends a frame of any type.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="type">Frame type.</param>
    /// <param name="flags">Frame flags.</param>
    /// <param name="streamId">Stream identifier.</param>
    /// <param name="payload">The payload as it goes on the wire.</param>
    public static void Write(ByteBuffer output, FrameType type, FrameFlags flags, int streamId, ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = Begin(output, type, flags, streamId, payload.Length);
        payload.CopyTo(frame);
    }

    /// <summary>Appends SETTINGS with the values that differ from the RFC's initial ones.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="settings">What to announce.</param>
    /// <param name="previous">What the peer holds already; only differences are sent.</param>
    public static void WriteSettings(ByteBuffer output, Http2Settings settings, Http2Settings previous)
    {
        int start = output.Length;
        Begin(output, FrameType.Settings, FrameFlags.None, 0, 0);
        foreach (Http2SettingId id in Http2Settings.KnownIds)
        {
            uint value = settings.Get(id);
            if (value == previous.Get(id)) continue;
            Span<byte> entry = output.GetSpan(6);
            BinaryPrimitives.WriteUInt16BigEndian(entry, (ushort)id);
            BinaryPrimitives.WriteUInt32BigEndian(entry[2..], value);
            output.Advance(6);
        }

        EndPatched(output, start);
    }

    /// <summary>Appends the acknowledgement of the peer's SETTINGS.</summary>
    /// <param name="output">Where to.</param>
    public static void WriteSettingsAcknowledgement(ByteBuffer output) =>
        Begin(output, FrameType.Settings, FrameFlags.Acknowledge, 0, 0);

    /// <summary>Appends PING.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="opaque">The eight bytes that the answer repeats.</param>
    /// <param name="acknowledge">Whether this answers the peer's PING.</param>
    public static void WritePing(ByteBuffer output, ulong opaque, bool acknowledge) =>
        BinaryPrimitives.WriteUInt64BigEndian(Begin(output, FrameType.Ping, acknowledge ? FrameFlags.Acknowledge : FrameFlags.None, 0, 8), opaque);

    /// <summary>Appends RST_STREAM.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="streamId">The stream to end.</param>
    /// <param name="errorCode">Why.</param>
    public static void WriteResetStream(ByteBuffer output, int streamId, Http2ErrorCode errorCode) =>
        BinaryPrimitives.WriteInt32BigEndian(Begin(output, FrameType.ResetStream, FrameFlags.None, streamId, 4), (int)errorCode);

    /// <summary>Appends WINDOW_UPDATE.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="streamId">The stream, or 0 for the connection.</param>
    /// <param name="increment">Bytes to add to the window, 1 to 2^31-1.</param>
    public static void WriteWindowUpdate(ByteBuffer output, int streamId, int increment) =>
        BinaryPrimitives.WriteInt32BigEndian(Begin(output, FrameType.WindowUpdate, FrameFlags.None, streamId, 4), increment);

    /// <summary>Appends GOAWAY.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="lastStreamId">Highest peer stream that was or might be processed.</param>
    /// <param name="errorCode">Why.</param>
    /// <param name="debugData">Text for whoever reads the peer's log.</param>
    public static void WriteGoAway(ByteBuffer output, int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData)
    {
        Span<byte> payload = Begin(output, FrameType.GoAway, FrameFlags.None, 0, 8 + debugData.Length);
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStreamId);
        BinaryPrimitives.WriteInt32BigEndian(payload[4..], (int)errorCode);
        debugData.CopyTo(payload[8..]);
    }

    /// <summary>Appends a frame header and room for the payload.</summary>
    internal static Span<byte> Begin(ByteBuffer output, FrameType type, FrameFlags flags, int streamId, int length)
    {
        Span<byte> frame = output.GetSpan(FrameHeader.Size + length);
        new FrameHeader(length, type, flags, streamId).Write(frame);
        output.Advance(FrameHeader.Size + length);
        return frame.Slice(FrameHeader.Size, length);
    }

    /// <summary>Fills in the length of a frame whose payload was appended after its header.</summary>
    internal static void EndPatched(ByteBuffer output, int start)
    {
        Span<byte> header = output.Patch(start, FrameHeader.Size);
        FrameHeader begun = FrameHeader.Read(header);
        (begun with { Length = output.Length - start - FrameHeader.Size }).Write(header);
    }
}
