using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>How a <see cref="ScriptedPeer"/> does TLS.</summary>
internal sealed record PeerTls
{
    public X509Certificate2 Certificate { get; init; } = TestCertificates.Shared.Server;

    public List<SslApplicationProtocol>? Protocols { get; init; } = [SslApplicationProtocol.Http2];

    public SslProtocols Versions { get; init; } = SslProtocols.None;

    public bool AsksForCertificate { get; init; }

    /// <summary>Whether a script may shake hands anew.</summary>
    public bool Renegotiates { get; init; }

    /// <summary>The numbers of connections on which it does not even begin.</summary>
    public IReadOnlyCollection<int> SilentOn { get; init; } = [];
}

/// <summary>
/// A TLS server on loopback that does with each connection what a script says, on a thread of its own. A script that
/// fails, or waits in vain, fails the test when the peer is disposed.
/// </summary>
internal sealed class ScriptedPeer : IDisposable
{
    private readonly Socket _listener;
    private readonly Action<PeerConnection> _script;
    private readonly PeerTls? _tls;
    private readonly Lock _gate = new();
    private readonly List<PeerConnection> _connections = [];
    private readonly List<Exception> _failures = [];
    private readonly CancellationTokenSource _stop = new();
    private int _accepted;

    /// <param name="script">What happens on a connection; it is closed when the script returns.</param>
    /// <param name="tls">How TLS is done; with null, there is none before the script.</param>
    /// <param name="address">Where it listens; with null, at 127.0.0.1.</param>
    public ScriptedPeer(Action<PeerConnection> script, PeerTls? tls, IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _script = script;
        _tls = tls;
        _listener.Bind(new IPEndPoint(address, 0));
        _listener.Listen(64);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Start(Accept);
    }

    public ScriptedPeer(Action<PeerConnection> script)
        : this(script, new PeerTls())
    {
    }

    public int Port { get; }

    public ApnsEndpoint Endpoint => new("localhost", Port);

    /// <summary>Connections whose handshake succeeded.</summary>
    public PeerConnection[] Connections
    {
        get { lock (_gate) return [.. _connections]; }
    }

    /// <summary>TCP connections accepted.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        foreach (PeerConnection connection in Connections) connection.Dispose();
        _stop.Dispose();
        lock (_gate)
        {
            if (_failures.Count > 0) throw new InvalidOperationException($"the peer's script failed: {_failures[0].Message}", _failures[0]);
        }
    }

    private static void Start(ThreadStart start) => new Thread(start) { IsBackground = true, Name = "scripted peer" }.Start();

    private void Accept()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            int number = _accepted;
            Interlocked.Increment(ref _accepted);
            Start(() => Serve(socket, number));
        }
    }

    private void Serve(Socket socket, int number)
    {
        socket.NoDelay = true;
        socket.ReceiveTimeout = (int)Eventually.Patience.TotalMilliseconds;
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (_tls is not null)
            {
                if (_tls.SilentOn.Contains(number)) _stop.Token.WaitHandle.WaitOne(Eventually.Patience);
                var secure = new SslStream(stream, leaveInnerStreamOpen: false);
                stream = secure;
                secure.AuthenticateAsServer(new SslServerAuthenticationOptions
                {
                    ServerCertificate = _tls.Certificate,
                    ApplicationProtocols = _tls.Protocols,
                    EnabledSslProtocols = _tls.Versions,
                    ClientCertificateRequired = _tls.AsksForCertificate,
                    AllowRenegotiation = _tls.Renegotiates,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,

                    // Any client certificate will do, and none.
                    RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is null || certificate.Subject.Length > 0,
                });
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException or InvalidOperationException)
        {
            // A client that trusts us not is what some tests are about.
            stream.Dispose();
            return;
        }

        using var connection = new PeerConnection(number, socket, stream);
        lock (_gate) _connections.Add(connection);
        try
        {
            _script(connection);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The test is over, and whatever the script was doing with it.
        }
        catch (Exception e)
        {
            lock (_gate) _failures.Add(e);
        }
    }
}

/// <summary>One connection of a <see cref="ScriptedPeer"/>: a <see cref="RawPeer"/> with a wire.</summary>
internal sealed class PeerConnection(int number, Socket socket, Stream stream) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Which connection this is, from 0.</summary>
    public int Number { get; } = number;

    public Stream Stream { get; } = stream;

    public RawPeer Peer { get; } = new() { AnswersPings = true };

    /// <summary>Sends what was put together.</summary>
    public void Send()
    {
        Stream.Write(Peer.TakeOutput());
        Stream.Flush();
    }

    /// <summary>Sends SETTINGS.</summary>
    public void Greet(int streams = 1000)
    {
        Peer.Settings((Http2SettingId.MaxConcurrentStreams, streams));
        Send();
    }

    /// <summary>Reads until something is true.</summary>
    public void Await(Func<RawPeer, bool> condition, string what)
    {
        while (!condition(Peer)) Assert.True(Read(), $"the client hung up before: {what}");
    }

    /// <summary>Reads until so many requests came whole, and gives the last of them.</summary>
    public PeerRequest AwaitRequests(int count)
    {
        Await(peer => peer.Requests.Count(request => request.Ended) >= count, $"{count} requests");
        return Peer.Requests[count - 1];
    }

    /// <summary>Answers all requests with 200 until the client hangs up.</summary>
    public void AnswerAll()
    {
        var answered = new HashSet<int>();
        do
        {
            foreach (PeerRequest request in Peer.Requests.Where(request => request.Ended && request.Reset is null && answered.Add(request.StreamId))) Peer.Answer(request);
            if (Peer.Output.Length > 0) Send();
        }
        while (Read());
    }

    /// <summary>Fills its streams with requests, waits for a sign, and then answers all until the client hangs up.</summary>
    public void AnswerAllAfter(ManualResetEventSlim sign, int streams)
    {
        Greet(streams);
        AwaitRequests(streams);
        Assert.True(sign.Wait(Eventually.Patience), "the sign to answer did not come");
        AnswerAll();
    }

    /// <summary>Reads until the client hangs up.</summary>
    public void AwaitEnd()
    {
        while (Read())
        {
        }
    }

    public bool SawGoAway => Peer.FramesOf(FrameType.GoAway).Any();

    /// <summary>Cuts the wire: no goodbye, and a TCP reset.</summary>
    public void Cut()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Dispose()
    {
        Stream.Dispose();
        socket.Dispose();
    }

    /// <summary>Whether something came; a client that has hung up is the end also of what would be answered to it.</summary>
    private bool Read()
    {
        try
        {
            int count = Stream.Read(_buffer);
            if (count == 0) return false;
            Peer.Receive(_buffer.AsSpan(0, count).ToArray());
            if (Peer.Output.Length > 0) Send();
            return true;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown })
        {
            return false;
        }
    }
}
