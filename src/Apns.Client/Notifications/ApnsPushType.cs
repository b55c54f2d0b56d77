using System;

namespace Apns.Client;

/// <summary>The push types of Apple's header apns-push-type.</summary>
public enum ApnsPushType
{
    /// <summary>Shows an alert, plays a sound or sets the badge.</summary>
    Alert,

    /// <summary>Wakes the app in the background; always priority 5.</summary>
    Background,

    /// <summary>An incoming call, for PushKit.</summary>
    Voip,

    /// <summary>Updates a watch complication.</summary>
    Complication,

    /// <summary>Tells a File Provider extension of changes.</summary>
    FileProvider,

    /// <summary>Has a managed device contact its MDM server.</summary>
    Mdm,

    /// <summary>Asks for the user's location.</summary>
    Location,

    /// <summary>Starts, updates or ends a Live Activity.</summary>
    LiveActivity,

    /// <summary>Push to Talk.</summary>
    PushToTalk,

    /// <summary>Reloads controls (iOS 18).</summary>
    Controls,

    /// <summary>Reloads widgets (iOS 26).</summary>
    Widgets,
}

/// <summary>What belongs to a push type, by Apple's "Sending notification requests to APNs".</summary>
internal static class PushTypes
{
    /// <summary>The value of apns-push-type.</summary>
    public static string WireName(ApnsPushType type) => Enum.IsDefined(type)
        ? type.ToString().ToLowerInvariant()
        : throw new ApnsException(ApnsErrorKind.InvalidNotification, $"{(int)type} is not a push type.") { Reason = "InvalidPushType" };

    /// <summary>The largest payload in bytes.</summary>
    public static int PayloadLimit(ApnsPushType type) => type == ApnsPushType.Voip ? 5120 : 4096;
}
