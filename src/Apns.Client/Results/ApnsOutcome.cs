namespace Apns.Client;

/// <summary>How one input ended.</summary>
public enum ApnsOutcome
{
    /// <summary>APNs answered 200.</summary>
    Delivered,

    /// <summary>APNs answered otherwise, and that is final.</summary>
    Rejected,

    /// <summary>It left this machine and no answer came: the connection was lost or the deadline passed.</summary>
    Unknown,

    /// <summary>It never left: found bad locally, no time left while it waited, or the batch was stopped.</summary>
    NotSent,
}
