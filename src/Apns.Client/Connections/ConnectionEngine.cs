using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Apns.Http2;

namespace Apns.Client;

/// <summary>
/// All that one connection decides, without thread, socket or clock: what may be posted when, which answer belongs to
/// which request, deadlines, PINGs, the provider token, and what became of requests when the connection ends. The owner
/// guards it with a lock, feeds it bytes and ticks, writes what it puts out, and collects finished requests.
/// Times are ticks of 100 ns on the owner's monotonic clock.
/// </summary>
internal sealed class ConnectionEngine : IHttp2Events
{
    private const ulong ProbePing = 0x4170_6e73_5072_6f62;

    // A server that answers 500 again and again on one connection may be well on the next.
    private const int ServerErrorsInRow = 5;

    // The mean round trip moves by this fraction of the way towards each new one.
    private const int RoundTripWeight = 16;

    private readonly ConnectionOptions _options;
    private readonly Func<DateTimeOffset> _utcNow;
    private readonly ServerClock _clock = new();
    private readonly ProviderTokenKeeper _token;
    private readonly Liveness _liveness;
    private readonly Http2Session _session;
    private readonly RequestWriter _writer;
    private readonly List<ApnsRequest> _finished = [];
    private ApnsRequest[] _active = new ApnsRequest[64];
    private int _activeCount;

    // No active request has an earlier one.
    private long _earliestDeadline = long.MaxValue;
    private bool _tokenAccepted;
    private bool _rejected;
    private int _serverErrors;
    private int _throttles;
    private int _highestLimit;
    private int _limit;
    private long _sent;
    private long _received;
    private long _roundTrip;
    private long _shortestRoundTrip;
    private long _now;
    private long? _starvedSince;

    public ConnectionEngine(string authority, ApnsCredential credential, ConnectionOptions options, Func<DateTimeOffset> utcNow, long now)
    {
        _options = options;
        _utcNow = utcNow;
        _now = now;
        _liveness = new Liveness(options, now);
        _token = new ProviderTokenKeeper(credential, utcNow);

        // A server that throttles changes its settings with each rejection and back: no flood.
        _session = new Http2Session(Http2Role.Client, new Http2SessionOptions { SettingsRate = new Http2Rate(2000, 1000) }, this);
        _writer = new RequestWriter(_session, Encoding.ASCII.GetBytes(authority)) { Authorization = _token.Authorization };
    }

    public ApnsConnectionState State { get; private set; } = ApnsConnectionState.Connecting;

    /// <summary>Why it is closing or closed; null while it is neither, or when that was asked for.</summary>
    public ApnsException? CloseReason { get; private set; }

    public int InFlight => _activeCount;

    /// <summary>The HTTP/2 of it; the owner writes what is in its output.</summary>
    public Http2Session Session => _session;

    /// <summary>How many requests it may have in flight by its settings: the lower of the server's limit and ours.</summary>
    public int StreamLimit => !_session.SettingsReceived ? 0 : Math.Min(_options.MaxStreams, _session.PeerSettings.MaxConcurrentStreams);

    public ConnectionFigures Figures =>
        new(State, State == ApnsConnectionState.Active ? StreamLimit : 0, _sent, Attempted, _received, _roundTrip, _throttles, _throttles > 0 && _limit < _highestLimit);

    /// <summary>From posting to answer, a smoothed mean in ticks; 0 before the first answer.</summary>
    public long RoundTrip => _roundTrip;

    /// <summary>The shortest that there was, in ticks; 0 before the first answer.</summary>
    public long ShortestRoundTrip => _shortestRoundTrip;

    /// <summary>
    /// Whether it would refuse a request now. A request for whose payload there is some window, but not enough, begins
    /// with what there is, and the rest goes out first when the server gives window back: so the window is always full.
    /// There is one such request at a time, as it leaves no window for another.
    /// </summary>
    public bool IsBlocked => !HasStream || _session.SendWindow <= 0;

