namespace Apns.Client;

/// <summary>A broadcast channel of an app.</summary>
/// <param name="BundleId">The app.</param>
/// <param name="ChannelId">The channel's id, in base64, as APNs made it.</param>
/// <param name="MessageStoragePolicy">What it keeps; null where it was not asked for: lists hold ids only.</param>
/// <param name="PushType">What it carries, as APNs says it; null where it was not asked for.</param>
public sealed record ApnsChannel(string BundleId, string ChannelId, ApnsMessageStoragePolicy? MessageStoragePolicy = null, string? PushType = null)
{
    /// <summary>The channel's id.</summary>
    /// <returns>The id.</returns>
    public override string ToString() => ChannelId;
}
