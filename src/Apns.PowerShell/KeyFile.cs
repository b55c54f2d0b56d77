using System;
using System.IO;

namespace Apns.PowerShell;

/// <summary>Signing keys as they come from Apple's developer site: AuthKey_&lt;key id&gt;.p8.</summary>
internal static class KeyFile
{
    public const string Prefix = "AuthKey_";

    /// <summary>The key's id by the name of its file; null where it does not tell.</summary>
    public static string? IdOf(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return name.Length > Prefix.Length && name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : null;
    }
}
