using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Apns.Http2.Frames;
using Apns.Http2.Hpack;

namespace Apns.Http2;

/// <summary>
/// One end of an HTTP/2 connection (RFC 9113) without any I/O: bytes go in by <see cref="Receive"/>, what they mean goes
/// to <see cref="IHttp2Events"/>, and bytes to write gather in <see cref="Output"/>. It has no thread, socket or clock of
/// its own. Not thread-safe: its owner's lock guards it.
/// </summary>
public sealed partial class Http2Session
{
    private const int MaxUnsettledStreams = 100;

    // The connection's window is given back by sixteenths: a sender that fills it then always has nearly all of it in use,
    // where halves would leave it idle for up to half a round trip.
    private const int WindowShare = 16;
    private const ulong FirstResetPing = 0x4170_6e73_5265_0000;

    private static int _count;

    private readonly int _number = Interlocked.Increment(ref _count);
    private readonly Http2Role _role;
    private readonly Http2SessionOptions _options;
    private readonly IHttp2Events _events;
    private readonly StreamTable _streams = new();
    private readonly Queue<Http2Settings> _unacknowledgedSettings = new();
    private readonly List<Http2Stream> _waitingForWindow = [];
    private readonly HpackDecoder _decoder;
    private readonly HpackEncoder _encoder;
    private ByteBuffer _output;
    private long _swappedOut;
    private int _nextStreamId = 1;
    private int _highestPeerStream;
    private int _acceptedPeerStream = int.MaxValue;
    private int _sendWindow = Http2Settings.DefaultWindowSize;
    private int _receiveWindow;
    private int _maxFrameSize = Http2Settings.MinMaxFrameSize;
    private int _unseenResets;
    private int _unseenResetsInPing;
    private ulong _resetPing = FirstResetPing;
    private Http2ConnectionException? _failure;

