using System;
using System.Buffers.Binary;
using Apns.Http2.Frames;
using Apns.Http2.Hpack;

namespace Apns.Http2;

/// <content>What the peer says.</content>
public sealed partial class Http2Session : IHeaderSink
{
    // How long ids of closed streams are remembered: longer for those reset here, whose answers may still come.
    private readonly ClosedStreams _resetStreams = new(1024);
    private readonly ClosedStreams _endedStreams = new(256);
    private readonly ByteBuffer _partialFrame = new();
    private readonly ByteBuffer _headerBlock = new();
    private readonly HeaderValidator _validator;
    private FloodGuard _settingsGuard;
    private FloodGuard _pingGuard;
    private FloodGuard _emptyDataGuard;
    private FloodGuard _resetGuard;
    private FloodGuard _streamErrorGuard;
    private FloodGuard _ignoredGuard;
    private FrameHeader _blockHeader;
    private Http2Stream? _blockStream;
    private int _continuations;
    private bool _inHeaderBlock;
    private bool _settingsSeen;
    private int _pingsUnanswered;
    private int _prefaceLeft;
    private long _now;

    /// <summary>
    /// Takes bytes from the peer, cut anywhere. On a connection error GOAWAY is put into <see cref="Output"/>, to be
    /// written before the transport is closed, and everything received later is ignored.
    /// </summary>
    /// <param name="bytes">What came.</param>
    /// <param name="nowMilliseconds">The owner's monotonic clock, for the limits against floods.</param>
    /// <exception cref="Http2ConnectionException">The peer broke the protocol.</exception>
    public void Receive(ReadOnlySpan<byte> bytes, long nowMilliseconds)
    {
        if (Failed) return;
        _now = nowMilliseconds;
        try
        {
            if (_prefaceLeft > 0) ReadPreface(ref bytes);
            if (_partialFrame.Length > 0) CompletePartialFrame(ref bytes);
            while (TryReadFrame(ref bytes))
            {
            }

            if (!bytes.IsEmpty) _partialFrame.Write(bytes);
        }
        catch (Http2ConnectionException error)
        {
            Fail(error);
            throw;
        }
    }

