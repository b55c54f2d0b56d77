using System;
using System.Text;

namespace Apns.Client;

/// <summary>Text from a stranger, made fit for messages, results and consoles: no control characters, and not too long.</summary>
internal static class ForeignText
{
    private const int MaxLength = 200;

    public static string Clean(ReadOnlySpan<byte> utf8) => Clean(Encoding.UTF8.GetString(utf8.Length > MaxLength ? utf8[..MaxLength] : utf8));

    public static string Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxLength))) clean.Append(char.IsControl(c) ? ' ' : c);
        return clean.ToString().Trim();
    }
}
