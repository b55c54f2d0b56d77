using System;

namespace Apns.Client;

/// <summary>What belongs to a push type, by Apple's "Sending notification requests to APNs".</summary>
/// <param name="WireName">The value of apns-push-type.</param>
/// <param name="TopicSuffix">What its topic ends in after the app's bundle id; empty for none.</param>
/// <param name="PayloadLimit">The largest payload in bytes.</param>
/// <param name="NeedsKey">Whether only a provider token will do.</param>
internal sealed record PushTypeRules(string WireName, string TopicSuffix = "", int PayloadLimit = PushTypeRules.UsualPayloadLimit, bool NeedsKey = false)
{
    public const int UsualPayloadLimit = 4096;
    public const int LargerPayloadLimit = 5120;

    private static readonly PushTypeRules[] Table = MakeTable();

    /// <summary>The rules of a type.</summary>
    /// <exception cref="ApnsException">It is none.</exception>
    public static PushTypeRules For(ApnsPushType type) => Enum.IsDefined(type)
        ? Table[(int)type]
        : throw new ApnsException(ApnsErrorKind.InvalidNotification, $"{(int)type} is not a push type.") { Reason = ApnsReasons.InvalidPushType };

    private static PushTypeRules[] MakeTable()
    {
        var table = new PushTypeRules[Enum.GetValues<ApnsPushType>().Length];
        table[(int)ApnsPushType.Alert] = new("alert");
        table[(int)ApnsPushType.Background] = new("background");
        table[(int)ApnsPushType.Voip] = new("voip", ".voip", LargerPayloadLimit);
        table[(int)ApnsPushType.Complication] = new("complication", ".complication");
        table[(int)ApnsPushType.FileProvider] = new("fileprovider", ".pushkit.fileprovider");
        table[(int)ApnsPushType.Mdm] = new("mdm");
        table[(int)ApnsPushType.Location] = new("location", ".location-query", NeedsKey: true);
        table[(int)ApnsPushType.LiveActivity] = new("liveactivity", ".push-type.liveactivity", NeedsKey: true);
        table[(int)ApnsPushType.PushToTalk] = new("pushtotalk", ".voip-ptt");
        table[(int)ApnsPushType.Controls] = new("controls", ".push-type.controls");
        table[(int)ApnsPushType.Widgets] = new("widgets", ".push-type.widgets");
        return table;
    }
}
