using System;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>What to say of a certificate that expires soon.</summary>
internal static class ExpiryWarning
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    /// <summary>The warning, or null when there is time enough, or nothing that expires.</summary>
    public static string? For(ApnsCredential credential, DateTimeOffset now)
    {
        if (credential is not ApnsCertificateCredential certificate) return null;
        TimeSpan left = certificate.ExpiresOn - now;
        if (left > Soon) return null;
        string days = left.Days switch
        {
            0 => "in less than a day",
            1 => "in 1 day",
            _ => $"in {left.Days} days",
        };
        return $"The {certificate} expires {days}. Renew it in the developer account.";
    }
}
