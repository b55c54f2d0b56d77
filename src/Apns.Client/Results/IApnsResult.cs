using System;

namespace Apns.Client;

/// <summary>What the results of notifications and of broadcasts have in common.</summary>
public interface IApnsResult
{
    /// <summary>How it ended.</summary>
    ApnsOutcome Outcome { get; }

    /// <summary>Whether APNs took it.</summary>
    bool IsDelivered { get; }

    /// <summary>HTTP status of the last answer; 0 when none came.</summary>
    int Status { get; }

    /// <summary>APNs's reason, or what was found before sending; null when delivered or unknown.</summary>
    string? Reason { get; }

    /// <summary>How often it was sent in a way that APNs may have processed it.</summary>
    int Attempts { get; }

    /// <summary>Whether APNs may have processed it more than once.</summary>
    bool PossibleDuplicate { get; }

    /// <summary>From being taken in to the final answer.</summary>
    TimeSpan Duration { get; }

    /// <summary>When it ended (UTC); null where that is not known.</summary>
    DateTimeOffset? Time { get; }

    /// <summary>What to do about it.</summary>
    ApnsAdvice Advice { get; }
}
