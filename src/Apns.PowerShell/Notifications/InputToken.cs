using System;
using System.Buffers;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>
/// Finds the device token of an input where PowerShell's binder gives nothing but the text of the whole: that of a
/// hashtable, whose keys it does not look at, and of an object whose property Token is no text.
/// </summary>
internal static class InputToken
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Whether the token that was bound is only what PowerShell makes of the whole input.</summary>
    public static bool IsMissing(string token, PSObject? input) =>
        input is { BaseObject: not (string or IList) } && !IsToken(token, input.BaseObject) && token == input.ToString();

    /// <summary>The tokens that the input has at Token or DeviceToken; null is a blank one.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: it has none, or what it has is none.</exception>
    public static string?[] Find(PSObject input)
    {
        if (IsNumber(input.BaseObject)) throw NoToken(input.BaseObject);
        if (!InputProperty.TryGet(input, "Token", out object? token) && !InputProperty.TryGet(input, "DeviceToken", out token)) throw new ApnsException(ApnsErrorKind.InvalidNotification, "The input has no property Token or DeviceToken. Say where the token is: -Token { $_.<property> }.") { Reason = "MissingDeviceToken" };
        bool several = token is IList { Count: > 0 } && ByteList.Gather(token) is null;
        return several ? [.. ((IList)token!).Cast<object?>().Select(Read)] : [Read(token)];
    }

    private static string? Read(object? given)
    {
        object? value = ScriptValues.Unwrap(given);
        if (value is null or string) return (string?)value;
        if (ByteList.Gather(value) is { } bytes) return Convert.ToHexStringLower(bytes);
        string text = LanguagePrimitives.ConvertTo<string>(value);
        return IsToken(text, value) ? text : throw NoToken(value);
    }

    // Whatever carries it, text of such digits is a token, unless it is a number's.
    private static bool IsToken(string text, object carrier) => !text.AsSpan().ContainsAnyExcept(HexDigits) && !IsNumber(carrier);

    // Dates and UUIDs count as numbers here.
    private static bool IsNumber(object value) => value is ValueType and IFormattable;

    private static ApnsException NoToken(object value) =>
        new(ApnsErrorKind.InvalidNotification, $"'{value}' ({TextValue.TypeOf(value)}) is no device token, which is text in hexadecimal digits, or its bytes.") { Reason = "BadDeviceToken" };
}
