using System;
using Apns.Http2;

namespace Apns.Client;

/// <summary>What a GOAWAY says: APNs puts JSON with a reason into its debug data, other servers plain text or nothing.</summary>
internal static class GoAwayReason
{
    /// <param name="errorCode">Its error code.</param>
    /// <param name="debugData">Its debug data.</param>
    /// <param name="hintFor">What is known to a reason beside its remedy.</param>
    public static ApnsException Read(Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData, Func<string, string?>? hintFor = null)
    {
        AnswerBody.Read(debugData, out string? reason, out _);
        if (reason is not null)
        {
            ApnsReason known = ApnsReason.For(400, reason);
            ApnsErrorKind kind = known.Handling == AnswerHandling.Fatal ? ApnsErrorKind.Refused : ApnsErrorKind.ConnectionLost;
            return new ApnsException(kind, $"APNs ended the connection: {reason}.") { Reason = reason, Remedy = known.RemedyWith(hintFor?.Invoke(reason)) };
        }

        string text = ForeignText.Clean(debugData);
        string why = text.Length > 0 ? $"{errorCode}, {text}" : $"{errorCode}";
        return new ApnsException(ApnsErrorKind.ConnectionLost, $"The server ended the connection: {why}.");
    }
}