    /// <summary>Makes a session and writes its preface and SETTINGS to <see cref="Output"/>.</summary>
    /// <param name="role">Which end this is.</param>
    /// <param name="options">What to announce and to put up with.</param>
    /// <param name="events">Who is told what the peer sends.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value of the options is out of range.</exception>
    public Http2Session(Http2Role role, Http2SessionOptions options, IHttp2Events events)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ConnectionWindowSize, Http2Settings.DefaultWindowSize, nameof(options));
        _role = role;
        _options = options;
        _events = events;
        _output = new ByteBuffer();
        _validator = new HeaderValidator(foldsNames: role == Http2Role.Client);
        _encoder = new HpackEncoder(options.EncoderTableSize);
        _decoder = new HpackDecoder(LocalSettings.HeaderTableSize, options.Settings.MaxHeaderListSize);
        _settingsGuard = new FloodGuard(options.SettingsRate, "SETTINGS frames");
        _pingGuard = new FloodGuard(options.PingRate, "PING frames");
        _emptyDataGuard = new FloodGuard(options.EmptyDataRate, "empty DATA frames");
        _resetGuard = new FloodGuard(options.ResetRate, "streams opened and reset");
        _streamErrorGuard = new FloodGuard(options.StreamErrorRate, "stream errors");
        _ignoredGuard = new FloodGuard(options.IgnoredFrameRate, "frames that mean nothing");

        if (role == Http2Role.Client) _output.Write(Preface);
        _prefaceLeft = role == Http2Role.Server ? Preface.Length : 0;
        ChangeSettings(role == Http2Role.Client ? options.Settings with { EnablePush = false } : options.Settings);
        _receiveWindow = options.ConnectionWindowSize;
        int raise = options.ConnectionWindowSize - Http2Settings.DefaultWindowSize;
        if (raise > 0) FrameWriter.WriteWindowUpdate(_output, 0, raise);
    }

    /// <summary>The client's connection preface, RFC 9113 section 3.4.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Bytes to write to the peer; take them by <see cref="SwapOutput"/>.</summary>
    public ByteBuffer Output => _output;

    /// <summary>How many bytes were ever put into <see cref="Output"/>: a place in the outgoing stream of bytes.</summary>
    public long OutputPosition => _swappedOut + _output.Length;

    /// <summary>The HPACK encoder; header blocks are written with it between <see cref="BeginHeaders"/> and <see cref="EndHeaders"/>.</summary>
    public HpackEncoder Encoder => _encoder;

    /// <summary>This side's settings that the peer has acknowledged.</summary>
    public Http2Settings LocalSettings { get; private set; } = new();

    /// <summary>The peer's settings as last received; the RFC's initial values before.</summary>
    public Http2Settings PeerSettings { get; private set; } = new();

    /// <summary>Whether the peer's first SETTINGS came: before, a client opens no stream.</summary>
    public bool SettingsReceived { get; private set; }

    /// <summary>Whether the peer has acknowledged all SETTINGS sent to it, for tests.</summary>
    internal bool SettingsAcknowledged => _unacknowledgedSettings.Count == 0;

    /// <summary>Whether the peer sent GOAWAY: no further stream can be opened.</summary>
    public bool GoAwayReceived { get; private set; }

    /// <summary>The last-stream-id of the last GOAWAY received.</summary>
    public int PeerLastStreamId { get; private set; } = int.MaxValue;

    /// <summary>Streams open in either direction.</summary>
    public int OpenStreams => _streams.Count;

    /// <summary>Whether a stream up to this one is open: what a server that has named its last stream in GOAWAY still owes an answer.</summary>
    /// <param name="streamId">The last stream.</param>
    /// <returns>Whether there is one.</returns>
    public bool HasOpenStreamUpTo(int streamId) => Array.Exists(_streams.Snapshot(), stream => stream.Id <= streamId);

    /// <summary>
    /// Streams that count against the peer's limit: the open ones and those this side has reset while it cannot yet
    /// know that the peer has seen it.
    /// </summary>
    public int CountedStreams => _streams.Count + _unseenResets;

    /// <summary>Whether the 2^30 stream ids of a client are used up (RFC 9113 section 5.1.1): a new connection is needed.</summary>
    public bool StreamIdsExhausted => _nextStreamId < 0;

    /// <summary>Whether a client may open one more stream now.</summary>
    public bool CanOpenStream =>
        SettingsReceived && !GoAwayReceived && !Failed && !StreamIdsExhausted && CountedStreams < PeerSettings.MaxConcurrentStreams;

    /// <summary>Bytes of DATA that the peer still accepts on the connection.</summary>
    public int SendWindow => _sendWindow;

    /// <summary>Open streams with DATA that waits for window, be it the stream's or the connection's.</summary>
    public int WaitingStreams => _waitingForWindow.Count;

    /// <summary>Whether the session has ended with a connection error of the peer's.</summary>
    public bool Failed => _failure is not null;

    /// <summary>Takes the bytes gathered in <see cref="Output"/> and gives an empty buffer in exchange.</summary>
    /// <param name="empty">The buffer that gathers from now on.</param>
    /// <returns>The bytes to write, in order.</returns>
    /// <exception cref="ArgumentException">The buffer is not empty.</exception>
    public ByteBuffer SwapOutput(ByteBuffer empty)
    {
        ArgumentNullException.ThrowIfNull(empty);
        if (empty.Length != 0) throw new ArgumentException("The buffer must be empty.", nameof(empty));
        ByteBuffer filled = _output;
        if (FrameTrace.Log.IsEnabled()) FrameTrace.Log.Sent(_number, filled.WrittenSpan);
        _swappedOut += filled.Length;
        _output = empty;
        return filled;
    }

    /// <summary>
    /// Drops what was not taken out of <see cref="Output"/>, for an owner whose transport is gone or must not be given
    /// it any more. A GOAWAY that a connection error has put there stays: it is all that may still be said.
    /// </summary>
    public void AbandonOutput()
    {
        _output.Truncate(0);
        if (_failure is not null) WriteFailure(_failure);
    }

    private static string Describe(int streamId) => streamId == 0 ? "the connection" : $"stream {streamId}";

    private static Http2ConnectionException Violation(Http2ErrorCode code, string message) => new(code, message);

    /// <summary>Ends the session for a connection error: the last thing it says is why (RFC 9113 section 5.4.1).</summary>
    private void Fail(Http2ConnectionException error)
    {
        _failure = error;
        WriteFailure(error);
    }

    private void WriteFailure(Http2ConnectionException error)
    {
        int lastStreamId = Math.Min(_highestPeerStream, _acceptedPeerStream); // An earlier GOAWAY is never exceeded (section 6.8).
        FrameWriter.WriteGoAway(_output, lastStreamId, error.ErrorCode, Encoding.ASCII.GetBytes(error.Message));
    }

    private void CloseIfEnded(Http2Stream stream)
    {
        if (!stream.LocalEnded || !stream.RemoteEnded) return;
        _endedStreams.Add(stream.Id);
        Forget(stream);
    }

    private void Forget(Http2Stream stream)
    {
        if (stream.Unsent is not null) _waitingForWindow.Remove(stream);
        _streams.Remove(stream);
    }
}
