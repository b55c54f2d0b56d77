using System;
using Apns.Http2;

namespace Apns.Client;

/// <summary>What a GOAWAY says: APNs puts JSON with a reason into its debug data, other servers plain text or nothing.</summary>
internal static class GoAwayReason
{
    public static ApnsException Read(Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData)
    {
        AnswerBody.Read(debugData, out string? reason, out _);
        if (reason is not null)
        {
            ApnsReason known = ApnsReason.For(400, reason);
            ApnsErrorKind kind = known.Handling == AnswerHandling.Fatal ? ApnsErrorKind.Refused : ApnsErrorKind.ConnectionLost;
            return new ApnsException(kind, $"APNs ended the connection: {reason}. {known.Remedy}") { Reason = reason };
        }

        string text = ForeignText.Clean(debugData);
        string why = text.Length > 0 ? $"{errorCode}, {text}" : $"{errorCode}";
        return new ApnsException(ApnsErrorKind.ConnectionLost, $"The server ended the connection: {why}.");
    }
}
