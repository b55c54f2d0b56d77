namespace Apns.Emulator;

/// <summary>What a channel does for devices that are away while a broadcast is sent.</summary>
public enum MessageStoragePolicy
{
    /// <summary>Nothing: they miss it. The value on the wire is 0.</summary>
    None = 0,

    /// <summary>Its latest message is kept for them. The value on the wire is 1.</summary>
    MostRecent = 1,
}
