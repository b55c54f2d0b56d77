using System;

namespace Apns.Client;

/// <summary>
/// The push by which a credential is tested: a well-formed device token that no device has, and a background
/// notification without content. APNs looks at the credential first, so its answer tells what it thinks of it.
/// </summary>
internal static class TestPush
{
    /// <summary>How much wrong a clock may be before connections get into trouble: APNs takes a provider token for an hour, and here one may be 55 minutes old.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private static readonly string NobodysToken = new('0', 64);

    public static ApnsRequest Request(string? topic, ApnsCredential credential, long now)
    {
        var notification = new ApnsNotification
        {
            Payload = """{"aps":{"content-available":1}}"""u8.ToArray(),
            PushType = ApnsPushType.Background,
            Priority = 5,
            Expiration = DateTimeOffset.UnixEpoch,
        };
        return new ApnsRequest
        {
            Token = NobodysToken,
            Template = RequestTemplate.Compile(notification, topic, credential),
            ApnsId = Guid.NewGuid(),
            TakenAt = now,
            Deadline = long.MaxValue,
        };
    }

    /// <summary>What an answer says of the credential.</summary>
    public static StepVerdict Judge(ApnsRequest request)
    {
        string answer = request.Reason is null ? $"{request.Status}" : $"{request.Status} {request.Reason}";

        // That the token is no good is what was asked for; nobody gets that far with a bad credential.
        if (request.Status is 200 or 410 || request.Reason is ApnsReason.BadDeviceToken or "DeviceTokenNotForTopic")
        {
            return StepVerdict.Good($"Accepted. The answer to a push to nobody: {answer}.");
        }

        ApnsReason reason = ApnsReason.For(request.Status, request.Reason);
        string what = request.Status is 401 or 403 ? "Refused" : reason.Handling == AnswerHandling.BackOff ? "Undecided" : "Not usable so";
        return StepVerdict.Bad($"{what}: {answer}.", request.Failure?.Reason == reason.Name ? request.Failure.Remedy : reason.Remedy);
    }

    /// <summary>What the time of an answer says of the clock.</summary>
    /// <param name="here">This machine's time.</param>
    /// <param name="there">The server's, if it told.</param>
    public static StepVerdict JudgeClock(DateTimeOffset here, DateTimeOffset? there)
    {
        if (there is not { } server) return StepVerdict.Good($"The server tells no time; here it is {here.ToUniversalTime():u}.");
        string difference = ServerClock.Difference(here, server);
        return (here - server).Duration() < ClockTolerance
            ? StepVerdict.Good(difference)
            : StepVerdict.Bad(difference, "Set the clock of this machine: APNs refuses provider tokens of another time.");
    }
}
