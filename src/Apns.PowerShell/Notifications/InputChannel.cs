using System.Collections;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>Finds the channel of an input where PowerShell's binder gives nothing but the text of the whole.</summary>
internal static class InputChannel
{
    /// <summary>Whether the id that was bound is only what PowerShell makes of the whole input.</summary>
    public static bool IsMissing(string id, PSObject? input) => input is { BaseObject: not (string or IList) } && id == input.ToString();

    /// <summary>The id that the input has at ChannelId.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: it has none.</exception>
    public static string?[] Find(PSObject input) =>
        InputProperty.TryGet(input, "ChannelId", out object? id) && id is not null
            ? [LanguagePrimitives.ConvertTo<string>(id)]
            : throw new ApnsException(ApnsErrorKind.InvalidNotification, "The input has no property ChannelId. Say where it is: -ChannelId { $_.<property> }.") { Reason = "MissingChannelId" };
}
