using System;

namespace Apns.Http2;

/// <summary>
/// What a session tells its owner while it reads, on the thread that calls <see cref="Http2Session.Receive"/>.
/// Spans are valid during the call only. An owner may answer from within (send, reset), but opens no stream there.
/// </summary>
public interface IHttp2Events
{
    /// <summary>One field of a header block or of trailers, pseudo-headers first.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="name">Lower-case field name.</param>
    /// <param name="value">Field value.</param>
    void OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

    /// <summary>The end of a well-formed header block: a request, a response, an interim (1xx) response or trailers.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="endStream">Whether the peer has nothing more to send on it.</param>
    void OnHeaders(Http2Stream stream, bool endStream);

    /// <summary>Content. Its flow-control window is given back by the session.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="data">The bytes without padding; may be empty.</param>
    /// <param name="endStream">Whether the peer has nothing more to send on the stream.</param>
    void OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream);

    /// <summary>A stream is gone before its time.</summary>
    /// <param name="stream">The stream; its object is reused after the call.</param>
    /// <param name="errorCode">Why.</param>
    /// <param name="cause">Who ended it.</param>
    void OnReset(Http2Stream stream, Http2ErrorCode errorCode, Http2ResetCause cause);

    /// <summary>The peer's settings came or changed and are in force: see <see cref="Http2Session.PeerSettings"/>.</summary>
    void OnSettings();

    /// <summary>The peer answered a <see cref="Http2Session.Ping"/>.</summary>
    /// <param name="opaque">The eight bytes that were sent.</param>
    void OnPingAcknowledged(ulong opaque);

    /// <summary>The peer sent GOAWAY; streams above its last one are reset next, with <see cref="Http2ResetCause.GoAway"/>.</summary>
    /// <param name="lastStreamId">Highest of our streams that the peer may have processed.</param>
    /// <param name="errorCode">Why.</param>
    /// <param name="debugData">Text for a log: JSON or plain with APNs.</param>
    void OnGoAway(int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData);
}
