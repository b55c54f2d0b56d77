using System;

namespace Apns.Client;

/// <summary>
/// Device tokens as APNs takes them: hexadecimal digits. MDM servers get them in base64, which is taken too. Their length is Apple's affair and must not be assumed, but a
/// token that could never be one costs a rejection, and too many of those make APNs throttle the sender.
/// </summary>
internal static class DeviceToken
{
    /// <summary>Longest token accepted, in digits: several times what has been seen (64, and 160 for Live Activities).</summary>
    public const int MaxLength = 400;

    /// <summary>The token in hexadecimal: a base64 one (it ends in =, which no hexadecimal one does) is turned into it, any other is left as it is.</summary>
    public static string ToHex(string token)
    {
        if (!token.EndsWith('=') || token.Length > MaxLength) return token;
        Span<byte> bytes = stackalloc byte[MaxLength];
        return Convert.TryFromBase64String(token, bytes, out int length) ? Convert.ToHexStringLower(bytes[..length]) : token;
    }

    /// <summary>What is wrong with a token in hexadecimal, or null.</summary>
    public static string? Validate(ReadOnlySpan<char> token)
    {
        if (token.IsWhiteSpace()) return "The device token is blank.";
        if (token.Length > MaxLength) return $"The device token has {token.Length} characters; no token has more than {MaxLength}.";
        if ((token.Length & 1) != 0) return $"The device token has {token.Length} digits; it takes two for each byte.";
        int bad = token.IndexOfAnyExcept(HexDigits);
        return bad < 0 ? null : $"The device token has a character at position {bad + 1} that is no hexadecimal digit.";
    }

    /// <summary>Reads a valid token; gives back how many bytes it has.</summary>
    public static int Read(string token, Span<byte> destination)
    {
        Convert.FromHexString(token, destination, out _, out int length);
        return length;
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