    /// <summary>What the server's answers tell about the clock here.</summary>
    public ServerClock Clock => _clock;

    /// <summary>What the PING carried that was acknowledged last.</summary>
    public ulong AcknowledgedPing { get; private set; }

    /// <summary>
    /// With a provider token APNs allows one stream until it has seen a valid one (Apple, "Communicating with APNs").
    /// </summary>
    private bool HasStream =>
        State == ApnsConnectionState.Active && !_liveness.IsAsking && _session.CanOpenStream && _session.CountedStreams < _options.MaxStreams
        && (_tokenAccepted || !_token.HasToken || _session.CountedStreams == 0);

    /// <summary>Posts a request if that is possible now; never queues.</summary>
    public bool TryPost(ApnsRequest request, long now)
    {
        _now = now;
        if (IsBlocked) return false;
        if (_activeCount == 0 && !IsFitAfterPause()) return false;
        _token.Use(now);
        request.ForgetAnswer();
        request.Failure = null;
        Http2Stream stream = _session.OpenStream(request);
        request.Stream = stream;
        _writer.Write(request, stream);
        request.SentAt = now;
        _sent++;
        Activate(request);
        if (_session.StreamIdsExhausted) Close(null);
        return true;
    }

    /// <summary>Takes bytes from the server.</summary>
    /// <exception cref="Http2ConnectionException">The server broke the protocol; GOAWAY is in the output.</exception>
    public void Receive(ReadOnlySpan<byte> bytes, long now)
    {
        // Read before the transport was closed, and come too late: the streams' requests have been given back.
        if (State == ApnsConnectionState.Closed) return;
        _now = now;
        _received += bytes.Length;
        _liveness.Heard(now);
        _session.Receive(bytes, now / TimeSpan.TicksPerMillisecond);
    }

    /// <summary>The coarse clock: deadlines and PINGs. A few times a second is often enough.</summary>
    public void Sweep(long now)
    {
        if (State == ApnsConnectionState.Closed) return;
        _now = now;
        if (_activeCount > 0) KeepProviderTokenFresh();
        if (now >= _earliestDeadline) EndLate(now);
        bool settled = State is ApnsConnectionState.Active or ApnsConnectionState.Closing;
        bool unseenResets = _session.CountedStreams > _session.OpenStreams;
        if (settled && _liveness.IsDoubtful(now, _activeCount, IsBlocked, unseenResets)) Probe();
        if (_liveness.IsDead(now))
        {
            Fail(new ApnsException(ApnsErrorKind.ConnectionLost, string.Create(CultureInfo.InvariantCulture, $"The server did not answer a PING within {_options.PingTimeout.TotalSeconds:0.#} s.")));
        }
        else if (IsStarved(now))
        {
            Fail(new ApnsException(ApnsErrorKind.ConnectionLost, "The server left the connection without flow-control window."));
        }
    }

    /// <summary>Takes no more requests; the connection is closed when the last answer came.</summary>
    public void Close(ApnsException? reason)
    {
        if (State is ApnsConnectionState.Closing or ApnsConnectionState.Closed) return;
        CloseReason = reason;
        State = ApnsConnectionState.Closing;
    }

    /// <summary>Ends a connection that has nothing in flight, and says goodbye as RFC 9113 section 5.4.1 asks.</summary>
    public void SayGoodbye()
    {
        Fail(null);
        if (!_session.Failed) _session.GoAway(Http2ErrorCode.NoError, default);
    }

