using System;

namespace Apns.Client;

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
