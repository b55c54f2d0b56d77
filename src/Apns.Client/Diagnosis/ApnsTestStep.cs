namespace Apns.Client;

/// <summary>The steps of a connection test, in the order in which they are taken.</summary>
public enum ApnsTestStep
{
    /// <summary>The server's name, or the proxy's, becomes addresses.</summary>
    Dns,

    /// <summary>A TCP connection to one of the addresses.</summary>
    Tcp,

    /// <summary>The proxy opens the way to the server; listed only when there is one.</summary>
    Proxy,

    /// <summary>TLS with the server, whose certificate has to be trusted.</summary>
    Tls,

    /// <summary>The server chooses HTTP/2 (RFC 9113 section 3.3).</summary>
    Alpn,

    /// <summary>The server's SETTINGS: the stream limit and the windows.</summary>
    Settings,

    /// <summary>A PING and its answer.</summary>
    Ping,

    /// <summary>APNs accepts the key or the certificate, for the topic.</summary>
    Credential,

    /// <summary>This machine's clock against the server's.</summary>
    Clock,
}
