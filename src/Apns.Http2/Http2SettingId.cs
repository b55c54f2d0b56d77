namespace Apns.Http2;

/// <summary>Identifiers of the settings of RFC 9113 section 6.5.2.</summary>
public enum Http2SettingId : ushort
{
    /// <summary>Size of the HPACK dynamic table that the announcing side's decoder keeps, in bytes.</summary>
    HeaderTableSize = 0x1,

    /// <summary>Whether server push is allowed: 0 or 1.</summary>
    EnablePush = 0x2,

    /// <summary>Streams that the other side may have open at once.</summary>
    MaxConcurrentStreams = 0x3,

    /// <summary>Flow-control window that new streams start with, in bytes.</summary>
    InitialWindowSize = 0x4,

    /// <summary>Largest frame payload accepted, in bytes.</summary>
    MaxFrameSize = 0x5,

    /// <summary>Largest header list accepted, in bytes as RFC 9113 section 10.5.1 counts them.</summary>
    MaxHeaderListSize = 0x6,
}
