using System;
using System.Net;

namespace Apns.Client;

/// <summary>A server to push to.</summary>
/// <param name="Host">Host name or IP address; the server's certificate must be for it.</param>
/// <param name="Port">TCP port, 1 to 65535.</param>
public sealed record ApnsEndpoint(string Host, int Port)
{
    /// <summary>The usual port.</summary>
    public const int DefaultPort = 443;

    /// <summary>The other port that Apple serves, for firewalls that let APNs through and no other HTTPS (Apple, "Sending notification requests to APNs").</summary>
    public const int AlternatePort = 2197;

    // The older name of the development host, which other clients still use.
    private const string OlderDevelopmentHost = "api.development.push.apple.com";

    /// <summary>Which environment it serves, where it is Apple's; null for another server.</summary>
    internal ApnsEnvironment? Environment
    {
        get
        {
            foreach (ApnsEnvironment environment in Enum.GetValues<ApnsEnvironment>())
            {
                if (string.Equals(Host, For(environment).Host, StringComparison.OrdinalIgnoreCase)) return environment;
            }

            return string.Equals(Host, OlderDevelopmentHost, StringComparison.OrdinalIgnoreCase) ? ApnsEnvironment.Development : null;
        }
    }

    /// <summary>The value of :authority (RFC 9113 section 8.3.1): the port is left out when it is the scheme's own.</summary>
    internal string Authority => Port == DefaultPort ? UriHost : $"{UriHost}:{Port}";

    /// <summary>Whether it is this machine, by its name or by its address (RFC 6761 section 6.3).</summary>
    internal bool IsLoopback =>
        IPAddress.TryParse(Host, out IPAddress? address)
            ? IPAddress.IsLoopback(address)
            : Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>The ports that Apple serves there, as the end of a remedy: other hosts are for pushes unless Apple's name says so.</summary>
    internal string PortHint
    {
        get
        {
            foreach (ApnsEnvironment environment in Enum.GetValues<ApnsEnvironment>())
            {
                ApnsEndpoint management = ManagementFor(environment);
                if (string.Equals(Host, management.Host, StringComparison.OrdinalIgnoreCase)) return $"APNs manages channels there on {management.Port}";
            }

            return $"APNs listens on {DefaultPort} and {AlternatePort}";
        }
    }

    private string UriHost => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    /// <summary>Apple's host for an environment.</summary>
    /// <param name="environment">Which one.</param>
    /// <param name="port">443 or 2197.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such environment.</exception>
    public static ApnsEndpoint For(ApnsEnvironment environment, int port = DefaultPort) => environment switch
    {
        ApnsEnvironment.Production => new ApnsEndpoint("api.push.apple.com", port),
        ApnsEnvironment.Development => new ApnsEndpoint("api.sandbox.push.apple.com", port),
        _ => throw new ArgumentOutOfRangeException(nameof(environment)),
    };

    /// <summary>Apple's host and port for the management of broadcast channels.</summary>
    /// <param name="environment">Which one.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such environment.</exception>
    public static ApnsEndpoint ManagementFor(ApnsEnvironment environment) => environment switch
    {
        ApnsEnvironment.Production => new ApnsEndpoint("api-manage-broadcast.push.apple.com", 2196),
        ApnsEnvironment.Development => new ApnsEndpoint("api-manage-broadcast.sandbox.push.apple.com", 2195),
        _ => throw new ArgumentOutOfRangeException(nameof(environment)),
    };

    /// <summary>The management endpoint that goes with one of Apple's; null for another server.</summary>
    internal static ApnsEndpoint? ManagementBeside(ApnsEndpoint endpoint) => endpoint.Environment is { } environment ? ManagementFor(environment) : null;

    /// <summary>Host and port.</summary>
    /// <returns>For example <c>api.push.apple.com:443</c>.</returns>
    public override string ToString() => $"{UriHost}:{Port}";
}
