namespace Apns.Http2;

/// <summary>What a session announces and what it puts up with.</summary>
public sealed record Http2SessionOptions
{
    /// <summary>The settings announced at the start. A client always announces that it wants no push.</summary>
    public Http2Settings Settings { get; init; } = new() { MaxHeaderListSize = 16_384 };

    /// <summary>Receive window of the whole connection in bytes, 65,535 to 2^31-1; topped up when a sixteenth is used.</summary>
    public int ConnectionWindowSize { get; init; } = 1 << 20;

    /// <summary>Most memory the HPACK encoder's table may take, in bytes, 0 to 16 MB, however much the peer offers.</summary>
    public int EncoderTableSize { get; init; } = 4096;

    /// <summary>CONTINUATION frames allowed in one header block; with 0 or less, none.</summary>
    public int MaxContinuations { get; init; } = 32;

    /// <summary>SETTINGS frames the peer may send.</summary>
    public Http2Rate SettingsRate { get; init; } = new(100, 10);

    /// <summary>PING frames the peer may send.</summary>
    public Http2Rate PingRate { get; init; } = new(500, 50);

    /// <summary>DATA frames without data and without END_STREAM the peer may send.</summary>
    public Http2Rate EmptyDataRate { get; init; } = new(500, 50);

    /// <summary>Streams the peer may open and reset (a server's concern: a client decides itself how many it opens).</summary>
    public Http2Rate ResetRate { get; init; } = new(2000, 200);

    /// <summary>Stream errors of ours that the peer may cause.</summary>
    public Http2Rate StreamErrorRate { get; init; } = new(2000, 200);

    /// <summary>Frames for streams long closed, PRIORITY frames and frames of unknown type that the peer may send.</summary>
    public Http2Rate IgnoredFrameRate { get; init; } = new(10_000, 1000);
}
