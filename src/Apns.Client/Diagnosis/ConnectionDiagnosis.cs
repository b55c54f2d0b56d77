using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using Apns.Http2;

namespace Apns.Client;

/// <summary>
/// Takes a connection test's steps one after the other, on a thread of its own and with calls that block; closing the
/// socket ends them. The stages are those of every connection, in <see cref="TlsConnector"/> and
/// <see cref="ConnectionEngine"/>.
/// </summary>
internal sealed class ConnectionDiagnosis
{
    private const ulong TestPing = 0x4170_6e73_5465_7374;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly ApnsClientOptions _options;
    private readonly TlsConnector _connector;
    private readonly ConnectionReport _report;
    private Socket? _socket;
    private bool _over;

    // The test's own thread only.
    private ProxyServer? _proxy;
    private IPAddress[] _addresses = [];
    private Stream? _way;
    private SslStream? _tls;
    private ConnectionEngine? _engine;
    private ApnsRequest? _push;
    private bool _withoutPush;

    private ConnectionDiagnosis(ApnsClientOptions options)
    {
        _options = options;
        _connector = new TlsConnector(options);
        _report = new ConnectionReport(options, MonotonicClock.Now);
    }

    /// <summary>Tests; see <see cref="ApnsClient.TestAsync"/>.</summary>
    public static async Task<ApnsConnectionTest> RunAsync(ApnsClientOptions options, CancellationToken cancellationToken)
    {
        var diagnosis = new ConnectionDiagnosis(options);
        await diagnosis.RunAsync(cancellationToken);
        return diagnosis._report.Build();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        BackgroundThread.Start(Run, "apns test");
        long until = MonotonicClock.Now + _options.Timeout.Ticks;
        try
        {
            await _connected.Task.WaitAsync(_options.ConnectTimeout < _options.Timeout ? _options.ConnectTimeout : _options.Timeout, cancellationToken);
            await _finished.Task.WaitAsync(TimeSpan.FromTicks(Math.Max(0, until - MonotonicClock.Now)), cancellationToken);
        }
        catch (TimeoutException)
        {
            // The report says so of the step that is under way.
        }
        finally
        {
            _report.Close(MonotonicClock.Now);
            CloseSocket();
        }
    }

    private void Run()
    {
        if (Connect())
        {
            _connected.SetResult();
            Converse();
            SayGoodbye();
        }

        _way?.Dispose();
        _connected.TrySetResult();
        _finished.SetResult();
    }

    private bool Connect() =>
        ChooseProxy()
        && Take(ApnsTestStep.Dns, Resolve)
        && Take(ApnsTestStep.Tcp, ConnectTcp)
        && (_proxy is null || Take(ApnsTestStep.Proxy, OpenTunnel))
        && Take(ApnsTestStep.Tls, Handshake)
        && Take(ApnsTestStep.Alpn, NegotiateHttp2)
        && Take(ApnsTestStep.Settings, AwaitSettings);

    private void Converse()
    {
        if (Take(ApnsTestStep.Ping, Ping)) Take(ApnsTestStep.Credential, Push);
        if (_withoutPush) Take(ApnsTestStep.Clock, static () => StepVerdict.Skipped("the server tells its time with the answer to a push.", null));

        // A refusal has a date as well, and perhaps that is its cause.
        if (_push is { Status: > 0 }) Take(ApnsTestStep.Clock, () => TestPush.JudgeClock(DateTimeOffset.UtcNow, _engine!.Clock.At(MonotonicClock.Now)));
    }

    /// <summary>Takes a step; whatever it throws is what it came to.</summary>
    private bool Take(ApnsTestStep step, Func<StepVerdict> take)
    {
        _report.Begin(step, MonotonicClock.Now);
        StepVerdict verdict = Attempt(take);
        _report.End(verdict, MonotonicClock.Now);
        return verdict.Succeeded == true;
    }

    private static StepVerdict Attempt(Func<StepVerdict> take)
    {
        try
        {
            return take();
        }
        catch (ApnsException e)
        {
            return StepVerdict.Bad(e.What, e.Remedy);
        }
        catch (Exception e)
        {
            // Sockets and TLS throw many kinds.
            return StepVerdict.Bad($"The connection was lost: {e.GetBaseException().Message}", null);
        }
    }

    /// <summary>No step of its own, as long as it goes well: whether there is a proxy decides which steps there are.</summary>
    private bool ChooseProxy()
    {
        StepVerdict verdict = Attempt(() =>
        {
            _proxy = _connector.ChooseProxy();
            return StepVerdict.Good("");
        });
        if (_proxy is not null) _report.Through(_proxy.ToString());
        return verdict.Succeeded == true || Take(ApnsTestStep.Proxy, () => verdict);
    }

    private StepVerdict Resolve()
    {
        _addresses = _connector.Resolve(_proxy, turn: 0);
        return StepVerdict.Good($"{_proxy?.Endpoint.Host ?? _options.Endpoint.Host}: {string.Join<IPAddress>(", ", _addresses)}");
    }

