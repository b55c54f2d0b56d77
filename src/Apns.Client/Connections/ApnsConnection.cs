using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading;
using Apns.Http2;

namespace Apns.Client;

/// <summary>
/// One HTTP/2 connection on two dedicated threads and a blocking socket: one thread connects and then reads, the other
/// writes. What it decides is in <see cref="ConnectionEngine"/>. It posts a request or refuses it, never queues, and
/// tells its owner what became of it. Thread-safe.
/// </summary>
internal sealed class ApnsConnection : IPoolConnection
{
    // Two TLS records of 16 KiB: the largest that goes out in one system call. One write costs some 8 µs whatever its
    // size up to a few hundred bytes, and 0.4 µs for each 400 bytes at this size.
    private const int WriteBytes = 32 * 1024;
    private const int ReadBytes = 64 * 1024;

    // Gathering: while much is in flight, a request may wait a millisecond for company, and an answer a few.
    private const int GatherMilliseconds = 1;
    private const int LittleToRead = 32 * 1024;

    // While more is known to follow, the writer is let sleep until there is so much. To wake it costs several changes
    // between threads, and it writes in pieces of WriteBytes anyway.
    private const int MuchToWrite = 4 * WriteBytes;

    // After a failed write the reader gets this long to take in what the server said before it hung up.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly object _writer = new();
    private readonly ApnsEndpoint _endpoint;
    private readonly TlsConnector _connector;
    private readonly ConnectionEngine _engine;
    private readonly ConnectionOptions _options;
    private readonly IConnectionOwner _owner;
    private readonly int _turn;
    private readonly ReadGathering _gathering = new();
    private readonly long _startedAt;
    private ByteBuffer _spare = new(WriteBytes);
    private Socket? _socket;
    private SslStream? _stream;
    private EndPoint? _remote;
    private DateTimeOffset? _connectedAt;
    private Activity? _attempt;
    private long _brokenAt;
    private bool _writerIdle;
    private bool _writerCalled;
    private bool _flush;
    private volatile int _inFlight;
    private volatile bool _blocked = true;

    public ApnsConnection(
        ApnsEndpoint endpoint, TlsConnector connector, ApnsCredential credential, ConnectionOptions options, int turn, IConnectionOwner owner)
    {
        _endpoint = endpoint;
        _connector = connector;
        _options = options;
        _owner = owner;
        _turn = turn;
        _startedAt = MonotonicClock.Now;
        _engine = new ConnectionEngine(endpoint.Authority, credential, options, static () => DateTimeOffset.UtcNow, _startedAt);
    }

    public ConnectionFigures Figures
    {
        get { lock (_gate) return _engine.Figures; }
    }

    public ApnsException? CloseReason
    {
        get { lock (_gate) return _engine.CloseReason; }
    }

    public ApnsConnectionInfo Info
    {
        get
        {
            lock (_gate)
            {
                ConnectionFigures figures = _engine.Figures;
                return new ApnsConnectionInfo
                {
                    Number = _turn,
                    State = figures.State,
                    RemoteEndPoint = _remote,
                    ConnectedAt = _connectedAt,
                    InFlight = _engine.InFlight,
                    StreamLimit = figures.StreamLimit,
                    IsThrottled = figures.IsThrottled,
                    Sent = figures.Sent,
                    RoundTrip = figures.RoundTrip == 0 ? null : TimeSpan.FromTicks(figures.RoundTrip),
                    BytesSent = figures.BytesSent,
                    BytesReceived = figures.BytesReceived,
                    ClockAhead = _engine.Clock.At(MonotonicClock.Now) is { } there ? DateTimeOffset.UtcNow - there : null,
                };
            }
        }
    }

    public int InFlight => _inFlight;

    public bool IsBlocked => _blocked;

    /// <summary>Begins to connect and returns at once.</summary>
    public ApnsConnection Start()
    {
        BackgroundThread.Start(Run, "apns read");
        return this;
    }

    public bool TryPost(ApnsRequest request, long now, bool more)
    {
        lock (_gate)
        {
            bool posted = _engine.TryPost(request, now);
            if (!posted)
            {
                // It may have been refused for a PING that has to go out, or because the connection is done with.
                AfterEngine(null);
                return false;
            }

            Publish();
            CallWriterFor(_engine.Session.Output.Length >= (more ? MuchToWrite : WriteBytes) || (_writerIdle && !more));
            return true;
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            if (_engine.Session.Output.Length == 0) return;
            _flush = true;
            CallWriterFor(true);
        }
    }

