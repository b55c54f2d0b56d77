namespace Apns.PowerShell;

/// <summary>The life of a session.</summary>
public enum ApnsSessionState
{
    /// <summary>Usable; connections that end are replaced when there is something to send.</summary>
    Open,

    /// <summary>Disconnected.</summary>
    Closed,
}
