namespace Apns.Client;

/// <summary>
/// A file of what happened to each input of a batch, so that a run that was cut off (killed, power cut, Ctrl+C) goes on
/// where it was when the same is sent again with the same file: see <see cref="ApnsBatchOptions.Journal"/>.
/// </summary>
public sealed record ApnsJournalOptions
{
    /// <summary>The file; begun if there is none. One run at a time can have it.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// What all inputs are sent, or most of them: a journal of another one is refused. Null when each input has its own.
    /// </summary>
    public ApnsNotification? Notification { get; init; }

    /// <summary>
    /// What else makes this sending another than others, in any words; a journal with other words is refused. It matters
    /// where inputs have their own notifications. Null is none.
    /// </summary>
    public string? Label { get; init; }

    /// <summary>
    /// Whether each group of records is flushed to the disk before its notifications leave, for power cuts and crashes
    /// of the system. Otherwise the system writes when it likes, and only the process may end at any time.
    /// </summary>
    public bool Durable { get; init; }

    /// <summary>Whether inputs that an earlier run finished have their results again, with <see cref="ApnsResult.Skipped"/>.</summary>
    public bool IncludeSkipped { get; init; }
}
