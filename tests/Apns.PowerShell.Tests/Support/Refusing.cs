namespace Apns.PowerShell.Tests;

/// <summary>What has a refusal that may pass end at once, rather than by a deadline that may come in the middle of the next attempt.</summary>
internal static class Refusing
{
    /// <summary>A parameter of Start-ApnsEmulator: 429 and 503 ask for a pause longer than anybody waits.</summary>
    public const string ForLong = "-RetryAfter 01:00:00";
}
