namespace Apns.Client;

/// <summary>
/// The push types of Apple's header apns-push-type ("Sending notification requests to APNs"). Those whose topic has a
/// suffix get it added when the topic comes without.
/// </summary>
public enum ApnsPushType
{
    /// <summary>Shows an alert, plays a sound or sets the badge.</summary>
    Alert,

    /// <summary>Wakes the app in the background; always priority 5, and shows nothing.</summary>
    Background,

    /// <summary>An incoming call, for PushKit; topic suffix .voip, up to 5120 bytes.</summary>
    Voip,

    /// <summary>Updates a watch complication; topic suffix .complication.</summary>
    Complication,

    /// <summary>Tells a File Provider extension of changes; topic suffix .pushkit.fileprovider.</summary>
    FileProvider,

    /// <summary>Has a managed device contact its MDM server; the topic is the UID in the MDM push certificate's subject.</summary>
    Mdm,

    /// <summary>Asks for the user's location; topic suffix .location-query. Needs a signing key.</summary>
    Location,

    /// <summary>Starts, updates or ends a Live Activity; topic suffix .push-type.liveactivity. Needs a signing key.</summary>
    LiveActivity,

    /// <summary>Push to Talk; topic suffix .voip-ptt.</summary>
    PushToTalk,

    /// <summary>Reloads controls (iOS 18); topic suffix .push-type.controls.</summary>
    Controls,

    /// <summary>Reloads widgets (iOS 26); topic suffix .push-type.widgets.</summary>
    Widgets,
}
