using System;
using System.Collections.Generic;
using System.Text;
using Apns.Http2;

namespace Apns.Client;

/// <summary>The life of a connection.</summary>
public enum ApnsConnectionState
{
    /// <summary>On its way: name, TCP, TLS, SETTINGS.</summary>
    Connecting,

    /// <summary>Takes requests, unless it is blocked.</summary>
    Active,

    /// <summary>Takes no more, and waits for the answers still to come.</summary>
    Closing,

    /// <summary>Gone.</summary>
    Closed,
}

/// <summary>
/// All that one connection decides, without thread, socket or clock: what may be posted when, which answer belongs to
/// which request, deadlines, PINGs, the provider token, and what became of requests when the connection ends. The owner
/// guards it with a lock, feeds it bytes and ticks, writes what it puts out, and collects finished requests.
/// Times are ticks of 100 ns on the owner's monotonic clock.
/// </summary>
internal sealed class ConnectionEngine : IHttp2Events
{
    private const ulong ProbePing = 0x4170_6e73_5072_6f62;

    // APNs answers errors with some 50 bytes of JSON; what is longer is not APNs and need not be kept.
    private const int MaxBodyBytes = 4096;

    private readonly ConnectionOptions _options;
    private readonly ApnsCredential _credential;
    private readonly Func<DateTimeOffset> _utcNow;
    private readonly Http2Session _session;
    private readonly RequestWriter _writer;
    private readonly List<ApnsRequest> _finished = [];
    private ApnsRequest[] _active = new ApnsRequest[64];
    private int _activeCount;
    private ProviderToken? _token;
    private bool _tokenAccepted;
    private long _tokenIssued;
    private long _now;
    private long _lastHeard;
    private long _probeSent;
    private bool _probing;
    private int _timeoutsInRow;

    public ConnectionEngine(string authority, ApnsCredential credential, ConnectionOptions options, Func<DateTimeOffset> utcNow, long now)
    {
        _credential = credential;
        _options = options;
        _utcNow = utcNow;
        _now = _lastHeard = now;
        _session = new Http2Session(Http2Role.Client, new Http2SessionOptions(), this);
        _writer = new RequestWriter(_session, Encoding.ASCII.GetBytes(authority));
        RenewProviderToken();
    }

    public ApnsConnectionState State { get; private set; } = ApnsConnectionState.Connecting;

    /// <summary>Why it is closing or closed; null while it is neither, or when that was asked for.</summary>
    public ApnsException? CloseReason { get; private set; }

    public int InFlight => _activeCount;

    /// <summary>Bytes to write.</summary>
    public Http2Session Session => _session;

    /// <summary>How many requests it may have in flight by its settings: the lower of the server's limit and ours.</summary>
    public int StreamLimit => !_session.SettingsReceived ? 0 : Math.Min(_options.MaxStreams, _session.PeerSettings.MaxConcurrentStreams);

    /// <summary>Whether it would refuse a request of ordinary size now.</summary>
    public bool IsBlocked => !HasStream || _session.SendWindow <= 0;

    /// <summary>
    /// With a provider token APNs allows one stream until it has seen a valid one (Apple, "Communicating with APNs").
    /// </summary>
    private bool HasStream =>
        State == ApnsConnectionState.Active && !_probing && _session.CanOpenStream && _session.CountedStreams < _options.MaxStreams
        && (_tokenAccepted || _token is null || _activeCount == 0);

    /// <summary>Posts a request if that is possible now; never queues.</summary>
    public bool TryPost(ApnsRequest request, long now)
    {
        _now = now;
        if (!HasStream || !FitsWindow(request.Template!.Payload.Length)) return false;
        if (_activeCount == 0 && now - _lastHeard >= _options.ProbeAfterIdle.Ticks)
        {
            Probe();
            return false;
        }

        if (_activeCount == 0) KeepProviderTokenFresh();
        if (State != ApnsConnectionState.Active) return false;
        request.ForgetAnswer();
        request.Failure = null;
        Http2Stream stream = _session.OpenStream(request);
        request.Stream = stream;
        _writer.Write(request, stream);
        request.EndPosition = stream.LocalEnded ? _session.OutputPosition : 0;
        Activate(request);
        if (_session.StreamIdsExhausted) Close(null);
        return true;
    }

