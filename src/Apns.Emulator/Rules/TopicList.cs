using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Apns.Emulator;

/// <summary>
/// Topics that may be pushed to. A bundle id stands for all topics of its app, each push type's suffix appended; a
/// topic that has its suffix stands for itself.
/// </summary>
internal sealed class TopicList
{
    private readonly (byte[] Topic, bool IsBundleId)[] _entries;

    public TopicList(IEnumerable<string> topics) =>
        _entries = [.. topics.Select(Encoding.UTF8.GetBytes).Select(static topic => (topic, PushType.OfTopic(topic) == PushType.Alert))];

    public bool Allows(ReadOnlySpan<byte> topic)
    {
        ReadOnlySpan<byte> bundleId = topic[..^PushType.OfTopic(topic).Suffix.Length];
        foreach ((byte[] entry, bool isBundleId) in _entries)
        {
            if (topic.SequenceEqual(entry) || (isBundleId && bundleId.SequenceEqual(entry))) return true;
        }

        return false;
    }
}
