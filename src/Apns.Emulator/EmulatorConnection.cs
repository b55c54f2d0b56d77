using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using Apns.Http2;

namespace Apns.Emulator;

/// <summary>
/// One client's connection: a thread that reads, judges, and writes all answers to what it read at once. With latency a
/// second thread writes the answers when they are due.
/// </summary>
internal sealed partial class EmulatorConnection : IHttp2Events
{
    private const int GoodbyeTimeout = 1000;
    private const int IdLength = 36;

    private readonly ApnsEmulator _emulator;
    private readonly Socket _socket;
    private readonly IRequestRules _rules;
    private readonly int _number;
    private readonly Lock _writing = new();
    private readonly object _gate = new();
    private readonly Stack<EmulatorRequest> _free = new();
    private readonly Queue<(int StreamId, Http2Stream Stream, EmulatorRequest Request, Answer Answer, long Due)> _held = new();
    private readonly long _latency;
    private SslStream? _stream;
    private Http2Session? _session;
    private Caller? _caller;
    private ByteBuffer _spare = new(32 * 1024);
    private DateTimeOffset _now;
    private bool _wrongEnvironment;
    private bool _trusted;
    private bool _closed;

    public EmulatorConnection(ApnsEmulator emulator, Socket socket, IRequestRules rules, int number)
    {
        _emulator = emulator;
        _socket = socket;
        _rules = rules;
        _number = number;
        _latency = (long)emulator.Options.Latency.TotalMilliseconds;
        _faults = emulator.Faults;
        _firstStrike = _faults?.NextConnection();
    }

    /// <summary>Requests whose answer is held back.</summary>
    public int InFlight
    {
        get { lock (_gate) return _held.Count; }
    }

    public void Start() => BackgroundThread.Start(Run, "apns emulator");

    /// <summary>Says goodbye as APNs does when a server goes down, and closes.</summary>
    public void Shutdown()
    {
        try
        {
            lock (_gate)
            {
                if (_session is null || _closed) return;
                _session.GoAway(Http2ErrorCode.NoError, """{"reason":"Shutdown"}"""u8);
            }

            // A client that does not read cannot hold up the end.
            _socket.SendTimeout = GoodbyeTimeout;
            if (!_writing.TryEnter(GoodbyeTimeout)) return;
            try
            {
                WriteOutput();
            }
            finally
            {
                _writing.Exit();
            }
        }
        catch (Exception)
        {
            // The client was faster.
        }
        finally
        {
            Close();
        }
    }

