using System;

namespace Apns.Client;

/// <summary>What an <see cref="ApnsClient"/> is doing and has done since it connected.</summary>
public sealed record ApnsStatistics
{
    /// <summary>Connections open, on their way, or waiting for their last answers.</summary>
    public required int Connections { get; init; }

    /// <summary>Notifications sent whose answers are still to come.</summary>
    public required int InFlight { get; init; }

    /// <summary>Notifications that wait for a connection, a stream or the end of a pause.</summary>
    public required int Waiting { get; init; }

    /// <summary>How often a notification was sent, each repetition counted.</summary>
    public required long Sent { get; init; }

    /// <summary>How many of those were repetitions: after a refusal that may pass, or after a connection that was lost.</summary>
    public required long Retried { get; init; }

    /// <summary>Results with the outcome <see cref="ApnsOutcome.Delivered"/>.</summary>
    public required long Delivered { get; init; }

    /// <summary>Results with the outcome <see cref="ApnsOutcome.Rejected"/>.</summary>
    public required long Rejected { get; init; }

    /// <summary>Results with the outcome <see cref="ApnsOutcome.Unknown"/>.</summary>
    public required long Unknown { get; init; }

    /// <summary>Results with the outcome <see cref="ApnsOutcome.NotSent"/>.</summary>
    public required long NotSent { get; init; }

    /// <summary>
    /// From sending to the answer: a smoothed mean of the latest answers, over the connections. Null before the first answer.
    /// </summary>
    public required TimeSpan? RoundTrip { get; init; }

    /// <summary>Bytes sent, as HTTP/2 before encryption.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes received, as HTTP/2 after decryption.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>How often APNs lowered a connection's stream limit after it had rejected something: its way to slow a sender down.</summary>
    public required long Throttled { get; init; }

    /// <summary>Connections opened so far, those that failed included.</summary>
    public required long ConnectionsOpened { get; init; }
}
