using System;
using System.Buffers.Binary;
using System.Diagnostics.Tracing;
using Apns.Http2.Frames;

namespace Apns.Http2;

/// <summary>
/// Tells of each frame that a session sends and receives, to whoever listens to the event source <c>Apns-Http2</c>
/// (dotnet-trace, an <see cref="EventListener"/>). Of a frame's content it shows what steers the connection, and
/// nothing of header blocks and DATA: they hold secrets.
/// </summary>
[EventSource(Name = SourceName)]
internal sealed class FrameTrace : EventSource
{
    public const string SourceName = "Apns-Http2";

    public static readonly FrameTrace Log = new();

    private FrameTrace()
    {
    }

    [NonEvent]
    public void Received(int session, in FrameHeader header, ReadOnlySpan<byte> payload) =>
        FrameReceived(session, header.Type.ToString(), (int)header.Flags, header.StreamId, header.Length, Describe(header, payload));

    /// <summary>Tells of all frames in bytes that are about to leave; a client's preface is none.</summary>
    [NonEvent]
    public void Sent(int session, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Http2Session.Preface)) bytes = bytes[Http2Session.Preface.Length..];
        while (bytes.Length >= FrameHeader.Size)
        {
            FrameHeader header = FrameHeader.Read(bytes);
            FrameSent(session, header.Type.ToString(), (int)header.Flags, header.StreamId, header.Length, Describe(header, bytes.Slice(FrameHeader.Size, header.Length)));
            bytes = bytes[(FrameHeader.Size + header.Length)..];
        }
    }

    /// <param name="session">Number of the session in this process.</param>
    /// <param name="type">Frame type.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="stream">Stream identifier; 0 is the connection.</param>
    /// <param name="length">Payload length in bytes.</param>
    /// <param name="detail">What a frame that steers the connection says; empty for others.</param>
    [Event(1, Level = EventLevel.Verbose)]
    private void FrameReceived(int session, string type, int flags, int stream, int length, string detail) => WriteEvent(1, session, type, flags, stream, length, detail);

    /// <param name="session">Number of the session in this process.</param>
    /// <param name="type">Frame type.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="stream">Stream identifier; 0 is the connection.</param>
    /// <param name="length">Payload length in bytes.</param>
    /// <param name="detail">What a frame that steers the connection says; empty for others.</param>
    [Event(2, Level = EventLevel.Verbose)]
    private void FrameSent(int session, string type, int flags, int stream, int length, string detail) => WriteEvent(2, session, type, flags, stream, length, detail);

    private static string Describe(in FrameHeader header, ReadOnlySpan<byte> payload) => header.Type switch
    {
        FrameType.Settings => DescribeSettings(payload),
        FrameType.ResetStream when payload.Length >= 4 => $"{(Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload)}",
        FrameType.GoAway when payload.Length >= 8 =>
            $"last stream {BinaryPrimitives.ReadUInt32BigEndian(payload) & 0x7fffffff}, {(Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..])}",
        FrameType.WindowUpdate when payload.Length >= 4 => $"+{BinaryPrimitives.ReadUInt32BigEndian(payload) & 0x7fffffff}",
        _ => "",
    };

    private static string DescribeSettings(ReadOnlySpan<byte> payload)
    {
        string list = "";
        for (; payload.Length >= 6; payload = payload[6..])
        {
            list += $"{(list.Length > 0 ? ", " : "")}{BinaryPrimitives.ReadUInt16BigEndian(payload)}={BinaryPrimitives.ReadUInt32BigEndian(payload[2..])}";
        }

        return list;
    }
}
