namespace Apns.Emulator;

/// <summary>
/// The ways in which an emulator misbehaves on command. The first five strike a new connection, the last two a tunnel
/// through <see cref="ApnsEmulator.Proxy"/>, and the others a request that has come in whole. Unless it says otherwise
/// the request has been processed: it counts as APNs would count it, and is among those received, even if its answer does
/// not get through.
/// </summary>
public enum EmulatorFaultKind
{
    /// <summary>The connection is closed at any byte of the server's part of the TLS handshake.</summary>
    CutHandshake = 1,

    /// <summary>The handshake ends with a fatal TLS alert, which a client with TLS 1.3 hears after it has connected.</summary>
    TlsAlert,

    /// <summary>The server's certificate has expired.</summary>
    ExpiredCertificate,

    /// <summary>The server's certificate is for another host.</summary>
    WrongHostCertificate,

    /// <summary>SETTINGS and all that would follow stays away for the duration.</summary>
    NoSettings,

    /// <summary>The answer is <see cref="EmulatorFault.Reason"/> instead of success, and for the duration that of all requests.</summary>
    Refuse,

    /// <summary>
    /// The answer is <see cref="EmulatorFault.Reason"/>, TooManyRequests unless given, and the connection's stream limit
    /// falls to 1 for the duration, as users of APNs have seen it after rejections.
    /// </summary>
    Throttle,

    /// <summary>The stream is reset with REFUSED_STREAM; the request is not processed.</summary>
    RefuseStream,

    /// <summary>The stream is reset with INTERNAL_ERROR instead of an answer.</summary>
    ResetStream,

    /// <summary>The answer is held back for the duration, while others overtake it.</summary>
    HoldAnswer,

    /// <summary>The answer comes in many frames, CONTINUATION among them, and what is written with it in many TLS records.</summary>
    SplitAnswer,

    /// <summary>The answer comes twice, which HTTP/2 forbids.</summary>
    RepeatAnswer,

    /// <summary>In the answer's place comes one on a stream that was never opened.</summary>
    AnswerUnknownStream,

    /// <summary>In the answer's place comes a header block that cannot be decompressed.</summary>
    MalformedHeaders,

    /// <summary>The answer has 20 KiB of headers, more than clients take.</summary>
    OversizedHeaders,

    /// <summary>The answer's header block goes on in CONTINUATION frames without end.</summary>
    EndlessHeaders,

    /// <summary>
    /// The connection is closed at any byte of what was to be written, with a TCP reset or without. Whether the request
    /// is still processed is left to chance; those after it are not.
    /// </summary>
    CutConnection,

    /// <summary>The connection goes silent for the duration: it takes in and processes everything, and sends nothing, not even PING.</summary>
    Silence,

    /// <summary>The connection reads nothing more for the duration; again and again, it is a slow reader.</summary>
    StopReading,

    /// <summary>GOAWAY with the request's stream as the last one, then the end. What comes on later streams is not processed.</summary>
    GoAway,

    /// <summary>The same in two steps: the first GOAWAY names no last stream, the second one does when the client has seen the first.</summary>
    GoAwayTwice,

    /// <summary>GOAWAY with ENHANCE_YOUR_CALM, and the end at once.</summary>
    EnhanceYourCalm,

    /// <summary>
    /// New streams get a window of 16 bytes for the duration, and none in its second half, when the windows of open
    /// streams fall below zero.
    /// </summary>
    LowerWindow,

    /// <summary>The connection's window is not topped up for the duration.</summary>
    StarveWindow,

    /// <summary>PING frames by the thousands.</summary>
    PingFlood,

    /// <summary>SETTINGS frames by the thousands.</summary>
    SettingsFlood,

    /// <summary>
    /// The proxy does not open the tunnel, and for the duration none: as one that cannot resolve the server's name it
    /// answers 502 Bad Gateway with Proxy-Status dns_error (RFC 9209).
    /// </summary>
    RefuseTunnel,

    /// <summary>
    /// The proxy drops the tunnel, with a TCP reset or without, when any number of bytes below 128 KiB has come from the
    /// server; if so many do not come, it stays.
    /// </summary>
    CutTunnel,
}
