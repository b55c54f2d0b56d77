using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;

namespace Apns.Emulator;

/// <summary>
/// The reasons that Apple tells of, each with its status: "Handling notification responses from APNs" for device pushes,
/// "Handling error responses from Apple Push Notification service" for broadcasts and channels.
/// </summary>
internal static class Reasons
{
    private static readonly FrozenDictionary<string, Answer> Answers = Table().ToFrozenDictionary(static answer => answer.Reason!, StringComparer.Ordinal);

    public static Answer Refuse(string reason) => Answers[reason];

    /// <summary>Whether it is a reason of Apple's.</summary>
    public static bool IsKnown(string reason) => Answers.ContainsKey(reason);

    /// <summary>Reads an answer to be given: see <see cref="TryParse"/>.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static Answer Parse(string text) => TryParse(text, out Answer? answer)
        ? answer
        : throw new ArgumentException($"'{text}' is not a reason of APNs. One that it does not have is given with its status, for example '418 SomethingNew'.");

    /// <summary>Reads an answer to be given: a reason of Apple's, or any status from 400 on with or without a reason.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Answer? answer)
    {
        if (Answers.TryGetValue(text, out answer)) return true;
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        ReadOnlySpan<char> number = space < 0 ? text : text.AsSpan(0, space);
        string reason = space < 0 ? "" : text[(space + 1)..].Trim();
        bool right = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 400 and <= 599;
        answer = right ? new Answer(status, reason.Length == 0 ? null : reason) : null;
        return right;
    }

    private static IEnumerable<Answer> Table()
    {
        (int Status, string Reasons)[] rows =
        [
            (400, "BadCollapseId BadDeviceToken BadExpirationDate BadMessageId BadPriority BadTopic DeviceTokenNotForTopic DuplicateHeaders "
                + "IdleTimeout InvalidPushType MissingDeviceToken MissingTopic PayloadEmpty TopicDisallowed"),
            (403, "BadCertificate BadCertificateEnvironment ExpiredProviderToken Forbidden InvalidProviderToken MissingProviderToken "
                + "UnrelatedKeyIdInToken BadEnvironmentKeyIdInToken BadEnvironmentKeyInToken"),
            (404, "BadPath"),
            (405, "MethodNotAllowed"),
            (410, "ExpiredToken Unregistered"),
            (413, "PayloadTooLarge"),
            (429, "TooManyProviderTokenUpdates TooManyRequests"),
            (500, "InternalServerError"),
            (503, "ServiceUnavailable Shutdown"),

            // Of broadcasts and channels only.
            (400, "FeatureNotEnabled MissingChannelId BadChannelId ChannelNotRegistered BadRequestParams BadRequestPayload MissingPushType "
                + "CannotCreateChannelConfig MissingChannelQueueSize"),
            (403, "TopicMismatch"),
        ];
        return rows.SelectMany(static row => row.Reasons.Split(' '), static (row, reason) => new Answer(row.Status, reason));
    }
}
