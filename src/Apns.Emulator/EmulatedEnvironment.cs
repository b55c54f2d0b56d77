namespace Apns.Emulator;

/// <summary>Which of Apple's two environments an emulator stands for.</summary>
public enum EmulatedEnvironment
{
    /// <summary>api.push.apple.com: apps from the App Store and TestFlight.</summary>
    Production,

    /// <summary>api.sandbox.push.apple.com: apps signed for development.</summary>
    Development,
}
