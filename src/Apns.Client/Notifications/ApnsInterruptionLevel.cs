namespace Apns.Client;

/// <summary>How much a notification may interrupt; the key interruption-level.</summary>
public enum ApnsInterruptionLevel
{
    /// <summary>Into the list, without sound or light.</summary>
    Passive,

    /// <summary>As usual.</summary>
    Active,

    /// <summary>Through Focus and the summary; the app needs an entitlement.</summary>
    TimeSensitive,

    /// <summary>Through the mute switch too; the app needs an entitlement.</summary>
    Critical,
}
