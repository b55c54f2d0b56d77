using System;
using System.Buffers;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Text;

namespace Apns.Emulator;

/// <summary>An answer before it is written.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">Apple's reason; null with 200.</param>
/// <param name="Timestamp">With 410, since when the token is invalid, in Unix milliseconds.</param>
internal readonly record struct Answer(int Status, string? Reason, long? Timestamp = null)
{
    public static Answer Ok => new(200, null);
}

/// <summary>
/// Holds requests against Apple's rules ("Sending notification requests to APNs", "Handling notification responses
/// from APNs"). The rules are written here anew, apart from the client's, so that each side tests the other.
/// </summary>
internal sealed class RequestValidator
{
    private const int MaxCollapseIdBytes = 64;

    private static readonly FrozenDictionary<string, int> StatusOfReason = Statuses().ToFrozenDictionary();

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    // Hexadecimal has two cases and means the same in both.
    private readonly Dictionary<string, DateTimeOffset> _unregistered;
    private readonly Dictionary<string, string> _reasons;
    private readonly HashSet<string>? _topics;

    public RequestValidator(ApnsEmulatorOptions options)
    {
        _unregistered = new Dictionary<string, DateTimeOffset>(options.Unregistered, StringComparer.OrdinalIgnoreCase);
        _reasons = new Dictionary<string, string>(options.Reasons, StringComparer.OrdinalIgnoreCase);
        _topics = options.Topics is null ? null : new HashSet<string>(options.Topics, StringComparer.Ordinal);
        foreach (string reason in options.Reasons.Values)
        {
            if (!StatusOfReason.ContainsKey(reason)) throw new ArgumentException($"'{reason}' is not a reason of APNs.", nameof(options));
        }
    }

    /// <param name="request">A whole request.</param>
    /// <param name="provider">The connection's judge of provider tokens; null when it came with a client certificate.</param>
    /// <param name="now">The time.</param>
    public Answer Validate(EmulatorRequest request, ProviderTokenVerifier? provider, DateTimeOffset now)
    {
        if (!request.Get(RequestField.Method).SequenceEqual("POST"u8)) return Refuse("MethodNotAllowed");
        if (!TryGetToken(request, out ReadOnlySpan<byte> token)) return Refuse("BadPath");
        if (request.Duplicate) return Refuse("DuplicateHeaders");
        string? reason = CheckProvider(request, provider, now) ?? CheckHeaders(request, provider is not null) ?? CheckBody(request) ?? CheckToken(token);
        if (reason is not null) return Refuse(reason);
        return _unregistered.Count + _reasons.Count > 0 ? LookUp(Encoding.ASCII.GetString(token)) : Answer.Ok;
    }

    public static bool TryGetToken(EmulatorRequest request, out ReadOnlySpan<byte> token)
    {
        ReadOnlySpan<byte> path = request.Get(RequestField.Path);
        bool device = path.StartsWith("/3/device"u8) && (path.Length == 9 || path[9] == (byte)'/');
        token = device && path.Length > 10 ? path[10..] : default;
        return device && !token.Contains((byte)'/');
    }

    private static Answer Refuse(string reason) => new(StatusOfReason[reason], reason);

    private static string? CheckProvider(EmulatorRequest request, ProviderTokenVerifier? provider, DateTimeOffset now)
    {
        if (provider is null) return null;
        return request.Has(RequestField.Authorization) ? provider.Verify(request.Get(RequestField.Authorization), now) : "MissingProviderToken";
    }

    private string? CheckHeaders(EmulatorRequest request, bool topicRequired)
    {
        ReadOnlySpan<byte> topic = request.Get(RequestField.Topic);
        if (topic.IsEmpty && topicRequired) return "MissingTopic";
        if (topic.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return "BadTopic";
        if (_topics is not null && !topic.IsEmpty && !_topics.Contains(Encoding.ASCII.GetString(topic))) return "TopicDisallowed";

        ReadOnlySpan<byte> type = request.Get(RequestField.PushType);
        if (request.Has(RequestField.PushType) && !IsPushType(type)) return "InvalidPushType";

        ReadOnlySpan<byte> priority = request.Get(RequestField.Priority);
        bool known = priority.SequenceEqual("10"u8) || priority.SequenceEqual("5"u8) || priority.SequenceEqual("1"u8);
        if (request.Has(RequestField.Priority) && !known) return "BadPriority";
        if (type.SequenceEqual("background"u8) && !priority.SequenceEqual("5"u8)) return "BadPriority";

        if (request.Has(RequestField.Expiration) && !IsNumber(request.Get(RequestField.Expiration))) return "BadExpirationDate";
        if (request.Has(RequestField.Id) && !IsUuid(request.Get(RequestField.Id))) return "BadMessageId";
        return request.Get(RequestField.CollapseId).Length > MaxCollapseIdBytes ? "BadCollapseId" : null;
    }

    private static string? CheckBody(EmulatorRequest request)
    {
        if (request.BodyLength == 0) return "PayloadEmpty";
        int limit = request.Get(RequestField.PushType).SequenceEqual("voip"u8) ? 5120 : 4096;
        return request.BodyLength > limit ? "PayloadTooLarge" : null;
    }

    private static string? CheckToken(ReadOnlySpan<byte> token)
    {
        if (token.IsEmpty) return "MissingDeviceToken";
        bool hex = token.Length is >= 64 and <= 200 && (token.Length & 1) == 0 && !token.ContainsAnyExcept(HexDigits);
        return hex ? null : "BadDeviceToken";
    }

    private Answer LookUp(string token)
    {
        if (_unregistered.TryGetValue(token, out DateTimeOffset since)) return new Answer(410, "Unregistered", since.ToUnixTimeMilliseconds());
        if (!_reasons.TryGetValue(token, out string? reason)) return Answer.Ok;
        Answer answer = Refuse(reason);
        return answer.Status == 410 ? answer with { Timestamp = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds() } : answer;
    }

    private static bool IsPushType(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("alert"u8) || type.SequenceEqual("background"u8) || type.SequenceEqual("voip"u8)
        || type.SequenceEqual("complication"u8) || type.SequenceEqual("fileprovider"u8) || type.SequenceEqual("mdm"u8)
        || type.SequenceEqual("location"u8) || type.SequenceEqual("liveactivity"u8) || type.SequenceEqual("pushtotalk"u8)
        || type.SequenceEqual("controls"u8) || type.SequenceEqual("widgets"u8);

    private static bool IsNumber(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and < 19 && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static bool IsUuid(ReadOnlySpan<byte> value) =>
        value.Length == 36 && Utf8Parser.TryParse(value, out Guid _, out int used, 'D') && used == 36;

    private static Dictionary<string, int> Statuses()
    {
        (int Status, string Reasons)[] table =
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
        ];
        var statuses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((int status, string reasons) in table)
        {
            foreach (string reason in reasons.Split(' ')) statuses.Add(reason, status);
        }

        return statuses;
    }
}
