namespace Apns.Client;

/// <summary>What a channel keeps for devices that are offline when a broadcast is sent; it cannot be changed later.</summary>
public enum ApnsMessageStoragePolicy
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The most recent message, for up to eight hours.</summary>
    MostRecent = 1,
}
