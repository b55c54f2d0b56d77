namespace Apns.Http2;

/// <summary>Who ended a stream before its time.</summary>
public enum Http2ResetCause
{
    /// <summary>The peer sent RST_STREAM.</summary>
    Peer,

    /// <summary>This side found a stream error and sent RST_STREAM.</summary>
    StreamError,

    /// <summary>The peer's GOAWAY names a lower last stream: this one was never processed (RFC 9113 section 6.8).</summary>
    GoAway,
}
