namespace Apns.Http2;

/// <summary>The error codes of RFC 9113 section 7, carried by RST_STREAM and GOAWAY.</summary>
public enum Http2ErrorCode
{
    /// <summary>Graceful: nothing went wrong.</summary>
    NoError = 0x0,

    /// <summary>The peer broke a rule that has no code of its own.</summary>
    ProtocolError = 0x1,

    /// <summary>Something went wrong on the sender's own side.</summary>
    InternalError = 0x2,

    /// <summary>The peer sent more than the flow-control window allowed, or made a window overflow.</summary>
    FlowControlError = 0x3,

    /// <summary>SETTINGS were not acknowledged in time.</summary>
    SettingsTimeout = 0x4,

    /// <summary>A frame came for a stream that was half-closed or closed.</summary>
    StreamClosed = 0x5,

    /// <summary>A frame had a size that its type does not allow.</summary>
    FrameSizeError = 0x6,

    /// <summary>The stream was refused before any processing: safe to send again.</summary>
    RefusedStream = 0x7,

    /// <summary>The stream is no longer wanted.</summary>
    Cancel = 0x8,

    /// <summary>The header compression state cannot be kept: the connection is lost.</summary>
    CompressionError = 0x9,

    /// <summary>The connection made for a CONNECT request failed.</summary>
    ConnectError = 0xa,

    /// <summary>The peer behaves in a way that costs too much.</summary>
    EnhanceYourCalm = 0xb,

    /// <summary>The transport is not secure enough.</summary>
    InadequateSecurity = 0xc,

    /// <summary>HTTP/1.1 is wanted instead.</summary>
    Http11Required = 0xd,
}
