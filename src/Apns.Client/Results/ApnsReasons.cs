namespace Apns.Client;

/// <summary>
/// The reasons that APNs gives for what it refuses, as they stand in <see cref="IApnsResult.Reason"/> and
/// <see cref="ApnsException.Reason"/>: those of Apple's table "Handling notification responses from APNs", and of its
/// tables for broadcasts and channels. APNs may give others; they are passed on as they are.
/// </summary>
public static class ApnsReasons
{
    /// <summary>400: the collapse id is longer than 64 bytes.</summary>
    public const string BadCollapseId = "BadCollapseId";

    /// <summary>400: the device token is malformed, or belongs to the other environment.</summary>
    public const string BadDeviceToken = "BadDeviceToken";

    /// <summary>400: apns-expiration is no time, or not one that the channel takes.</summary>
    public const string BadExpirationDate = "BadExpirationDate";

    /// <summary>400: apns-id is no UUID.</summary>
    public const string BadMessageId = "BadMessageId";

    /// <summary>400: the priority is none, or not one that the push type takes.</summary>
    public const string BadPriority = "BadPriority";

    /// <summary>400: the topic is none.</summary>
    public const string BadTopic = "BadTopic";

    /// <summary>400: the device token belongs to another app.</summary>
    public const string DeviceTokenNotForTopic = "DeviceTokenNotForTopic";

    /// <summary>400: a header was sent twice.</summary>
    public const string DuplicateHeaders = "DuplicateHeaders";

    /// <summary>400: the connection had been idle.</summary>
    public const string IdleTimeout = "IdleTimeout";

    /// <summary>400: the push type is none, or not that of the payload.</summary>
    public const string InvalidPushType = "InvalidPushType";

    /// <summary>400: the path has no device token.</summary>
    public const string MissingDeviceToken = "MissingDeviceToken";

    /// <summary>400: no topic is named; a key and a certificate for several topics need one.</summary>
    public const string MissingTopic = "MissingTopic";

    /// <summary>400: there is no payload.</summary>
    public const string PayloadEmpty = "PayloadEmpty";

    /// <summary>400: the key or certificate may not push to the topic.</summary>
    public const string TopicDisallowed = "TopicDisallowed";

    /// <summary>403: the certificate is bad.</summary>
    public const string BadCertificate = "BadCertificate";

    /// <summary>403: the certificate is for the other environment.</summary>
    public const string BadCertificateEnvironment = "BadCertificateEnvironment";

    /// <summary>403: the provider token is too old.</summary>
    public const string ExpiredProviderToken = "ExpiredProviderToken";

    /// <summary>403: APNs does not allow this.</summary>
    public const string Forbidden = "Forbidden";

    /// <summary>403: the provider token is none, or its signature is not the key's.</summary>
    public const string InvalidProviderToken = "InvalidProviderToken";

    /// <summary>403: there is neither certificate nor provider token.</summary>
    public const string MissingProviderToken = "MissingProviderToken";

    /// <summary>403: the key is another than the one that the connection began with.</summary>
    public const string UnrelatedKeyIdInToken = "UnrelatedKeyIdInToken";

    /// <summary>403: the key id is of the other environment.</summary>
    public const string BadEnvironmentKeyIdInToken = "BadEnvironmentKeyIdInToken";

    /// <summary>403: the key is for the other environment.</summary>
    public const string BadEnvironmentKeyInToken = "BadEnvironmentKeyInToken";

    /// <summary>404: the path is none.</summary>
    public const string BadPath = "BadPath";

    /// <summary>405: the method is none for the path.</summary>
    public const string MethodNotAllowed = "MethodNotAllowed";

    /// <summary>410: the device token has expired.</summary>
    public const string ExpiredToken = "ExpiredToken";

    /// <summary>410: the app is no longer on the device.</summary>
    public const string Unregistered = "Unregistered";

    /// <summary>413: the payload is too long.</summary>
    public const string PayloadTooLarge = "PayloadTooLarge";

    /// <summary>429: the provider token is changed too often.</summary>
    public const string TooManyProviderTokenUpdates = "TooManyProviderTokenUpdates";

    /// <summary>429: too many notifications in a row to one device.</summary>
    public const string TooManyRequests = "TooManyRequests";

    /// <summary>500: APNs failed.</summary>
    public const string InternalServerError = "InternalServerError";

    /// <summary>503: APNs is not available.</summary>
    public const string ServiceUnavailable = "ServiceUnavailable";

    /// <summary>503: APNs is shutting the server down.</summary>
    public const string Shutdown = "Shutdown";

    // Broadcasts and channels.
    /// <summary>400: the app has no broadcast capability.</summary>
    public const string FeatureNotEnabled = "FeatureNotEnabled";

    /// <summary>400: there is no channel id.</summary>
    public const string MissingChannelId = "MissingChannelId";

    /// <summary>400: the channel id is malformed.</summary>
    public const string BadChannelId = "BadChannelId";

    /// <summary>400: there is no such channel in the environment.</summary>
    public const string ChannelNotRegistered = "ChannelNotRegistered";

    /// <summary>400: a parameter of a request about channels is wrong.</summary>
    public const string BadRequestParams = "BadRequestParams";

    /// <summary>400: the body of a request about channels is wrong.</summary>
    public const string BadRequestPayload = "BadRequestPayload";

    /// <summary>400: there is no push type.</summary>
    public const string MissingPushType = "MissingPushType";

    /// <summary>400: the channel could not be made; an app may have too many.</summary>
    public const string CannotCreateChannelConfig = "CannotCreateChannelConfig";

    /// <summary>400: the channel's storage policy is missing.</summary>
    public const string MissingChannelQueueSize = "MissingChannelQueueSize";

    /// <summary>403: the key or certificate is for another app.</summary>
    public const string TopicMismatch = "TopicMismatch";
}
