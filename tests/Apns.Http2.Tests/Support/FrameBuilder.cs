using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;

using Apns.Http2.Frames;
using Apns.Http2.Hpack;

namespace Apns.Http2.Tests.Support;

/// <summary>Builds what a peer sends, right or wrong: it knows no rules. Header blocks leave the HPACK table alone.</summary>
internal sealed class FrameBuilder
{
    internal static readonly string[] Get = [":method: GET", ":scheme: https", ":path: /", ":authority: a.example"];
    internal static readonly string[] Post = [":method: POST", ":scheme: https", ":path: /3/device/00", ":authority: a.example"];
    internal static readonly string[] Ok = [":status: 200"];

    private readonly ByteBuffer _bytes = new();

    internal byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    internal static byte[] Block(params string[] fields)
    {
        var output = new ByteBuffer();
        var encoder = new HpackEncoder();
        foreach (string field in fields)
        {
            // A pseudo-header begins with the colon that ends other names.
            int colon = field.IndexOf(": ", 1, StringComparison.Ordinal);
            byte[] name = Encoding.Latin1.GetBytes(field[..colon]);
            encoder.Encode(output, name, Encoding.Latin1.GetBytes(field[(colon + 2)..]), HeaderIndexing.Without);
        }

        return output.WrittenSpan.ToArray();
    }

    internal FrameBuilder Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    internal FrameBuilder Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    internal FrameBuilder Frame(FrameType type, FrameFlags flags, int streamId, params byte[] payload)
    {
        FrameWriter.Write(_bytes, type, flags, streamId, payload);
        return this;
    }

    internal FrameBuilder Preface() => Raw(Http2Session.Preface);

    internal FrameBuilder Settings(params (Http2SettingId Id, uint Value)[] values)
    {
        byte[] payload = new byte[6 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(6 * i), (ushort)values[i].Id);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(6 * i + 2), values[i].Value);
        }

        return Frame(FrameType.Settings, FrameFlags.None, 0, payload);
    }

    internal FrameBuilder SettingsAck() => Frame(FrameType.Settings, FrameFlags.Acknowledge, 0);

    internal FrameBuilder Headers(int streamId, params string[] fields) =>
        Frame(FrameType.Headers, FrameFlags.EndHeaders, streamId, Block(fields));

    internal FrameBuilder HeadersEnd(int streamId, params string[] fields) =>
        Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, streamId, Block(fields));

    internal FrameBuilder Continuation(int streamId, bool endHeaders, params byte[] fragment) =>
        Frame(FrameType.Continuation, endHeaders ? FrameFlags.EndHeaders : FrameFlags.None, streamId, fragment);

    internal FrameBuilder Data(int streamId, string text) => Frame(FrameType.Data, FrameFlags.None, streamId, Encoding.Latin1.GetBytes(text));

    internal FrameBuilder DataEnd(int streamId, string text) =>
        Frame(FrameType.Data, FrameFlags.EndStream, streamId, Encoding.Latin1.GetBytes(text));

    internal FrameBuilder Data(int streamId, int length, bool endStream = false) =>
        Frame(FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId, new byte[length]);

    internal FrameBuilder Reset(int streamId, Http2ErrorCode code) => Frame(FrameType.ResetStream, FrameFlags.None, streamId, Int((uint)code));

    internal FrameBuilder Ping(ulong opaque, bool acknowledge = false)
    {
        FrameWriter.WritePing(_bytes, opaque, acknowledge);
        return this;
    }

    internal FrameBuilder WindowUpdate(int streamId, uint increment) =>
        Frame(FrameType.WindowUpdate, FrameFlags.None, streamId, Int(increment));

    internal FrameBuilder GoAway(int lastStreamId, Http2ErrorCode code, string debug = "")
    {
        FrameWriter.WriteGoAway(_bytes, lastStreamId, code, Encoding.Latin1.GetBytes(debug));
        return this;
    }

    internal FrameBuilder Priority(int streamId, int length = 5) => Frame(FrameType.Priority, FrameFlags.None, streamId, new byte[length]);

    /// <summary>The same again, so often in all.</summary>
    internal static byte[] Repeat(int count, Action<FrameBuilder> frames)
    {
        var builder = new FrameBuilder();
        frames(builder);
        return [.. Enumerable.Repeat(builder.ToArray(), count).SelectMany(bytes => bytes)];
    }

    internal static byte[] Int(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
