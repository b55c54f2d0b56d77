using System;
using System.Net;

namespace Apns.Client;

/// <summary>
/// How connections get out of a network: directly, through a given proxy, or as the environment and the system say.
/// HTTP proxies (CONNECT, RFC 9110 section 9.3.6, with or without TLS to the proxy) and SOCKS5 (RFC 1928) are supported,
/// both with user name and password. Immutable and thread-safe. It never shows the password.
/// </summary>
public sealed class ApnsProxy
{
    private readonly ProxyServer? _server;
    private readonly bool _asks;
    private readonly NetworkCredential? _credential;

    private ApnsProxy(ProxyServer? server, bool asks, NetworkCredential? credential)
    {
        _server = server;
        _asks = asks;
        _credential = credential;
    }

    /// <summary>No proxy, whatever the environment and the system say.</summary>
    public static ApnsProxy None { get; } = new(null, asks: false, null);

    /// <summary>
    /// What the environment says (HTTPS_PROXY, else ALL_PROXY, in capitals or small letters, and NO_PROXY), and if it names
    /// no proxy, what <see cref="System.Net.Http.HttpClient.DefaultProxy"/> does where it knows the system's settings. Both
    /// are asked anew for each connection. Connections to this machine itself go directly.
    /// </summary>
    /// <param name="credential">For a proxy that wants one; null means the one in the settings, if there is any.</param>
    /// <returns>The choice.</returns>
    public static ApnsProxy FromSystem(NetworkCredential? credential = null) => new(null, asks: true, credential);

    /// <summary>A given proxy, for every connection.</summary>
    /// <param name="address">
    /// <c>http://host:port</c>, <c>https://host:port</c> (TLS to the proxy itself) or <c>socks5://host:port</c>; what has no
    /// scheme is an HTTP proxy. The ports are 80, 443 and 1080 unless given. A SOCKS5 proxy is given the server's name and
    /// resolves it. User name and password may be in the address, percent-encoded.
    /// </param>
    /// <param name="credential">User name and password; null means those in the address, if there are any.</param>
    /// <returns>The choice.</returns>
    /// <exception cref="FormatException">The address is none, or the credential cannot be sent to such a proxy.</exception>
    public static ApnsProxy At(string address, NetworkCredential? credential = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new ApnsProxy(ProxyServer.Parse(address, credential), asks: false, null);
    }

    /// <summary>Says which proxy it is, without the password.</summary>
    /// <returns>For example <c>http://proxy.example.com:3128</c>.</returns>
    public override string ToString() => _server?.ToString() ?? (_asks ? "as the environment and the system say" : "none");

    /// <summary>The proxy for a connection to a server, or null.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.ProxyFailed"/>: the settings cannot be read.</exception>
    internal ProxyServer? For(ApnsEndpoint endpoint) => _asks ? SystemProxy.For(endpoint, _credential) : _server;
}
