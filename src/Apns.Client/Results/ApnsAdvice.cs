namespace Apns.Client;

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
