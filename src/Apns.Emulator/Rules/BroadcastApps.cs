using System;
using System.Collections.Generic;
using System.Text;

namespace Apns.Emulator;

/// <summary>Which apps have channels: what broadcasts and channel management check of the bundle id in the path.</summary>
internal sealed class BroadcastApps
{
    private readonly TopicList? _topics;
    private readonly HashSet<string>? _capable;

    public BroadcastApps(TopicList? topics, IReadOnlyCollection<string>? capable)
    {
        _topics = topics;
        _capable = capable is null ? null : new HashSet<string>(capable, StringComparer.Ordinal);
    }

    /// <summary>The reason to refuse a request for what it says about this app, or null.</summary>
    public string? Check(ReadOnlySpan<byte> bundleId, Caller caller)
    {
        if (!caller.MayPushTo(bundleId)) return "TopicMismatch";

        // The bundle id goes without a suffix here; a topic with one is no app.
        bool allowed = PushType.OfTopic(bundleId) == PushType.Alert && (_topics is null || _topics.Allows(bundleId));
        if (!allowed) return "TopicDisallowed";
        return _capable is null || _capable.Contains(Encoding.ASCII.GetString(bundleId)) ? null : "FeatureNotEnabled";
    }
}
