using System;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Apns.Http2;
using Apns.Http2.Hpack;

namespace Apns.Emulator;

/// <summary>Writes answers as APNs does. Without state: one serves all connections.</summary>
internal sealed class AnswerWriter
{
    private readonly bool _uniqueIds;
    private readonly bool _dates;
    private readonly byte[]? _retryAfter;

    public AnswerWriter(ApnsEmulatorOptions options)
    {
        // "Handling notification responses from APNs": only the development environment tells this id.
        _uniqueIds = options.UniqueIds || options.Environment == EmulatedEnvironment.Development;
        _dates = options.ClockOffset is not null;
        _retryAfter = options.RetryAfter is { } time ? Encoding.ASCII.GetBytes(Number((long)Math.Ceiling(time.TotalSeconds))) : null;
    }

    /// <summary>Writes an answer, whole. The stream's state is the owner's matter.</summary>
    /// <param name="session">The connection's session.</param>
    /// <param name="stream">The request's stream.</param>
    /// <param name="answer">What to answer.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="now">The time by the emulator's clock.</param>
    public void Write(Http2Session session, Http2Stream stream, Answer answer, ReadOnlySpan<byte> id, DateTimeOffset now)
    {
        byte[]? body = Body(answer);
        session.BeginHeaders(stream, endStream: body is null);
        Encode(session, ":status"u8, answer.Status == 200 ? "200"u8 : Encoding.ASCII.GetBytes(Number(answer.Status)), HeaderIndexing.Incremental);
        EncodeNew(session, answer.Kind == AnswerKind.Device ? "apns-id"u8 : "apns-request-id"u8, id);
        if (answer.Kind == AnswerKind.Broadcast || (_uniqueIds && answer.Kind == AnswerKind.Device))
        {
            EncodeNew(session, "apns-unique-id"u8, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString()));
        }

        if (answer.ChannelId is { } channel) EncodeNew(session, "apns-channel-id"u8, Encoding.ASCII.GetBytes(channel));
        if (_dates) EncodeNew(session, "date"u8, Encoding.ASCII.GetBytes(now.ToString("R", CultureInfo.InvariantCulture)));
        if (_retryAfter is not null && answer.Status is 429 or 503) Encode(session, "retry-after"u8, _retryAfter, HeaderIndexing.Incremental);
        session.EndHeaders(stream);
        if (body is not null) session.SendData(stream, body, endStream: true);
    }

    /// <summary>Tells a client that waits for it to send the body.</summary>
    public static void WriteContinue(Http2Session session, Http2Stream stream)
    {
        session.BeginHeaders(stream, endStream: false);
        Encode(session, ":status"u8, "100"u8, HeaderIndexing.Without);
        session.EndHeaders(stream);
    }

    private static void Encode(Http2Session session, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, HeaderIndexing indexing) =>
        session.Encoder.Encode(session.Output, name, value, indexing);

    /// <summary>A value that differs each time: the name alone goes into the table, with the first of them.</summary>
    private static void EncodeNew(Http2Session session, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Encode(session, name, value, session.Encoder.HasName(name) ? HeaderIndexing.Without : HeaderIndexing.Incremental);

    private static byte[]? Body(Answer answer)
    {
        if (answer.Content is not null) return Encoding.UTF8.GetBytes(answer.Content);
        if (answer.Reason is null) return null;
        JsonEncodedText reason = JsonEncodedText.Encode(answer.Reason);
        return Encoding.UTF8.GetBytes(
            answer.Timestamp is { } timestamp
                ? $$"""{"reason":"{{reason}}","timestamp":{{timestamp}}}"""
                : $$"""{"reason":"{{reason}}"}""");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
