using System;
using System.Collections.Generic;

namespace Apns.Client;

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
