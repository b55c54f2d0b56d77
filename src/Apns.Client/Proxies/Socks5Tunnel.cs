using System;
using System.Buffers.Binary;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Apns.Client;

/// <summary>
/// Has a SOCKS5 proxy open the way to a server (RFC 1928), without signing in or with user name and password (RFC 1929).
/// The proxy is given the server's name.
/// </summary>
internal static class Socks5Tunnel
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte UserAndPassword = 2;
    private const byte NoneAcceptable = 0xff;
    private const byte PasswordVersion = 1;
    private const byte Connect = 1;
    private const byte IPv4 = 1;
    private const byte DomainName = 3;
    private const byte IPv6 = 4;

    private const string Remedy = "Check its address, its port, and whether it is a SOCKS5 or an HTTP proxy.";

    /// <summary>Asks and waits for the answers; afterwards the stream leads to the server.</summary>
    /// <exception cref="ApnsException">The proxy does not want to, or is none.</exception>
    /// <exception cref="IOException">The connection to it was lost.</exception>
    public static void Open(Stream stream, ProxyServer proxy, ApnsEndpoint server)
    {
        SignIn(stream, proxy);
        stream.Write(Request(proxy, server));
        byte[] head = Read(stream, 4);
        if (head[0] != Version) throw NoProxy(proxy, head);
        if (head[1] != 0) throw proxy.Failed($"does not open the way to {server}: {Reply(head[1])}", RemedyFor(head[1], server));

        // The address that the proxy connects from; nobody needs it, but it has to be read.
        int length = head[3] switch
        {
            IPv4 => 4,
            IPv6 => 16,
            DomainName => Read(stream, 1)[0],
            _ => throw NoProxy(proxy, head),
        };
        Read(stream, length + sizeof(ushort));
    }

    private static void SignIn(Stream stream, ProxyServer proxy)
    {
        byte[] methods = proxy.HasCredential ? [NoAuthentication, UserAndPassword] : [NoAuthentication];
        stream.Write([Version, (byte)methods.Length, .. methods]);
        byte[] choice = Read(stream, 2);
        if (choice[0] != Version) throw NoProxy(proxy, choice);
        switch (choice[1])
        {
            case NoAuthentication:
                return;
            case UserAndPassword when proxy.HasCredential:
                SignInByPassword(stream, proxy);
                return;
            case NoneAcceptable:
                throw proxy.HasCredential
                    ? proxy.Unauthorized("takes neither callers that do not sign in nor user name and password", "Other ways of signing in are not supported; use another proxy.")
                    : proxy.Unauthorized("wants to be signed in to", "Give user name and password with -ProxyCredential.");
            default:
                throw NoProxy(proxy, choice);
        }
    }

    private static void SignInByPassword(Stream stream, ProxyServer proxy)
    {
        byte[] user = Encoding.UTF8.GetBytes(proxy.User);
        byte[] password = Encoding.UTF8.GetBytes(proxy.Password);
        stream.Write([PasswordVersion, (byte)user.Length, .. user, (byte)password.Length, .. password]);
        byte[] verdict = Read(stream, 2);

        // Some answer with the version of SOCKS here.
        if (verdict[0] is not (PasswordVersion or Version)) throw NoProxy(proxy, verdict);
        if (verdict[1] != 0) throw proxy.Unauthorized($"refuses the user name '{proxy.User}' with the password it was given", "Check -ProxyCredential.");
    }

    private static byte[] Request(ProxyServer proxy, ApnsEndpoint server)
    {
        byte[] port = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)server.Port);
        if (IPAddress.TryParse(server.Host, out IPAddress? address))
        {
            byte type = address.AddressFamily == AddressFamily.InterNetwork ? IPv4 : IPv6;
            return [Version, Connect, 0, type, .. address.GetAddressBytes(), .. port];
        }

        byte[] name = Encoding.ASCII.GetBytes(server.Host);
        if (name.Length > byte.MaxValue) throw proxy.Failed($"cannot be given a host name of {name.Length} bytes", "Check the host.");
        return [Version, Connect, 0, DomainName, (byte)name.Length, .. name, .. port];
    }

    private static byte[] Read(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>RFC 1928 section 6.</summary>
    private static string Reply(byte code) => code switch
    {
        1 => "general failure (1)",
        2 => "its rules do not allow it (2)",
        3 => "the network is unreachable (3)",
        4 => "the host is unreachable, or its name is unknown there (4)",
        5 => "the connection was refused (5)",
        6 => "the time to live has expired (6)",
        7 => "it does not know the command (7)",
        8 => "it does not know the kind of address (8)",
        _ => $"its reply is the unknown code {code}",
    };

    private static string RemedyFor(byte code, ApnsEndpoint server) => code switch
    {
        2 => $"It has to let connections through to {server.Host} on port {server.Port}; {server.PortHint}.",
        _ => "Check host and port, and whether the proxy can reach them.",
    };

    private static ApnsException NoProxy(ProxyServer proxy, byte[] bytes) =>
        proxy.Failed($"does not answer as a SOCKS5 proxy does: {Convert.ToHexString(bytes)}", Remedy);
}
