using System;

namespace Apns.Client;

/// <summary>
/// The push by which a credential is tested: a well-formed device token that no device has, and a notification without
/// content, of the type that the topic is for. APNs looks at the credential first, so its answer tells what it thinks of it.
/// </summary>
internal static class TestPush
{
    private static readonly string NobodysToken = new('0', 64);

    /// <exception cref="ApnsException">The credential is not for the topic.</exception>
    public static ApnsRequest Request(string? topic, ApnsCredential credential, long now)
    {
        ApnsPushType type = TypeFor(topic ?? "", credential);
        var notification = new ApnsNotification
        {
            Payload = EmptyPayload(type).ToUtf8Json(type),
            PushType = type,
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

    /// <summary>The type that the topic is for; where the certificate is for none of the app's own, one that it is for.</summary>
    private static ApnsPushType TypeFor(string topic, ApnsCredential credential)
    {
        if (topic.StartsWith("com.apple.mgmt.", StringComparison.Ordinal)) return ApnsPushType.Mdm;
        ApnsPushType? allowed = null;
        foreach (ApnsPushType type in Enum.GetValues<ApnsPushType>())
        {
            string suffix = PushTypeRules.For(type).TopicSuffix;
            if (suffix.Length == 0) continue;
            if (topic.EndsWith(suffix, StringComparison.Ordinal)) return type;
            if (credential.AllowsTopic(topic + suffix)) allowed ??= type;
        }

        return credential.AllowsTopic(topic) ? ApnsPushType.Background : allowed ?? ApnsPushType.Background;
    }

    /// <summary>As little as a payload of the type can hold; what the type always has is added when it is written.</summary>
    private static ApnsPayload EmptyPayload(ApnsPushType type) => type switch
    {
        ApnsPushType.Mdm => new ApnsPayload { PushMagic = "test" },
        ApnsPushType.LiveActivity => new ApnsPayload { Event = ApnsActivityEvent.End, Timestamp = DateTimeOffset.UnixEpoch },
        _ => new ApnsPayload(),
    };

    /// <summary>What an answer says of the credential.</summary>
    public static StepVerdict Judge(ApnsRequest request)
    {
        string answer = request.Reason is null ? $"{request.Status}" : $"{request.Status} {request.Reason}";

        // That the token is no good is what was asked for; nobody gets that far with a bad credential.
        if (request.Status is 200 or 410 || request.Reason is ApnsReasons.BadDeviceToken or ApnsReasons.DeviceTokenNotForTopic)
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
        return (here - server).Duration() < ServerClock.MaxOff
            ? StepVerdict.Good(difference)
            : StepVerdict.Bad(difference, "Set the clock of this machine: APNs refuses provider tokens of another time.");
    }
}
