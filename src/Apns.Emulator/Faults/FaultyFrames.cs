using System;
using System.Buffers.Binary;
using System.Text;
using Apns.Http2;
using Apns.Http2.Frames;
using Apns.Http2.Hpack;

namespace Apns.Emulator;

/// <summary>Frames that no session would write, put past it into its output.</summary>
internal static class FaultyFrames
{
    private const int FloodFrames = 20_000;
    private const int LongestPiece = 8;

    // Far above any stream that a client may have opened meanwhile, and odd as its streams are.
    private const int UnknownStreamDistance = 1 << 20;

    // More than fits into one frame, and than clients take; less than makes them give up the connection.
    private static readonly byte[] Filler = Encoding.ASCII.GetBytes(new string('x', 20 * 1024));

    /// <summary>":status: 200" by its index in the static table, RFC 7541 appendix A.</summary>
    private static ReadOnlySpan<byte> Success => [0x88];

    /// <summary>An index that no table has, RFC 7541 section 2.3.3.</summary>
    private static ReadOnlySpan<byte> Malformed => [0xff, 0xff, 0xff, 0xff, 0x07];

    /// <summary>Cuts the frames of an answer that was just written into pieces of a few bytes.</summary>
    /// <param name="output">What is to be written.</param>
    /// <param name="start">Where the answer begins.</param>
    /// <param name="random">How long the pieces are.</param>
    public static void Split(ByteBuffer output, int start, Random random)
    {
        ReadOnlySpan<byte> frames = output.WrittenSpan[start..].ToArray();
        output.Truncate(start);
        while (!frames.IsEmpty)
        {
            FrameHeader header = FrameHeader.Read(frames);
            Split(output, header, frames.Slice(FrameHeader.Size, header.Length), random);
            frames = frames[(FrameHeader.Size + header.Length)..];
        }
    }

    /// <summary>Writes an answer that was just written a second time.</summary>
    /// <param name="output">What is to be written.</param>
    /// <param name="start">Where the answer begins.</param>
    public static void Repeat(ByteBuffer output, int start) => output.Write(output.WrittenSpan[start..].ToArray());

    public static void AnswerUnknownStream(ByteBuffer output, int streamId) =>
        FrameWriter.Write(output, FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, streamId + UnknownStreamDistance, Success);

    public static void AnswerMalformed(ByteBuffer output, int streamId) =>
        FrameWriter.Write(output, FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, streamId, Malformed);

    /// <summary>An answer in order but for the length of its headers: the session writes it.</summary>
    public static void AnswerOversized(Http2Session session, Http2Stream stream)
    {
        session.BeginHeaders(stream, endStream: true);
        session.Encoder.Encode(session.Output, ":status"u8, "200"u8, HeaderIndexing.Incremental);
        session.Encoder.Encode(session.Output, "filler"u8, Filler, HeaderIndexing.Without);
        session.EndHeaders(stream);
    }

    public static void AnswerEndlessly(ByteBuffer output, int streamId)
    {
        FrameWriter.Write(output, FrameType.Headers, FrameFlags.EndStream, streamId, Success);
        for (int i = 0; i < FloodFrames; i++) FrameWriter.Write(output, FrameType.Continuation, FrameFlags.None, streamId, default);
    }

    public static void FloodWithPings(ByteBuffer output)
    {
        for (int i = 0; i < FloodFrames; i++) FrameWriter.WritePing(output, (ulong)i, acknowledge: false);
    }

    public static void FloodWithSettings(ByteBuffer output)
    {
        for (int i = 0; i < FloodFrames; i++) FrameWriter.Write(output, FrameType.Settings, FrameFlags.None, 0, default);
    }

    /// <summary>Takes the top-ups of the connection's window out of whole frames.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="withheld">The sum of the top-ups is added to it.</param>
    public static ByteBuffer WithoutWindow(ReadOnlySpan<byte> frames, ref int withheld)
    {
        var rest = new ByteBuffer(frames.Length);
        while (!frames.IsEmpty)
        {
            FrameHeader header = FrameHeader.Read(frames);
            int length = FrameHeader.Size + header.Length;
            if (header is { Type: FrameType.WindowUpdate, StreamId: 0 }) withheld += BinaryPrimitives.ReadInt32BigEndian(frames[FrameHeader.Size..]);
            else rest.Write(frames[..length]);
            frames = frames[length..];
        }

        return rest;
    }

    private static void Split(ByteBuffer output, FrameHeader header, ReadOnlySpan<byte> payload, Random random)
    {
        FrameType type = header.Type;
        FrameFlags first = header.Flags & ~FrameFlags.EndHeaders;
        if (type is not (FrameType.Headers or FrameType.Data) || payload.IsEmpty)
        {
            FrameWriter.Write(output, type, header.Flags, header.StreamId, payload);
            return;
        }

        // END_STREAM goes with HEADERS, but with the last piece of DATA; END_HEADERS with the last piece of a block.
        FrameFlags last = type == FrameType.Data ? header.Flags : FrameFlags.EndHeaders;
        FrameFlags flags = type == FrameType.Data ? FrameFlags.None : first;
        while (!payload.IsEmpty)
        {
            int length = Math.Min(payload.Length, random.Next(LongestPiece + 1));
            bool ends = length == payload.Length;
            FrameWriter.Write(output, type, ends ? flags | last : flags, header.StreamId, payload[..length]);
            payload = payload[length..];
            if (type != FrameType.Headers) continue;
            type = FrameType.Continuation;
            flags = FrameFlags.None;
        }
    }
}