    private StepVerdict ConnectTcp()
    {
        Socket socket = _connector.ConnectTcp(_proxy, _addresses, Opened);
        string remote = $"Connected to {socket.RemoteEndPoint}.";
        if (_proxy is null) _way = _connector.OpenWay(null, socket);
        return StepVerdict.Good(remote);
    }

    private StepVerdict OpenTunnel()
    {
        _way = _connector.OpenWay(_proxy, _socket!);
        return StepVerdict.Good($"{_proxy} opened the way to {_options.Endpoint}.");
    }

    private StepVerdict Handshake()
    {
        _tls = _connector.Handshake(_proxy, _way!, out string? root);
        _way = _tls;
        string protocol = _tls.SslProtocol == SslProtocols.Tls13 ? "TLS 1.3" : "TLS 1.2";
        return StepVerdict.Good($"{protocol}, {_tls.NegotiatedCipherSuite}, certificate '{_tls.RemoteCertificate!.Subject}', root '{root}'.");
    }

    private StepVerdict NegotiateHttp2()
    {
        _connector.RequireHttp2(_tls!);
        return StepVerdict.Good("h2");
    }

    private StepVerdict AwaitSettings()
    {
        _engine = new ConnectionEngine(_options.Endpoint.Authority, _options.Credential, new ConnectionOptions(), static () => DateTimeOffset.UtcNow, MonotonicClock.Now);
        Exchange(() => _engine.State != ApnsConnectionState.Connecting);
        Http2Settings settings = _engine.Session.PeerSettings;
        string streams = settings.MaxConcurrentStreams == int.MaxValue ? "any number" : $"{settings.MaxConcurrentStreams}";
        return StepVerdict.Good(
            $"Streams at a time: {streams}. Window of the connection: {_engine.Session.SendWindow}, of a stream: {settings.InitialWindowSize} bytes.");
    }

    private StepVerdict Ping()
    {
        long sent = MonotonicClock.Now;
        _engine!.Session.Ping(TestPing);
        Exchange(() => _engine.AcknowledgedPing == TestPing);
        return StepVerdict.Good(string.Create(CultureInfo.InvariantCulture, $"Round trip: {TimeSpan.FromTicks(MonotonicClock.Now - sent).TotalMilliseconds:0.0} ms."));
    }

    private StepVerdict Push()
    {
        ApnsCredential credential = _options.Credential;
        if (_options.Endpoint.Environment is { } environment) credential.CheckEnvironment(environment);
        string? topic = _options.Topic ?? credential.DefaultTopic;
        if (topic is null && credential.Certificate is null)
        {
            _withoutPush = true;
            return StepVerdict.Skipped("a key is tested by a push, and a push needs a topic.", "Give -Topic: the app's bundle id.");
        }

        ApnsRequest request = TestPush.Request(topic, credential, MonotonicClock.Now);
        Exchange(() => _engine!.TryPost(request, MonotonicClock.Now));
        var finished = new List<ApnsRequest>();
        Exchange(() =>
        {
            _engine!.TakeFinished(finished);
            return finished.Count > 0;
        });
        if (request.LastEnd != AttemptEnd.Answered) throw request.Failure ?? _engine!.CloseReason ?? Ended();
        _push = request;
        return TestPush.Judge(request);
    }

    /// <summary>Writes and reads until something is true, or until it cannot become true any more.</summary>
    private void Exchange(Func<bool> done)
    {
        while (!done())
        {
            WriteOutput();

            // GOAWAY: what it says is why, unless an answer is still to come.
            if (_engine!.CloseReason is { } reason && _engine.InFlight == 0) throw reason;
            int count = _tls!.Read(_buffer);
            if (count == 0) throw _engine.CloseReason ?? Ended();
            try
            {
                _engine.Receive(_buffer.AsSpan(0, count), MonotonicClock.Now);
            }
            catch (Http2ConnectionException e)
            {
                throw new ApnsException(ApnsErrorKind.ConnectionLost, $"The server broke the HTTP/2 protocol: {e.Message} ({e.ErrorCode}).", e);
            }
        }
    }

    private void WriteOutput()
    {
        ByteBuffer output = _engine!.Session.SwapOutput(new ByteBuffer());
        _engine.Attempted += output.Length;
        if (output.Length > 0) _tls!.Write(output.WrittenSpan);
    }

    private void SayGoodbye()
    {
        try
        {
            _engine!.SayGoodbye();
            WriteOutput();
        }
        catch (Exception)
        {
            // The other side was faster.
        }
    }

    private void Opened(Socket socket)
    {
        lock (_gate)
        {
            _socket = socket;
            if (_over) socket.Dispose();
        }
    }

    /// <summary>Ends blocked calls. Closing waits for them, and on macOS a connecting one cannot be ended: so not here.</summary>
    private void CloseSocket()
    {
        lock (_gate)
        {
            _over = true;
            if (_socket is { } socket) ThreadPool.UnsafeQueueUserWorkItem(static s => s.Dispose(), socket, preferLocal: false);
        }
    }

    private static ApnsException Ended() => new(ApnsErrorKind.ConnectionLost, "The server closed the connection.");
}
