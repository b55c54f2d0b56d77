using System;

namespace Apns.Client;

/// <summary>What happened to one broadcast. Immutable.</summary>
public sealed class ApnsBroadcastResult : IApnsResult
{
    internal ApnsBroadcastResult(string channelId, ApnsResult result)
    {
        ChannelId = channelId;
        Outcome = result.Outcome;
        Status = result.Status;
        Reason = result.Reason;
        RequestId = result.ApnsId;
        UniqueId = result.UniqueId;
        Attempts = result.Attempts;
        PossibleDuplicate = result.PossibleDuplicate;
        Duration = result.Duration;
        Time = result.Time;
        Advice = result.Advice;
        Error = result.Error;
    }

    /// <summary>The channel.</summary>
    public string ChannelId { get; }

    /// <summary>How it ended; Delivered means that APNs took it.</summary>
    public ApnsOutcome Outcome { get; }

    /// <summary>Whether APNs took it.</summary>
    public bool IsDelivered => Outcome == ApnsOutcome.Delivered;

    /// <summary>HTTP status of the last answer; 0 when none came.</summary>
    public int Status { get; }

    /// <summary>APNs's reason, or null.</summary>
    public string? Reason { get; }

    /// <summary>apns-request-id.</summary>
    public Guid RequestId { get; }

    /// <summary>apns-unique-id: the key into the delivery log.</summary>
    public string? UniqueId { get; }

    /// <summary>How often it was sent in a way that APNs may have processed it.</summary>
    public int Attempts { get; }

    /// <summary>Whether APNs may have processed it more than once.</summary>
    public bool PossibleDuplicate { get; }

    /// <summary>From being taken in to the final answer.</summary>
    public TimeSpan Duration { get; }

    /// <summary>When it ended (UTC).</summary>
    public DateTimeOffset? Time { get; }

    /// <summary>What to do about it.</summary>
    public ApnsAdvice Advice { get; }

    /// <summary>In words, why it was not taken, and the remedy where one is known; null when it was.</summary>
    public string? Error { get; }

    /// <summary>Channel and outcome in one line.</summary>
    /// <returns>For example <c>dHN0LXNyY2gtY2hubA== Rejected ChannelNotRegistered</c>.</returns>
    public override string ToString() => Reason is null ? $"{ChannelId} {Outcome}" : $"{ChannelId} {Outcome} {Reason}";
}
