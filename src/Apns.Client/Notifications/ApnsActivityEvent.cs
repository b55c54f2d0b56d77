namespace Apns.Client;

/// <summary>What a push does to a Live Activity; the key event (Apple, "Starting and updating Live Activities with ActivityKit push notifications").</summary>
public enum ApnsActivityEvent
{
    /// <summary>Starts one (iOS 17.2): goes to the push-to-start token, with attributes and an alert.</summary>
    Start,

    /// <summary>Brings new content.</summary>
    Update,

    /// <summary>Ends it.</summary>
    End,
}
