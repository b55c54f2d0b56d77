using System;
using System.Collections.Generic;
using System.Net;

namespace Apns.Emulator;

/// <summary>How an emulator behaves. Everything has the value of APNs unless it is changed.</summary>
public sealed record ApnsEmulatorOptions
{
    /// <summary>
    /// The address to listen on. It is loopback unless another is given, since whoever reaches the emulator may send to it:
    /// <see cref="IPAddress.Any"/> or <see cref="IPAddress.IPv6Any"/> for all of the machine's, or one of them.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port for pushes and broadcasts; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>TCP port for channel management; 0 takes any free one.</summary>
    public int ManagementPort { get; init; }

    /// <summary>
    /// Whether there is an HTTP proxy in front of it, on another free port: see <see cref="ApnsEmulator.Proxy"/>. Faults
    /// that strike tunnels bring it with them.
    /// </summary>
    public bool WithProxy { get; init; }

    /// <summary>
    /// The environment it stands for: a client certificate of the other is turned away as APNs does it, with GOAWAY
    /// BadCertificateEnvironment. Null takes certificates of both.
    /// </summary>
    public EmulatedEnvironment? Environment { get; init; }

    /// <summary>
    /// Topics that may be pushed to; null allows any. A bundle id allows the topics of its app for all push types, a
    /// topic with a push type's suffix only itself.
    /// </summary>
    public IReadOnlyCollection<string>? Topics { get; init; }

    /// <summary>Bundle ids of the apps with the Broadcast capability; null means all.</summary>
    public IReadOnlyCollection<string>? BroadcastApps { get; init; }

    /// <summary>How many broadcast channels an app may have, 0 or more.</summary>
    public int MaxChannels { get; init; } = 10_000;

    /// <summary>Device tokens that are no longer registered, each with the time since when. Answered 410 Unregistered.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Unregistered { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>
    /// Device tokens that get a reason of Apple's table, for example <c>BadDeviceToken</c> or <c>TooManyRequests</c>, or any
    /// other with its status, for example <c>418 SomethingNew</c>; a status alone, for example <c>500</c>, is answered
    /// without a body. A bundle id in a token's place stands for the app's broadcasts, whether or not there is the
    /// channel, and channel management. What is wrong with a request itself comes first.
    /// </summary>
    public IReadOnlyDictionary<string, string> Reasons { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The same with several reasons, given one by one; when they are used up the answer is as in
    /// <see cref="Reasons"/>, or 200.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ReasonSequences { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How long each answer is held back, at most a day.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>SETTINGS_MAX_CONCURRENT_STREAMS, 0 or more; with a provider token it holds once a valid one was seen, and is 1 before.</summary>
    public int MaxConcurrentStreams { get; init; } = 1000;

    /// <summary>
    /// The connection's flow-control window in bytes, from 65,535. HTTP/2 begins with 65,535; the default of 1 MiB lets a
    /// client send as fast as it can.
    /// </summary>
    public int ConnectionWindowSize { get; init; } = 1 << 20;

    /// <summary>How many of the latest requests to keep for a test to look at, 0 or more; 0 keeps none, which suits load.</summary>
    public int Keep { get; init; } = 10_000;

    /// <summary>Whether answers carry apns-unique-id. Those of the development environment, and to broadcasts, do so anyway.</summary>
    public bool UniqueIds { get; init; }

    /// <summary>
    /// How far the emulator's clock is ahead of the system's, at most a year either way; it judges the age of provider
    /// tokens. When it is given, be it zero, answers carry the header date. APNs promises none, so null leaves it out.
    /// </summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>
    /// How long a provider token is good after it was issued, 2 seconds to 1 hour, so that a test need not last an hour to
    /// see one renewed. A connection may change its token when a third of that has passed. Times of issue are in whole
    /// seconds, so a token may be refused up to a second sooner.
    /// </summary>
    public TimeSpan ProviderTokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// What answers with status 429 and 503 say in the header retry-after, in whole seconds, at most a day. APNs promises
    /// no such header, so null leaves it out.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>In which ways it misbehaves, and when; none of itself.</summary>
    public IReadOnlyList<EmulatorFault> Faults { get; init; } = [];
}
