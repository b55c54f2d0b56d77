using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>
/// Makes one TLS connection: DNS anew, TCP, the way through a proxy, TLS 1.2 or newer, ALPN h2. Everything blocks: a
/// socket that was ever used asynchronously is registered for good with the runtime's event loop, which then wakes for
/// every packet. <see cref="Connect"/> takes all stages; each can be taken by itself.
/// </summary>
internal sealed class TlsConnector
{
    private readonly ApnsClientOptions _options;
    private readonly ApnsEndpoint _endpoint;
    private readonly TcpConnector _tcp;

    /// <param name="options">Where to connect and how.</param>
    /// <param name="resolve">Asks for a host's addresses.</param>
    public TlsConnector(ApnsClientOptions options, Func<string, IPAddress[]> resolve)
    {
        _options = options;
        _endpoint = options.Endpoint;
        _tcp = new TcpConnector(options.AddressFamily, resolve);
    }

    public TlsConnector(ApnsClientOptions options)
        : this(options, Dns.GetHostAddresses)
    {
    }

    /// <summary>Connects.</summary>
    /// <param name="turn">Which of the host's addresses to begin with, so that connections spread over them.</param>
    /// <param name="opened">Is given each socket before it is used: closing it there ends the call.</param>
    /// <exception cref="ApnsException">It did not work; the message says why and what to do.</exception>
    public (Socket Socket, SslStream Stream) Connect(int turn, Action<Socket> opened)
    {
        ProxyServer? proxy = ChooseProxy();
        Socket socket = ConnectTcp(proxy, Resolve(proxy, turn), opened);
        SslStream stream = Handshake(proxy, OpenWay(proxy, socket), out _);
        RequireHttp2(stream);
        return (socket, stream);
    }

    /// <summary>The proxy to go through, or null; asked anew for each connection.</summary>
    public ProxyServer? ChooseProxy() => _options.Proxy.For(_endpoint);

    /// <summary>The addresses of the server, or of the proxy before it.</summary>
    public IPAddress[] Resolve(ProxyServer? proxy, int turn)
    {
        try
        {
            return _tcp.Resolve(proxy?.Endpoint.Host ?? _endpoint.Host, turn);
        }
        catch (ApnsException e) when (proxy is not null)
        {
            throw proxy.OutOfReach(e);
        }
    }

    /// <summary>Connects to one of the addresses.</summary>
    public Socket ConnectTcp(ProxyServer? proxy, IPAddress[] addresses, Action<Socket> opened)
    {
        try
        {
            return TcpConnector.Connect(addresses, proxy?.Endpoint ?? _endpoint, opened, TcpConnector.AddressPatience);
        }
        catch (ApnsException e) when (proxy is not null)
        {
            throw proxy.OutOfReach(e);
        }
    }

    /// <summary>A stream to the server: the socket itself, or the tunnel that the proxy opens. It owns the socket.</summary>
    public Stream OpenWay(ProxyServer? proxy, Socket socket)
    {
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (proxy is null) return stream;
        try
        {
            if (proxy.Kind == ProxyKind.HttpOverTls) stream = SecureProxy(proxy, stream);
            if (proxy.Kind == ProxyKind.Socks5) Socks5Tunnel.Open(stream, proxy, _endpoint);
            else HttpTunnel.Open(stream, proxy, _endpoint);
            return stream;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or AuthenticationException or InvalidOperationException)
        {
            stream.Dispose();
            throw proxy.Failed($"broke off before it had opened the way to {_endpoint}: {Innermost(e)}", null, e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>TLS with the server.</summary>
    /// <param name="proxy">The proxy that the stream goes through.</param>
    /// <param name="way">A stream to the server; the one returned owns it.</param>
    /// <param name="root">The name of the root that the server's certificate leads to.</param>
    public SslStream Handshake(ProxyServer? proxy, Stream way, out string? root)
    {
        string between = proxy is null ? "a proxy or firewall in between" : $"the proxy {proxy}, or a firewall,";
        var trust = new ServerTrust(_endpoint.ToString(), _endpoint.Host, _options.TrustedRoots is not null, between);
        var stream = new SslStream(way, leaveInnerStreamOpen: false);
        try
        {
            SslClientAuthenticationOptions options = Options(_endpoint.Host, SslApplicationProtocol.Http2, trust);
            if (_options.Credential.Certificate is { } certificate)
            {
                options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, _options.Credential.Intermediates, offline: true);
                options.AllowTlsResume = PlatformCertificates.AllowTlsResume;
            }

            stream.AuthenticateAsClient(options);
            root = trust.Root;
            return stream;
        }
        catch (AuthenticationException e)
        {
            stream.Dispose();
            throw trust.Distrust ?? new ApnsException(ApnsErrorKind.TlsFailed, $"TLS with {_endpoint} failed: {Innermost(e)}", e);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            stream.Dispose();
            throw new ApnsException(ApnsErrorKind.TlsFailed, $"{_endpoint} ended the connection during the TLS handshake: {Innermost(e)}", e)
            {
                Remedy = "A proxy or firewall in between may do so, or the server itself when it does not take the client certificate.",
            };
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that the server chose h2 by ALPN; closes the stream if not.</summary>
    public void RequireHttp2(SslStream stream)
    {
        if (stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2) return;
        stream.Dispose();
        throw new ApnsException(ApnsErrorKind.Http2NotOffered, $"{_endpoint} does not speak HTTP/2 (it did not choose h2 by ALPN).") { Remedy = "Is it APNs, or a proxy in between?" };
    }

    private SslStream SecureProxy(ProxyServer proxy, Stream inner)
    {
        var trust = new ServerTrust($"the proxy {proxy}", proxy.Endpoint.Host, _options.TrustedRoots is not null, "somebody in between");
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            stream.AuthenticateAsClient(Options(proxy.Endpoint.Host, SslApplicationProtocol.Http11, trust));
            return stream;
        }
        catch (AuthenticationException) when (trust.Distrust is { } distrust)
        {
            throw new ApnsException(ApnsErrorKind.ProxyFailed, distrust.What) { Remedy = distrust.Remedy };
        }
    }

    private SslClientAuthenticationOptions Options(string host, SslApplicationProtocol protocol, ServerTrust trust)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = [protocol],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false, // RFC 9113 section 9.2.1; SslStream's default for clients is true.
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = trust.Validate,
        };

        if (_options.TrustedRoots is { } roots)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.AddRange(roots);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }

    private static string Innermost(Exception e)
    {
        while (e.InnerException is not null) e = e.InnerException;
        return e.Message;
    }
}
