using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Apns.PowerShell.Tests;

/// <summary>An HTTP proxy on loopback. Whatever host it is asked for, it connects to that port of this machine.</summary>
internal sealed class StandInProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _heads = new();
    private readonly string? _credential;

    /// <param name="credential">user:password to ask for; null lets everybody in.</param>
    public StandInProxy(string? credential = null)
    {
        _credential = credential is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(credential));
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>What it was asked, one head for each connection.</summary>
    public string[] Heads => [.. _heads];

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket socket = _listener.AcceptSocket();
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the test.
        }
    }

    private void Serve(Socket socket)
    {
        using var client = new NetworkStream(socket, ownsSocket: true);
        var head = new StringBuilder();
        for (int one; head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n"; head.Append((char)one))
        {
            one = client.ReadByte();
            if (one < 0) return;
        }

        _heads.Enqueue(head.ToString());
        if (_credential is not null && !head.ToString().Contains($"\r\nProxy-Authorization: Basic {_credential}\r\n", StringComparison.Ordinal))
        {
            client.Write("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"u8);
            return;
        }

        string target = head.ToString().Split(' ')[1];
        using var server = new TcpClient("127.0.0.1", int.Parse(target.AsSpan(target.LastIndexOf(':') + 1), CultureInfo.InvariantCulture));
        client.Write("HTTP/1.1 200 Connection established\r\n\r\n"u8);
        var back = new Thread(() => Carry(server.GetStream(), client)) { IsBackground = true };
        back.Start();
        Carry(client, server.GetStream());
        back.Join();
    }

    private static void Carry(Stream from, Stream to)
    {
        try
        {
            from.CopyTo(to);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException)
        {
            // Whoever went first, both ends go.
        }

        from.Dispose();
        to.Dispose();
    }
}
