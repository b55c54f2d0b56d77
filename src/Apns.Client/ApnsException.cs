using System;

namespace Apns.Client;

/// <summary>An error of the engine that says what to do. Its text carries no key, password or provider token.</summary>
public sealed class ApnsException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="kind">What kind it is.</param>
    /// <param name="message">What happened, and the remedy unless <see cref="Remedy"/> has it.</param>
    /// <param name="innerException">The cause.</param>
    public ApnsException(ApnsErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
    }

    /// <summary>The client was closed.</summary>
    internal static ApnsException SessionClosed => new(ApnsErrorKind.Closed, "The session was closed.");

    /// <summary>Whoever gave the notification wants it sent no more.</summary>
    internal static ApnsException Stopped => new(ApnsErrorKind.Stopped, "Sending was stopped before this was sent.");

    /// <summary>What kind of error it is.</summary>
    public ApnsErrorKind Kind { get; }

    /// <summary>What to do about it, where that is known apart from what happened; <see cref="Message"/> ends with it.</summary>
    public string? Remedy { get; init; }

    /// <summary>What happened, and the remedy.</summary>
    public override string Message => Remedy is null ? What : $"{What} {Remedy}";

    /// <summary>APNs's reason, where the error has one.</summary>
    public string? Reason { get; init; }

    /// <summary>What to do about APNs's refusal, where the error is one of a request about channels.</summary>
    public ApnsAdvice? Advice { get; init; }

    /// <summary>What happened, without <see cref="Remedy"/>.</summary>
    internal string What => base.Message;

    /// <summary>Whether trying again cannot help until something is changed.</summary>
    public bool IsPermanent => Kind is ApnsErrorKind.InvalidKey or ApnsErrorKind.InvalidCertificate or ApnsErrorKind.Http2NotOffered
        or ApnsErrorKind.ServerNotTrusted or ApnsErrorKind.ProxyAuthenticationFailed or ApnsErrorKind.Refused or ApnsErrorKind.SimulatorUnavailable or ApnsErrorKind.NotSupported or ApnsErrorKind.InvalidNotification or ApnsErrorKind.Closed
        or ApnsErrorKind.JournalInUse or ApnsErrorKind.JournalMismatch or ApnsErrorKind.JournalDamaged or ApnsErrorKind.JournalFailed;
}