    void IHeaderSink.OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // Without a stream the block is decoded only to keep the dynamic table right.
        if (_blockStream is { Id: not 0 } && _validator.Check(ref name, value)) _events.OnHeader(_blockStream, name, value);
    }

    private void ReadPreface(ref ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(_prefaceLeft, bytes.Length);
        if (!bytes[..count].SequenceEqual(Preface.Slice(Preface.Length - _prefaceLeft, count)))
        {
            throw Violation(Http2ErrorCode.ProtocolError, "the client does not begin with the HTTP/2 connection preface");
        }

        _prefaceLeft -= count;
        bytes = bytes[count..];
    }

    private bool TryReadFrame(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FrameHeader.Size) return false;
        FrameHeader header = FrameHeader.Read(bytes);
        CheckFrame(header);
        if (bytes.Length < FrameHeader.Size + header.Length) return false;
        ReadOnlySpan<byte> payload = bytes.Slice(FrameHeader.Size, header.Length);
        bytes = bytes[(FrameHeader.Size + header.Length)..];
        ReceiveFrame(header, payload);
        return true;
    }

    /// <summary>Adds to the frame that the last call left unfinished, no more than it lacks.</summary>
    private void CompletePartialFrame(ref ReadOnlySpan<byte> bytes)
    {
        if (!TakeUpTo(FrameHeader.Size, ref bytes)) return;
        FrameHeader header = FrameHeader.Read(_partialFrame.WrittenSpan);
        CheckFrame(header);
        if (!TakeUpTo(FrameHeader.Size + header.Length, ref bytes)) return;
        ReceiveFrame(header, _partialFrame.WrittenSpan[FrameHeader.Size..]);
        _partialFrame.Clear();
    }

    private bool TakeUpTo(int length, ref ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Math.Max(0, length - _partialFrame.Length));
        _partialFrame.Write(bytes[..count]);
        bytes = bytes[count..];
        return _partialFrame.Length >= length;
    }

    /// <summary>What a frame header alone shows to be wrong, before its payload is waited for.</summary>
    private void CheckFrame(in FrameHeader header)
    {
        if (!SettingsReceived && (header.Type != FrameType.Settings || header.Has(FrameFlags.Acknowledge)))
        {
            throw Violation(Http2ErrorCode.ProtocolError, "the first frame is not SETTINGS");
        }

        if (header.Length > _maxFrameSize)
        {
            throw Violation(Http2ErrorCode.FrameSizeError, $"a frame of {header.Length} bytes exceeds SETTINGS_MAX_FRAME_SIZE {_maxFrameSize}");
        }

        if (_inHeaderBlock && (header.Type != FrameType.Continuation || header.StreamId != _blockHeader.StreamId))
        {
            throw Violation(Http2ErrorCode.ProtocolError, "a header block is interrupted by another frame");
        }
    }

    private void ReceiveFrame(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (FrameTrace.Log.IsEnabled()) FrameTrace.Log.Received(_number, header, payload);
        switch (header.Type)
        {
            case FrameType.Data:
                ReceiveData(header, payload);
                break;
            case FrameType.Headers:
                ReceiveHeaders(header, payload);
                break;
            case FrameType.Priority:
                ReceivePriority(header, payload);
                break;
            case FrameType.ResetStream:
                ReceiveResetStream(header, payload);
                break;
            case FrameType.Settings:
                ReceiveSettings(header, payload);
                break;
            case FrameType.PushPromise:
                // Section 6.6 and 8.4: a client never pushes, and this client has said that it wants no push.
                throw Violation(Http2ErrorCode.ProtocolError, "PUSH_PROMISE is not allowed here");
            case FrameType.Ping:
                ReceivePing(header, payload);
                break;
            case FrameType.GoAway:
                ReceiveGoAway(header, payload);
                break;
            case FrameType.WindowUpdate:
                ReceiveWindowUpdate(header, payload);
                break;
            case FrameType.Continuation:
                ReceiveContinuation(header, payload);
                break;
            default:
                _ignoredGuard.Take(_now);
                break;
        }
    }

    private void ReceiveData(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        RequireStream(header);
        if (payload.Length > _receiveWindow) throw Violation(Http2ErrorCode.FlowControlError, "DATA exceeds the connection's window");
        ReadOnlySpan<byte> data = WithoutPadding(header, payload);

        // Padding counts, and so does DATA for streams that are gone: the window belongs to the connection (section 6.9.1).
        _receiveWindow -= payload.Length;
        if (_options.ConnectionWindowSize - _receiveWindow >= _options.ConnectionWindowSize / WindowShare)
        {
            FrameWriter.WriteWindowUpdate(_output, 0, _options.ConnectionWindowSize - _receiveWindow);
            _receiveWindow = _options.ConnectionWindowSize;
        }

        if (FindStream(header) is not { } stream) return;
        bool endStream = header.Has(FrameFlags.EndStream);
        if (data.IsEmpty && !endStream) _emptyDataGuard.Take(_now);
        stream.ReceivedLength += data.Length;
        if (stream.RemoteEnded) StreamError(stream, Http2ErrorCode.StreamClosed);
        else if (!stream.HeadersReceived) StreamError(stream, Http2ErrorCode.ProtocolError);
        else if (payload.Length > stream.ReceiveWindow) StreamError(stream, Http2ErrorCode.FlowControlError);
        else if (!LengthFits(stream, endStream)) StreamError(stream, Http2ErrorCode.ProtocolError);
        else AcceptData(stream, payload.Length, data, endStream);
    }

    private void AcceptData(Http2Stream stream, int windowUsed, ReadOnlySpan<byte> data, bool endStream)
    {
        int id = stream.Id;
        stream.ReceiveWindow -= windowUsed;
        stream.RemoteEnded = endStream;
        GiveBackWindow(stream);
        _events.OnData(stream, data, endStream);
        if (stream.Id == id) CloseIfEnded(stream);
    }

    private void GiveBackWindow(Http2Stream stream)
    {
        int initial = LocalSettings.InitialWindowSize;
        if (stream.RemoteEnded || stream.ReceiveWindow > initial / 2 || stream.ReceiveWindow >= initial) return;
        FrameWriter.WriteWindowUpdate(_output, stream.Id, initial - stream.ReceiveWindow);
        stream.ReceiveWindow = initial;
    }

    /// <summary>Section 8.1.1: content that does not add up to content-length makes a message malformed.</summary>
    private static bool LengthFits(Http2Stream stream, bool endStream) =>
        stream.ExpectedLength < 0
        || (endStream ? stream.ReceivedLength == stream.ExpectedLength : stream.ReceivedLength <= stream.ExpectedLength);

    private void ReceiveHeaders(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        RequireStream(header);
        ReadOnlySpan<byte> fragment = WithoutPadding(header, payload);
        if (header.Has(FrameFlags.Priority))
        {
            if (fragment.Length < 5) throw Violation(Http2ErrorCode.FrameSizeError, "HEADERS is too short for its priority fields");
            RequireOtherStream(header, fragment);
            fragment = fragment[5..];
        }

        _blockHeader = header;
        if (header.Has(FrameFlags.EndHeaders))
        {
            ReceiveHeaderBlock(fragment);
            return;
        }

        _inHeaderBlock = true;
        _continuations = 0;
        AddFragment(fragment);
    }

    private void ReceiveContinuation(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!_inHeaderBlock) throw Violation(Http2ErrorCode.ProtocolError, "CONTINUATION without HEADERS before it");
        if (++_continuations > _options.MaxContinuations) throw Violation(Http2ErrorCode.EnhanceYourCalm, "too many CONTINUATION frames");
        AddFragment(payload);
        if (!header.Has(FrameFlags.EndHeaders)) return;
        _inHeaderBlock = false;
        ReceiveHeaderBlock(_headerBlock.WrittenSpan);
        _headerBlock.Clear();
    }

    private void AddFragment(ReadOnlySpan<byte> fragment)
    {
        // A list within the limit, however badly coded, stays below twice the limit.
        if ((long)_headerBlock.Length + fragment.Length > 2L * _options.Settings.MaxHeaderListSize)
        {
            throw Violation(Http2ErrorCode.EnhanceYourCalm, $"a header block exceeds SETTINGS_MAX_HEADER_LIST_SIZE {_options.Settings.MaxHeaderListSize}");
        }

        _headerBlock.Write(fragment);
    }

    private void ReceiveHeaderBlock(ReadOnlySpan<byte> block)
    {
        Http2Stream? stream = _role == Http2Role.Server ? FindOrOpenStream(_blockHeader) : FindStream(_blockHeader);
        bool endStream = _blockHeader.Has(FrameFlags.EndStream);
        Http2ErrorCode? refusal = stream is null ? null : Refuse(stream, endStream);
        _blockStream = refusal is null ? stream : null;
        _validator.Begin(stream is { HeadersReceived: true } ? HeaderValidator.BlockKind.Trailers
            : _role == Http2Role.Server ? HeaderValidator.BlockKind.Request : HeaderValidator.BlockKind.Response);
        bool fits = _decoder.Decode(block, this);
        _blockStream = null;

        // Gone, too, when its owner has reset it because of one of the fields.
        if (stream is null || stream.Id == 0) return;
        if (refusal is not null) StreamError(stream, refusal.Value);
        else if (!fits) RefuseList(stream, endStream);
        else if (!_validator.End() || (_validator.Interim && endStream)) StreamError(stream, Http2ErrorCode.ProtocolError);
        else AcceptHeaders(stream, endStream);
    }

    /// <summary>Section 10.5.1: a server may answer what it does not take in whole, instead of having the stream reset.</summary>
    private void RefuseList(Http2Stream stream, bool endStream)
    {
        stream.RemoteEnded = endStream;
        StreamError(stream, Http2ErrorCode.EnhanceYourCalm);
    }

    private void AcceptHeaders(Http2Stream stream, bool endStream)
    {
        if (_validator.Interim) _ignoredGuard.Take(_now);
        if (!stream.HeadersReceived && !_validator.Interim)
        {
            stream.HeadersReceived = true;
            stream.ExpectedLength = _validator.NoContent ? 0 : _validator.ContentLength;
        }

        if (endStream && !LengthFits(stream, endStream))
        {
            StreamError(stream, Http2ErrorCode.ProtocolError);
            return;
        }

        int id = stream.Id;
        stream.RemoteEnded = endStream;
        _events.OnHeaders(stream, endStream);
        if (stream.Id == id) CloseIfEnded(stream);
    }

    /// <summary>Whether this header block may come on this stream at all.</summary>
    private Http2ErrorCode? Refuse(Http2Stream stream, bool endStream)
    {
        if (stream.RemoteEnded) return Http2ErrorCode.StreamClosed;
        if (stream.HeadersReceived) return endStream ? null : Http2ErrorCode.ProtocolError;
        return _role == Http2Role.Server && OpenStreams > ConcurrentStreamsAllowed ? Http2ErrorCode.RefusedStream : null;
    }

    /// <summary>
    /// The limit the peer must keep: a lowered one only once acknowledged. Before the first acknowledgement, when by the
    /// RFC there is no limit yet, it is the hundred that section 6.5.2 recommends as the least.
    /// </summary>
    private int ConcurrentStreamsAllowed
    {
        get
        {
            int allowed = _settingsSeen ? LocalSettings.MaxConcurrentStreams : MaxUnsettledStreams;
            foreach (Http2Settings announced in _unacknowledgedSettings) allowed = Math.Max(allowed, announced.MaxConcurrentStreams);
            return allowed;
        }
    }

    private Http2Stream? FindOrOpenStream(in FrameHeader header)
    {
        int id = header.StreamId;
        if (id <= _highestPeerStream) return FindStream(header);
        if ((id & 1) == 0) throw Violation(Http2ErrorCode.ProtocolError, $"a client cannot open the even {Describe(id)}");
        if (id > _acceptedPeerStream)
        {
            _ignoredGuard.Take(_now);
            return null;
        }

        _highestPeerStream = id;
        return _streams.Add(id, PeerSettings.InitialWindowSize, LocalSettings.InitialWindowSize);
    }

    private void ReceivePriority(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        RequireStream(header);
        _ignoredGuard.Take(_now);
        if (payload.Length == 5)
        {
            RequireOtherStream(header, payload);
            return;
        }

        // Section 6.3 makes this a stream error, but a stream that is not open cannot be reset.
        if (_streams.Find(header.StreamId) is not { } stream) throw Violation(Http2ErrorCode.FrameSizeError, "PRIORITY is not 5 bytes long");
        StreamError(stream, Http2ErrorCode.FrameSizeError);
    }

    private void ReceiveResetStream(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        RequireLength(header, 4);
        RequireStream(header);
        if (FindOpenStream(header) is not { } stream) return;
        if (_role == Http2Role.Server) _resetGuard.Take(_now);
        int id = stream.Id;
        _endedStreams.Add(id);
        _events.OnReset(stream, (Http2ErrorCode)BinaryPrimitives.ReadInt32BigEndian(payload), Http2ResetCause.Peer);
        if (stream.Id == id) Forget(stream);
    }

    private void ReceiveSettings(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        RequireConnection(header);
        if (header.Has(FrameFlags.Acknowledge))
        {
            RequireLength(header, 0);
            _settingsSeen = true;
            if (_unacknowledgedSettings.TryDequeue(out Http2Settings? acknowledged)) ApplyLocalSettings(acknowledged);
            else _ignoredGuard.Take(_now);
            return;
        }

        if (payload.Length % 6 != 0) throw Violation(Http2ErrorCode.FrameSizeError, "SETTINGS is not a multiple of 6 bytes long");
        _settingsGuard.Take(_now);
        int initialWindow = PeerSettings.InitialWindowSize;
        for (; !payload.IsEmpty; payload = payload[6..])
        {
            ApplyPeerSetting((Http2SettingId)BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
        }

        MoveSendWindows(PeerSettings.InitialWindowSize - initialWindow);
        SettingsReceived = true;
        FrameWriter.WriteSettingsAcknowledgement(_output);
        SendUnsent();
        _events.OnSettings();
    }

    private void ApplyPeerSetting(Http2SettingId id, uint value)
    {
        Http2Settings changed = PeerSettings.With(id, value);
        if (id == Http2SettingId.EnablePush && value == 1 && _role == Http2Role.Client)
        {
            throw Violation(Http2ErrorCode.ProtocolError, "a server cannot set SETTINGS_ENABLE_PUSH to 1");
        }

        PeerSettings = changed;
        if (id == Http2SettingId.HeaderTableSize) _encoder.SetPeerTableSize(changed.HeaderTableSize);
    }

    /// <summary>Section 6.9.2: a changed initial window moves open streams by the difference, below zero if need be.</summary>
    private void MoveSendWindows(int delta)
    {
        if (delta == 0) return;
        foreach (Http2Stream stream in _streams.Snapshot())
        {
            long window = (long)stream.SendWindow + delta;
            if (window > int.MaxValue) throw Violation(Http2ErrorCode.FlowControlError, $"SETTINGS_INITIAL_WINDOW_SIZE overflows the window of {Describe(stream.Id)}");
            stream.SendWindow = (int)window;
        }
    }

    private void ApplyLocalSettings(Http2Settings acknowledged)
    {
        int delta = acknowledged.InitialWindowSize - LocalSettings.InitialWindowSize;
        bool tableChanged = acknowledged.HeaderTableSize != LocalSettings.HeaderTableSize;
        LocalSettings = acknowledged;
        _maxFrameSize = acknowledged.MaxFrameSize;
        foreach (Http2Settings announced in _unacknowledgedSettings) _maxFrameSize = Math.Max(_maxFrameSize, announced.MaxFrameSize);
        if (tableChanged) _decoder.SetMaxTableSize(acknowledged.HeaderTableSize);
        if (delta == 0) return;
        foreach (Http2Stream stream in _streams.Snapshot())
        {
            stream.ReceiveWindow += delta;

            // A lowered window may have left the peer nothing to send with, and so us nothing to answer with window.
            GiveBackWindow(stream);
        }
    }

    private void ReceivePing(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        RequireConnection(header);
        RequireLength(header, 8);
        ulong opaque = BinaryPrimitives.ReadUInt64BigEndian(payload);
        if (!header.Has(FrameFlags.Acknowledge))
        {
            _pingGuard.Take(_now);
            FrameWriter.WritePing(_output, opaque, acknowledge: true);
        }
        else if (opaque == _resetPing && _unseenResetsInPing > 0)
        {
            _unseenResets -= _unseenResetsInPing;
            AskWhetherResetsWereSeen();
            _events.OnPingAcknowledged(opaque);
        }
        else
        {
            if (_pingsUnanswered > 0) _pingsUnanswered--;
            else _ignoredGuard.Take(_now);
            _events.OnPingAcknowledged(opaque);
        }
    }

    private void ReceiveGoAway(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        RequireConnection(header);
        if (payload.Length < 8) throw Violation(Http2ErrorCode.FrameSizeError, "GOAWAY is shorter than 8 bytes");
        int lastStreamId = BinaryPrimitives.ReadInt32BigEndian(payload) & 0x7fffffff;
        if (lastStreamId > PeerLastStreamId) throw Violation(Http2ErrorCode.ProtocolError, "a second GOAWAY raises the last stream");
        if (GoAwayReceived) _ignoredGuard.Take(_now);
        GoAwayReceived = true;
        PeerLastStreamId = lastStreamId;
        _events.OnGoAway(lastStreamId, (Http2ErrorCode)BinaryPrimitives.ReadInt32BigEndian(payload[4..]), payload[8..]);

        if (_role != Http2Role.Client) return;
        foreach (Http2Stream stream in _streams.Snapshot())
        {
            int id = stream.Id;
            if (id <= lastStreamId) continue;
            _resetStreams.Add(id);
            _events.OnReset(stream, Http2ErrorCode.RefusedStream, Http2ResetCause.GoAway);
            if (stream.Id == id) Forget(stream);
        }
    }

    private void ReceiveWindowUpdate(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        RequireLength(header, 4);
        int increment = BinaryPrimitives.ReadInt32BigEndian(payload) & 0x7fffffff;
        if (header.StreamId == 0)
        {
            if (increment == 0) throw Violation(Http2ErrorCode.ProtocolError, "WINDOW_UPDATE of 0 for the connection");
            if ((long)_sendWindow + increment > int.MaxValue) throw Violation(Http2ErrorCode.FlowControlError, "WINDOW_UPDATE overflows the connection's window");
            _sendWindow += increment;
        }
        else
        {
            if (FindOpenStream(header) is not { } stream) return;
            if (increment == 0)
            {
                StreamError(stream, Http2ErrorCode.ProtocolError);
                return;
            }

            if ((long)stream.SendWindow + increment > int.MaxValue)
            {
                StreamError(stream, Http2ErrorCode.FlowControlError);
                return;
            }

            stream.SendWindow += increment;
        }

        SendUnsent();
    }

    /// <summary>Section 5.4.2: only this stream is lost.</summary>
    private void StreamError(Http2Stream stream, Http2ErrorCode errorCode)
    {
        _streamErrorGuard.Take(_now);
        int id = stream.Id;
        _events.OnReset(stream, errorCode, Http2ResetCause.StreamError);
        if (stream.Id == id) Reset(stream, errorCode);
    }

    /// <summary>The stream of a frame that needs an open one, or null when the frame is to be ignored.</summary>
    private Http2Stream? FindStream(in FrameHeader header)
    {
        if (_streams.Find(header.StreamId) is { } stream) return stream;
        ThrowIfIdle(header);
        _ignoredGuard.Take(_now);
        if (header.StreamId > _acceptedPeerStream || _resetStreams.Contains(header.StreamId)) return null;
        if (_endedStreams.Contains(header.StreamId)) throw Violation(Http2ErrorCode.StreamClosed, $"a frame for {Describe(header.StreamId)}, which is closed");

        // Neither is remembered: it may have been reset here long ago, and if not, it was never open.
        if (_resetStreams.Overflowed) return null;
        throw Violation(Http2ErrorCode.ProtocolError, $"a frame for {Describe(header.StreamId)}, which was never open");
    }

    /// <summary>The stream of a frame that may come late (section 5.1, "closed"), or null when it is closed.</summary>
    private Http2Stream? FindOpenStream(in FrameHeader header)
    {
        if (_streams.Find(header.StreamId) is { } stream) return stream;

        // No flood: a server that answers early follows each answer with RST_STREAM (section 8.1), and it costs nothing.
        ThrowIfIdle(header);
        return null;
    }

    private void ThrowIfIdle(in FrameHeader header)
    {
        bool ours = (header.StreamId & 1) == (_role == Http2Role.Client ? 1 : 0);
        bool idle = ours
            ? _role == Http2Role.Server || (_nextStreamId > 0 && header.StreamId >= _nextStreamId)
            : _role == Http2Role.Client || (header.StreamId > _highestPeerStream && header.StreamId <= _acceptedPeerStream);
        if (idle) throw Violation(Http2ErrorCode.ProtocolError, $"a frame for {Describe(header.StreamId)}, which is idle");
    }

    private static ReadOnlySpan<byte> WithoutPadding(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!header.Has(FrameFlags.Padded)) return payload;
        if (payload.IsEmpty) throw Violation(Http2ErrorCode.FrameSizeError, "a padded frame has no padding length");
        int padding = payload[0];
        if (padding >= payload.Length) throw Violation(Http2ErrorCode.ProtocolError, "padding is longer than the frame");
        return payload[1..^padding];
    }

    private static void RequireStream(in FrameHeader header)
    {
        if (header.StreamId == 0) throw Violation(Http2ErrorCode.ProtocolError, $"{header.Type} belongs to a stream, not to the connection");
    }

    private static void RequireConnection(in FrameHeader header)
    {
        if (header.StreamId != 0) throw Violation(Http2ErrorCode.ProtocolError, $"{header.Type} belongs to the connection, not to a stream");
    }

    /// <summary>
    /// RFC 7540 section 5.3.1: a stream cannot depend on itself. RFC 9113 knows no dependencies any more, but public test
    /// suites still ask for it.
    /// </summary>
    private static void RequireOtherStream(in FrameHeader header, ReadOnlySpan<byte> priority)
    {
        int dependsOn = BinaryPrimitives.ReadInt32BigEndian(priority) & 0x7fffffff;
        if (dependsOn == header.StreamId) throw Violation(Http2ErrorCode.ProtocolError, $"{Describe(header.StreamId)} depends on itself");
    }

    private static void RequireLength(in FrameHeader header, int length)
    {
        if (header.Length != length) throw Violation(Http2ErrorCode.FrameSizeError, $"{header.Type} is {header.Length} bytes long instead of {length}");
    }
}