    /// <summary>
    /// The connection is gone: what the transport was not given to the last byte was provably not processed, of the rest
    /// nobody knows. What was judged unwritten stays unwritten: it is taken out of the output, which keeps at most a GOAWAY.
    /// </summary>
    /// <param name="reason">What happened, or null when the close was asked for.</param>
    public void Fail(ApnsException? reason)
    {
        if (State == ApnsConnectionState.Closed) return;
        State = ApnsConnectionState.Closed;
        CloseReason ??= reason;

        // What GOAWAY said tells more than how the connection ended after it, unless it was the client that gave up.
        ApnsException? failure = reason?.Kind == ApnsErrorKind.Closed ? reason : CloseReason;
        while (_activeCount > 0)
        {
            ApnsRequest request = _active[_activeCount - 1];
            request.Failure = failure;
            Finish(request, request.Stream!.EndPosition > Attempted ? AttemptEnd.NotProcessed : AttemptEnd.Lost);
        }

        _session.AbandonOutput();
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
            case 15 when name.SequenceEqual("apns-request-id"u8):
                if (Guid.TryParse(value, null, out Guid requestId)) request.AnsweredId = requestId;
                break;
            case 15 when name.SequenceEqual("apns-channel-id"u8):
                request.ChannelId = ChannelNames.ReadChannelId(value);
                break;
            case 14 when name.SequenceEqual("apns-unique-id"u8):
                request.UniqueId = ForeignText.Clean(value);
                break;
            case 11 when name.SequenceEqual("retry-after"u8):
                request.RetryAfter = RetryAfter.Read(value, _utcNow());
                break;
            case 4 when name.SequenceEqual("date"u8):
                _clock.Note(value, _now);
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
            if (request.Body.Length + data.Length <= request.Template!.MaxAnswer) request.Body.Write(data);
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
        int limit = _session.PeerSettings.MaxConcurrentStreams;
        if (limit < _limit && _rejected) _throttles++;
        _limit = limit;
        _highestLimit = Math.Max(_highestLimit, limit);
    }

    void IHttp2Events.OnPingAcknowledged(ulong opaque) => AcknowledgedPing = opaque;

    void IHttp2Events.OnGoAway(int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData)
    {
        ApnsException reason = GoAwayReason.Read(errorCode, debugData, ClockHint);
        if (reason.Reason == ApnsReasons.TooManyProviderTokenUpdates) _token.Hold();

        // The second GOAWAY of a graceful shutdown must not hide what the first one said.
        if (CloseReason is null || reason.Reason is not null) CloseReason = reason;
        if (State != ApnsConnectionState.Closed) State = ApnsConnectionState.Closing;
    }

    /// <summary>
    /// Whether the connection is of no use: without window for a while, and with no request that the server has whole,
    /// the answer to which might bring some.
    /// </summary>
    private bool IsStarved(long now)
    {
        if (_session.SendWindow > 0 || _activeCount > _session.WaitingStreams) _starvedSince = null;
        else _starvedSince ??= now;
        return now - _starvedSince >= _options.PingTimeout.Ticks;
    }

    /// <summary>What has to be looked at before the first request after a pause.</summary>
    private bool IsFitAfterPause()
    {
        if (_liveness.IsDoubtfulAfterIdle(_now))
        {
            Probe();
            return false;
        }

        KeepProviderTokenFresh();
        _liveness.Busy(_now);
        return State == ApnsConnectionState.Active;
    }

    private void EndLate(long now)
    {
        _earliestDeadline = long.MaxValue;
        for (int i = _activeCount - 1; i >= 0; i--)
        {
            ApnsRequest request = _active[i];
            if (request.Deadline > now)
            {
                _earliestDeadline = Math.Min(_earliestDeadline, request.Deadline);
                continue;
            }

            // What has only begun is cancelled before its last byte.
            Http2Stream stream = request.Stream!;
            Finish(request, stream.LocalEnded ? AttemptEnd.TimedOut : AttemptEnd.NotProcessed);
            _session.Reset(stream, Http2ErrorCode.Cancel);
            _liveness.TimedOut();
        }
    }

    private void Activate(ApnsRequest request)
    {
        request.Attempts++;
        if (request.Deadline < _earliestDeadline) _earliestDeadline = request.Deadline;
        if (_activeCount == _active.Length) Array.Resize(ref _active, 2 * _activeCount);
        request.Slot = _activeCount;
        _active[_activeCount++] = request;
    }

