namespace Apns.Client;

/// <summary>What one result says of all others: a fault that each of them would meet.</summary>
internal static class Doom
{
    /// <summary>Why nothing that follows can succeed; null when the result speaks for itself only.</summary>
    /// <param name="request">The finished request.</param>
    /// <param name="result">Its result.</param>
    /// <param name="what">What cannot succeed, for the message.</param>
    /// <param name="ownTopic">Whether the topic is the one request's own, while others may name another.</param>
    public static ApnsException? Of(ApnsRequest request, ApnsResult result, string what, bool ownTopic)
    {
        if (result.Outcome == ApnsOutcome.NotSent)
        {
            return request.Failure is { IsPermanent: true, Kind: not (ApnsErrorKind.InvalidNotification or ApnsErrorKind.Closed) } ? request.Failure : null;
        }

        if (result.Outcome != ApnsOutcome.Rejected) return null;
        if (ownTopic && ApnsReason.ConcernsTopic(result.Reason)) return null;
        if (ApnsReason.For(result.Status, result.Reason) is not { Handling: AnswerHandling.Fatal or AnswerHandling.NewConnection } fatal) return null;

        // What the connection says about its provider token names the reason itself.
        string why = request.Failure?.Reason == fatal.Name ? result.Error! : $"{fatal.Name}. {result.Error}";
        return new ApnsException(ApnsErrorKind.Refused, $"No {what} can succeed: {why}") { Reason = fatal.Name };
    }
}
