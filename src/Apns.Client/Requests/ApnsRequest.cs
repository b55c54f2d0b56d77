using System;
using Apns.Http2;

namespace Apns.Client;

/// <summary>How one sending of a request ended.</summary>
internal enum AttemptEnd
{
    /// <summary>It was never sent, or is under way.</summary>
    None,

    /// <summary>APNs answered: see <see cref="ApnsRequest.Status"/> and <see cref="ApnsRequest.Reason"/>.</summary>
    Answered,

    /// <summary>APNs provably did not process it: never wholly written, refused, or above GOAWAY's last stream.</summary>
    NotProcessed,

    /// <summary>The connection or the stream ended without an answer: nobody knows.</summary>
    Lost,

    /// <summary>The deadline passed without an answer: nobody knows.</summary>
    TimedOut,
}

/// <summary>What one sending of a request came to, when it was not the last.</summary>
/// <param name="Status">The answer's HTTP status; 0 when none came.</param>
/// <param name="Reason">The answer's reason.</param>
/// <param name="Failure">Why no answer came, where that is known.</param>
internal sealed record EarlierAttempt(int Status, string? Reason, ApnsException? Failure);

/// <summary>
/// One notification on its way to one token: what to send, how far it has come, and what was answered. The objects are
/// reused within a batch; at any time one owner (batch, pool queue or connection) touches one, under that owner's lock.
/// </summary>
internal sealed class ApnsRequest
{
    // What to send.
    public IRequestSink Sink = null!;
    public long Index;
    public object? InputObject;
    public ApnsNotification? Notification;
    public RequestTemplate? Template;
    public Guid ApnsId;

    /// <summary>The token as given.</summary>
    public string Token
    {
        get;
        set => HexToken = field = value;
    } = "";

    /// <summary>The end of the path: the token as given, unless that was not hexadecimal.</summary>
    public string HexToken { get; set; } = "";

    // When, in ticks of 100 ns on the pool's monotonic clock.
    public long TakenAt;
    public long SentAt;
    public long Deadline;
    public long FinishedAt;

    /// <summary>Whether the deadline is that of its whole batch.</summary>
    public bool EndsWithBatch;

    /// <summary>What happens when its connection is lost.</summary>
    public ApnsDelivery Delivery;

    // How far it has come.
    public int Attempts;
    public int BackOffs;
    public int Refusals;
    public int Losses;

    /// <summary>When its provider token was first refused as too old; 0 if it never was.</summary>
    public long TokenRefusedAt;

    public bool InDoubt;
    public bool PossibleDuplicate;
    public AttemptEnd LastEnd;
    public ApnsException? Failure;

    /// <summary>Whether it ended because there was no time left.</summary>
    public bool OutOfTime;

    /// <summary>What the attempt before the last came to, if there was one.</summary>
    public EarlierAttempt? Earlier;

    /// <summary>The connection that did not process it, if that was the last to have it.</summary>
    public IPoolConnection? RefusedBy;

    // What the journal has of it.
    public long JournalOffset;
    public bool Skipped;

    // Its place on a connection.
    public Http2Stream? Stream;
    public int Slot;

    // The last answer.
    public int Status;
    public Guid AnsweredId;
    public string? UniqueId;
    public string? ChannelId;
    public string? Reason;
    public long InvalidSinceMilliseconds;
    public TimeSpan? RetryAfter;
    public ByteBuffer? Body;

    // How it ended, and the chain of finished ones.
    public ApnsOutcome Outcome;
    public ApnsRequest? Next;

    /// <summary>Whether APNs did as asked: 200 for a push, 200, 201 or 204 for a channel.</summary>
    public bool Succeeded => Status is >= 200 and < 300;

    /// <summary>Makes the object ready for its next input.</summary>
    public void Reset()
    {
        InputObject = null;
        Notification = null;
        Template = null;
        Token = "";
        FinishedAt = 0;
        Attempts = BackOffs = Refusals = Losses = 0;
        TokenRefusedAt = 0;
        RefusedBy = null;
        InDoubt = PossibleDuplicate = OutOfTime = EndsWithBatch = false;
        LastEnd = AttemptEnd.None;
        Failure = null;
        Earlier = null;
        JournalOffset = 0;
        Skipped = false;
        Stream = null;
        Next = null;
        ForgetAnswer();
    }

    /// <summary>Before it is sent again: keeps what the last attempt came to, unless that reached nobody.</summary>
    public void RememberAttempt()
    {
        if (LastEnd != AttemptEnd.NotProcessed) Earlier = new EarlierAttempt(Status, Reason, LastEnd == AttemptEnd.Lost ? Failure : null);
    }

    /// <summary>After an attempt that reached nobody: takes the answer of the attempt before for the last, if there was one.</summary>
    public void RecallAttempt()
    {
        if (Earlier is not { Status: > 0 } earlier) return;
        LastEnd = AttemptEnd.Answered;
        (Status, Reason, Earlier) = (earlier.Status, earlier.Reason, null);
    }

    /// <summary>Drops what an earlier attempt was answered.</summary>
    public void ForgetAnswer()
    {
        Status = 0;
        AnsweredId = default;
        UniqueId = null;
        ChannelId = null;
        Reason = null;
        InvalidSinceMilliseconds = 0;
        RetryAfter = null;
        Body?.Clear();
    }
}
