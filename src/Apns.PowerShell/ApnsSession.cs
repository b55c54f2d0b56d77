using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>
/// What <c>Connect-Apns</c> returns: a credential, an environment and a pool of connections. Thread-safe: any number of
/// runspaces may send through it at once. It holds no secret that could be read.
/// </summary>
public sealed class ApnsSession
{
    private readonly ApnsClient _client;
    private readonly ApnsCredential _credential;
    private readonly RateGauge _rate = new();
    private readonly Lock _gate = new();
    private volatile Task? _closing;

    internal ApnsSession(string name, string environment, ApnsClient client)
    {
        Name = name;
        Environment = environment;
        _client = client;
        _credential = client.Options.Credential;
        Credential = _credential.ToString() ?? "";
        if (_credential is not ApnsCertificateCredential certificate) return;
        Topics = certificate.Topics;
        PushKinds = certificate.PushKinds;
        CredentialEnvironments = certificate.Environments;
        CredentialExpires = certificate.ExpiresOn;
    }

    /// <summary>The name given to it, or the one it was given.</summary>
    public string Name { get; }

    /// <summary>Production, Development, Emulator, Simulator or Custom.</summary>
    public string Environment { get; }

    /// <summary>Host and port, or the simulator's name.</summary>
    public string Endpoint => _client.Options.Simulator ?? _client.Options.Endpoint.ToString();

    /// <summary>The topic of notifications that name none: the one given, or the certificate's where it is for one app.</summary>
    public string? Topic => _client.Options.Topic;

    /// <summary>Which key or certificate it uses; not the key itself.</summary>
    public string Credential { get; }

    /// <summary>When the certificate expires, in UTC; null with a key, which does not.</summary>
    public DateTimeOffset? CredentialExpires { get; }

    /// <summary>The environments that the certificate is marked for; null with a key.</summary>
    public ApnsEnvironments? CredentialEnvironments { get; }

    /// <summary>The topics that the certificate names; null with a key.</summary>
    public IReadOnlyList<string>? Topics { get; }

    /// <summary>The kinds of push that the certificate names: app, voip, complication; null with a key.</summary>
    public IReadOnlyList<string>? PushKinds { get; }

    /// <summary>Whether it can be used.</summary>
    public ApnsSessionState State => _closing is not null || _client.IsClosed ? ApnsSessionState.Closed : ApnsSessionState.Open;

    /// <summary>Connections open or on their way.</summary>
    public int Connections => _client.Connections;

    /// <summary>Connections to keep while there is something to send.</summary>
    public int MinConnections => _client.MinConnections;

    /// <summary>Connections to have at most.</summary>
    public int MaxConnections => _client.MaxConnections;

    /// <summary>What happens to a notification whose connection was lost before its answer.</summary>
    public ApnsDelivery Delivery => _client.Options.Delivery;

    /// <summary>Notifications sent whose answers are still to come.</summary>
    public int InFlight => _client.InFlight;

    /// <summary>Notifications waiting for a connection or a stream.</summary>
    public int Waiting => _client.Waiting;

    /// <summary>How often a notification was sent, each repetition counted.</summary>
    public long Sent => _client.GetStatistics().Sent;

    /// <summary>
    /// Notifications sent in a second, repetitions included: since the property was last read, a second ago at least, or
    /// since the session was connected. To a tenth.
    /// </summary>
    public double Rate => Math.Round(_rate.Read(Sent), 1);

    /// <summary>How many of those were repetitions.</summary>
    public long Retried => _client.GetStatistics().Retried;

    /// <summary>Results with the outcome Delivered.</summary>
    public long Delivered => _client.GetStatistics().Delivered;

    /// <summary>Results with the outcome Rejected.</summary>
    public long Rejected => _client.GetStatistics().Rejected;

    /// <summary>Results with the outcome Unknown.</summary>
    public long Unknown => _client.GetStatistics().Unknown;

    /// <summary>Results with the outcome NotSent.</summary>
    public long NotSent => _client.GetStatistics().NotSent;

    /// <summary>From sending to the answer, a smoothed mean of the latest answers; null before the first.</summary>
    public TimeSpan? RoundTrip => _client.GetStatistics().RoundTrip;

    /// <summary>Bytes sent, as HTTP/2 before encryption.</summary>
    public long BytesSent => _client.GetStatistics().BytesSent;

    /// <summary>Bytes received, as HTTP/2 after decryption.</summary>
    public long BytesReceived => _client.GetStatistics().BytesReceived;

    /// <summary>How often APNs lowered a connection's stream limit after it had rejected something.</summary>
    public long Throttled => _client.GetStatistics().Throttled;

    /// <summary>The connections, each with what it is and has done.</summary>
    public IReadOnlyList<ApnsConnectionInfo> ConnectionList => _client.GetConnections();

    /// <summary>How long a notification may take from being taken in to its answer.</summary>
    public TimeSpan Timeout => _client.Options.Timeout;

    internal ApnsClient Client => _client;

    /// <summary>The session's name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;

    /// <summary>Whether it is closed, and what was in flight is answered or given up.</summary>
    internal bool IsOver => _closing is { IsCompleted: true } || (_closing is null && _client.IsClosed);

    /// <summary>Drains and closes; a second call waits for the first.</summary>
    internal Task CloseAsync()
    {
        lock (_gate) return _closing ??= DrainAsync();
    }

    private async Task DrainAsync()
    {
        await _client.CloseAsync().ConfigureAwait(false);
        _credential.Dispose();
    }
}
