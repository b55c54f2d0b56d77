namespace Apns.Client;

/// <summary>The life of a connection.</summary>
public enum ApnsConnectionState
{
    /// <summary>On its way: name, TCP, TLS, SETTINGS.</summary>
    Connecting,

    /// <summary>Takes requests, unless it is blocked.</summary>
    Active,

    /// <summary>Takes no more, and waits for the answers still to come.</summary>
    Closing,

    /// <summary>Gone.</summary>
    Closed,
}
