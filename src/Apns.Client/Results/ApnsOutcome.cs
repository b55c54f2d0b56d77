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

/// <summary>What to do about a result.</summary>
public enum ApnsAdvice
{
    /// <summary>Nothing: it was delivered.</summary>
    None,

    /// <summary>Forget the device token, if it was registered before <see cref="ApnsResult.InvalidSince"/>.</summary>
    Drop,

    /// <summary>Send it again later, unchanged.</summary>
    Retry,

    /// <summary>Change the request: token, topic, payload or a header.</summary>
    FixRequest,

    /// <summary>Change the key, the certificate, the environment or the clock.</summary>
    FixCredentials,
}
