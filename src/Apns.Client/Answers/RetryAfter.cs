using System;
using System.Buffers.Text;

namespace Apns.Client;

/// <summary>The Retry-After header, RFC 9110 section 10.2.3: seconds, or a date.</summary>
internal static class RetryAfter
{
    /// <summary>How long to wait from now on; null for what cannot be understood.</summary>
    public static TimeSpan? Read(ReadOnlySpan<byte> value, DateTimeOffset now)
    {
        if (Utf8Parser.TryParse(value, out int seconds, out int used) && used == value.Length) return seconds < 0 ? null : TimeSpan.FromSeconds(seconds);
        if (HttpDate.Read(value) is not { } date) return null;
        return date > now ? date - now : TimeSpan.Zero;
    }
}
