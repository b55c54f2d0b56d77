using System;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>What a <see cref="ScriptedPeer"/> does when it plays a proxy.</summary>
internal static class ProxyScripts
{
    public const string Established = "HTTP/1.1 200 Connection established\r\n\r\n";

    /// <summary>The address of a proxy that a peer plays.</summary>
    public static string Address(this ScriptedPeer peer, string scheme = "http") => $"{scheme}://localhost:{peer.Port}";

    /// <summary>Reads a request's head, up to the blank line and not beyond.</summary>
    public static string ReadHead(this PeerConnection connection)
    {
        var head = new StringBuilder();
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n") head.Append((char)connection.ReadBytes(1)[0]);
        return head.ToString();
    }

    public static byte[] ReadBytes(this PeerConnection connection, int count)
    {
        byte[] bytes = new byte[count];
        connection.Stream.ReadExactly(bytes);
        return bytes;
    }

    public static void Say(this PeerConnection connection, string text) => connection.Say(Encoding.UTF8.GetBytes(text));

    public static void Say(this PeerConnection connection, params byte[] bytes)
    {
        connection.Stream.Write(bytes);
        connection.Stream.Flush();
    }

    /// <summary>Waits until the client hangs up, and takes no notice of what it says.</summary>
    public static void AwaitHangUp(this PeerConnection connection)
    {
        try
        {
            connection.Stream.CopyTo(Stream.Null);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // A hang-up as well.
        }
    }

    /// <summary>Carries bytes between the client and a server on this machine until one of them has had enough.</summary>
    public static void Relay(this PeerConnection connection, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect("127.0.0.1", port);
        using var server = new NetworkStream(socket, ownsSocket: true);
        var back = new Thread(() => Carry(server, connection.Stream)) { IsBackground = true };
        back.Start();
        Carry(connection.Stream, server);
        Assert.True(back.Join(Eventually.Patience), "the server did not hang up");
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
