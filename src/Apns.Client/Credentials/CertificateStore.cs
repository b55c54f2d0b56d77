using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>Finds a certificate by its thumbprint in the system's store My.</summary>
internal static class CertificateStore
{
    private const int ThumbprintLength = 40;

    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidCertificate"/>.</exception>
    public static X509Certificate2 Find(string thumbprint, StoreLocation? location)
    {
        string digits = Digits(thumbprint);
        var looked = new List<string>();
        foreach (StoreLocation place in location is { } one ? [one] : (ReadOnlySpan<StoreLocation>)[StoreLocation.CurrentUser, StoreLocation.LocalMachine])
        {
            try
            {
                if (FindIn(place, digits) is { } found) return found;
                looked.Add($@"{place}\My");
            }
            catch (CryptographicException e)
            {
                // Only Windows has a machine's store for certificates with keys.
                looked.Add($@"{place}\My, which cannot be opened: {e.Message.TrimEnd('.')}");
            }
        }

        throw Invalid($"There is no certificate with the thumbprint {digits} (looked in {string.Join("; ", looked)}). Get-ChildItem Cert: -Recurse lists them on Windows.");
    }

    private static X509Certificate2? FindIn(StoreLocation location, string thumbprint)
    {
        using var store = new X509Store(StoreName.My, location, OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
        X509Certificate2? found = null;
        foreach (X509Certificate2 certificate in store.Certificates)
        {
            if (found is null && certificate.Thumbprint == thumbprint) found = certificate;
            else certificate.Dispose();
        }

        return found;
    }

    /// <summary>As copied from a dialogue: with blanks, colons, and the invisible marks that Windows puts in front.</summary>
    private static string Digits(string thumbprint)
    {
        string digits = string.Concat(thumbprint.Split([' ', ':', '\t', '\u200E', '\u200F'])).ToUpperInvariant();
        bool valid = digits.Length == ThumbprintLength;
        foreach (char c in digits) valid &= char.IsAsciiHexDigit(c);
        return valid ? digits : throw Invalid($"'{thumbprint}' is no thumbprint: it takes {ThumbprintLength} hexadecimal digits.");
    }

    private static ApnsException Invalid(string message) => new(ApnsErrorKind.InvalidCertificate, message);
}
