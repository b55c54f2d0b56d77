using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Apns.Emulator;

namespace Apns.Client.Tests.Faults;

/// <summary>A way in which a server misbehaves, and what may come of it besides delivery.</summary>
/// <param name="Name">Its name in the test's output.</param>
/// <param name="Faults">
/// The emulator's faults. In them <c>{at}</c> stands for a random place in the run, <c>{often}</c> for a random distance
/// that fits into it some three times, and <c>{seed}</c> for the seed of both.
/// </param>
public sealed record FaultCase(string Name, params string[] Faults)
{
    /// <summary>Notifications to send.</summary>
    public int Count { get; init; } = 10_000;

    /// <summary>Bytes of each payload.</summary>
    public int Payload { get; init; } = 40;

    /// <summary>How long a notification may take; null means as long as the batch.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether requests may be lost with their answers, which leaves them unknown with AtMostOnce.</summary>
    public bool Loses { get; init; }

    /// <summary>Whether it is found out by nothing but silence: with a client's own times that takes too long for a test.</summary>
    public bool TakesSilence { get; init; }

    /// <summary>How long a connection may take to be ready.</summary>
    public TimeSpan ConnectTimeout { get; init; } = Eventually.Patience;

    /// <summary>Outcomes besides Delivered that are right whatever the delivery.</summary>
    public IReadOnlyList<ApnsOutcome> Also { get; init; } = [];

    /// <summary>All there are.</summary>
    public static IReadOnlyList<FaultCase> All { get; } =
    [
        new("handshake cut", "CutHandshake:every=2,seed={seed}", "GoAway:every={often}"),
        new("TLS alert", "TlsAlert:every=2", "GoAway:every={often}"),
        new("certificate expired", "ExpiredCertificate:every=2", "GoAway:after={at}") { Also = [ApnsOutcome.NotSent] },
        new("certificate of another host", "WrongHostCertificate:every=2", "GoAway:after={at}") { Also = [ApnsOutcome.NotSent] },
        new("SETTINGS never come", "NoSettings:every=2", "GoAway:after={at}") { ConnectTimeout = TimeSpan.FromMilliseconds(500) },
        new("SETTINGS come late", "NoSettings:every=1,duration=00:00:00.050", "GoAway:every={often}"),
        new("provider token expired", "Refuse:after={at},reason=ExpiredProviderToken"),
        new("provider token invalid", "Refuse:after={at},reason=InvalidProviderToken") { Also = [ApnsOutcome.Rejected, ApnsOutcome.NotSent] },
        new("provider token changed too often", "Refuse:after={at},reason=TooManyProviderTokenUpdates"),
        new("503 for a while", "Refuse:after={at},reason=ServiceUnavailable,duration=00:00:00.100"),
        new("500 without body for a while", "Refuse:after={at},reason=500,duration=00:00:00.100"),
        new("throttled after a rejection", "Throttle:every={often},reason=DeviceTokenNotForTopic,duration=00:00:00.020") { Also = [ApnsOutcome.Rejected] },
        new("throttled after too many requests", "Throttle:every={often},duration=00:00:00.020"),
        new("streams refused", "RefuseStream:probability=0.05,seed={seed}"),
        new("streams reset", "ResetStream:probability=0.01,seed={seed}") { Loses = true },
        new("an answer never comes", "HoldAnswer:after={at}") { Timeout = TimeSpan.FromSeconds(1), Also = [ApnsOutcome.Unknown, ApnsOutcome.NotSent] },
        new("answers come late", "HoldAnswer:probability=0.05,seed={seed},duration=00:00:00.050"),
        new("answers in pieces", "SplitAnswer:every=1"),
        new("answers twice", "RepeatAnswer:every={often}") { Loses = true },
        new("answers for unknown streams", "AnswerUnknownStream:every={often}") { Loses = true },
        new("malformed HPACK", "MalformedHeaders:every={often}") { Loses = true },
        new("oversized headers", "OversizedHeaders:every={often}") { Loses = true },
        new("endless CONTINUATION", "EndlessHeaders:every={often}") { Loses = true },
        new("cut anywhere", "CutConnection:every={often},seed={seed}") { Loses = true },
        new("half open", "Silence:after={at}") { Loses = true, TakesSilence = true },
        new("silent for a while", "Silence:every={often},duration=00:00:00.050"),
        new("reads no more", "StopReading:after={at}") { Loses = true, TakesSilence = true },
        new("reads slowly", "StopReading:probability=0.01,seed={seed},duration=00:00:00.002"),
        new("GOAWAY", "GoAway:every={often}"),
        new("GOAWAY with JSON", "GoAway:every={often},reason=Shutdown"),
        new("GOAWAY with text", "GoAway:every={often},reason=load balancer says goodbye"),
        new("GOAWAY twice", "GoAwayTwice:every={often}"),
        new("ENHANCE_YOUR_CALM", "EnhanceYourCalm:every={often}"),
        new("negative windows", "LowerWindow:every={often},duration=00:00:00.040"),
        new("window starved", "StarveWindow:after={at},duration=00:00:00.200") { Payload = 3000 },
        new("PING flood", "PingFlood:every={often}") { Loses = true },
        new("SETTINGS flood", "SettingsFlood:every={often}") { Loses = true },
        new("a proxy's DNS fails and comes back", "RefuseTunnel:every=3,duration=00:00:00.050", "GoAway:every={often}"),
        new("a proxy drops tunnels", "CutTunnel:every=2,seed={seed}", "GoAway:every={often}") { Loses = true },
        new(
            "everything at once",
            [
                .. Enum.GetValues<EmulatorFaultKind>()
                    .Where(static kind => kind is not (EmulatorFaultKind.Refuse or EmulatorFaultKind.ExpiredCertificate or EmulatorFaultKind.WrongHostCertificate or EmulatorFaultKind.NoSettings))
                    .Select(static kind => $"{kind}:probability=0.0001,seed={{seed}},duration=00:00:00.010"),
            ]) { Loses = true, Also = [ApnsOutcome.Unknown] },
    ];

    public static FaultCase Of(string name) => All.Single(fault => fault.Name == name);

    /// <summary>The faults, with the places where they strike drawn by a seed.</summary>
    public IReadOnlyList<EmulatorFault> Draw(int seed)
    {
        var random = new Random(seed);
        int at = random.Next(Count / 10, Count * 9 / 10);
        int often = random.Next(Count / 4, Count / 3);
        return [.. Faults.Select(text => EmulatorFault.Parse(text
            .Replace("{at}", at.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{often}", often.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{seed}", seed.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)))];
    }
}
