using System;
using System.Text;
using System.Text.Json;

namespace Apns.Emulator;

/// <summary>Holds broadcasts against Apple's rules ("Sending broadcast push notification requests to APNs").</summary>
internal sealed class BroadcastRules
{
    private const int PayloadLimit = 5120;

    private readonly BroadcastApps _apps;
    private readonly ChannelTable _channels;
    private readonly PlannedAnswers _planned;

    public BroadcastRules(BroadcastApps apps, ChannelTable channels, PlannedAnswers planned)
    {
        _apps = apps;
        _channels = channels;
        _planned = planned;
    }

    private static ReadOnlySpan<byte> PathStart => "/4/broadcasts/apps/"u8;

    /// <summary>Takes the bundle id out of /4/broadcasts/apps/bundle-id.</summary>
    public static bool TryGetBundleId(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> bundleId)
    {
        bundleId = path.StartsWith(PathStart) ? path[PathStart.Length..] : default;
        return FieldFormat.IsTopic(bundleId) && !bundleId.Contains((byte)'/');
    }

    public Answer Judge(EmulatorRequest request, ReadOnlySpan<byte> bundleId, Caller caller, DateTimeOffset now)
    {
        string? reason = Check(request, bundleId, caller, now);
        Answer answer = reason is null ? Send(request, Encoding.ASCII.GetString(bundleId), now) : Reasons.Refuse(reason);
        return answer with { Kind = AnswerKind.Broadcast };
    }

    private string? Check(EmulatorRequest request, ReadOnlySpan<byte> bundleId, Caller caller, DateTimeOffset now) =>
        (request.Duplicate ? "DuplicateHeaders" : null)
        ?? caller.Authenticate(request, now)
        ?? _apps.Check(bundleId, caller)
        ?? ChannelRules.CheckIds(request, channelNeeded: true)
        ?? CheckHeaders(request)
        ?? CheckBody(request);

    private static string? CheckHeaders(EmulatorRequest request)
    {
        if (!request.Has(RequestField.PushType)) return "MissingPushType";
        if (!ChannelRules.IsPushType(Encoding.UTF8.GetString(request.Get(RequestField.PushType)))) return "InvalidPushType";

        // Both are required here, and have no reason of their own for their absence.
        if (!FieldFormat.IsPriority(request.Get(RequestField.Priority))) return "BadPriority";
        return FieldFormat.TryReadTime(request.Get(RequestField.Expiration), out _) ? null : "BadExpirationDate";
    }

    private static string? CheckBody(EmulatorRequest request)
    {
        if (request.BodyLength == 0) return "PayloadEmpty";
        if (request.BodyLength > PayloadLimit) return "PayloadTooLarge";
        return JsonBody.Check(request.Body.WrittenSpan, CheckEvent);
    }

    /// <summary>A broadcast updates or ends Live Activities; it cannot start any.</summary>
    private static string? CheckEvent(JsonElement payload)
    {
        bool right = payload.TryGetProperty("aps", out JsonElement aps) && aps.ValueKind == JsonValueKind.Object
            && aps.TryGetProperty("event", out JsonElement name) && name.ValueKind == JsonValueKind.String
            && name.GetString() is ("update" or "end");
        return right ? null : "BadRequestPayload";
    }

    private Answer Send(EmulatorRequest request, string bundleId, DateTimeOffset now)
    {
        if (_planned.Next(bundleId, now) is { } planned) return planned;
        string channelId = Encoding.ASCII.GetString(request.Get(RequestField.ChannelId));
        if (_channels.Find(bundleId, channelId) is not { } policy) return Reasons.Refuse("ChannelNotRegistered");

        // 0 means one attempt and nothing stored; a channel that stores nothing takes nothing else.
        bool stored = FieldFormat.TryReadTime(request.Get(RequestField.Expiration), out DateTimeOffset expires) && expires > DateTimeOffset.UnixEpoch;
        if (stored && policy == MessageStoragePolicy.None) return Reasons.Refuse("BadExpirationDate");
        if (stored) _channels.Store(bundleId, channelId, Encoding.UTF8.GetString(request.Body.WrittenSpan), expires, now);
        return Answer.Ok;
    }
}
