using System;
using System.Net;

namespace Apns.Client;

/// <summary>One connection of an <see cref="ApnsClient"/>, as it was when it was looked at.</summary>
public sealed record ApnsConnectionInfo
{
    /// <summary>Its number among the client's connections, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required ApnsConnectionState State { get; init; }

    /// <summary>The address at the other end: APNs's, or a proxy's. Null before it is connected.</summary>
    public required EndPoint? RemoteEndPoint { get; init; }

    /// <summary>When it was ready to send; null before.</summary>
    public required DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>Notifications sent on it whose answers are still to come.</summary>
    public required int InFlight { get; init; }

    /// <summary>Notifications that it may have in flight, by the server's settings as they are now; 0 when it takes none.</summary>
    public required int StreamLimit { get; init; }

    /// <summary>Whether APNs has lowered that limit after it had rejected something, and not raised it again.</summary>
    public required bool IsThrottled { get; init; }

    /// <summary>Notifications sent on it.</summary>
    public required long Sent { get; init; }

    /// <summary>From sending to the answer: a smoothed mean of the latest answers; null before the first.</summary>
    public required TimeSpan? RoundTrip { get; init; }

    /// <summary>Bytes sent, as HTTP/2 before encryption.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes received, as HTTP/2 after decryption.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>
    /// How far this machine's clock is ahead of the server's, by the latest answer that told the time (RFC 9110 section
    /// 6.6.1), to the second; negative when it is behind. Null where no answer told it.
    /// </summary>
    public required TimeSpan? ClockAhead { get; init; }

    /// <summary><see cref="ClockAhead"/> in words, for example <c>7 min 30 s behind</c>; null where that is null.</summary>
    public string? ClockDifference => ClockAhead is { } ahead ? ServerClock.InWords(ahead) : null;

    /// <summary>Whether the clock is off by so much that APNs comes to refuse provider tokens: five minutes or more.</summary>
    public bool IsClockOff => ClockAhead?.Duration() >= ServerClock.MaxOff;

    /// <summary>Number, state and what is in flight in one line.</summary>
    /// <returns>For example <c>0 Active 12/1000</c>.</returns>
    public override string ToString() => $"{Number} {State} {InFlight}/{StreamLimit}";
}