    public void Sweep()
    {
        var finished = new List<ApnsRequest>();
        ApnsConnectionState before;
        ApnsConnectionState after;
        lock (_gate)
        {
            long now = MonotonicClock.Now;
            before = _engine.State;
            if (before == ApnsConnectionState.Connecting && now - _startedAt >= _options.ConnectTimeout.Ticks)
            {
                _engine.Fail(new ApnsException(ApnsErrorKind.ConnectTimeout, string.Create(CultureInfo.InvariantCulture, $"The connection was not ready within {_options.ConnectTimeout.TotalSeconds:0.#} s. Check host, port, firewall and proxy.")));
            }
            else if (_brokenAt != 0 && now - _brokenAt >= LastWords.Ticks)
            {
                _engine.Fail(_engine.CloseReason);
            }
            else
            {
                _engine.Sweep(now);
            }

            after = AfterEngine(finished);

            // Nobody answers there, so nobody waits for last words: this ends a blocked read and a blocked write.
            if (after == ApnsConnectionState.Closed) CloseSocket();
        }

        if (finished.Count > 0 || before != after) _owner.OnProgress(this, finished);
    }

    public void Close()
    {
        lock (_gate)
        {
            if (_engine.State == ApnsConnectionState.Connecting)
            {
                _engine.Fail(null);
                CloseSocket();
            }

            _engine.Close(null);
            AfterEngine(null);
        }
    }

    public void Abort(ApnsException reason)
    {
        lock (_gate) CloseSocket();
        End(reason);
    }

    private void Run()
    {
        Thread? writer = null;
        ApnsException? reason = null;
        _attempt = ApnsTelemetry.StartConnect(_endpoint, _turn);
        try
        {
            Connect();
            writer = BackgroundThread.Start(WriteLoop, "apns write");
            ReadLoop();
        }
        catch (ApnsException e)
        {
            reason = e;
        }
        catch (Exception e)
        {
            // Sockets and TLS throw many kinds, and whatever it is must not end the process from a thread of ours.
            reason = Lost(e);
        }

        End(reason);
        EndAttempt(CloseReason);

        // The writer may still have a GOAWAY to send; a peer that reads no more gets no more time.
        writer?.Join(LastWords);
        _stream?.Dispose();
        _socket?.Dispose();
    }

    /// <summary>The attempt to connect is over, if it was not before.</summary>
    private void EndAttempt(ApnsException? failure)
    {
        if (_attempt is not { } attempt) return;
        _attempt = null;
        if (_remote is IPEndPoint address) attempt.SetTag("network.peer.address", address.Address.ToString()).SetTag("network.peer.port", address.Port);
        attempt.Fail(failure);
        attempt.End();
    }

    /// <summary>Ends the connection if it has not ended yet, and tells the owner in any case.</summary>
    private void End(ApnsException? reason)
    {
        var finished = new List<ApnsRequest>();
        lock (_gate)
        {
            _engine.Fail(reason);
            AfterEngine(finished);
        }

        _owner.OnProgress(this, finished);
    }

    private void Connect()
    {
        (Socket socket, SslStream stream) = _connector.Connect(_turn, Opened);
        lock (_gate)
        {
            _socket = socket;
            _stream = stream;
            _remote = socket.RemoteEndPoint;
            if (_engine.State == ApnsConnectionState.Closed) stream.Dispose();
        }
    }

    private void Opened(Socket socket)
    {
        lock (_gate)
        {
            _socket = socket;
            if (_engine.State == ApnsConnectionState.Closed) socket.Dispose();
        }
    }

    private void ReadLoop()
    {
        byte[] buffer = new byte[ReadBytes];
        var finished = new List<ApnsRequest>();
        while (true)
        {
            LetAnswersGather();
            int count = _stream!.Read(buffer);
            ApnsConnectionState state;
            lock (_gate)
            {
                int inFlight = _engine.InFlight;
                if (count == 0)
                {
                    // CloseReason holds what GOAWAY said, if there was one.
                    _engine.Fail(new ApnsException(ApnsErrorKind.ConnectionLost, "The server closed the connection."));
                }
                else
                {
                    Receive(buffer.AsSpan(0, count));
                }

                state = AfterEngine(finished);
                _gathering.Adjust(finished.Count, inFlight, _engine.RoundTrip, _engine.ShortestRoundTrip);
                if (state == ApnsConnectionState.Active) _connectedAt ??= DateTimeOffset.UtcNow;
            }

            if (state == ApnsConnectionState.Active) EndAttempt(null);
            _owner.OnProgress(this, finished);
            finished.Clear();
            if (state == ApnsConnectionState.Closed) return;
        }
    }