    private void Answered(Http2Stream stream)
    {
        var request = (ApnsRequest)stream.State!;
        if (!request.Succeeded) AnswerBody.Read(request);
        _liveness.Answered();
        NoteRoundTrip(_now - request.SentAt);
        if (_token.HasToken) JudgeProviderToken(request);
        if (request.Succeeded) _serverErrors = 0;
        else JudgeConnection(request);
        bool complete = stream.LocalEnded;
        Finish(request, AttemptEnd.Answered);

        // Answered before all was sent (section 8.1): the rest is not wanted.
        if (!complete) _session.Reset(stream, Http2ErrorCode.Cancel);
    }

    private void NoteRoundTrip(long ticks)
    {
        _roundTrip = _roundTrip == 0 ? ticks : _roundTrip + ((ticks - _roundTrip) / RoundTripWeight);
        if (_shortestRoundTrip == 0 || ticks < _shortestRoundTrip) _shortestRoundTrip = ticks;
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

        // An answer that broke off is none.
        if (end != AttemptEnd.Answered) request.ForgetAnswer();
        _finished.Add(request);
    }

    /// <summary>An answer that does not speak against the token shows that it was accepted; one that does ends the connection.</summary>
    private void JudgeProviderToken(ApnsRequest request)
    {
        if (!ApnsReason.RefusesProviderToken(request.Reason))
        {
            if (request.Status is not (401 or 403)) _tokenAccepted = true;
            return;
        }

        ApnsReason reason = ApnsReason.For(request.Status, request.Reason);
        if (reason.Name == ApnsReasons.TooManyProviderTokenUpdates) _token.Hold();
        ApnsErrorKind kind = reason.Handling == AnswerHandling.Fatal ? ApnsErrorKind.Refused : ApnsErrorKind.ConnectionLost;
        request.Failure = new ApnsException(kind, $"APNs refused the provider token: {reason.Name}.") { Reason = reason.Name, Remedy = reason.RemedyWith(ClockHint(reason.Name)) };
        Close(request.Failure);
    }

    /// <summary>What to say about the clock when a reason may be its fault.</summary>
    private string? ClockHint(string reason) =>
        ApnsReason.DoubtsClock(reason) && _token.IssuedAt is { } issuedAt ? _clock.Hint(_utcNow(), _now, issuedAt) : null;

    /// <summary>What a refusal says about the connection, besides what it says about the notification.</summary>
    private void JudgeConnection(ApnsRequest request)
    {
        if (request.Status < 500) _rejected = true;
        if (request.Status == 500) _serverErrors++;
        if (_serverErrors < ServerErrorsInRow && !ApnsReason.EndsConnection(request.Reason)) return;
        ApnsReason reason = ApnsReason.For(request.Status, request.Reason);
        string name = reason.Name.Length > 0 ? reason.Name : $"status {request.Status}";
        string often = _serverErrors < ServerErrorsInRow ? "" : $" {_serverErrors} times in a row";
        Close(new ApnsException(ApnsErrorKind.ConnectionLost, $"APNs answered {name}{often}. {reason.Remedy}") { Reason = request.Reason });
    }

    private void Probe()
    {
        _liveness.Ask(_now);
        _session.Ping(ProbePing);
    }

    /// <summary>
    /// Signing may fail, as when the key was disposed of. This runs on threads that have nobody to tell of it, so it is
    /// the connection that ends, not the process.
    /// </summary>
    private void KeepProviderTokenFresh()
    {
        try
        {
            if (_token.Refresh(_now)) _writer.Authorization = _token.Authorization;
            else if (_token.IsSpent) Close(null);
        }
        catch (Exception e)
        {
            Close(new ApnsException(ApnsErrorKind.InvalidKey, $"The provider token cannot be renewed: {e.Message}", e));
        }
    }
}
