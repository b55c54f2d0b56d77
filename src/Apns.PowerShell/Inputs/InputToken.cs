using System;
using System.Buffers;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>Finds device tokens: in text, in bytes, in lists of either, and in what has one as property.</summary>
internal static class InputToken
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The tokens that the input is, or has at Token or DeviceToken; null is a blank one.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: it has none, or what it has is none.</exception>
    public static string?[] Find(PSObject input)
    {
        if (ScriptValues.Unwrap(input) is null or string or IList || IsNumber(input.BaseObject)) return Read(input);
        if (InputProperty.TryGet(input, "Token", out object? token) || InputProperty.TryGet(input, "DeviceToken", out token)) return Read(token);
        string text = input.ToString();
        return IsToken(text) ? [text] : throw new ApnsException(ApnsErrorKind.InvalidNotification, "The input has no property Token or DeviceToken. Say where the token is: -Token { $_.<property> }.") { Reason = ApnsReasons.MissingDeviceToken };
    }

    /// <summary>The tokens that the value is; null is a blank one.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: it is none.</exception>
    public static string?[] Read(object? given) => ScriptValues.Unwrap(given) is IList list && ByteList.Gather(list) is null
        ? [.. list.Cast<object?>().Select(ReadOne)]
        : [ReadOne(given)];

    private static string? ReadOne(object? given)
    {
        object? value = ScriptValues.Unwrap(given);
        if (value is null or string) return (string?)value;
        if (ByteList.Gather(value) is { } bytes) return Convert.ToHexStringLower(bytes);
        string text = LanguagePrimitives.ConvertTo<string>(value);
        return IsToken(text) && !IsNumber(value) ? text : throw NoToken(value);
    }

    // Whatever carries it, text of such digits is a token, unless it is a number's.
    private static bool IsToken(string text) => !text.AsSpan().ContainsAnyExcept(HexDigits);

    // Dates and UUIDs count as numbers here.
    private static bool IsNumber(object value) => value is ValueType and IFormattable;

    private static ApnsException NoToken(object value) =>
        new(ApnsErrorKind.InvalidNotification, $"'{value}' ({TextValue.TypeOf(value)}) is no device token, which is text in hexadecimal digits, or its bytes.") { Reason = ApnsReasons.BadDeviceToken };
}
