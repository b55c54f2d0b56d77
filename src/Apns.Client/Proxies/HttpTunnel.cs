using System;
using System.IO;
using System.Text;

namespace Apns.Client;

/// <summary>Has an HTTP proxy open the way to a server: CONNECT (RFC 9110 section 9.3.6), with Basic credentials (RFC 7617).</summary>
internal static class HttpTunnel
{
    private const int MaxHeadBytes = 16 * 1024;

    /// <summary>Asks and waits for the answer; afterwards the stream leads to the server.</summary>
    /// <exception cref="ApnsException">The proxy does not want to, or is none.</exception>
    /// <exception cref="IOException">The connection to it was lost.</exception>
    public static void Open(Stream stream, ProxyServer proxy, ApnsEndpoint server)
    {
        stream.Write(Request(proxy, server));
        byte[] buffer = new byte[MaxHeadBytes];
        int length = 0;
        while (true)
        {
            int end = ReadHead(stream, buffer, ref length, proxy);
            ConnectAnswer answer = ConnectAnswer.Read(buffer.AsSpan(0, end)) ?? throw NoProxy(proxy, buffer.AsSpan(0, end));

            // An interim answer (RFC 9110 section 15.2) may come before the final one.
            if (answer.Status < 200)
            {
                buffer.AsSpan(end, length - end).CopyTo(buffer);
                length -= end;
                continue;
            }

            Judge(answer, proxy, server);

            // The server speaks when it is spoken to: what follows at once comes from the proxy.
            if (length > end) throw proxy.Failed($"opened the way to {server} and sent something of its own: '{proxy.Quote(buffer.AsSpan(end, length - end))}'", null);
            return;
        }
    }

    private static byte[] Request(ProxyServer proxy, ApnsEndpoint server)
    {
        // At once, not after a 407: it saves a connection, and who gives a password for a proxy means it to be sent.
        string authorization = proxy.HasCredential
            ? $"Proxy-Authorization: Basic {proxy.BasicCredential}\r\n"
            : "";
        return Encoding.ASCII.GetBytes($"CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n{authorization}\r\n");
    }

    /// <summary>Reads until the buffer begins with a whole head, and gives its length.</summary>
    private static int ReadHead(Stream stream, byte[] buffer, ref int length, ProxyServer proxy)
    {
        while (true)
        {
            int end = ConnectAnswer.EndOf(buffer.AsSpan(0, length));
            if (end >= 0) return end;
            if (!ConnectAnswer.MayBecomeOne(buffer.AsSpan(0, length))) throw NoProxy(proxy, buffer.AsSpan(0, length));
            if (length == buffer.Length) throw proxy.Failed($"answers without end: there is no blank line in {MaxHeadBytes / 1024} KiB", "Is it an HTTP proxy?");
            int count = stream.Read(buffer, length, buffer.Length - length);
            if (count == 0) throw new EndOfStreamException("it closed the connection.");
            length += count;
        }
    }

    private static void Judge(ConnectAnswer answer, ProxyServer proxy, ApnsEndpoint server)
    {
        if (answer.Status < 300) return;
        string said = proxy.Quote(answer.ToString());
        if (answer.Status != 407)
        {
            throw proxy.Failed($"does not open the way to {server}: '{said}'", Remedy(answer.Status, server));
        }

        if (answer.Schemes.Count > 0 && !HasBasic(answer))
        {
            string schemes = proxy.Quote(string.Join(", ", answer.Schemes));
            throw proxy.Unauthorized($"wants to be signed in to in a way that is not supported here: {schemes} ('{said}')", "Have it take Basic, or use another proxy.");
        }

        throw proxy.HasCredential
            ? proxy.Unauthorized($"refuses the user name '{proxy.User}' with the password it was given ('{said}')", "Check -ProxyCredential.")
            : proxy.Unauthorized($"wants a user name and a password ('{said}')", "Give them with -ProxyCredential.");
    }

    /// <summary>With 5xx a proxy is willing, and something is wrong with itself or behind it (RFC 9110 section 15.6).</summary>
    private static string Remedy(int status, ApnsEndpoint server) => status >= 500
        ? $"It did not get there: see whether the proxy's machine can resolve {server.Host} and reach port {server.Port}."
        : $"It has to let CONNECT through to {server.Host} on port {server.Port}; {server.PortHint}.";

    private static bool HasBasic(ConnectAnswer answer)
    {
        foreach (string scheme in answer.Schemes)
        {
            if (scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static ApnsException NoProxy(ProxyServer proxy, ReadOnlySpan<byte> bytes) =>
        proxy.Failed($"does not answer as an HTTP proxy does: '{proxy.Quote(bytes)}'", "Check its address, its port, and whether it is an HTTP or a SOCKS5 proxy.");
}
