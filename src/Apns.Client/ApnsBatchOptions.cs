using System;

namespace Apns.Client;

/// <summary>How one batch sends; what is left out is as the client has it.</summary>
public sealed record ApnsBatchOptions
{
    /// <summary>The slowest pace, in notifications a second.</summary>
    public const double MinRatePerSecond = 0.001;

    /// <summary>The fastest pace, in notifications a second.</summary>
    public const double MaxRatePerSecond = 1_000_000;

    /// <summary>
    /// From taking a notification in to giving it up; more than zero, at most a day. Null means
    /// <see cref="ApnsClientOptions.Timeout"/>.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// When the whole batch ends. What has no answer by then ends as <see cref="ApnsOutcome.Unknown"/>, what was not sent
    /// and what is added later as <see cref="ApnsOutcome.NotSent"/>; nothing waits past it. It is turned into a span when
    /// the batch starts: setting the clock later does not move it. Null means that there is none.
    /// </summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>What happens to a notification whose connection was lost; null means <see cref="ApnsClientOptions.Delivery"/>.</summary>
    public ApnsDelivery? Delivery { get; init; }

    /// <summary>
    /// Whether all notifications have the one topic though they name it themselves: then its first refusal stops the
    /// batch, as that of the client's topic does. Otherwise a topic is the notification's own affair, and the batch stops
    /// when the first 50 answers all refuse theirs.
    /// </summary>
    public bool OneTopic { get; init; }

    /// <summary>Whether to stop when the first 50 answers are all BadDeviceToken, the sign of the wrong environment.</summary>
    public bool CheckEnvironment { get; init; } = true;

    /// <summary>
    /// Notifications a second at most, <see cref="MinRatePerSecond"/> to <see cref="MaxRatePerSecond"/>, evenly and not in
    /// bursts. What goes again after a refusal or a loss does not count. Null means no limit.
    /// </summary>
    public double? RatePerSecond { get; init; }

    /// <summary>
    /// A journal, with which a run that was cut off goes on. What has a result is skipped; what was in flight is sent again
    /// with its apns-id and marked <see cref="ApnsResult.PossibleDuplicate"/>, or ends as <see cref="ApnsOutcome.Unknown"/>
    /// under <see cref="ApnsDelivery.AtMostOnce"/>; what failed in a way that may pass, or for the credential, is sent
    /// again. Inputs are known by token and notification, in any order; of equal ones the first is the first again. What
    /// is found bad before sending is not journalled, as it is found so each time. Null means none.
    /// </summary>
    public ApnsJournalOptions? Journal { get; init; }
}
