namespace Apns.Client;

/// <summary>Which of Apple's two worlds to push to; device tokens belong to one of them.</summary>
public enum ApnsEnvironment
{
    /// <summary>Apps from the App Store and TestFlight.</summary>
    Production,

    /// <summary>Apps signed for development.</summary>
    Development,
}
