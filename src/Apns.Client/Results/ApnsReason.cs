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
    public const string BadDeviceToken = "BadDeviceToken";
    public const string MissingDeviceToken = "MissingDeviceToken";
    public const string MissingTopic = "MissingTopic";
    public const string BadTopic = "BadTopic";
    public const string BadCollapseId = "BadCollapseId";
    public const string BadPriority = "BadPriority";
    public const string PayloadEmpty = "PayloadEmpty";
    public const string PayloadTooLarge = "PayloadTooLarge";
    public const string TooManyProviderTokenUpdates = "TooManyProviderTokenUpdates";

    private const string TopicDisallowed = "TopicDisallowed";
    private const string ExpiredProviderToken = "ExpiredProviderToken";
    private const string InvalidProviderToken = "InvalidProviderToken";

    private const string RenewedToken = "The provider token was refused; check the clock of this machine against UTC.";

    private static readonly Dictionary<string, ApnsReason> Known = Index(
        new(BadCollapseId, ApnsAdvice.FixRequest, AnswerHandling.Final, "Use a collapse id of at most 64 bytes."),
        new(BadDeviceToken, ApnsAdvice.FixRequest, AnswerHandling.Final, "The token is malformed or belongs to the other environment; check -Environment before you forget it."),
        new("BadExpirationDate", ApnsAdvice.FixRequest, AnswerHandling.Final, "Give the expiration as a date, or 0 for one attempt; a channel that stores nothing takes 0 only."),
        new("BadMessageId", ApnsAdvice.FixRequest, AnswerHandling.Final, "Give apns-id as a UUID."),
        new(BadPriority, ApnsAdvice.FixRequest, AnswerHandling.Final, "Use priority 10, 5 or 1; background notifications take 5."),
        new(BadTopic, ApnsAdvice.FixRequest, AnswerHandling.Fatal, "Give the app's bundle id as the topic."),
        new("DeviceTokenNotForTopic", ApnsAdvice.FixRequest, AnswerHandling.Final, "The token belongs to another app; check the topic."),
        new("DuplicateHeaders", ApnsAdvice.FixRequest, AnswerHandling.Final, "A header was sent twice."),
        new("IdleTimeout", ApnsAdvice.Retry, AnswerHandling.BackOff, "The connection had been idle; send it again."),
        new("InvalidPushType", ApnsAdvice.FixRequest, AnswerHandling.Final, "Choose the push type that fits the payload."),
        new(MissingDeviceToken, ApnsAdvice.FixRequest, AnswerHandling.Final, "Give a device token."),
        new(MissingTopic, ApnsAdvice.FixRequest, AnswerHandling.Fatal, "Give -Topic, here or with Connect-Apns."),
        new(PayloadEmpty, ApnsAdvice.FixRequest, AnswerHandling.Final, "Give an alert, a badge, a sound or a payload."),
        new(TopicDisallowed, ApnsAdvice.FixRequest, AnswerHandling.Fatal, "This key or certificate may not push to the topic; check both."),
        new("BadCertificate", ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "Renew or replace the certificate."),
        new("BadCertificateEnvironment", ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "The certificate is for the other environment; check -Environment."),
        new(ExpiredProviderToken, ApnsAdvice.FixCredentials, AnswerHandling.NewConnection, RenewedToken),
        new("Forbidden", ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs does not allow this."),
        new(InvalidProviderToken, ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "Check the key file, -KeyId, -TeamId and the clock of this machine."),
        new("MissingProviderToken", ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "Connect with a key or with a certificate that APNs accepts."),
        new("UnrelatedKeyIdInToken", ApnsAdvice.FixCredentials, AnswerHandling.NewConnection, "The key may not be used beside the one this connection began with; connect anew."),
        new("BadEnvironmentKeyIdInToken", ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "The key is for the other environment; check -Environment."),
        new("BadEnvironmentKeyInToken", ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "The key is for the other environment; check -Environment."),
        new("BadPath", ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs did not understand the request's path."),
        new("MethodNotAllowed", ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs expects POST."),
        new("ExpiredToken", ApnsAdvice.Drop, AnswerHandling.Final, "The device token has expired."),
        new("Unregistered", ApnsAdvice.Drop, AnswerHandling.Final, "The app is no longer on the device."),
        new(PayloadTooLarge, ApnsAdvice.FixRequest, AnswerHandling.Final, "Shorten the payload."),
        new(TooManyProviderTokenUpdates, ApnsAdvice.Retry, AnswerHandling.BackOff, "The provider token was renewed too often; wait 20 minutes."),
        new("TooManyRequests", ApnsAdvice.Retry, AnswerHandling.BackOff, "Too many notifications in a row to this device; send it later."),
        new("InternalServerError", ApnsAdvice.Retry, AnswerHandling.BackOff, "APNs failed; send it later."),
        new("ServiceUnavailable", ApnsAdvice.Retry, AnswerHandling.BackOff, "APNs is not available; send it later."),
        new("Shutdown", ApnsAdvice.Retry, AnswerHandling.BackOff, "APNs is shutting this server down; send it again."),

        // Broadcasts and channels.
        new("FeatureNotEnabled", ApnsAdvice.FixRequest, AnswerHandling.Fatal, "Switch on the broadcast capability of the app id in the developer account."),
        new("MissingChannelId", ApnsAdvice.FixRequest, AnswerHandling.Final, "Give a channel id."),
        new("BadChannelId", ApnsAdvice.FixRequest, AnswerHandling.Final, "The channel id is malformed; give it as it was when the channel was created."),
        new("ChannelNotRegistered", ApnsAdvice.FixRequest, AnswerHandling.Final, "There is no such channel in this environment; check the channel id and -Environment."),
        new("BadRequestParams", ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs does not accept a parameter of the request."),
        new("BadRequestPayload", ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs does not accept the body of the request."),
        new("MissingPushType", ApnsAdvice.FixRequest, AnswerHandling.Final, "Give the push type."),
        new("CannotCreateChannelConfig", ApnsAdvice.FixRequest, AnswerHandling.Final, "APNs could not create the channel; an app has at most 10,000 in each environment."),
        new("MissingChannelQueueSize", ApnsAdvice.FixRequest, AnswerHandling.Final, "Give the channel's storage policy."),
        new("TopicMismatch", ApnsAdvice.FixCredentials, AnswerHandling.Fatal, "The key or certificate is for another app; check it and the bundle id."));

    private static readonly Dictionary<string, ApnsReason>.AlternateLookup<ReadOnlySpan<char>> KnownBySpan = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a reason speaks against the provider token or its key: then the connection is done with.</summary>
    public static bool RefusesProviderToken(string? reason) =>
        reason is not null && (reason.Contains("ProviderToken", StringComparison.Ordinal) || reason.EndsWith("InToken", StringComparison.Ordinal));

    /// <summary>Whether a reason says that the server is done with the connection it came on.</summary>
    public static bool EndsConnection(string? reason) => reason is "Shutdown" or "IdleTimeout";

    /// <summary>A name for counting: a known reason, <c>other</c> for one that nobody knows, or nothing where there is none.</summary>
    public static string Label(string? reason) => string.IsNullOrEmpty(reason) ? "" : Known.ContainsKey(reason) ? reason : "other";

    /// <summary>Whether a reason speaks against the topic.</summary>
    public static bool DoubtsTopic(string? reason) => reason is TopicDisallowed or BadTopic or MissingTopic;

    /// <summary>Whether a wrong clock may be behind a reason: it makes provider tokens of another time.</summary>
    public static bool DoubtsClock(string? reason) => reason is ExpiredProviderToken or InvalidProviderToken;

    /// <summary>Whether a reason speaks of the app that was named, so that another app may fare better.</summary>
    public static bool ConcernsApp(string? reason) => reason is MissingTopic or BadTopic or "TopicDisallowed" or "TopicMismatch" or "FeatureNotEnabled";

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
