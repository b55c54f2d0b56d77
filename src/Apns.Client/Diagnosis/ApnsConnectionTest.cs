using System;
using System.Collections.Generic;

namespace Apns.Client;

/// <summary>The steps of a connection test, in the order in which they are taken.</summary>
public enum ApnsTestStep
{
    /// <summary>The server's name, or the proxy's, becomes addresses.</summary>
    Dns,

    /// <summary>A TCP connection to one of the addresses.</summary>
    Tcp,

    /// <summary>The proxy opens the way to the server; listed only when there is one.</summary>
    Proxy,

    /// <summary>TLS with the server, whose certificate has to be trusted.</summary>
    Tls,

    /// <summary>The server chooses HTTP/2 (RFC 9113 section 3.3).</summary>
    Alpn,

    /// <summary>The server's SETTINGS: the stream limit and the windows.</summary>
    Settings,

    /// <summary>A PING and its answer.</summary>
    Ping,

    /// <summary>APNs accepts the key or the certificate, for the topic.</summary>
    Credential,

    /// <summary>This machine's clock against the server's.</summary>
    Clock,
}

/// <summary>What one step of a connection test came to. Immutable.</summary>
public sealed record ApnsConnectionTestStep
{
    /// <summary>Which step.</summary>
    public required ApnsTestStep Step { get; init; }

    /// <summary>Whether it went well; null when it was not tried: one before it failed, or <see cref="Detail"/> says what it lacks.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What was found.</summary>
    public string Detail { get; init; } = "Not tried.";

    /// <summary>What to do about it; null when there is nothing to be done, or nothing is known.</summary>
    public string? Remedy { get; init; }

    /// <summary>Step and verdict in one line.</summary>
    /// <returns>For example <c>Tls failed</c>.</returns>
    public override string ToString() => $"{Step} {(Succeeded switch { true => "succeeded", false => "failed", null => "not tried" })}";
}

/// <summary>What a connection test came to, step by step: see <see cref="ApnsClient.TestAsync"/>. Immutable.</summary>
public sealed record ApnsConnectionTest
{
    /// <summary>Whether every step that could be tried went well.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>Host and port of the server.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Which key or certificate was tested; not the key itself.</summary>
    public required string Credential { get; init; }

    /// <summary>The proxy that was used; null when there was none.</summary>
    public string? Proxy { get; init; }

    /// <summary>How long the test took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>All steps, in their order.</summary>
    public required IReadOnlyList<ApnsConnectionTestStep> Steps { get; init; }

    /// <summary>Server and verdict in one line.</summary>
    /// <returns>For example <c>api.push.apple.com:443: Tls failed</c>.</returns>
    public override string ToString()
    {
        bool all = true;
        foreach (ApnsConnectionTestStep step in Steps)
        {
            if (step.Succeeded == false) return $"{Endpoint}: {step}";
            all &= step.Succeeded == true;
        }

        return $"{Endpoint}: {(all ? "all is well" : "what was tried is well")}";
    }
}