    /// <summary>Takes bytes from the server.</summary>
    /// <exception cref="Http2ConnectionException">The server broke the protocol; GOAWAY is in the output.</exception>
    public void Receive(ReadOnlySpan<byte> bytes, long now)
    {
        _now = _lastHeard = now;
        _session.Receive(bytes, now / TimeSpan.TicksPerMillisecond);
    }

    /// <summary>The coarse clock: deadlines and PINGs. A few times a second is often enough.</summary>
    public void Sweep(long now)
    {
        _now = now;
        KeepProviderTokenFresh();
        for (int i = _activeCount - 1; i >= 0; i--)
        {
            ApnsRequest request = _active[i];
            if (request.Deadline > now) continue;
            Http2Stream stream = request.Stream!;
            Finish(request, AttemptEnd.TimedOut);
            _session.Reset(stream, Http2ErrorCode.Cancel);
            _timeoutsInRow++;
        }

        if (_timeoutsInRow >= _options.SuspiciousTimeouts && !_probing && State is ApnsConnectionState.Active or ApnsConnectionState.Closing) Probe();
        if (_probing && now - _probeSent >= _options.PingTimeout.Ticks)
        {
            Fail(new ApnsException(ApnsErrorKind.ConnectionLost, $"The server did not answer a PING within {_options.PingTimeout.TotalSeconds:0.#} s."));
        }
    }

    /// <summary>Takes no more requests; the connection is closed when the last answer came.</summary>
    public void Close(ApnsException? reason)
    {
        if (State is ApnsConnectionState.Closing or ApnsConnectionState.Closed) return;
        CloseReason = reason;
        State = ApnsConnectionState.Closing;
    }

    /// <summary>Says goodbye as RFC 9113 section 5.4.1 asks before the transport is closed.</summary>
    public void SayGoodbye()
    {
        if (!_session.Failed) _session.GoAway(Http2ErrorCode.NoError, default);
    }

    /// <summary>
    /// The connection is gone: what was not written to the last byte was provably not processed, of the rest nobody knows.
    /// </summary>
    /// <param name="reason">What happened, or null when the close was asked for.</param>
    public void Fail(ApnsException? reason)
    {
        if (State == ApnsConnectionState.Closed) return;
        State = ApnsConnectionState.Closed;
        CloseReason ??= reason;
        while (_activeCount > 0)
        {
            ApnsRequest request = _active[_activeCount - 1];
            request.Failure = reason;
            Finish(request, EndPosition(request) > Attempted ? AttemptEnd.NotProcessed : AttemptEnd.Lost);
        }
    }

    /// <summary>Place in the outgoing bytes up to which the transport was given them.</summary>
    public long Attempted { get; set; }

    /// <summary>Moves the requests that finished since the last call to the end of a list, in the order they finished.</summary>
    public void TakeFinished(List<ApnsRequest> list)
    {
        list.AddRange(_finished);
        _finished.Clear();
    }

    void IHttp2Events.OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var request = (ApnsRequest)stream.State!;
        switch (name.Length)
        {
            case 7 when name.SequenceEqual(":status"u8):
                // Three digits, as the session has checked. An interim status is overwritten by the final one.
                request.Status = (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0');
                break;
            case 7 when name.SequenceEqual("apns-id"u8):
                if (Guid.TryParse(value, null, out Guid id)) request.AnsweredId = id;
                break;
            case 14 when name.SequenceEqual("apns-unique-id"u8):
                request.UniqueId = Encoding.UTF8.GetString(value);
                break;
            case 11 when name.SequenceEqual("retry-after"u8):
                if (System.Buffers.Text.Utf8Parser.TryParse(value, out int seconds, out int used) && used == value.Length && seconds >= 0)
                {
                    request.RetryAfter = TimeSpan.FromSeconds(seconds);
                }

                break;
            default:
                break;
        }
    }

    void IHttp2Events.OnHeaders(Http2Stream stream, bool endStream)
    {
        if (endStream) Answered(stream);
    }

    void IHttp2Events.OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        var request = (ApnsRequest)stream.State!;
        if (!data.IsEmpty)
        {
            request.Body ??= new ByteBuffer(128);
            if (request.Body.Length + data.Length <= MaxBodyBytes) request.Body.Write(data);
        }

