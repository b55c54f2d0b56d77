using System;
using Apns.Http2.Frames;

namespace Apns.Http2;

/// <content>What this side says.</content>
public sealed partial class Http2Session
{
    private int _headersStart;
    private bool _headersEndStream;

    /// <summary>Opens the next stream; a client's way to begin a request.</summary>
    /// <param name="state">What to keep with it.</param>
    /// <returns>The stream; its HEADERS must be written before another stream is opened.</returns>
    /// <exception cref="InvalidOperationException"><see cref="CanOpenStream"/> is false, or this is a server.</exception>
    public Http2Stream OpenStream(object? state)
    {
        if (_role != Http2Role.Client || !CanOpenStream) throw new InvalidOperationException("No stream can be opened now.");
        Http2Stream stream = _streams.Add(_nextStreamId, PeerSettings.InitialWindowSize, LocalSettings.InitialWindowSize);
        stream.State = state;

        // The last id is 2^31-1; the step beyond it wraps negative, which says that they are used up.
        _nextStreamId = unchecked(_nextStreamId + 2);
        return stream;
    }

    /// <summary>
    /// Begins a header block in <see cref="Output"/>; the fields follow by <see cref="Encoder"/>, then
    /// <see cref="EndHeaders"/>. Nothing else may be sent in between, nor the output swapped.
    /// </summary>
    /// <param name="stream">An open stream.</param>
    /// <param name="endStream">Whether nothing follows the header block.</param>
    /// <exception cref="InvalidOperationException">The stream is closed on this side, or DATA of it still waits for window.</exception>
    public void BeginHeaders(Http2Stream stream, bool endStream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.Id == 0 || stream.LocalEnded || stream.EndAfterUnsent) throw new InvalidOperationException("The stream is closed on this side.");
        if (stream.Unsent is not null) throw new InvalidOperationException("DATA of the stream still waits for window; trailers cannot overtake it.");
        _headersStart = _output.Length;
        _headersEndStream = endStream;
        FrameFlags flags = FrameFlags.EndHeaders | (endStream ? FrameFlags.EndStream : FrameFlags.None);
        FrameWriter.Begin(_output, FrameType.Headers, flags, stream.Id, 0);
        _encoder.BeginBlock(_output);
    }

    /// <summary>Ends the header block, splitting it into CONTINUATION frames where the peer's frame size demands it.</summary>
    /// <param name="stream">The stream of <see cref="BeginHeaders"/>, which has to come before; it is not checked.</param>
    public void EndHeaders(Http2Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        int blockLength = _output.Length - _headersStart - FrameHeader.Size;
        if (blockLength <= PeerSettings.MaxFrameSize) FrameWriter.EndPatched(_output, _headersStart);
        else SplitHeaders(stream.Id);
        if (_headersEndStream) EndLocally(stream);
    }

    /// <summary>
    /// Sends content. What the windows do not allow yet is copied and follows as they open, in order
    /// (RFC 9113 section 6.9).
    /// </summary>
    /// <param name="stream">An open stream whose HEADERS were sent.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="endStream">Whether nothing follows.</param>
    /// <exception cref="InvalidOperationException">The stream is closed on this side.</exception>
    public void SendData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.Id == 0 || stream.LocalEnded || stream.EndAfterUnsent) throw new InvalidOperationException("The stream is closed on this side.");
        int sendable = stream.Unsent is null ? Math.Min(data.Length, Math.Max(0, Math.Min(_sendWindow, stream.SendWindow))) : 0;
        if (stream.Unsent is null && sendable == data.Length)
        {
            WriteData(stream, data, endStream);
            return;
        }

        if (sendable > 0) WriteData(stream, data[..sendable], endStream: false);
        if (stream.Unsent is null)
        {
            stream.Unsent = new ByteBuffer(data.Length - sendable);
            _waitingForWindow.Add(stream);
        }

        stream.Unsent.Write(data[sendable..]);
        stream.EndAfterUnsent = endStream;
    }

    /// <summary>Resets a stream. It goes on counting against the peer's limit until the peer has surely seen it.</summary>
    /// <param name="stream">An open stream; its object is reused after the call.</param>
    /// <param name="errorCode">Why.</param>
    public void Reset(Http2Stream stream, Http2ErrorCode errorCode)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.Id == 0) return;
        FrameWriter.WriteResetStream(_output, stream.Id, errorCode);
        _resetStreams.Add(stream.Id);
        if (_role == Http2Role.Client && !stream.RemoteEnded) CountUnseenReset();
        Forget(stream);
    }

    /// <summary>Sends a PING; <see cref="IHttp2Events.OnPingAcknowledged"/> tells of the answer.</summary>
    /// <param name="opaque">Eight bytes that the answer repeats.</param>
    public void Ping(ulong opaque)
    {
        // A server that has left a question open may answer it the next time. It is the same question, so that an answer to
        // the first counts, which may be under way.
        if (_unseenResetsInPing > 0)
        {
            FrameWriter.WritePing(_output, _resetPing, acknowledge: false);
            _pingsUnanswered++;
        }

        _pingsUnanswered++;
        FrameWriter.WritePing(_output, opaque, acknowledge: false);
    }

    /// <summary>Announces that this side takes no more streams (RFC 9113 section 6.8); the open ones go on.</summary>
    /// <param name="errorCode">Why.</param>
    /// <param name="debugData">Text for the peer's log.</param>
    /// <param name="lastStreamId">
    /// Highest stream of the peer's that is processed; higher ones are ignored from now on. Null means the highest so far.
    /// </param>
    public void GoAway(Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData, int? lastStreamId = null)
    {
        _acceptedPeerStream = Math.Min(_acceptedPeerStream, lastStreamId ?? _highestPeerStream);
        FrameWriter.WriteGoAway(_output, _acceptedPeerStream, errorCode, debugData);
    }

    /// <summary>Announces changed settings; they hold from the peer's acknowledgement on.</summary>
    /// <param name="settings">All settings; only what changed is sent. MaxHeaderListSize stays as it was at the start.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not one of RFC 9113 section 6.5.2.</exception>
    public void ChangeSettings(Http2Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        Http2Settings previous = LocalSettings;
        foreach (Http2Settings announced in _unacknowledgedSettings) previous = announced;
        FrameWriter.WriteSettings(_output, settings, previous);
        _unacknowledgedSettings.Enqueue(settings);
        _maxFrameSize = Math.Max(_maxFrameSize, settings.MaxFrameSize);
    }

    private void WriteData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        _sendWindow -= data.Length;
        stream.SendWindow -= data.Length;
        while (data.Length > PeerSettings.MaxFrameSize)
        {
            FrameWriter.Write(_output, FrameType.Data, FrameFlags.None, stream.Id, data[..PeerSettings.MaxFrameSize]);
            data = data[PeerSettings.MaxFrameSize..];
        }

        if (!data.IsEmpty || endStream) FrameWriter.Write(_output, FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, stream.Id, data);
        if (endStream) EndLocally(stream);
    }

    private void EndLocally(Http2Stream stream)
    {
        stream.LocalEnded = true;
        stream.EndPosition = OutputPosition;
        CloseIfEnded(stream);
    }

    /// <summary>Sends what waited for window, oldest stream first.</summary>
    private void SendUnsent()
    {
        for (int i = 0; i < _waitingForWindow.Count && _sendWindow > 0;)
        {
            Http2Stream stream = _waitingForWindow[i];
            ByteBuffer unsent = stream.Unsent!;
            ReadOnlySpan<byte> rest = unsent.WrittenSpan[stream.UnsentStart..];
            int sendable = Math.Min(rest.Length, Math.Min(_sendWindow, stream.SendWindow));
            if (sendable < rest.Length)
            {
                if (sendable > 0)
                {
                    WriteData(stream, rest[..sendable], endStream: false);
                    stream.UnsentStart += sendable;
                }

                i++;
                continue;
            }

            bool end = stream.EndAfterUnsent;
            _waitingForWindow.RemoveAt(i);
            stream.Unsent = null;
            stream.UnsentStart = 0;
            stream.EndAfterUnsent = false;
            WriteData(stream, rest, end);
        }
    }

    private void CountUnseenReset()
    {
        _unseenResets++;
        if (_unseenResetsInPing == 0) AskWhetherResetsWereSeen();
    }

    /// <summary>
    /// Frames are handled in order, so the answer to a PING sent after a reset says that the reset was seen. Each question
    /// has a number, since its answer says nothing of later resets.
    /// </summary>
    private void AskWhetherResetsWereSeen()
    {
        _unseenResetsInPing = _unseenResets;
        if (_unseenResets > 0) FrameWriter.WritePing(_output, ++_resetPing, acknowledge: false);
    }

    private void SplitHeaders(int streamId)
    {
        byte[] block = _output.WrittenSpan[(_headersStart + FrameHeader.Size)..].ToArray();
        _output.Truncate(_headersStart);
        FrameType type = FrameType.Headers;
        FrameFlags flags = _headersEndStream ? FrameFlags.EndStream : FrameFlags.None;
        ReadOnlySpan<byte> rest = block;
        while (rest.Length > PeerSettings.MaxFrameSize)
        {
            FrameWriter.Write(_output, type, flags, streamId, rest[..PeerSettings.MaxFrameSize]);
            rest = rest[PeerSettings.MaxFrameSize..];
            type = FrameType.Continuation;
            flags = FrameFlags.None;
        }

        FrameWriter.Write(_output, type, flags | FrameFlags.EndHeaders, streamId, rest);
    }
}
