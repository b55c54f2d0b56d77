using System;

namespace Apns.Http2;

/// <summary>
/// A connection error in the sense of RFC 9113 section 5.4.1: the connection cannot go on.
/// It is the only exception that bytes from a peer can cause.
/// </summary>
public sealed class Http2ConnectionException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="errorCode">The code that GOAWAY carries.</param>
    /// <param name="message">What the peer did wrong.</param>
    public Http2ConnectionException(Http2ErrorCode errorCode, string message)
        : base(message)
    {
        ErrorCode = errorCode;
    }

    /// <summary>The code that GOAWAY carries.</summary>
    public Http2ErrorCode ErrorCode { get; }
}
