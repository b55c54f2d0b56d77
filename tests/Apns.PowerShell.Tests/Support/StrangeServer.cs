using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;

namespace Apns.PowerShell.Tests;

/// <summary>What a <see cref="StrangeServer"/> does.</summary>
internal enum Manner
{
    /// <summary>Accepts and says nothing.</summary>
    Silent,

    /// <summary>Answers in clear text and hangs up.</summary>
    ClearText,

    /// <summary>TLS without HTTP/2.</summary>
    OnlyTls,

    /// <summary>Greets as an HTTP/2 server, answers PING and nothing else, and notes the frames it gets.</summary>
    Http2,
}

/// <summary>A server on loopback that is not an APNs, or only its shell.</summary>
internal sealed class StrangeServer : IDisposable
{
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte GoAway = 7;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly ConcurrentQueue<byte> _frames = new();
    private readonly Manner _manner;

    public StrangeServer(Manner manner, string name = "localhost")
    {
        _manner = manner;
        Certificate = Secrets.NewCertificate(name);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port { get; }

    /// <summary>What the server shows, and its own root.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Whether a client said goodbye.</summary>
    public bool GotGoAway => _frames.Contains(GoAway);

    /// <summary>Whether a client connected.</summary>
    public bool WasCalled => !_sockets.IsEmpty;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (Socket socket in _sockets) socket.Dispose();
        Certificate.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket socket = _listener.AcceptSocket();
                _sockets.Add(socket);
                if (_manner != Manner.Silent) new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the test.
        }
    }

    private void Serve(Socket socket)
    {
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            if (_manner == Manner.ClearText)
            {
                stream.Write("HTTP/1.1 400 Bad Request\r\n\r\n"u8);
                return;
            }

            using var tls = new SslStream(stream);
            tls.AuthenticateAsServer(new SslServerAuthenticationOptions
            {
                ServerCertificate = Certificate,
                ApplicationProtocols = _manner == Manner.Http2 ? [SslApplicationProtocol.Http2] : null,
            });
            if (_manner == Manner.Http2) TakeFrames(tls);
            else tls.ReadByte();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or AuthenticationException or InvalidOperationException)
        {
            // The client has gone.
        }
    }

    private void TakeFrames(SslStream stream)
    {
        byte[] head = new byte[24];
        stream.ReadExactly(head);
        stream.Write([0, 0, 0, Settings, 0, 0, 0, 0, 0]);
        while (true)
        {
            stream.ReadExactly(head.AsSpan(0, 9));
            byte type = head[3];
            byte flags = head[4];
            byte[] content = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            stream.ReadExactly(content);
            _frames.Enqueue(type);
            if (type == Settings && flags == 0) stream.Write([0, 0, 0, Settings, 1, 0, 0, 0, 0]);
            if (type == Ping && flags == 0) stream.Write([0, 0, 8, Ping, 1, 0, 0, 0, 0, .. content]);
        }
    }
}
