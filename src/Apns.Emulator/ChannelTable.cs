using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;

namespace Apns.Emulator;

/// <summary>The channels of all apps, in the order in which they were made. Thread-safe.</summary>
internal sealed class ChannelTable
{
    // "Sending broadcast push notification requests to APNs": a message is stored for 8 hours at most.
    private static readonly TimeSpan LongestStorage = TimeSpan.FromHours(8);

    private readonly Dictionary<string, OrderedDictionary<string, Channel>> _apps = new(StringComparer.Ordinal);
    private readonly int _limit;

    /// <param name="limit">Most channels an app may have.</param>
    public ChannelTable(int limit) => _limit = limit;

    /// <summary>Makes a channel; null when the app has as many as it may.</summary>
    public string? Create(string bundleId, MessageStoragePolicy policy, DateTimeOffset now)
    {
        lock (_apps)
        {
            if (!_apps.TryGetValue(bundleId, out OrderedDictionary<string, Channel>? channels)) _apps[bundleId] = channels = [];
            if (channels.Count >= _limit) return null;

            // Ids have no fixed size, so that nobody can count on one.
            string id = Convert.ToBase64String(RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(16, 25)));
            channels.Add(id, new Channel(policy, now));
            return id;
        }
    }

    /// <summary>The policy of a channel; null when the app has no such channel.</summary>
    public MessageStoragePolicy? Find(string bundleId, string id)
    {
        lock (_apps) return Get(bundleId, id)?.Policy;
    }

    /// <summary>The ids of an app's channels.</summary>
    public string[] List(string bundleId)
    {
        lock (_apps) return _apps.TryGetValue(bundleId, out OrderedDictionary<string, Channel>? channels) ? [.. channels.Keys] : [];
    }

    /// <summary>Deletes a channel and its message; false when the app has no such channel.</summary>
    public bool Delete(string bundleId, string id)
    {
        lock (_apps) return _apps.TryGetValue(bundleId, out OrderedDictionary<string, Channel>? channels) && channels.Remove(id);
    }

    /// <summary>Keeps a message until it expires or another takes its place.</summary>
    public void Store(string bundleId, string id, string payload, DateTimeOffset expires, DateTimeOffset now)
    {
        lock (_apps)
        {
            // Deleted in the meantime, perhaps.
            if (Get(bundleId, id) is not { } channel) return;
            channel.Message = payload;
            channel.MessageExpires = expires - now < LongestStorage ? expires : now + LongestStorage;
        }
    }

    public IReadOnlyList<EmulatedChannel> GetAll(DateTimeOffset now)
    {
        lock (_apps)
        {
            return
            [
                .. from app in _apps
                   from channel in app.Value
                   select new EmulatedChannel
                   {
                       ChannelId = channel.Key,
                       BundleId = app.Key,
                       MessageStoragePolicy = channel.Value.Policy,
                       PushType = ChannelRules.PushType,
                       Created = channel.Value.Created,
                       StoredMessage = channel.Value.MessageExpires > now ? channel.Value.Message : null,
                   },
            ];
        }
    }

    private Channel? Get(string bundleId, string id) =>
        _apps.TryGetValue(bundleId, out OrderedDictionary<string, Channel>? channels) && channels.TryGetValue(id, out Channel? channel) ? channel : null;

    private sealed class Channel(MessageStoragePolicy policy, DateTimeOffset created)
    {
        public MessageStoragePolicy Policy { get; } = policy;

        public DateTimeOffset Created { get; } = created;

        public string? Message { get; set; }

        public DateTimeOffset MessageExpires { get; set; }
    }
}
