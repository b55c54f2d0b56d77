using System;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>
/// Judges the certificate that a server shows in one handshake. The system's verdict stands; this puts it into words, and
/// remembers the root that was seen.
/// </summary>
internal sealed class ServerTrust
{
    private readonly string _server;
    private readonly string _host;
    private readonly bool _ownRoots;
    private readonly string _between;

    /// <param name="server">The server's name in messages.</param>
    /// <param name="host">The name its certificate must be for.</param>
    /// <param name="ownRoots">Whether the caller gave the roots to trust.</param>
    /// <param name="between">Who may have broken into the connection, if the certificate is not the server's own.</param>
    public ServerTrust(string server, string host, bool ownRoots, string between)
    {
        _server = server;
        _host = host;
        _ownRoots = ownRoots;
        _between = between;
    }

    /// <summary>The name of the root that the certificate leads to; null as long as none was seen.</summary>
    public string? Root { get; private set; }

    /// <summary>Why the server is not trusted; null when it is.</summary>
    public ApnsException? Distrust { get; private set; }

    /// <summary>The handshake's callback.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Root = chain is { ChainElements.Count: > 0 } ? chain.ChainElements[^1].Certificate.Issuer : certificate?.Issuer;
        if (errors == SslPolicyErrors.None) return true;
        if (certificate is null) Distrust = NotTrusted($"{_server} sent no certificate.", null);
        else if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0) Distrust = AnotherName(certificate);
        else Distrust = BadChain(certificate, chain);
        return false;
    }

    private static ApnsException NotTrusted(string what, string? remedy) => new(ApnsErrorKind.ServerNotTrusted, what) { Remedy = remedy };

    private ApnsException AnotherName(X509Certificate certificate) => NotTrusted(
        $"The certificate that {_server} sent is for '{certificate.Subject}', not for the host '{_host}'; its root is '{Root}'.",
        $"Check the host. If it is right, {Intercepts}");

    private ApnsException BadChain(X509Certificate certificate, X509Chain? chain)
    {
        var flags = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain?.ChainStatus ?? []) flags |= status.Status;
        if ((flags & X509ChainStatusFlags.NotTimeValid) != 0) return OutOfDate(certificate, chain!);
        if ((flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) == 0)
        {
            return NotTrusted($"The certificate of {_server} ('{certificate.Subject}', root '{Root}') is not acceptable: {flags}.", null);
        }

        string remedy = _ownRoots ? "It is none of the given trusted roots." : "Install that root on this machine, or name it with -TrustedRoot.";
        return NotTrusted(
            $"The certificate of {_server} ('{certificate.Subject}') leads to '{Root}', which is not trusted.",
            $"{remedy} If that root is not the server's own, {Intercepts}");
    }

    private ApnsException OutOfDate(X509Certificate certificate, X509Chain chain)
    {
        X509Certificate2? old = null;
        foreach (X509ChainElement element in chain.ChainElements)
        {
            foreach (X509ChainStatus status in element.ChainElementStatus)
            {
                if (status.Status == X509ChainStatusFlags.NotTimeValid) old ??= element.Certificate;
            }
        }

        string which = old is null || old.Subject == certificate.Subject ? "" : $", or rather that of its authority '{old.Subject}',";
        string valid = old is null ? "" : $": it is valid from {old.NotBefore.ToUniversalTime():u} until {old.NotAfter.ToUniversalTime():u}";
        return NotTrusted(
            $"The certificate of {_server} ('{certificate.Subject}'){which} is out of date{valid}. The clock of this machine says {DateTimeOffset.UtcNow:u}.",
            "Check the clock of this machine against UTC.");
    }

    private string Intercepts => $"{_between} intercepts TLS: have it let {_host} through untouched.";
}
