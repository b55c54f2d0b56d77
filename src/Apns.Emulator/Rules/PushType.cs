using System;
using System.Linq;
using System.Text;

namespace Apns.Emulator;

/// <summary>
/// A push type and what belongs to it (Apple, "Sending notification requests to APNs"). The table is written here anew,
/// apart from the client's, so that each side tests the other.
/// </summary>
internal sealed class PushType
{
    public static readonly PushType Alert = new("alert", "");
    public static readonly PushType Background = new("background", "") { OnlyPriority5 = true };
    public static readonly PushType Mdm = new("mdm", "");

    /// <summary>All of them; the most pushed comes first, for they are looked for in this order.</summary>
    public static readonly PushType[] All =
    [
        Alert,
        Background,
        new("voip", ".voip") { PayloadLimit = 5120 },
        new("complication", ".complication"),
        new("fileprovider", ".pushkit.fileprovider"),
        Mdm,
        new("location", ".location-query") { KeyOnly = true },

        // Apple's table is silent; in its forum (thread 712499) it says that certificates are not supported.
        new("liveactivity", ".push-type.liveactivity") { KeyOnly = true },
        new("pushtotalk", ".voip-ptt"),
        new("controls", ".push-type.controls"),
        new("widgets", ".push-type.widgets"),
    ];

    private static readonly PushType[] Suffixed = [.. All.Where(static type => type._suffix.Length > 0)];

    private readonly byte[] _name;
    private readonly byte[] _suffix;

    private PushType(string name, string suffix)
    {
        Name = name;
        _name = Encoding.ASCII.GetBytes(name);
        _suffix = Encoding.ASCII.GetBytes(suffix);
    }

    /// <summary>The value of apns-push-type.</summary>
    public string Name { get; }

    /// <summary>Largest payload in bytes.</summary>
    public int PayloadLimit { get; private init; } = 4096;

    /// <summary>Whether priority 5 is the only one allowed: 10 is an error, and what a request without priority has.</summary>
    public bool OnlyPriority5 { get; private init; }

    /// <summary>Whether it takes a provider token: with a client certificate it cannot be pushed.</summary>
    public bool KeyOnly { get; private init; }

    /// <summary>What follows the bundle id in the topic.</summary>
    public ReadOnlySpan<byte> Suffix => _suffix;

    // An MDM push goes to no app but to what its certificate names as UID.
    private static ReadOnlySpan<byte> MdmPrefix => "com.apple.mgmt."u8;

    /// <summary>The type with this value of apns-push-type, or null.</summary>
    public static PushType? Find(ReadOnlySpan<byte> name)
    {
        foreach (PushType type in All)
        {
            if (name.SequenceEqual(type._name)) return type;
        }

        return null;
    }

    /// <summary>The type whose mark the topic carries; alert when it carries none.</summary>
    public static PushType OfTopic(ReadOnlySpan<byte> topic)
    {
        foreach (PushType type in Suffixed)
        {
            // The dot alone tells most of them apart.
            int start = topic.Length - type._suffix.Length;
            if (start > 0 && topic[start] == (byte)'.' && topic.EndsWith(type._suffix)) return type;
        }

        return topic.StartsWith(MdmPrefix) ? Mdm : Alert;
    }

    /// <summary>Whether a push of this type may go to topics that carry the mark of the other.</summary>
    public bool Fits(PushType ofTopic) => ofTopic == (this == Background ? Alert : this);
}
