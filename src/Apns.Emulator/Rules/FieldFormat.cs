using System;
using System.Buffers;
using System.Buffers.Text;

namespace Apns.Emulator;

/// <summary>The forms that header values may have. Nothing here allocates for what is right.</summary>
internal static class FieldFormat
{
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    private static readonly SearchValues<byte> UuidCharacters = SearchValues.Create("0123456789abcdefABCDEF-"u8);

    private static ReadOnlySpan<byte> White => " \t"u8;

    /// <summary>Reads a Unix time in whole seconds; one beyond the last date there is stands for that.</summary>
    public static bool TryReadTime(ReadOnlySpan<byte> value, out DateTimeOffset time)
    {
        bool digits = value.Length is > 0 and < 19 && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');
        bool right = Utf8Parser.TryParse(value, out long seconds, out _) && digits;
        time = right ? DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, LastSecond)) : default;
        return right;
    }

    /// <summary>8-4-4-4-12 hexadecimal digits, in either case.</summary>
    public static bool IsUuid(ReadOnlySpan<byte> value) =>
        value.Length == 36 && value[8] == (byte)'-' && value[13] == (byte)'-' && value[18] == (byte)'-' && value[23] == (byte)'-'
        && value.Count((byte)'-') == 4 && !value.ContainsAnyExcept(UuidCharacters);

    public static bool IsPriority(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("10"u8) || value.SequenceEqual("5"u8) || value.SequenceEqual("1"u8);

    /// <summary>A topic or bundle id: printable, without spaces.</summary>
    public static bool IsTopic(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && !value.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    /// <summary>Base64. Apple promises no length; what is longer than this it calls not allowed without saying how long that is.</summary>
    public static bool IsChannelId(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= 256 && !value.ContainsAny(White) && Base64.IsValid(value);
}
