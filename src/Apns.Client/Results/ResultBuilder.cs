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
            InvalidSince = InvalidSince(request),
            Attempts = request.Attempts,
            PossibleDuplicate = request.PossibleDuplicate,
            Duration = TimeSpan.FromTicks(request.FinishedAt - request.TakenAt),
            Advice = AdviceFor(request, reason),
            Error = ErrorOf(request, reason),
        };
    }

    private static DateTimeOffset? InvalidSince(ApnsRequest request)
    {
        long milliseconds = request.InvalidSinceMilliseconds;

        // What no date can hold is no date.
        return milliseconds is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }

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

    private static string? ErrorOf(ApnsRequest request, ApnsReason? reason) => request.Outcome switch
    {
        ApnsOutcome.Delivered => null,
        ApnsOutcome.Rejected => reason!.Remedy,
        ApnsOutcome.Unknown when request.LastEnd == AttemptEnd.TimedOut => "No answer came before the deadline.",
        ApnsOutcome.Unknown => request.Failure is null ? "The connection ended before an answer came." : $"No answer came: {request.Failure.Message}",
        _ => request.Failure?.Message ?? "There was no time left to send it.",
    };
}
