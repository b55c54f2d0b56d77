namespace Apns.Client;

/// <summary>What kind of thing went wrong; the names are stable and serve as error ids.</summary>
public enum ApnsErrorKind
{
    /// <summary>The key file or text is not a usable ES256 key.</summary>
    InvalidKey,

    /// <summary>The client certificate cannot be used.</summary>
    InvalidCertificate,

    /// <summary>The host's name could not be resolved.</summary>
    HostNotFound,

    /// <summary>No connection could be made: nothing listens there, or it is out of reach.</summary>
    ConnectFailed,

    /// <summary>The connection was not ready in time.</summary>
    ConnectTimeout,

    /// <summary>The proxy is out of reach, does not open the way to the server, or its settings cannot be read.</summary>
    ProxyFailed,

    /// <summary>The proxy wants credentials, or refuses those it was given.</summary>
    ProxyAuthenticationFailed,

    /// <summary>The server's certificate is not trusted, expired, or for another name.</summary>
    ServerNotTrusted,

    /// <summary>TLS failed for another reason, the client certificate among them.</summary>
    TlsFailed,

    /// <summary>The server does not speak HTTP/2.</summary>
    Http2NotOffered,

    /// <summary>The connection ended.</summary>
    ConnectionLost,

    /// <summary>No answer to a request about channels came in time.</summary>
    TimedOut,

    /// <summary>The credential, the topic or the environment was refused: no notification can succeed.</summary>
    Refused,

    /// <summary>The notification is not one APNs accepts.</summary>
    InvalidNotification,

    /// <summary>APNs refused a request about channels.</summary>
    Rejected,

    /// <summary>There is no simulator to push to.</summary>
    SimulatorUnavailable,

    /// <summary>What was asked for cannot be done with this client: not with a simulator, or not without a management endpoint.</summary>
    NotSupported,

    /// <summary>The client is closed.</summary>
    Closed,

    /// <summary>Whoever sends has stopped it.</summary>
    Stopped,

    /// <summary>Another run or program has the journal.</summary>
    JournalInUse,

    /// <summary>The journal is of another notification, topic or environment.</summary>
    JournalMismatch,

    /// <summary>The journal is damaged before its end.</summary>
    JournalDamaged,

    /// <summary>The journal cannot be opened, read or written, or the file is none.</summary>
    JournalFailed,
}
