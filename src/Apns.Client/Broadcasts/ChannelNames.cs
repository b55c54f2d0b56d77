using System;
using System.Buffers;
using System.Text;

namespace Apns.Client;

/// <summary>Names that become part of a path or a header, so that none can change either.</summary>
internal static class ChannelNames
{
    // Apple's bundle ids have at most 155 characters; ids of channels have no fixed size.
    private const int LongestBundleId = 255;
    private const int LongestChannelId = 512;

    private static readonly SearchValues<char> BundleIdCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
    private static readonly SearchValues<char> Base64Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=-_");

    /// <summary>The header that carries a UUID where there is no apns-id.</summary>
    public static byte[] RequestId { get; } = "apns-request-id"u8.ToArray();

    public static string CheckBundleId(string bundleId)
    {
        ArgumentNullException.ThrowIfNull(bundleId);
        bool valid = bundleId.Length is > 0 and <= LongestBundleId && !bundleId.AsSpan().ContainsAnyExcept(BundleIdCharacters);
        return valid ? bundleId : throw RequestTemplate.Invalid(ApnsReasons.BadTopic, $"'{bundleId}' is no bundle id.");
    }

    public static bool IsChannelId(string text) => text.Length is > 0 and <= LongestChannelId && !text.AsSpan().ContainsAnyExcept(Base64Characters);

    /// <summary>The id that APNs says, whole, or null where it is none: a part of an id is another channel's, or nobody's.</summary>
    public static string? ReadChannelId(ReadOnlySpan<byte> value)
    {
        string text = Encoding.Latin1.GetString(value);
        return IsChannelId(text) ? text : null;
    }

    public static string CheckChannelId(string channelId)
    {
        ArgumentNullException.ThrowIfNull(channelId);
        return IsChannelId(channelId) ? channelId : throw new ApnsException(ApnsErrorKind.InvalidNotification, $"'{ForeignText.Clean(channelId)}' is no id of a channel: ids are base64 text.") { Reason = channelId.Length == 0 ? ApnsReasons.MissingChannelId : ApnsReasons.BadChannelId };
    }
}
