using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Apns.Http2;
using Apns.Http2.Frames;
using Apns.Http2.Hpack;

namespace Apns.Client.Tests;

/// <summary>One frame that a client sent.</summary>
internal sealed record PeerFrame(FrameType Type, FrameFlags Flags, int StreamId, ReadOnlyMemory<byte> Payload)
{
    public override string ToString() => $"{Type} {StreamId} [{Flags}] {Payload.Length}";
}

/// <summary>One request that a client sent, as far as it has come.</summary>
internal sealed class PeerRequest
{
    private Guid? _apnsId;

    public required int StreamId { get; init; }

    /// <summary>The header block as it was on the wire.</summary>
    public required ReadOnlyMemory<byte> Block { get; init; }

    public required (string Name, string Value)[] Fields { get; init; }

    /// <summary>What its DATA frames carried.</summary>
    public List<ReadOnlyMemory<byte>> Data { get; } = [];

    public byte[] Body => [.. Data.SelectMany(static piece => piece.ToArray())];

    /// <summary>Lengths of its DATA frames.</summary>
    public IEnumerable<int> Pieces => Data.Select(static piece => piece.Length);

    public bool Ended { get; set; }

    public Http2ErrorCode? Reset { get; set; }

    public string? this[string name]
    {
        get
        {
            foreach ((string key, string value) in Fields)
            {
                if (key == name) return value;
            }

            return null;
        }
    }

    public string Token => this[":path"]!["/3/device/".Length..];

    public Guid ApnsId => _apnsId ??= Guid.Parse(this["apns-id"]!);
}

/// <summary>
/// A server that decides nothing: it takes a client's bytes apart and puts together the frames that a test tells it to,
/// right or wrong ones. All it does by itself is to acknowledge SETTINGS, and PING if asked to.
/// </summary>
internal sealed class RawPeer : IHeaderSink
{
    private readonly HpackDecoder _decoder = new();
    private readonly HpackEncoder _encoder = new();
    private readonly Dictionary<int, PeerRequest> _byStream = [];
    private readonly List<(string, string)> _fields = [];
    private ReadOnlyMemory<byte> _block;
    private ReadOnlyMemory<byte> _rest;
    private bool _prefaceCame;
    private bool _settingsSent;
    private int _toAcknowledge;
    private readonly ByteBuffer _output = new();
    private readonly ByteBuffer _headerBlock = new();

    public bool AnswersPings { get; set; }

    public bool AcknowledgesSettings { get; set; } = true;

    public ByteBuffer Output => _output;

    public List<PeerFrame> Frames { get; } = [];

    public List<PeerRequest> Requests { get; } = [];

    public PeerRequest Last => Requests[^1];

    public PeerRequest this[int stream] => _byStream[stream];

    public IEnumerable<PeerFrame> FramesOf(FrameType type) => Frames.Where(frame => frame.Type == type);

    /// <summary>PINGs of the client's that are not answers.</summary>
    public IReadOnlyList<ulong> Pings =>
        [.. FramesOf(FrameType.Ping).Where(frame => !frame.Flags.HasFlag(FrameFlags.Acknowledge)).Select(frame => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(frame.Payload.Span))];

    /// <summary>Takes what has arrived.</summary>
    /// <param name="bytes">The bytes, which are the peer's from now on.</param>
    public void Receive(ReadOnlyMemory<byte> bytes)
    {
        while (NextPart(ref bytes) is { IsEmpty: false } part)
        {
            if (!_prefaceCame)
            {
                if (!part.Span.SequenceEqual(Http2Session.Preface)) throw new InvalidDataException("no connection preface");
                _prefaceCame = true;
                continue;
            }

            FrameHeader header = FrameHeader.Read(part.Span);
            var frame = new PeerFrame(header.Type, header.Flags, header.StreamId, part[FrameHeader.Size..]);
            Frames.Add(frame);
            Take(frame);
        }
    }

