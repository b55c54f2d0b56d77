using System;
using System.Runtime.InteropServices;
using System.Security;

namespace Apns.PowerShell;

/// <summary>The characters of a secure string, zeroed when disposed. None for null.</summary>
internal readonly ref struct PlainText : IDisposable
{
    private readonly char[] _characters;

    public PlainText(SecureString? secure)
    {
        _characters = new char[secure?.Length ?? 0];
        if (secure is null) return;
        IntPtr copy = Marshal.SecureStringToGlobalAllocUnicode(secure);
        try
        {
            Marshal.Copy(copy, _characters, 0, _characters.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(copy);
        }
    }

    public ReadOnlySpan<char> Span => _characters;

    public void Dispose() => Array.Clear(_characters);
}
