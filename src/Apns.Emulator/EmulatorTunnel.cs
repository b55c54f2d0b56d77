using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Apns.Emulator;

/// <summary>
/// One client's connection to the emulator's proxy: a thread that reads a CONNECT request (RFC 9110 section 9.3.6), refuses
/// it or opens the tunnel and carries what the server says; a second thread carries what the client says.
/// </summary>
/// <param name="emulator">Where tunnels lead to.</param>
/// <param name="proxy">Whose connection it is.</param>
/// <param name="client">The client, which it owns.</param>
internal sealed class EmulatorTunnel(ApnsEmulator emulator, EmulatorProxy proxy, Socket client)
{
    private const int MaxHead = 8 * 1024;
    private const int GoodbyeTimeout = 1000;
    private const string ThreadName = "apns emulator proxy";

    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[MaxHead];
    private int _length;
    private Thread? _thread;
    private Socket? _server;
    private bool _closed;

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    public void Start() => _thread = BackgroundThread.Start(Run, ThreadName);

    /// <summary>Waits while there is a tunnel; not for a client that has yet to ask for one.</summary>
    public void AwaitEnd(int timeout)
    {
        lock (_gate)
        {
            if (_server is null) return;
        }

        _thread?.Join(timeout);
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _server?.Dispose();
        }

        client.Dispose();
    }

    private void Run()
    {
        try
        {
            client.NoDelay = true;
            int end = ReadHead();
            if (Judge(end, out int port, out FaultStrike? strike) is { } refusal) Refuse(refusal);
            else Tunnel(port, end, strike);
        }
        catch (Exception)
        {
            // A client that goes away, or finds the emulator gone, is no concern of the others.
        }
        finally
        {
            Close();
            proxy.Forget(this);
        }
    }

    /// <summary>Reads the head of a request and perhaps more; gives its length, or 0 when it is too long.</summary>
    private int ReadHead()
    {
        while (_length < MaxHead)
        {
            int count = client.Receive(_buffer.AsSpan(_length));
            if (count == 0) throw new EndOfStreamException();
            _length += count;
            int end = _buffer.AsSpan(0, _length).IndexOf(HeadEnd);
            if (end >= 0) return end + HeadEnd.Length;
        }

        return 0;
    }

    /// <summary>What is to be answered instead of opening the tunnel: status, phrase and fields; null opens it.</summary>
    private string? Judge(int headLength, out int port, out FaultStrike? strike)
    {
        port = 0;
        strike = null;
        if (headLength == 0) return "431 Request Header Fields Too Large";
        string head = Encoding.Latin1.GetString(_buffer, 0, headLength);
        string[] line = head[..head.IndexOf('\r', StringComparison.Ordinal)].Split(' ');
        if (line.Length != 3 || !line[2].StartsWith("HTTP/1.", StringComparison.Ordinal)) return "400 Bad Request";
        if (line[0] != "CONNECT") return "405 Method Not Allowed\r\nAllow: CONNECT";
        int colon = line[1].LastIndexOf(':');
        if (colon < 0 || !int.TryParse(line[1].AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)) return "400 Bad Request";
        if ((port != emulator.Port && port != emulator.ManagementPort) || !emulator.Certificates.IsFor(line[1][..colon])) return "403 Forbidden";
        strike = emulator.Faults?.NextTunnel();

        // RFC 9209 sections 2.3.2 and 2.1.1.
        return strike?.Fault.Kind == EmulatorFaultKind.RefuseTunnel ? "502 Bad Gateway\r\nProxy-Status: emulator; error=dns_error" : null;
    }

    /// <summary>
    /// Answers, and gives the client a moment to hang up: closed with something unread, the connection would be reset, and
    /// the answer might be lost with it.
    /// </summary>
    private void Refuse(string refusal)
    {
        client.Send(Encoding.ASCII.GetBytes($"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        client.Shutdown(SocketShutdown.Send);
        client.ReceiveTimeout = GoodbyeTimeout;
        long end = Environment.TickCount64 + GoodbyeTimeout;
        while (Environment.TickCount64 < end && client.Receive(_buffer) > 0)
        {
        }
    }

    /// <summary>Opens the tunnel and stays while there is one.</summary>
    /// <param name="port">Which of the emulator's ports it leads to.</param>
    /// <param name="headLength">Where in what was read it begins.</param>
    /// <param name="strike">Cuts it.</param>
    private void Tunnel(int port, int headLength, FaultStrike? strike)
    {
        Socket server = Connect(port);
        client.Send("HTTP/1.1 200 OK\r\n\r\n"u8);
        server.Send(_buffer.AsSpan(headLength, _length - headLength));
        Thread up = BackgroundThread.Start(() => Carry(client, server, long.MaxValue), ThreadName);

        // Each order of magnitude is as likely, so that the handshake is struck and small runs are as well as large ones.
        long most = strike is null ? long.MaxValue : strike.Random.Next(1 << strike.Random.Next(8, 18));
        if (Carry(server, client, most))
        {
            if (strike!.Random.Next(2) == 0) client.Close(timeout: 0);
            else client.Shutdown(SocketShutdown.Both);
            return;
        }

        // Each side's end is passed on as it is. RFC 9110 would have both closed at once, but then what the client is
        // sending would reset its connection, and the goodbye might be lost with it.
        up.Join(GoodbyeTimeout);
    }

    private Socket Connect(int port)
    {
        IPAddress address = emulator.Options.Address;
        if (address.Equals(IPAddress.Any)) address = IPAddress.Loopback;
        if (address.Equals(IPAddress.IPv6Any)) address = IPAddress.IPv6Loopback;
        var server = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        lock (_gate)
        {
            _server = server;
            if (_closed) server.Dispose();
        }

        server.Connect(address, port);
        return server;
    }

    /// <summary>Carries bytes one way until that side ends, or so many have come: then it is true.</summary>
    private bool Carry(Socket from, Socket to, long most)
    {
        try
        {
            byte[] buffer = new byte[16 * 1024];
            while (most > 0)
            {
                int count = from.Receive(buffer.AsSpan(0, (int)Math.Min(most, buffer.Length)));
                if (count == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return false;
                }

                to.Send(buffer.AsSpan(0, count));
                most -= count;
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of them is gone, and so is the tunnel.
            Close();
            return false;
        }
    }
}
