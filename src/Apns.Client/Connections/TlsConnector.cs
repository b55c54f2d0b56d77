using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>
/// Makes one TLS connection: DNS anew, TCP, TLS 1.2 or newer, ALPN h2. Everything blocks: a socket that was ever used
/// asynchronously is registered for good with the runtime's event loop, which then wakes for every packet.
/// </summary>
internal sealed class TlsConnector
{
    private readonly ApnsEndpoint _endpoint;
    private readonly ApnsCredential _credential;
    private readonly X509Certificate2Collection? _trustedRoots;

    public TlsConnector(ApnsEndpoint endpoint, ApnsCredential credential, X509Certificate2Collection? trustedRoots)
    {
        _endpoint = endpoint;
        _credential = credential;
        _trustedRoots = trustedRoots;
    }

    /// <summary>Connects.</summary>
    /// <param name="turn">Which of the host's addresses to begin with, so that connections spread over them.</param>
    /// <param name="opened">Is given each socket before it is used: closing it there ends the call.</param>
    /// <exception cref="ApnsException">It did not work; the message says why and what to do.</exception>
    public (Socket Socket, SslStream Stream) Connect(int turn, Action<Socket> opened)
    {
        Socket socket = ConnectTcp(turn, opened);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false);
        string? distrust = null;
        try
        {
            stream.AuthenticateAsClient(Options((_, certificate, chain, errors) => (distrust = Distrust(certificate, chain, errors)) is null));
            if (stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
            {
                throw new ApnsException(ApnsErrorKind.Http2NotOffered, $"{_endpoint} does not speak HTTP/2 (it did not choose h2 by ALPN). Is it APNs, or a proxy in between?");
            }

            return (socket, stream);
        }
        catch (AuthenticationException e)
        {
            stream.Dispose();
            throw distrust is null
                ? new ApnsException(ApnsErrorKind.TlsFailed, $"TLS with {_endpoint} failed: {Innermost(e)}", e)
                : new ApnsException(ApnsErrorKind.ServerNotTrusted, distrust, e);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            stream.Dispose();
            throw new ApnsException(ApnsErrorKind.TlsFailed, $"{_endpoint} ended the connection during the TLS handshake: {Innermost(e)}", e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private Socket ConnectTcp(int turn, Action<Socket> opened)
    {
        IPAddress[] addresses = Resolve();
        var failures = new List<string>();
        for (int i = 0; i < addresses.Length; i++)
        {
            IPAddress address = addresses[(turn + i) % addresses.Length];
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                opened(socket);
                socket.Connect(new IPEndPoint(address, _endpoint.Port));
                return socket;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                socket.Dispose();
                failures.Add($"{address}: {e.Message}");
            }
        }

        throw new ApnsException(
            ApnsErrorKind.ConnectFailed,
            $"No connection to {_endpoint} ({string.Join("; ", failures)}). Check host, port and firewall; APNs listens on {ApnsEndpoint.DefaultPort} and {ApnsEndpoint.AlternatePort}.");
    }

    /// <summary>Asks anew for each connection, as Apple wants it; .NET keeps no answers of its own.</summary>
    private IPAddress[] Resolve()
    {
        try
        {
            IPAddress[] addresses = Dns.GetHostAddresses(_endpoint.Host);
            if (addresses.Length > 0) return addresses;
        }
        catch (SocketException e)
        {
            throw new ApnsException(ApnsErrorKind.HostNotFound, $"The host name '{_endpoint.Host}' cannot be resolved ({e.Message}). Check the name and DNS.", e);
        }

        throw new ApnsException(ApnsErrorKind.HostNotFound, $"The host name '{_endpoint.Host}' has no address. Check the name and DNS.");
    }

    private SslClientAuthenticationOptions Options(RemoteCertificateValidationCallback validate)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = _endpoint.Host,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = validate,
        };

        if (_trustedRoots is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.AddRange(_trustedRoots);
            options.CertificateChainPolicy = policy;
        }

        if (_credential.Certificate is { } certificate)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, _credential.Intermediates, offline: true);
        }

        return options;
    }

    /// <summary>The system's verdict stands; this only puts it into words. Null means trusted.</summary>
    private string? Distrust(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return null;
        if (certificate is null) return $"{_endpoint} sent no certificate.";
        return (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0
            ? $"The certificate that {_endpoint} sent is for '{certificate.Subject}', not for the host '{_endpoint.Host}'. Is it APNs, or a proxy in between?"
            : DescribeChain(certificate, chain);
    }

    private string DescribeChain(X509Certificate certificate, X509Chain? chain)
    {
        var flags = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain?.ChainStatus ?? []) flags |= status.Status;
        if ((flags & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            return $"The certificate of {_endpoint} ('{certificate.Subject}') is out of date. Check the clock of this machine.";
        }

        X509Certificate last = chain is { ChainElements.Count: > 0 } ? chain.ChainElements[^1].Certificate : certificate;
        string remedy = _trustedRoots is null
            ? "Install that root on this machine, or name it with -TrustedRoot."
            : "It is none of the given trusted roots.";
        return (flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0
            ? $"The certificate of {_endpoint} ('{certificate.Subject}') leads to '{last.Issuer}', which is not trusted. {remedy}"
            : $"The certificate of {_endpoint} ('{certificate.Subject}') is not acceptable: {flags}.";
    }

    private static string Innermost(Exception e)
    {
        while (e.InnerException is not null) e = e.InnerException;
        return e.Message;
    }
}