        if (endStream) Answered(stream);
    }

    void IHttp2Events.OnReset(Http2Stream stream, Http2ErrorCode errorCode, Http2ResetCause cause)
    {
        var request = (ApnsRequest)stream.State!;
        bool refused = errorCode == Http2ErrorCode.RefusedStream && cause != Http2ResetCause.StreamError;
        bool unfinished = !stream.LocalEnded;
        if (!refused)
        {
            string who = cause == Http2ResetCause.StreamError ? "The answer broke the protocol" : "The server reset the stream";
            request.Failure = new ApnsException(ApnsErrorKind.ConnectionLost, $"{who}: {errorCode}.");
        }

        Finish(request, refused || unfinished ? AttemptEnd.NotProcessed : AttemptEnd.Lost);
    }

    void IHttp2Events.OnSettings()
    {
        if (State == ApnsConnectionState.Connecting) State = ApnsConnectionState.Active;
    }

    void IHttp2Events.OnPingAcknowledged(ulong opaque)
    {
        if (opaque != ProbePing) return;
        _probing = false;
        _timeoutsInRow = 0;
    }

    void IHttp2Events.OnGoAway(int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData)
    {
        ApnsException reason = GoAwayReason.Read(errorCode, debugData);

        // The second GOAWAY of a graceful shutdown must not hide what the first one said.
        if (CloseReason is null || reason.Reason is not null) CloseReason = reason;
        if (State != ApnsConnectionState.Closed) State = ApnsConnectionState.Closing;
    }

    private bool FitsWindow(int payload)
    {
        // HEADERS never leave without window for their DATA, or a stream is taken up for nothing. A payload that no
        // stream could ever hold goes in pieces.
        int streamWindow = _session.PeerSettings.InitialWindowSize;
        return _session.SendWindow >= payload && (streamWindow >= payload || streamWindow > 0);
    }

    private void Activate(ApnsRequest request)
    {
        request.Attempts++;
        if (_activeCount == _active.Length) Array.Resize(ref _active, 2 * _activeCount);
        request.Slot = _activeCount;
        _active[_activeCount++] = request;
    }

    private void Answered(Http2Stream stream)
    {
        var request = (ApnsRequest)stream.State!;
        if (request.Status != 200) AnswerBody.Read(request);
        _timeoutsInRow = 0;
        if (_token is not null)
        {
            if (!ApnsReason.ConcernsProviderToken(request.Reason)) _tokenAccepted = true;
            else Close(new ApnsException(ApnsErrorKind.ConnectionLost, $"APNs refused the connection's provider token: {request.Reason}.") { Reason = request.Reason });
        }

        bool complete = stream.LocalEnded;
        Finish(request, AttemptEnd.Answered);

        // Answered before all was sent (section 8.1): the rest is not wanted.
        if (!complete) _session.Reset(stream, Http2ErrorCode.Cancel);
    }

    private void Finish(ApnsRequest request, AttemptEnd end)
    {
        _activeCount--;
        ApnsRequest last = _active[_activeCount];
        _active[request.Slot] = last;
        last.Slot = request.Slot;
        _active[_activeCount] = null!;

        if (request.Stream is { } stream) stream.State = null;
        request.Stream = null;
        request.LastEnd = end;
        if (end == AttemptEnd.NotProcessed) request.Attempts--;
        _finished.Add(request);
    }

    /// <summary>Where its last byte lies in the outgoing bytes; 0 when that is not known, which counts as written.</summary>
    private static long EndPosition(ApnsRequest request) => request.Stream is { LocalEnded: false } ? long.MaxValue : request.EndPosition;

    private void Probe()
    {
        _probing = true;
        _probeSent = _now;
        _session.Ping(ProbePing);
    }

    /// <summary>
    /// Renews an old provider token, but never within 20 minutes of the last one on this connection, which APNs
    /// punishes: when the clock jumped, a new connection is the way to a new token.
    /// </summary>
    private void KeepProviderTokenFresh()
    {
        if (_token is null || !_token.IsOld(_utcNow())) return;
        if (_now - _tokenIssued >= ProviderToken.MinimumAge.Ticks) RenewProviderToken();
        else Close(null);
    }

    private void RenewProviderToken()
    {
        _token = _credential.IssueProviderToken(_utcNow());
        _tokenIssued = _now;
        _writer.Authorization = _token?.Authorization;
    }
}
