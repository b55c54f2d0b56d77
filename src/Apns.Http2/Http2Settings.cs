using System;
using Apns.Http2.Hpack;

namespace Apns.Http2;

/// <summary>One side's settings. The defaults are the RFC's initial values.</summary>
public sealed record Http2Settings
{
    /// <summary>The smallest and initial SETTINGS_MAX_FRAME_SIZE.</summary>
    public const int MinMaxFrameSize = 16_384;

    /// <summary>The largest SETTINGS_MAX_FRAME_SIZE.</summary>
    public const int MaxMaxFrameSize = 16_777_215;

    /// <summary>The initial flow-control window of a connection and, unless changed, of streams.</summary>
    public const int DefaultWindowSize = 65_535;

    internal static ReadOnlySpan<Http2SettingId> KnownIds =>
    [
        Http2SettingId.HeaderTableSize, Http2SettingId.EnablePush, Http2SettingId.MaxConcurrentStreams,
        Http2SettingId.InitialWindowSize, Http2SettingId.MaxFrameSize, Http2SettingId.MaxHeaderListSize,
    ];

    /// <summary>SETTINGS_HEADER_TABLE_SIZE in bytes; values above <see cref="int.MaxValue"/> read as that.</summary>
    public int HeaderTableSize { get; init; } = 4096;

    /// <summary>SETTINGS_ENABLE_PUSH.</summary>
    public bool EnablePush { get; init; } = true;

    /// <summary>SETTINGS_MAX_CONCURRENT_STREAMS; <see cref="int.MaxValue"/> means no limit.</summary>
    public int MaxConcurrentStreams { get; init; } = int.MaxValue;

    /// <summary>SETTINGS_INITIAL_WINDOW_SIZE in bytes, 0 to 2^31-1.</summary>
    public int InitialWindowSize { get; init; } = DefaultWindowSize;

    /// <summary>SETTINGS_MAX_FRAME_SIZE in bytes, 2^14 to 2^24-1.</summary>
    public int MaxFrameSize { get; init; } = MinMaxFrameSize;

    /// <summary>SETTINGS_MAX_HEADER_LIST_SIZE in bytes; <see cref="int.MaxValue"/> means no limit.</summary>
    public int MaxHeaderListSize { get; init; } = int.MaxValue;

    /// <summary>The value as it goes on the wire.</summary>
    internal uint Get(Http2SettingId id) => id switch
    {
        Http2SettingId.HeaderTableSize => (uint)HeaderTableSize,
        Http2SettingId.EnablePush => EnablePush ? 1u : 0u,
        Http2SettingId.MaxConcurrentStreams => (uint)MaxConcurrentStreams,
        Http2SettingId.InitialWindowSize => (uint)InitialWindowSize,
        Http2SettingId.MaxFrameSize => (uint)MaxFrameSize,
        Http2SettingId.MaxHeaderListSize => (uint)MaxHeaderListSize,
        _ => throw new ArgumentOutOfRangeException(nameof(id)),
    };

    /// <summary>Refuses what must not be announced.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(HeaderTableSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HeaderTableSize, DynamicTable.MaxCapacity);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxConcurrentStreams);
        ArgumentOutOfRangeException.ThrowIfNegative(InitialWindowSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrameSize, MinMaxFrameSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxFrameSize, MaxMaxFrameSize);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxHeaderListSize);
    }

    /// <summary>These settings with one changed by the peer; unknown identifiers change nothing.</summary>
    /// <exception cref="Http2ConnectionException">The value is not allowed (section 6.5.2).</exception>
    internal Http2Settings With(Http2SettingId id, uint value)
    {
        int clamped = (int)Math.Min(value, int.MaxValue);
        switch (id)
        {
            case Http2SettingId.HeaderTableSize:
                return this with { HeaderTableSize = clamped };
            case Http2SettingId.EnablePush:
                if (value > 1) throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, $"SETTINGS_ENABLE_PUSH is {value}; 0 or 1 is allowed");
                return this with { EnablePush = value == 1 };
            case Http2SettingId.MaxConcurrentStreams:
                return this with { MaxConcurrentStreams = clamped };
            case Http2SettingId.InitialWindowSize:
                if (value > int.MaxValue) throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, $"SETTINGS_INITIAL_WINDOW_SIZE is {value}; at most 2147483647 is allowed");
                return this with { InitialWindowSize = clamped };
            case Http2SettingId.MaxFrameSize:
                if (value is < MinMaxFrameSize or > MaxMaxFrameSize) throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, $"SETTINGS_MAX_FRAME_SIZE is {value}; 16384 to 16777215 is allowed");
                return this with { MaxFrameSize = clamped };
            case Http2SettingId.MaxHeaderListSize:
                return this with { MaxHeaderListSize = clamped };
            default:
                return this;
        }
    }
}
