using System;

namespace Apns.Client;

/// <summary>What happened to one input: there is exactly one for each, duplicates included. Immutable.</summary>
public sealed class ApnsResult : IApnsResult
{
    // 8 bytes, where a nullable date has 24.
    private readonly long _time;

    /// <summary>Place of the input in its batch, from 0.</summary>
    public long Index { get; init; }

    /// <summary>What the caller gave: the token, or the object it was taken from.</summary>
    public object? InputObject { get; init; }

    /// <summary>The device token as given.</summary>
    public string Token { get; init; } = "";

    /// <summary>What was to be sent, so that the result can be piped into another sending; null when it could not be made.</summary>
    public ApnsNotification? Notification { get; init; }

    /// <summary>How it ended.</summary>
    public ApnsOutcome Outcome { get; init; }

    /// <summary>Whether APNs took it.</summary>
    public bool IsDelivered => Outcome == ApnsOutcome.Delivered;

    /// <summary>HTTP status of the last answer; 0 when none came.</summary>
    public int Status { get; init; }

    /// <summary>
    /// APNs's reason (for example <c>Unregistered</c>); also used, with <see cref="Status"/> 0, for what was found before
    /// sending. Reasons APNs may add later come through as they are. Null when delivered or unknown.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>The apns-id sent with the notification, or the one APNs answered with.</summary>
    public Guid ApnsId { get; init; }

    /// <summary>APNs's apns-unique-id: the key into the delivery log; only the development environment sends it.</summary>
    public string? UniqueId { get; init; }

    /// <summary>With 410: since when (UTC) APNs knows the token to be invalid.</summary>
    public DateTimeOffset? InvalidSince { get; init; }

    /// <summary>How often it was sent in a way that APNs may have processed it.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether APNs may have processed it more than once: it was sent again after an attempt whose end nobody knows.</summary>
    public bool PossibleDuplicate { get; init; }

    /// <summary>Whether nothing was sent for it now: an earlier run finished it, and this is what the journal has of that.</summary>
    public bool Skipped { get; init; }

    /// <summary>From being taken in to the final answer.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>
    /// When it ended (UTC); of one that was read from a journal, when that was written. Null where the end is not known: of an
    /// input without a result, and of one with <see cref="Skipped"/> in a later run.
    /// </summary>
    public DateTimeOffset? Time
    {
        get => _time == 0 ? null : new DateTimeOffset(_time, TimeSpan.Zero);
        init => _time = value?.UtcTicks ?? 0;
    }

    /// <summary>What to do about it.</summary>
    public ApnsAdvice Advice { get; init; }

    /// <summary>In words, why it was not delivered, and the remedy where one is known; null when delivered.</summary>
    public string? Error { get; init; }

    /// <summary>Token and outcome in one line.</summary>
    /// <returns>For example <c>a1b2c3d4… Rejected Unregistered</c>.</returns>
    public override string ToString()
    {
        string outcome = Reason is null ? $"{Outcome}" : $"{Outcome} {Reason}";
        return $"{ShortToken(Token)} {outcome}";
    }

    /// <summary>A token short enough for a log line and too short to be used.</summary>
    /// <param name="token">A device token.</param>
    /// <returns>Its first eight characters and an ellipsis.</returns>
    public static string ShortToken(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Length <= 10 ? token : string.Concat(token.AsSpan(0, 8), "…");
    }
}
