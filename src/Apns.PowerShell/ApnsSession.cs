using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>The life of a session.</summary>
public enum ApnsSessionState
{
    /// <summary>Usable; connections that end are replaced when there is something to send.</summary>
    Open,

    /// <summary>Disconnected.</summary>
    Closed,
}

/// <summary>
/// What <c>Connect-Apns</c> returns: a credential, an environment and a pool of connections. Thread-safe: any number of
/// runspaces may send through it at once. It holds no secret that could be read.
/// </summary>
public sealed class ApnsSession
{
    private readonly ApnsClient _client;
    private readonly ApnsCredential _credential;
    private int _closing;

    internal ApnsSession(string name, string environment, ApnsClient client, ApnsCredential credential)
    {
        Name = name;
        Environment = environment;
        _client = client;
        _credential = credential;
        Credential = credential.ToString() ?? "";
        if (credential is not ApnsCertificateCredential certificate) return;
        Topics = certificate.Topics;
        PushKinds = certificate.PushKinds;
        CredentialEnvironments = certificate.Environments;
        CredentialExpires = certificate.ExpiresOn;
    }

    /// <summary>The name given to it, or the one it was given.</summary>
    public string Name { get; }

    /// <summary>Production, Development, Emulator or Custom.</summary>
    public string Environment { get; }

    /// <summary>Host and port.</summary>
    public string Endpoint => _client.Options.Endpoint.ToString();

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
    public ApnsSessionState State => _closing != 0 || _client.IsClosed ? ApnsSessionState.Closed : ApnsSessionState.Open;

    /// <summary>Connections open or on their way.</summary>
    public int Connections => _client.Connections;

    /// <summary>Notifications sent whose answers are still to come.</summary>
    public int InFlight => _client.InFlight;

    /// <summary>Notifications waiting for a connection or a stream.</summary>
    public int Waiting => _client.Waiting;

    /// <summary>How long a notification may take from being taken in to its answer.</summary>
    public TimeSpan Timeout => _client.Options.Timeout;

    internal ApnsClient Client => _client;

    /// <summary>The session's name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Name;

    /// <summary>Drains and closes; the second call does nothing.</summary>
    internal async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0) return;
        await _client.CloseAsync();
        _credential.Dispose();
    }
}
