namespace Apns.Http2.Hpack;

/// <summary>Makes the one error that a malformed header block causes (RFC 9113 section 4.3).</summary>
internal static class HpackError
{
    /// <summary>The error to throw.</summary>
    /// <param name="what">What is wrong with the block.</param>
    /// <returns>A connection error of type COMPRESSION_ERROR.</returns>
    internal static Http2ConnectionException Because(string what) =>
        new(Http2ErrorCode.CompressionError, "Header block cannot be decoded: " + what);
}
