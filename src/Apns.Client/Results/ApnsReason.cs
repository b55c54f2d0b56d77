using System;
using System.Collections.Generic;
using System.Text;

namespace Apns.Client;

/// <summary>What the pool does about an answer.</summary>
internal enum AnswerHandling
{
    /// <summary>It is the result.</summary>
    Final,

    /// <summary>It is the result, and every further notification of the batch would get the same.</summary>
    Fatal,

    /// <summary>The same may succeed later.</summary>
    BackOff,

    /// <summary>The connection's provider token is used up; the same succeeds on a new connection.</summary>
    NewConnection,
}

/// <summary>
/// One reason of Apple's table "Handling notification responses from APNs", or of those for broadcasts and channels: its
/// advice and its remedy.
/// Reasons that are not here are data all the same; <see cref="For"/> judges those by their status.
/// </summary>
internal sealed record ApnsReason(string Name, ApnsAdvice Advice, AnswerHandling Handling, string Remedy)
{
    private const string RenewedToken = "The provider token was refused; check the clock of this machine against UTC.";

    private static readonly Dictionary<string, ApnsReason> Known = Index(
        new(ApnsReasons.BadCollapseId, ApnsAdvice.FixRequest, AnswerHandling.Final, "Use a collapse id of at most 64 bytes."),
        new(ApnsReasons.BadDeviceToken, ApnsAdvice.FixRequest, AnswerHandling.Final, "The token is malformed or belongs to the other environment; check -Environment before you forget it."),
        new(ApnsReasons.BadExpirationDate, ApnsAdvice.FixRequest, AnswerHandling.Final, "Give the expiration as a date, or 0 for one attempt; a channel that stores nothing takes 0 only."),
        new(ApnsReasons.BadMessageId, ApnsAdvice.FixRequest, AnswerHandling.Final, "Give apns-id as a UUID."),
        new(ApnsReasons.BadPriority, ApnsAdvice.FixRequest, AnswerHandling.Final, "Use priority 10, 5 or 1; background notifications take 5."),
        new(ApnsReasons.BadTopic, ApnsAdvice.FixRequest, AnswerHandling.Fatal, "Give the app's bundle id as the topic."),
        new(ApnsReasons.DeviceTokenNotForTopic, ApnsAdvice.FixRequest, AnswerHandling.Final, "The token belongs to another app; check the topic."),
        new(ApnsReasons.DuplicateHeaders, ApnsAdvice.FixRequest, AnswerHandling.Final, "A header was sent twice."),
        new(ApnsReasons.IdleTimeout, ApnsAdvice.Retry, AnswerHandling.BackOff, "The connection had been idle; send it again."),
        new(ApnsReasons.InvalidPushType, ApnsAdvice.FixRequest, AnswerHandling.Final, "Choose the push type that fits the payload."),
        new(ApnsReasons.MissingDeviceToken, ApnsAdvice.FixRequest, AnswerHandling.Final, "Give a device token."),
        new(ApnsReasons.MissingTopic, ApnsAdvice.FixRequest, AnswerHandling.Fatal, "Give -Topic, here or with Connect-Apns."),
        new(ApnsReasons.PayloadEmpty, ApnsAdvice.FixRequest, AnswerHandling.Final, "Give an alert, a badge, a sound or a payload."),
        new(ApnsReasons.TopicDisallowed, ApnsAdvice.FixRequest, AnswerHandling.Fatal, "This key or certificate may not push to the topic; check both."),
        new(ApnsReasons.BadCertificate, ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "Renew or replace the certificate."),
        new(ApnsReasons.BadCertificateEnvironment, ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "The certificate is for the other environment; check -Environment."),
        new(ApnsReasons.ExpiredProviderToken, ApnsAdvice.FixCredentials, AnswerHandling.NewConnection, RenewedToken),
        new(ApnsReasons.Forbidden, ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs does not allow this."),
        new(ApnsReasons.InvalidProviderToken, ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "Check the key file, -KeyId, -TeamId and the clock of this machine."),
        new(ApnsReasons.MissingProviderToken, ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "Connect with a key or with a certificate that APNs accepts."),
        new(ApnsReasons.UnrelatedKeyIdInToken, ApnsAdvice.FixCredentials, AnswerHandling.NewConnection, "The key may not be used beside the one this connection began with; connect anew."),
        new(ApnsReasons.BadEnvironmentKeyIdInToken, ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "The key is for the other environment; check -Environment."),
        new(ApnsReasons.BadEnvironmentKeyInToken, ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "The key is for the other environment; check -Environment."),
        new(ApnsReasons.BadPath, ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs did not understand the request's path."),
        new(ApnsReasons.MethodNotAllowed, ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs expects POST."),
        new(ApnsReasons.ExpiredToken, ApnsAdvice.Drop, AnswerHandling.Final, "The device token has expired."),
        new(ApnsReasons.Unregistered, ApnsAdvice.Drop, AnswerHandling.Final, "The app is no longer on the device."),
        new(ApnsReasons.PayloadTooLarge, ApnsAdvice.FixRequest, AnswerHandling.Final, "Shorten the payload."),
        new(ApnsReasons.TooManyProviderTokenUpdates, ApnsAdvice.Retry, AnswerHandling.BackOff, "The provider token was renewed too often; wait 20 minutes."),
        new(ApnsReasons.TooManyRequests, ApnsAdvice.Retry, AnswerHandling.BackOff, "Too many notifications in a row to this device; send it later."),
        new(ApnsReasons.InternalServerError, ApnsAdvice.Retry, AnswerHandling.BackOff, "APNs failed; send it later."),
        new(ApnsReasons.ServiceUnavailable, ApnsAdvice.Retry, AnswerHandling.BackOff, "APNs is not available; send it later."),
        new(ApnsReasons.Shutdown, ApnsAdvice.Retry, AnswerHandling.BackOff, "APNs is shutting this server down; send it again."),

        // Broadcasts and channels.
        new(ApnsReasons.FeatureNotEnabled, ApnsAdvice.FixRequest, AnswerHandling.Fatal, "Switch on the broadcast capability of the app id in the developer account."),
        new(ApnsReasons.MissingChannelId, ApnsAdvice.FixRequest, AnswerHandling.Final, "Give a channel id."),
        new(ApnsReasons.BadChannelId, ApnsAdvice.FixRequest, AnswerHandling.Final, "The channel id is malformed; give it as it was when the channel was created."),
        new(ApnsReasons.ChannelNotRegistered, ApnsAdvice.FixRequest, AnswerHandling.Final, "There is no such channel in this environment; check the channel id and -Environment."),
        new(ApnsReasons.BadRequestParams, ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs does not accept a parameter of the request."),
        new(ApnsReasons.BadRequestPayload, ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs does not accept the body of the request."),
        new(ApnsReasons.MissingPushType, ApnsAdvice.FixRequest, AnswerHandling.Final, "Give the push type."),
        new(ApnsReasons.CannotCreateChannelConfig, ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs could not create the channel; an app has at most 10,000 in each environment."),
        new(ApnsReasons.MissingChannelQueueSize, ApnsAdvice.FixRequest, AnswerHandling.Final, "Give the channel's storage policy."),
        new(ApnsReasons.TopicMismatch, ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "The key or certificate is for another app; check it and the bundle id."));

    private static readonly Dictionary<string, ApnsReason>.AlternateLookup<ReadOnlySpan<char>> KnownBySpan = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a reason speaks against the provider token or its key: then the connection is done with.</summary>
    public static bool RefusesProviderToken(string? reason) =>
        reason is not null && (reason.Contains("ProviderToken", StringComparison.Ordinal) || reason.EndsWith("InToken", StringComparison.Ordinal));

    /// <summary>Whether a reason says that the server is done with the connection it came on.</summary>
    public static bool EndsConnection(string? reason) => reason is ApnsReasons.Shutdown or ApnsReasons.IdleTimeout;

    /// <summary>A name for counting: a known reason, <c>other</c> for one that nobody knows, or nothing where there is none.</summary>
    public static string Label(string? reason) => string.IsNullOrEmpty(reason) ? "" : Known.ContainsKey(reason) ? reason : "other";

    /// <summary>Whether a reason speaks of the topic, or of the app that was named, so that another may fare better.</summary>
    public static bool ConcernsTopic(string? reason) => reason is ApnsReasons.TopicDisallowed or ApnsReasons.BadTopic or ApnsReasons.MissingTopic or ApnsReasons.TopicMismatch or ApnsReasons.FeatureNotEnabled;

    /// <summary>Whether a wrong clock may be behind a reason: it makes provider tokens of another time.</summary>
    public static bool DoubtsClock(string? reason) => reason is ApnsReasons.ExpiredProviderToken or ApnsReasons.InvalidProviderToken;

    /// <summary>The remedy, and what else is known.</summary>
    public string RemedyWith(string? hint) => hint is null ? Remedy : $"{Remedy} {hint}";

    /// <summary>What to make of an answer with this status and reason.</summary>
    public static ApnsReason For(int status, string? reason)
    {
        if (reason is not null && Known.TryGetValue(reason, out ApnsReason? known)) return known;
        string name = reason ?? "";
        return status switch
        {
            429 or >= 500 => new(name, ApnsAdvice.Retry, AnswerHandling.BackOff, "Send it later."),
            401 or 403 => new(name, ApnsAdvice.FixCredentials, AnswerHandling.Final, "Check key, certificate and environment."),
            _ => new(name, ApnsAdvice.FixRequest, AnswerHandling.Final, "Check the request."),
        };
    }

    /// <summary>The reason as a string: the one known instance, or a new one, fit for a console, for a reason nobody knows yet.</summary>
    public static string Intern(ReadOnlySpan<byte> utf8)
    {
        Span<char> chars = stackalloc char[64];
        if (utf8.Length <= chars.Length && Encoding.UTF8.TryGetChars(utf8, chars, out int length)
            && KnownBySpan.TryGetValue(chars[..length], out ApnsReason? known))
        {
            return known.Name;
        }

        return ForeignText.Clean(utf8);
    }

    private static Dictionary<string, ApnsReason> Index(params ReadOnlySpan<ApnsReason> reasons)
    {
        var index = new Dictionary<string, ApnsReason>(StringComparer.Ordinal);
        foreach (ApnsReason reason in reasons) index.Add(reason.Name, reason);
        return index;
    }
}
