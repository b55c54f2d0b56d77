using System;

namespace Apns.Emulator;

/// <summary>What one of APNs' hosts makes of requests. Called by many connections at once.</summary>
internal interface IRequestRules
{
    /// <summary>What a request counts as whose headers nobody could read.</summary>
    AnswerKind Unread { get; }

    /// <summary>Judges a whole request, and does what it asks for if it is right.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">Who sent it.</param>
    /// <param name="now">The time by the emulator's clock.</param>
    Answer Judge(EmulatorRequest request, Caller caller, DateTimeOffset now);
}
