namespace Apns.Http2.Frames;

/// <summary>The frame types of RFC 9113 section 6. A type not named here is ignored (section 4.1).</summary>
public enum FrameType : byte
{
    /// <summary>DATA, section 6.1.</summary>
    Data = 0x0,

    /// <summary>HEADERS, section 6.2.</summary>
    Headers = 0x1,

    /// <summary>PRIORITY, section 6.3: deprecated, checked and ignored.</summary>
    Priority = 0x2,

    /// <summary>RST_STREAM, section 6.4.</summary>
    ResetStream = 0x3,

    /// <summary>SETTINGS, section 6.5.</summary>
    Settings = 0x4,

    /// <summary>PUSH_PROMISE, section 6.6: always refused here.</summary>
    PushPromise = 0x5,

    /// <summary>PING, section 6.7.</summary>
    Ping = 0x6,

    /// <summary>GOAWAY, section 6.8.</summary>
    GoAway = 0x7,

    /// <summary>WINDOW_UPDATE, section 6.9.</summary>
    WindowUpdate = 0x8,

    /// <summary>CONTINUATION, section 6.10.</summary>
    Continuation = 0x9,
}
