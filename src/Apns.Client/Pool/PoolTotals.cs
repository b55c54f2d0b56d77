namespace Apns.Client;

/// <summary>What a pool has done since it was made.</summary>
internal record struct PoolTotals
{
    /// <summary>Requests posted to a connection, each time anew.</summary>
    public long Sent;

    /// <summary>Those of them that had been posted before.</summary>
    public long Retried;

    /// <summary>Answers of any kind.</summary>
    public long Answered;

    public long Delivered;
    public long Rejected;
    public long Unknown;
    public long NotSent;
    public long BytesSent;
    public long BytesReceived;
    public long Throttles;
    public long Opened;
    public long Closed;
}
