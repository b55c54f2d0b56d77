namespace Apns.Http2;

/// <summary>
/// One stream of a session, from its first HEADERS until both sides have ended it or one has reset it.
/// Objects are reused: an owner drops its reference when it has been told of the stream's end.
/// </summary>
public sealed class Http2Stream
{
    /// <summary>Stream identifier, RFC 9113 section 5.1.1; 0 once the stream is closed.</summary>
    public int Id { get; internal set; }

    /// <summary>Whatever the owner keeps with the stream.</summary>
    public object? State { get; set; }

    /// <summary>Whether this side has sent END_STREAM.</summary>
    public bool LocalEnded { get; internal set; }

    /// <summary>
    /// Where this side's last byte ends in the outgoing bytes, as <see cref="Http2Session.OutputPosition"/> counts them;
    /// <see cref="long.MaxValue"/> until it is put out.
    /// </summary>
    public long EndPosition { get; internal set; }

    /// <summary>Whether the peer has sent END_STREAM.</summary>
    public bool RemoteEnded { get; internal set; }

    /// <summary>Bytes of DATA that the peer still accepts on this stream; negative after it lowered its initial window.</summary>
    public int SendWindow { get; internal set; }

    /// <summary>Bytes of DATA that this side still accepts on this stream.</summary>
    internal int ReceiveWindow { get; set; }

    /// <summary>Whether the final header block came (1xx ones do not count): the next one is trailers.</summary>
    internal bool HeadersReceived { get; set; }

    /// <summary>The peer's content-length, or -1 when it announced none.</summary>
    internal long ExpectedLength { get; set; }

    /// <summary>Bytes of DATA received, without padding.</summary>
    internal long ReceivedLength { get; set; }

    /// <summary>DATA that waits for window, or null.</summary>
    internal ByteBuffer? Unsent { get; set; }

    /// <summary>How much of <see cref="Unsent"/> has been sent.</summary>
    internal int UnsentStart { get; set; }

    /// <summary>Whether END_STREAM follows <see cref="Unsent"/>.</summary>
    internal bool EndAfterUnsent { get; set; }

    internal void Open(int id, int sendWindow, int receiveWindow)
    {
        Id = id;
        SendWindow = sendWindow;
        ReceiveWindow = receiveWindow;
        LocalEnded = RemoteEnded = HeadersReceived = false;
        EndPosition = long.MaxValue;
        ExpectedLength = -1;
        ReceivedLength = 0;
    }

    internal void Clear()
    {
        Id = 0;
        State = null;
        Unsent = null;
        UnsentStart = 0;
        EndAfterUnsent = false;
    }
}