    /// <summary>The preface or the next whole frame, or nothing while it has not all come. Only what came in pieces is copied.</summary>
    private ReadOnlyMemory<byte> NextPart(ref ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            int length = LengthOfPart(_rest.IsEmpty ? bytes.Span : _rest.Span);
            if (_rest.IsEmpty && length <= bytes.Length) return Split(ref bytes, length);
            if (length == _rest.Length) return Split(ref _rest, length);
            ReadOnlyMemory<byte> more = Split(ref bytes, Math.Min(length - _rest.Length, bytes.Length));
            if (more.IsEmpty) return default;
            _rest = _rest.IsEmpty ? more : (byte[])[.. _rest.Span, .. more.Span];
        }
    }

    /// <summary>How long what begins so is, as far as its beginning tells: a frame's header has to be there first.</summary>
    private int LengthOfPart(ReadOnlySpan<byte> beginning) =>
        !_prefaceCame ? Http2Session.Preface.Length
        : beginning.Length < FrameHeader.Size ? FrameHeader.Size
        : FrameHeader.Size + FrameHeader.Read(beginning).Length;

    private static ReadOnlyMemory<byte> Split(ref ReadOnlyMemory<byte> bytes, int length)
    {
        ReadOnlyMemory<byte> first = bytes[..length];
        bytes = bytes[length..];
        return first;
    }

    /// <summary>The bytes to give the client.</summary>
    public byte[] TakeOutput()
    {
        byte[] bytes = _output.WrittenSpan.ToArray();
        _output.Clear();
        return bytes;
    }

    public void Settings(params ReadOnlySpan<(Http2SettingId Id, int Value)> settings)
    {
        using var payload = new MemoryStream();
        foreach ((Http2SettingId id, int value) in settings)
        {
            payload.Write([(byte)((int)id >> 8), (byte)id, (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
            if (id == Http2SettingId.HeaderTableSize) _decoder.SetMaxTableSize(value);
        }

        FrameWriter.Write(_output, FrameType.Settings, FrameFlags.None, 0, payload.ToArray());
        _settingsSent = true;
        for (; _toAcknowledge > 0; _toAcknowledge--) FrameWriter.WriteSettingsAcknowledgement(_output);
    }

    /// <summary>A whole answer: HEADERS alone, or with one DATA frame.</summary>
    public void Answer(int streamId, int status, string? body = null, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        Headers(streamId, endStream: body is null, [(":status", status.ToString(CultureInfo.InvariantCulture)), .. fields]);
        if (body is not null) Data(streamId, body, endStream: true);
    }

    public void Answer(PeerRequest request, int status = 200, string? body = null) => Answer(request.StreamId, status, body, ("apns-id", request["apns-id"]!));

    public void Reject(PeerRequest request, int status, string reason) => Answer(request, status, $$"""{"reason":"{{reason}}"}""");

    public void Headers(int streamId, bool endStream, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        _headerBlock.Clear();
        _encoder.BeginBlock(_headerBlock);
        foreach ((string name, string value) in fields)
        {
            _encoder.Encode(_headerBlock, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), HeaderIndexing.Incremental);
        }

        FrameFlags flags = FrameFlags.EndHeaders | (endStream ? FrameFlags.EndStream : FrameFlags.None);
        FrameWriter.Write(_output, FrameType.Headers, flags, streamId, _headerBlock.WrittenSpan);
    }

    /// <summary>One header block over several frames.</summary>
    public void SplitHeaders(int streamId, bool endStream, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        int start = _output.Length;
        Headers(streamId, endStream, fields);
        byte[] block = _output.WrittenSpan[(start + FrameHeader.Size)..].ToArray();
        _output.Truncate(start);
        FrameWriter.Write(_output, FrameType.Headers, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId, block.AsSpan(0, 1));
        for (int i = 1; i < block.Length; i++)
        {
            FrameWriter.Write(_output, FrameType.Continuation, i == block.Length - 1 ? FrameFlags.EndHeaders : FrameFlags.None, streamId, block.AsSpan(i, 1));
        }
    }

    public void Data(int streamId, string text, bool endStream) =>
        FrameWriter.Write(_output, FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId, Encoding.UTF8.GetBytes(text));

    public void ResetStream(int streamId, Http2ErrorCode errorCode) => FrameWriter.WriteResetStream(_output, streamId, errorCode);

    public void GoAway(int lastStreamId, Http2ErrorCode errorCode = Http2ErrorCode.NoError, string debugData = "") =>
        FrameWriter.WriteGoAway(_output, lastStreamId, errorCode, Encoding.UTF8.GetBytes(debugData));

    public void WindowUpdate(int streamId, int increment) => FrameWriter.WriteWindowUpdate(_output, streamId, increment);

    public void Ping(ulong opaque, bool acknowledge = false) => FrameWriter.WritePing(_output, opaque, acknowledge);

    void IHeaderSink.OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        _fields.Add((Encoding.UTF8.GetString(name), Encoding.UTF8.GetString(value)));

    private void Take(PeerFrame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Headers:
            case FrameType.Continuation:
                _block = _block.IsEmpty ? frame.Payload : (byte[])[.. _block.Span, .. frame.Payload.Span];
                if (!frame.Flags.HasFlag(FrameFlags.EndHeaders)) break;
                _fields.Clear();
                _decoder.Decode(_block.Span, this);
                var request = new PeerRequest { StreamId = frame.StreamId, Block = _block, Fields = [.. _fields] };
                _block = default;
                Requests.Add(request);
                _byStream.Add(frame.StreamId, request);
                break;
            case FrameType.Data:
                PeerRequest of = _byStream[frame.StreamId];
                of.Data.Add(frame.Payload);
                of.Ended = frame.Flags.HasFlag(FrameFlags.EndStream);
                break;
            case FrameType.ResetStream:
                _byStream[frame.StreamId].Reset = (Http2ErrorCode)System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame.Payload.Span);
                break;
            case FrameType.Settings when AcknowledgesSettings && !frame.Flags.HasFlag(FrameFlags.Acknowledge):
                // A server's first frame is its own SETTINGS.
                if (_settingsSent) FrameWriter.WriteSettingsAcknowledgement(_output);
                else _toAcknowledge++;
                break;
            case FrameType.Ping when AnswersPings && !frame.Flags.HasFlag(FrameFlags.Acknowledge):
                FrameWriter.Write(_output, FrameType.Ping, FrameFlags.Acknowledge, 0, frame.Payload.Span);
                break;
            default:
                break;
        }
    }
}