    void IHttp2Events.OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        RequestOf(stream).Add(name, value);
    }

    void IHttp2Events.OnHeaders(Http2Stream stream, bool endStream)
    {
        if (endStream) Complete(stream);
        else if (stream.State is EmulatorRequest { ExpectsContinue: true }) AnswerWriter.WriteContinue(_session!, stream);
    }

    void IHttp2Events.OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        if (stream.State is not EmulatorRequest request) return;
        request.AddBody(data);
        if (endStream) Complete(stream);
    }

    void IHttp2Events.OnReset(Http2Stream stream, Http2ErrorCode errorCode, Http2ResetCause cause)
    {
        if (cause == Http2ResetCause.StreamError && errorCode == Http2ErrorCode.EnhanceYourCalm) RefuseHeaders(stream);

        // An answer that is held back finds its stream gone.
        else if (stream.State is EmulatorRequest request && _latency == 0) Recycle(request);
    }

    void IHttp2Events.OnSettings()
    {
    }

    void IHttp2Events.OnPingAcknowledged(ulong opaque)
    {
        if (opaque == FarewellPing) SayLastStream();
    }

    void IHttp2Events.OnGoAway(int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData)
    {
    }

    private void Run()
    {
        try
        {
            Handshake();
            WriteOutput();
            if (_wrongEnvironment)
            {
                Part();
                return;
            }

            if (_latency > 0) BackgroundThread.Start(AnswerHeld, "apns emulator answers");
            Read();
        }
        catch (Exception)
        {
            // A client that goes away, or does not trust the root, is no concern of the others. Nor is a handshake that
            // finds the emulator's certificate gone.
        }
        finally
        {
            Close();
            _emulator.Forget(this);
        }
    }

    private void Handshake()
    {
        _socket.NoDelay = true;
        Stream transport = new NetworkStream(_socket, ownsSocket: true);
        if (_firstStrike?.Fault.Kind is EmulatorFaultKind.CutHandshake or EmulatorFaultKind.TlsAlert) transport = new FaultyTransport(transport, _firstStrike);
        var stream = new SslStream(transport, leaveInnerStreamOpen: false);
        stream.AuthenticateAsServer(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _emulator.Certificates.For(_firstStrike?.Fault),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,

            // Asked for, not insisted on: a client with a provider token has none.
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });

        PushCertificate? certificate = stream.RemoteCertificate is { } given ? PushCertificate.Read(given.GetRawCertData()) : null;
        lock (_gate)
        {
            _stream = stream;
            ObjectDisposedException.ThrowIf(_closed, this);
            _caller = certificate is null ? new Caller(_emulator.NewVerifier()) : new Caller(certificate);
            _trusted = _caller.IsTrusted;
            _session = new Http2Session(Http2Role.Server, new Http2SessionOptions { Settings = Settings(), ConnectionWindowSize = _emulator.Options.ConnectionWindowSize }, this);
            if (_firstStrike?.Fault is { Kind: EmulatorFaultKind.NoSettings } fault) FallSilent(fault.Duration);
            _wrongEnvironment = certificate is not null && _emulator.Options.Environment is { } environment && !certificate.IsFor(environment);
            if (_wrongEnvironment) _session.GoAway(Http2ErrorCode.NoError, """{"reason":"BadCertificateEnvironment"}"""u8, lastStreamId: 0);
        }
    }

    /// <summary>
    /// Hangs up, and gives the client a moment to do so too: closed with something unread, the connection would be reset,
    /// and the goodbye might be lost with it.
    /// </summary>
    private void Part()
    {
        long end = Environment.TickCount64 + GoodbyeTimeout;
        _stream!.ShutdownAsync().GetAwaiter().GetResult();
        _socket.Shutdown(SocketShutdown.Send);
        _socket.ReceiveTimeout = GoodbyeTimeout;
        byte[] buffer = new byte[1024];
        while (Environment.TickCount64 < end && _stream.Read(buffer) > 0)
        {
        }
    }

    private Http2Settings Settings() => new()
    {
        // Until a valid provider token was seen there is one stream (Apple, "Communicating with APNs").
        MaxConcurrentStreams = _trusted && !_throttled ? _emulator.Options.MaxConcurrentStreams : 1,
        InitialWindowSize = _streamWindow,
        MaxHeaderListSize = 8000,
    };

    private void Read()
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int count = _stream!.Read(buffer);
            if (count == 0) return;
            try
            {
                lock (_gate)
                {
                    // One time for all the requests that one read brings: they are answered at once.
                    _now = _emulator.Now;
                    _session!.Receive(buffer.AsSpan(0, count), Environment.TickCount64);
                    if (_cutAt is { } length) KeepLastWords(length);
                }
            }
            catch (Http2ConnectionException)
            {
                // GOAWAY in the output says why.
                WriteOutput();
                return;
            }

            WriteOutput();
            if (_faults is not null && IsOver()) return;
        }
    }

    /// <summary>Judges a request and answers it, now or when it is due. Called under the lock, from the session.</summary>
    private void Complete(Http2Stream stream)
    {
        if (stream.State is not EmulatorRequest request) return;
        FaultStrike? strike = null;
        if (_faults is not null && StaysUnprocessed(stream, request, out strike)) return;
        Answer answer = _rules.Judge(request, _caller!, _now);
        if (!_trusted && _caller!.IsTrusted)
        {
            _trusted = true;
            _session!.ChangeSettings(Settings());
        }

        // What is wrong with a request itself comes first.
        if (strike?.Answer is { } refusal && answer.IsSuccess) answer = refusal with { Kind = answer.Kind };
        if (strike is not null && strike.Fault.Kind != EmulatorFaultKind.Refuse)
        {
            Strike(strike, stream, request, answer);
            return;
        }

        if (_latency == 0)
        {
            Write(stream, request, answer, _now);
            return;
        }

        _held.Enqueue((stream.Id, stream, request, answer, Environment.TickCount64 + _latency));
        if (_held.Count == 1) Monitor.Pulse(_gate);
    }

    /// <summary>
    /// RFC 9113 section 10.5.1: headers beyond SETTINGS_MAX_HEADER_LIST_SIZE are answered with 431, so that nobody has to
    /// guess why. What else may come of the request is not wanted (section 8.1).
    /// </summary>
    private void RefuseHeaders(Http2Stream stream)
    {
        Write(stream, RequestOf(stream), new Answer(431) { Kind = _rules.Unread }, _now);
        _session!.Reset(stream, Http2ErrorCode.NoError);
    }

    private EmulatorRequest RequestOf(Http2Stream stream)
    {
        if (stream.State is EmulatorRequest request) return request;
        if (!_free.TryPop(out request!)) request = new EmulatorRequest(keepsHeaders: _emulator.Options.Keep > 0);
        stream.State = request;
        return request;
    }

    private void Write(Http2Stream stream, EmulatorRequest request, Answer answer, DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[IdLength];
        Record(stream, request, answer, id, now);
        _emulator.Writer.Write(_session!, stream, answer, id, now);
    }

    /// <summary>Counts a request with its answer, and is done with it but for the answer's way.</summary>
    /// <param name="stream">Its stream. An answer may have to wait for window: when it is reset then, the request is another's already.</param>
    /// <param name="request">The request.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="id">Takes the id that the answer carries.</param>
    /// <param name="now">The time by the emulator's clock.</param>
    private void Record(Http2Stream stream, EmulatorRequest request, Answer answer, Span<byte> id, DateTimeOffset now)
    {
        ReadOnlySpan<byte> given = request.Get(answer.Kind == AnswerKind.Device ? RequestField.Id : RequestField.RequestId);
        if (given.Length == id.Length) given.CopyTo(id);
        else Utf8Formatter.TryFormat(Guid.NewGuid(), id, out _);
        _emulator.Record(_number, request, answer, id, now);
        stream.State = null;
        Recycle(request);
    }

    private void Recycle(EmulatorRequest request)
    {
        request.Clear();
        _free.Push(request);
    }

    private void AnswerHeld()
    {
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    while (_held.Count == 0 && !_closed) Monitor.Wait(_gate);
                    if (_closed) return;
                    long wait = _held.Peek().Due - Environment.TickCount64;
                    if (wait > 0) Monitor.Wait(_gate, (int)wait);
                    AnswerDue();
                }

                WriteOutput();
            }
        }
        catch (Exception)
        {
            Close();
        }
    }

    private void AnswerDue()
    {
        long now = Environment.TickCount64;
        while (_held.TryPeek(out var held) && held.Due <= now)
        {
            _held.Dequeue();
            if (held.Stream.Id == held.StreamId) Write(held.Stream, held.Request, held.Answer, _emulator.Now);
            else Recycle(held.Request);
        }
    }

    /// <summary>Writes what the session has put out; the outer lock keeps two threads' bytes in order.</summary>
    private void WriteOutput()
    {
        lock (_writing)
        {
            ByteBuffer batch;
            lock (_gate)
            {
                if (_session!.Output.Length == 0 || (_faults is not null && !MayWrite())) return;
                batch = _session.SwapOutput(_spare);
                _spare = batch;
            }

            try
            {
                if (_faults is null) _stream!.Write(batch.WrittenSpan);
                else WriteFaulty(batch.WrittenSpan);
            }
            finally
            {
                // Emptied even when it could not be written: another thread of the connection may still come by.
                batch.Clear();
            }
        }
    }

    private void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        _stream?.Dispose();
        _socket.Dispose();
    }
}
