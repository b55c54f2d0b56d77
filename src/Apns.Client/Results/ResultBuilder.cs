using System;

namespace Apns.Client;

/// <summary>Makes the public result of a finished request.</summary>
internal static class ResultBuilder
{
    public static ApnsResult Build(ApnsRequest request)
    {
        ApnsOutcome outcome = request.Outcome;
        ApnsReason? reason = outcome == ApnsOutcome.Rejected ? ApnsReason.For(request.Status, request.Reason) : null;
        return new ApnsResult
        {
            Index = request.Index,
            InputObject = request.InputObject,
            Token = request.Token,
            Notification = request.Notification,
            Outcome = outcome,
            Status = request.Status,
            Reason = request.Reason,
            ApnsId = request.AnsweredId == default ? request.ApnsId : request.AnsweredId,
            UniqueId = request.UniqueId,
            InvalidSince = InvalidSince(request.InvalidSinceMilliseconds),
            Attempts = request.Attempts,
            PossibleDuplicate = request.PossibleDuplicate,
            Skipped = request.Skipped,
            Duration = TimeSpan.FromTicks(request.FinishedAt - request.TakenAt),
            Time = request.Skipped ? null : MonotonicClock.ToUtc(request.FinishedAt),
            Advice = AdviceFor(request, reason),
            Error = ErrorOf(request, reason),
        };
    }

    /// <summary>The date of Unix milliseconds. What no date can hold is no date.</summary>
    public static DateTimeOffset? InvalidSince(long milliseconds) =>
        milliseconds is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    private static ApnsAdvice AdviceFor(ApnsRequest request, ApnsReason? reason) => request.Outcome switch
    {
        ApnsOutcome.Delivered => ApnsAdvice.None,
        ApnsOutcome.Rejected => reason!.Advice,
        ApnsOutcome.Unknown => ApnsAdvice.Retry,
        _ => request.Failure?.Kind switch
        {
            ApnsErrorKind.InvalidNotification => ApnsAdvice.FixRequest,
            ApnsErrorKind.Refused => ApnsReason.For(403, request.Failure.Reason).Advice,
            ApnsErrorKind.InvalidKey or ApnsErrorKind.InvalidCertificate => ApnsAdvice.FixCredentials,
            _ => ApnsAdvice.Retry,
        },
    };

    /// <summary>Why it was not delivered, and what came of the attempts before.</summary>
    private static string? ErrorOf(ApnsRequest request, ApnsReason? reason) =>
        request.Outcome == ApnsOutcome.Delivered ? null : $"{Cause(request, reason)}{Lateness(request)}{History(request)}";

    private static string Cause(ApnsRequest request, ApnsReason? reason) => request.Outcome switch
    {
        // The connection knows more about its provider token than the table.
        ApnsOutcome.Rejected => request.Failure?.Reason is { } name && name == request.Reason ? request.Failure.Message : reason!.Remedy,
        ApnsOutcome.Unknown when request.LastEnd == AttemptEnd.TimedOut => $"No answer came before {Deadline(request)}.",
        ApnsOutcome.Unknown => request.Failure is null ? "The connection ended before an answer came." : $"No answer came: {request.Failure.Message}",
        _ when request.OutOfTime => $"There was no time left to send it before {Deadline(request)}{(request.Failure is null ? "." : $": {request.Failure.Message}")}",
        _ => request.Failure?.Message ?? "It was not sent.",
    };

    private static string Lateness(ApnsRequest request) =>
        request.OutOfTime && request.LastEnd is AttemptEnd.Answered or AttemptEnd.Lost ? $" There was no time left to try again before {Deadline(request)}." : "";

    private static string History(ApnsRequest request)
    {
        if (request.Attempts == 0) return request.Refusals == 0 ? "" : $" It was given back unprocessed {Times(request.Refusals)}.";
        if (request.Attempts == 1) return "";
        string before = request.Earlier is { Status: > 0 } answer
            ? $"the answer was {answer.Status}{(answer.Reason is null ? "" : $" {answer.Reason}")}."
            : $"no answer came{(request.Earlier?.Failure is { } failure ? $": {failure.Message}" : ".")}";
        return $" It was sent {Times(request.Attempts)}; the time before, {before}";
    }

    private static string Deadline(ApnsRequest request) => request.EndsWithBatch ? "the deadline of the batch" : "the deadline";

    private static string Times(int count) => count switch
    {
        1 => "once",
        2 => "twice",
        _ => $"{count} times",
    };
}
