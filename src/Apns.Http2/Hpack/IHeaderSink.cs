using System;

namespace Apns.Http2.Hpack;

/// <summary>Takes the header fields of a block as <see cref="HpackDecoder"/> decodes them, in their order.</summary>
public interface IHeaderSink
{
    /// <summary>
    /// Takes one header field. It must not throw for what a peer may send: an exception leaves the block half decoded
    /// and so the connection's compression state lost (RFC 7541 section 2.2).
    /// </summary>
    /// <param name="name">The field's name as sent, not validated; valid only during the call.</param>
    /// <param name="value">The field's value as sent, not validated; valid only during the call.</param>
    void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);
}
