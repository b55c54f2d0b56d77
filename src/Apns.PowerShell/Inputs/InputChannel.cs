using System.Collections;
using System.Linq;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>Finds channel ids: in text, in lists of it, and in what has one as property.</summary>
internal static class InputChannel
{
    /// <summary>The ids that the input is, or the one that it has at ChannelId; null is a blank one.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: it has none.</exception>
    public static string?[] Find(PSObject input)
    {
        if (ScriptValues.Unwrap(input) is null or string or IList) return Read(input);
        return InputProperty.TryGet(input, "ChannelId", out object? id) && id is not null
            ? Read(id)
            : throw new ApnsException(ApnsErrorKind.InvalidNotification, "The input has no property ChannelId. Say where it is: -ChannelId { $_.<property> }.") { Reason = ApnsReasons.MissingChannelId };
    }

    /// <summary>The ids that the value is; null is a blank one.</summary>
    public static string?[] Read(object? given) => ScriptValues.Unwrap(given) is IList list ? [.. list.Cast<object?>().Select(ReadOne)] : [ReadOne(given)];

    private static string? ReadOne(object? given) => ScriptValues.Unwrap(given) is { } value ? LanguagePrimitives.ConvertTo<string>(value) : null;
}
