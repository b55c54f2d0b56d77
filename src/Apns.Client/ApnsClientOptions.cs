using System;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Apns.Client;

/// <summary>How an <see cref="ApnsClient"/> connects and sends.</summary>
public sealed record ApnsClientOptions
{
    /// <summary>The most connections a client may have.</summary>
    public const int ConnectionLimit = 256;

    /// <summary>The most connections a client has of itself.</summary>
    public const int UsualMaxConnections = 8;

    /// <summary>The key or certificate; the client does not dispose it.</summary>
    public required ApnsCredential Credential { get; init; }

    /// <summary>Which server; <see cref="ApnsEndpoint.For"/> knows Apple's.</summary>
    public required ApnsEndpoint Endpoint { get; init; }

    /// <summary>
    /// The server that manages broadcast channels; <see cref="ApnsEndpoint.ManagementFor"/> knows Apple's. Null means
    /// that of the environment whose <see cref="Endpoint"/> is Apple's, and none for other servers.
    /// </summary>
    public ApnsEndpoint? ManagementEndpoint
    {
        get => field ?? ApnsEndpoint.ManagementBeside(Endpoint);
        init;
    }

    /// <summary>The topic of notifications that name none. Null takes that of the certificate, where it is for one app.</summary>
    public string? Topic { get; init; }

    /// <summary>
    /// Roots to trust instead of the operating system's, for a server with a private authority. Validation itself cannot
    /// be switched off.
    /// </summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>The proxy to go through; unless it is set, the environment and the system say whether there is one.</summary>
    public ApnsProxy Proxy { get; init; } = ApnsProxy.FromSystem();

    /// <summary>
    /// Which addresses to connect to: <see cref="AddressFamily.InterNetwork"/>, <see cref="AddressFamily.InterNetworkV6"/>,
    /// or <see cref="AddressFamily.Unspecified"/> for either. With a proxy it is the proxy's address that counts: that of
    /// the server is the proxy's affair.
    /// </summary>
    public AddressFamily AddressFamily { get; init; }

    /// <summary>
    /// Connections to keep while there is work, 1 to <see cref="ConnectionLimit"/>. Given without
    /// <see cref="MaxConnections"/> it is their number; null means that the client begins with one.
    /// </summary>
    public int? Connections { get; init; }

    /// <summary>
    /// Connections to have at most, from <see cref="Connections"/> to <see cref="ConnectionLimit"/>: one is added while
    /// notifications wait because the stream limits or windows of those there are used up, as long as that brings more
    /// answers, and goes when nothing has had to wait for minutes. Null means as many as <see cref="Connections"/>, or
    /// <see cref="UsualMaxConnections"/> when that is null too.
    /// </summary>
    public int? MaxConnections { get; init; }

    /// <summary>From taking a notification in to giving it up; more than zero, at most a day.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection may take to be ready; more than zero, at most a day.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What happens to a notification whose connection was lost before its answer.</summary>
    public ApnsDelivery Delivery { get; init; } = ApnsDelivery.AtLeastOnce;

    /// <summary>The simulator that takes APNs's place, or null; see <see cref="ApnsClient.ConnectSimulatorAsync"/>.</summary>
    public string? Simulator { get; internal init; }
}
