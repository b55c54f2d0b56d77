using System;

namespace Apns.Http2.Frames;

/// <summary>Frame flags of RFC 9113 section 6. ACK and END_STREAM share a bit: they never meet in one frame type.</summary>
[Flags]
public enum FrameFlags : byte
{
    /// <summary>No flag.</summary>
    None = 0x0,

    /// <summary>END_STREAM on DATA and HEADERS.</summary>
    EndStream = 0x1,

    /// <summary>ACK on SETTINGS and PING.</summary>
    Acknowledge = 0x1,

    /// <summary>END_HEADERS on HEADERS, PUSH_PROMISE and CONTINUATION.</summary>
    EndHeaders = 0x4,

    /// <summary>PADDED on DATA, HEADERS and PUSH_PROMISE.</summary>
    Padded = 0x8,

    /// <summary>PRIORITY on HEADERS.</summary>
    Priority = 0x20,
}