    private void Receive(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _engine.Receive(bytes, MonotonicClock.Now);
        }
        catch (Http2ConnectionException e)
        {
            _engine.Fail(new ApnsException(ApnsErrorKind.ConnectionLost, $"The server broke the HTTP/2 protocol: {e.Message} ({e.ErrorCode}).", e));
        }
    }

    /// <summary>Waits a moment when much is in flight and little has come.</summary>
    private void LetAnswersGather()
    {
        if (_inFlight >= ReadGathering.ManyInFlight && _socket!.Available < LittleToRead) Thread.Sleep(_gathering.Milliseconds);
    }

    private void WriteLoop()
    {
        try
        {
            while (NextBatch(out bool last) is { } batch && Write(batch, last)) batch.Clear();
        }
        catch (Exception e)
        {
            // The server's last words, an answer or a GOAWAY, may still wait to be read.
            lock (_gate)
            {
                _brokenAt = MonotonicClock.Now;
                _engine.Close(Lost(e));
                Publish();
            }

            _owner.OnProgress(this, []);
            return;
        }

        _stream!.Dispose();
    }

    /// <summary>Waits for bytes to write, gathering while much is in flight; null when the connection is over.</summary>
    private ByteBuffer? NextBatch(out bool last)
    {
        lock (_gate)
        {
            last = false;
            Http2Session session = _engine.Session;
            while (session.Output.Length == 0)
            {
                if (_engine.State == ApnsConnectionState.Closed) return null;
                if (_engine.State == ApnsConnectionState.Closing && _engine.InFlight == 0)
                {
                    _engine.SayGoodbye();
                    break;
                }

                _writerIdle = true;
                WaitForCall(Timeout.Infinite);
                _writerIdle = false;
            }

            if (!_flush && _engine.InFlight >= ReadGathering.ManyInFlight && session.Output.Length < WriteBytes) WaitForCall(GatherMilliseconds);
            _flush = _writerCalled = false;

            // Once it is closed the output holds a GOAWAY at most.
            last = _engine.State == ApnsConnectionState.Closed;
            ByteBuffer batch = session.SwapOutput(_spare);
            _spare = batch;
            return batch;
        }
    }

    /// <summary>
    /// Writes a batch; false when the connection ended meanwhile. Then the rest must not leave: its requests were judged
    /// not to have been sent, and may be on their way elsewhere.
    /// </summary>
    private bool Write(ByteBuffer batch, bool last)
    {
        ReadOnlySpan<byte> rest = batch.WrittenSpan;
        while (!rest.IsEmpty)
        {
            int count = Math.Min(rest.Length, WriteBytes);
            lock (_gate)
            {
                if (!last && _engine.State == ApnsConnectionState.Closed) return false;
                _engine.Attempted += count;
            }

            _stream!.Write(rest[..count]);
            rest = rest[count..];
        }

        return true;
    }

    /// <summary>Ends blocked calls. Closing waits for them, and on macOS a connecting one cannot be ended: so not here.</summary>
    private void CloseSocket()
    {
        if (_socket is { } socket) ThreadPool.UnsafeQueueUserWorkItem(static s => s.Dispose(), socket, preferLocal: false);
    }

    /// <summary>Called under the lock after the engine did something: hands over what finished and wakes the writer.</summary>
    private ApnsConnectionState AfterEngine(List<ApnsRequest>? finished)
    {
        if (finished is not null) _engine.TakeFinished(finished);
        Publish();
        ApnsConnectionState state = _engine.State;
        bool ending = state is ApnsConnectionState.Closing or ApnsConnectionState.Closed;
        CallWriterFor(ending || (_writerIdle && _engine.Session.Output.Length > 0));
        return state;
    }

    /// <summary>Called under the lock: wakes the writer, once until it has looked.</summary>
    private void CallWriterFor(bool reason)
    {
        if (!reason || _writerCalled) return;
        _writerCalled = true;
        lock (_writer) Monitor.Pulse(_writer);
    }

    /// <summary>
    /// Called under the lock, which is given up while the writer waits. It waits at an object of its own: a monitor that
    /// was ever waited at costs several times what this lock does, and this one is taken for each request.
    /// </summary>
    private void WaitForCall(int milliseconds)
    {
        _writerCalled = false;
        lock (_writer)
        {
            _gate.Exit();
            Monitor.Wait(_writer, milliseconds);
        }

        _gate.Enter();
    }

    private void Publish()
    {
        _inFlight = _engine.InFlight;
        _blocked = _engine.IsBlocked;
    }

    private static ApnsException Lost(Exception e) => new(ApnsErrorKind.ConnectionLost, $"The connection was lost: {e.Message}", e);
}
