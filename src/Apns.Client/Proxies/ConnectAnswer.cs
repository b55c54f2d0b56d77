using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Apns.Client;

/// <summary>The head of a proxy's answer to CONNECT (RFC 9112 sections 4 and 5), as far as it matters.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Phrase">What the proxy says beside it, as it is; may be empty.</param>
/// <param name="Schemes">Ways to sign in that it takes, from Proxy-Authenticate, as they are.</param>
/// <param name="Details">What went wrong, from Proxy-Status (RFC 9209), as it is; may be empty.</param>
internal sealed record ConnectAnswer(int Status, string Phrase, IReadOnlyList<string> Schemes, string Details)
{
    private static ReadOnlySpan<byte> Begin => "HTTP/1."u8;

    /// <summary>Whether what has come so far may become an HTTP answer.</summary>
    public static bool MayBecomeOne(ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(bytes.Length, Begin.Length);
        return bytes[..length].SequenceEqual(Begin[..length]);
    }

    /// <summary>Length of the head with the blank line that ends it, or -1 while it has not come.</summary>
    public static int EndOf(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '\n') continue;
            ReadOnlySpan<byte> next = bytes[(i + 1)..];
            if (next.StartsWith("\r\n"u8)) return i + 3;
            if (next.StartsWith("\n"u8)) return i + 2;
        }

        return -1;
    }

    /// <summary>Reads a whole head; null when it is none.</summary>
    public static ConnectAnswer? Read(ReadOnlySpan<byte> head)
    {
        if (!MayBecomeOne(head)) return null;
        string[] lines = Encoding.Latin1.GetString(head).Split('\n', StringSplitOptions.TrimEntries);
        string[] parts = lines[0].Split(' ', 3);
        if (parts.Length < 2 || parts[1].Length != 3 || !int.TryParse(parts[1], out int status) || status < 100) return null;
        string[] schemes = [.. Values(lines, "Proxy-Authenticate:").Select(static value => value.Split(' ', ',')[0])];
        return new ConnectAnswer(status, parts.Length > 2 ? parts[2] : "", schemes, string.Join(", ", Values(lines, "Proxy-Status:")));
    }

    /// <summary>Status and phrase, and details where there are any.</summary>
    public override string ToString() => Details.Length == 0 ? $"{Status} {Phrase}".TrimEnd() : $"{Status} {Phrase} ({Details})";

    private static IEnumerable<string> Values(string[] lines, string name) =>
        lines.Where(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase)).Select(line => line[name.Length..].Trim());
}
