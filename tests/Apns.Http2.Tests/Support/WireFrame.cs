using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Apns.Http2.Frames;

using Xunit;

namespace Apns.Http2.Tests.Support;

/// <summary>One frame that a session put out. As a string it says what it means.</summary>
internal sealed record WireFrame(FrameHeader Header, byte[] Payload)
{
    internal FrameType Type => Header.Type;

    internal int StreamId => Header.StreamId;

    /// <summary>Splits bytes into frames; a client's preface is skipped. Nothing may be left over.</summary>
    internal static List<WireFrame> Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Http2Session.Preface)) bytes = bytes[Http2Session.Preface.Length..];
        var frames = new List<WireFrame>();
        while (!bytes.IsEmpty)
        {
            FrameHeader header = FrameHeader.Read(bytes);

            // RFC 9113 section 4.1, whatever the test is about.
            Assert.Equal(0, bytes[5] & 0x80);
            Assert.Equal(FrameFlags.None, header.Flags & ~FlagsOf(header.Type));
            frames.Add(new WireFrame(header, bytes.Slice(FrameHeader.Size, header.Length).ToArray()));
            bytes = bytes[(FrameHeader.Size + header.Length)..];
        }

        return frames;
    }

    public override string ToString() => Type switch
    {
        FrameType.Data => $"DATA {StreamId} #{Payload.Length}{Flag(FrameFlags.EndStream, " END")}",
        FrameType.Headers => $"HEADERS {StreamId}{Flag(FrameFlags.EndHeaders, "", " ...")}{Flag(FrameFlags.EndStream, " END")}",
        FrameType.ResetStream => $"RST_STREAM {StreamId} {Code(0)}",
        FrameType.Settings => Header.Has(FrameFlags.Acknowledge) ? "SETTINGS ACK" : string.Join(' ', ["SETTINGS", .. SettingList()]),
        FrameType.Ping => $"PING {BinaryPrimitives.ReadUInt64BigEndian(Payload):x}{Flag(FrameFlags.Acknowledge, " ACK")}",
        FrameType.GoAway => $"GOAWAY {BinaryPrimitives.ReadInt32BigEndian(Payload)} {Code(4)}",
        FrameType.WindowUpdate => $"WINDOW_UPDATE {StreamId} {BinaryPrimitives.ReadInt32BigEndian(Payload)}",
        FrameType.Continuation => $"CONTINUATION {StreamId}{Flag(FrameFlags.EndHeaders, "", " ...")}",
        _ => $"{Type} {StreamId} #{Payload.Length}",
    };

    /// <summary>The text of a GOAWAY.</summary>
    internal string DebugText => Encoding.ASCII.GetString(Payload.AsSpan(8));

    /// <summary>The flags that mean something, but for those that no session has a use for: it never pads, nor sets a priority.</summary>
    private static FrameFlags FlagsOf(FrameType type) => type switch
    {
        FrameType.Data => FrameFlags.EndStream,
        FrameType.Headers => FrameFlags.EndStream | FrameFlags.EndHeaders,
        FrameType.Continuation => FrameFlags.EndHeaders,
        FrameType.Settings or FrameType.Ping => FrameFlags.Acknowledge,
        _ => FrameFlags.None,
    };

    private string Flag(FrameFlags flag, string set, string clear = "") => Header.Has(flag) ? set : clear;

    private Http2ErrorCode Code(int offset) => (Http2ErrorCode)BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(offset));

    private IEnumerable<string> SettingList() =>
        from start in Enumerable.Range(0, Payload.Length / 6)
        let id = (Http2SettingId)BinaryPrimitives.ReadUInt16BigEndian(Payload.AsSpan(6 * start))
        select $"{id}={BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(6 * start + 2))}";
}
