using System;
using System.Buffers;
using System.Text;

namespace Apns.Emulator;

/// <summary>
/// Holds pushes to devices against Apple's rules ("Sending notification requests to APNs", "Handling notification
/// responses from APNs"). Allocates nothing for a request that is right: this emulator is measured against.
/// </summary>
internal sealed class DeviceRules
{
    private const int MaxCollapseIdBytes = 64;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private readonly TopicList? _topics;
    private readonly PlannedAnswers _planned;

    public DeviceRules(TopicList? topics, PlannedAnswers planned)
    {
        _topics = topics;
        _planned = planned;
    }

    public Answer Judge(EmulatorRequest request, Caller caller, DateTimeOffset now)
    {
        if (!TryGetToken(request.Get(RequestField.Path), out ReadOnlySpan<byte> token)) return Reasons.Refuse("BadPath");
        if (request.Duplicate) return Reasons.Refuse("DuplicateHeaders");
        string? reason = caller.Authenticate(request, now) ?? CheckTopic(request, caller, out PushType type)
            ?? CheckHeaders(request, type) ?? CheckBody(request, type, caller) ?? CheckToken(token);
        if (reason is not null) return Reasons.Refuse(reason);
        return (_planned.Any ? _planned.Next(Encoding.ASCII.GetString(token), now) : null) ?? Answer.Ok;
    }

    /// <summary>Takes the token out of /3/device/token; it may be missing.</summary>
    public static bool TryGetToken(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> token)
    {
        bool device = path.StartsWith("/3/device"u8) && (path.Length == 9 || path[9] == (byte)'/');
        token = device && path.Length > 10 ? path[10..] : default;
        return device && !token.Contains((byte)'/');
    }

    /// <summary>
    /// Looks at topic and type together. Without apns-push-type the topic's suffix tells the type. Apple documents no
    /// reason for a topic that is not its type's; TopicDisallowed is what people report who forgot the suffix.
    /// </summary>
    private string? CheckTopic(EmulatorRequest request, Caller caller, out PushType type)
    {
        type = PushType.Alert;
        ReadOnlySpan<byte> topic = request.Get(RequestField.Topic);
        if (topic.IsEmpty) topic = caller.DefaultTopic;
        if (topic.IsEmpty && caller.MustNameTopic) return "MissingTopic";
        if (!topic.IsEmpty && !FieldFormat.IsTopic(topic)) return "BadTopic";

        PushType ofTopic = PushType.OfTopic(topic);
        PushType? declared = PushType.Find(request.Get(RequestField.PushType));
        if (declared is null && request.Has(RequestField.PushType)) return "InvalidPushType";
        type = declared ?? ofTopic;

        // A certificate lists the topics that it is good for, and none of a type that takes a key.
        if (type.KeyOnly && caller.HasCertificate) return "TopicDisallowed";
        if (topic.IsEmpty) return null;
        bool allowed = type.Fits(ofTopic) && caller.MayPushTo(topic) && (_topics is null || _topics.Allows(topic));
        return allowed ? null : "TopicDisallowed";
    }

    private static string? CheckHeaders(EmulatorRequest request, PushType type)
    {
        ReadOnlySpan<byte> priority = request.Get(RequestField.Priority);
        if (request.Has(RequestField.Priority) && !FieldFormat.IsPriority(priority)) return "BadPriority";
        if (type.OnlyPriority5 && !priority.SequenceEqual("5"u8)) return "BadPriority";
        if (request.Has(RequestField.Expiration) && !FieldFormat.TryReadTime(request.Get(RequestField.Expiration), out _)) return "BadExpirationDate";
        if (request.Has(RequestField.Id) && !FieldFormat.IsUuid(request.Get(RequestField.Id))) return "BadMessageId";
        return request.Get(RequestField.CollapseId).Length > MaxCollapseIdBytes ? "BadCollapseId" : null;
    }

    /// <summary>
    /// A body has to be a JSON object. Apple documents no reason for one that is not; of those it has, PayloadEmpty
    /// comes nearest: there is nothing in it that could be delivered.
    /// </summary>
    private static string? CheckBody(EmulatorRequest request, PushType type, Caller caller)
    {
        if (request.BodyLength == 0) return "PayloadEmpty";
        if (request.BodyLength > type.PayloadLimit) return "PayloadTooLarge";
        return caller.IsJsonObject(request.Body.WrittenSpan) ? null : "PayloadEmpty";
    }

    private static string? CheckToken(ReadOnlySpan<byte> token)
    {
        if (token.IsEmpty) return "MissingDeviceToken";
        bool hex = token.Length is >= 64 and <= 200 && (token.Length & 1) == 0 && !token.ContainsAnyExcept(HexDigits);
        return hex ? null : "BadDeviceToken";
    }
}
