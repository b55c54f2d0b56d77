namespace Apns.Client;

/// <summary>What a connection is and what it has done, at one moment. Its owner counts by the differences.</summary>
/// <param name="State">Where it is in its life.</param>
/// <param name="StreamLimit">Requests that it may have in flight; 0 unless it is active.</param>
/// <param name="Sent">Requests posted.</param>
/// <param name="BytesSent">Bytes of HTTP/2 given to TLS.</param>
/// <param name="BytesReceived">Bytes of HTTP/2 that came.</param>
/// <param name="RoundTrip">From posting to answer, a smoothed mean in ticks; 0 before the first answer.</param>
/// <param name="Throttles">How often the server lowered its limit after it had rejected something.</param>
/// <param name="IsThrottled">Whether the limit is lower than it was.</param>
internal readonly record struct ConnectionFigures(
    ApnsConnectionState State, int StreamLimit, long Sent = 0, long BytesSent = 0, long BytesReceived = 0, long RoundTrip = 0, int Throttles = 0, bool IsThrottled = false);
