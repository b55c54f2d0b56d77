using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Apns.Client;

/// <summary>Finds a host's addresses and connects to the first of them that answers. Everything blocks.</summary>
internal sealed class TcpConnector
{
    /// <summary>How long an address may take while there is another: a SYN and two repetitions of it.</summary>
    public static readonly TimeSpan AddressPatience = TimeSpan.FromSeconds(3);

    private readonly AddressFamily _family;
    private readonly Func<string, IPAddress[]> _resolve;

    /// <param name="family">Which addresses to use; <see cref="AddressFamily.Unspecified"/> for all.</param>
    /// <param name="resolve">Asks for a host's addresses, anew each time.</param>
    public TcpConnector(AddressFamily family, Func<string, IPAddress[]> resolve)
    {
        _family = family;
        _resolve = resolve;
    }

    /// <summary>Asks anew for each connection, as Apple wants it; .NET keeps no answers of its own.</summary>
    /// <param name="host">The host.</param>
    /// <param name="turn">Which address to begin with, so that connections spread over them.</param>
    /// <exception cref="ApnsException">There is none.</exception>
    public IPAddress[] Resolve(string host, int turn)
    {
        IPAddress[] all;
        try
        {
            all = _resolve(host);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new ApnsException(ApnsErrorKind.HostNotFound, $"The host name '{host}' cannot be resolved ({e.Message}).", e) { Remedy = "Check the name and DNS." };
        }

        if (all.Length == 0) throw new ApnsException(ApnsErrorKind.HostNotFound, $"The host name '{host}' has no address.") { Remedy = "Check the name and DNS." };
        IPAddress[] usable = _family == AddressFamily.Unspecified ? all : Array.FindAll(all, address => address.AddressFamily == _family);
        if (usable.Length == 0) throw NoneOfTheFamily(host, all);
        int first = turn % usable.Length;
        return [.. usable[first..], .. usable[..first]];
    }

    /// <summary>
    /// Connects to the first of the addresses that lets it. One that swallows what it is sent gets a few seconds, the
    /// last of them all the time there is. (On macOS a connecting socket cannot be stopped: there the system's own limit
    /// counts, or the connection's.)
    /// </summary>
    /// <param name="addresses">What <see cref="Resolve"/> found.</param>
    /// <param name="endpoint">The host they belong to, and its port.</param>
    /// <param name="opened">Is given each socket before it is used: closing it there ends the call.</param>
    /// <param name="patience">How long each address but the last may take.</param>
    /// <exception cref="ApnsException">None did.</exception>
    public static Socket Connect(IPAddress[] addresses, ApnsEndpoint endpoint, Action<Socket> opened, TimeSpan patience)
    {
        var failures = new List<string>();
        string late = string.Create(CultureInfo.InvariantCulture, $"no answer within {patience.TotalSeconds:0.#} s");
        foreach (IPAddress address in addresses)
        {
            Socket? socket = null;
            var limit = new ConnectLimit();
            try
            {
                socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                opened(socket);
                bool last = failures.Count == addresses.Length - 1;
                using Timer? timer = last ? null : limit.Start(socket, patience);
                socket.Connect(new IPEndPoint(address, endpoint.Port));
                if (limit.Keep()) return socket;
                failures.Add($"{address}: {late}");
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                socket?.Dispose();
                failures.Add($"{address}: {(limit.Keep() ? e.Message : late)}");
            }
        }

        throw new ApnsException(ApnsErrorKind.ConnectFailed, $"No connection to {endpoint} ({string.Join("; ", failures)}).")
        {
            Remedy = $"Check host, port and firewall; {endpoint.PortHint}.",
        };
    }

    /// <summary>Closes a socket that has not connected in time: the only end there is of a call that blocks.</summary>
    private sealed class ConnectLimit
    {
        private int _decided;

        public Timer Start(Socket socket, TimeSpan patience) => new(
            _ =>
            {
                if (Interlocked.Exchange(ref _decided, 1) == 0) socket.Dispose();
            },
            null,
            patience,
            Timeout.InfiniteTimeSpan);

        /// <summary>The call is over: whether the socket was not closed for its sake, and will not be.</summary>
        public bool Keep() => Interlocked.Exchange(ref _decided, 1) == 0;
    }

    private ApnsException NoneOfTheFamily(string host, IPAddress[] all)
    {
        (string wanted, string other) = _family == AddressFamily.InterNetworkV6 ? ("IPv6", "IPv4") : ("IPv4", "IPv6");
        return new ApnsException(ApnsErrorKind.HostNotFound, $"The host '{host}' has no {wanted} address, only {string.Join<IPAddress>(", ", all)}.")
        {
            Remedy = $"Connect without -{wanted}, or with -{other}.",
        };
    }
}
