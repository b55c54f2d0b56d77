using System;
using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Apns.Emulator;

/// <summary>The rules of the hosts where channels are managed ("Sending channel management requests to APNs").</summary>
internal sealed class ChannelRules : IRequestRules
{
    /// <summary>The only push type a channel can be made for, as it is spelled here.</summary>
    public const string PushType = "LiveActivity";

    // Apple names no limit; a channel takes less than a hundred bytes.
    private const int BodyLimit = 4096;

    private const string PolicyKey = "message-storage-policy";
    private const string PushTypeKey = "push-type";

    // Base64 has a plus that need not be escaped.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly BroadcastApps _apps;
    private readonly ChannelTable _channels;
    private readonly PlannedAnswers _planned;

    public ChannelRules(BroadcastApps apps, ChannelTable channels, PlannedAnswers planned)
    {
        _apps = apps;
        _channels = channels;
        _planned = planned;
    }

    public AnswerKind Unread => AnswerKind.Management;

    private static ReadOnlySpan<byte> PathStart => "/1/apps/"u8;

    /// <summary>Whether the path is one of channel management's.</summary>
    public static bool Owns(ReadOnlySpan<byte> path) => path.StartsWith(PathStart);

    /// <summary>Whether it is the push type of channels. Apple spells it in two ways, its clients in a third: case does not count.</summary>
    public static bool IsPushType(string? text) => PushType.Equals(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is the same for broadcasts and channel management: the ids of request and channel.</summary>
    public static string? CheckIds(EmulatorRequest request, bool channelNeeded)
    {
        if (request.Has(RequestField.RequestId) && !FieldFormat.IsUuid(request.Get(RequestField.RequestId))) return "BadMessageId";
        if (!channelNeeded) return null;
        ReadOnlySpan<byte> channel = request.Get(RequestField.ChannelId);
        if (channel.IsEmpty) return "MissingChannelId";
        return FieldFormat.IsChannelId(channel) ? null : "BadChannelId";
    }

    public Answer Judge(EmulatorRequest request, Caller caller, DateTimeOffset now) =>
        Answer(request, caller, now) with { Kind = AnswerKind.Management };

    /// <summary>Takes /1/apps/bundle-id/channels and /1/apps/bundle-id/all-channels apart.</summary>
    private static bool TryRead(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> bundleId, out bool all)
    {
        ReadOnlySpan<byte> rest = Owns(path) ? path[PathStart.Length..] : default;
        int slash = Math.Max(0, rest.IndexOf((byte)'/'));
        bundleId = rest[..slash];
        all = rest[slash..].SequenceEqual("/all-channels"u8);
        return FieldFormat.IsTopic(bundleId) && (all || rest[slash..].SequenceEqual("/channels"u8));
    }

    private Answer Answer(EmulatorRequest request, Caller caller, DateTimeOffset now)
    {
        if (!TryRead(request.Get(RequestField.Path), out ReadOnlySpan<byte> bundleId, out bool all)) return Reasons.Refuse("BadPath");
        ReadOnlySpan<byte> method = request.Get(RequestField.Method);
        bool get = method.SequenceEqual("GET"u8);
        bool post = method.SequenceEqual("POST"u8) && !all;
        bool delete = method.SequenceEqual("DELETE"u8) && !all;
        if (!get && !post && !delete) return Reasons.Refuse("MethodNotAllowed");

        string? reason = (request.Duplicate ? "DuplicateHeaders" : null)
            ?? caller.Authenticate(request, now)
            ?? _apps.Check(bundleId, caller)
            ?? CheckIds(request, channelNeeded: !all && !post);
        if (reason is not null) return Reasons.Refuse(reason);

        string app = Encoding.ASCII.GetString(bundleId);
        string channel = Encoding.ASCII.GetString(request.Get(RequestField.ChannelId));
        if (all) return _planned.Next(app, now) ?? Found(json => WriteList(json, _channels.List(app)));
        if (post) return Create(request, app, now);
        if (_channels.Find(app, channel) is not { } policy) return Reasons.Refuse("ChannelNotRegistered");
        if (_planned.Next(app, now) is { } planned) return planned;
        if (get) return Found(json => WriteChannel(json, policy));
        return _channels.Delete(app, channel) ? new Answer(204) : Reasons.Refuse("ChannelNotRegistered");
    }

    private Answer Create(EmulatorRequest request, string app, DateTimeOffset now)
    {
        if (request.BodyLength == 0) return Reasons.Refuse("PayloadEmpty");
        if (request.BodyLength > BodyLimit) return Reasons.Refuse("PayloadTooLarge");
        MessageStoragePolicy policy = default;
        string? reason = JsonBody.Check(request.Body.WrittenSpan, channel => ReadPolicy(channel, out policy));
        if (reason is not null) return Reasons.Refuse(reason);
        if (_planned.Next(app, now) is { } planned) return planned;
        return _channels.Create(app, policy, now) is { } id ? new Answer(201) { ChannelId = id } : Reasons.Refuse("CannotCreateChannelConfig");
    }

    private static string? ReadPolicy(JsonElement channel, out MessageStoragePolicy policy)
    {
        policy = default;
        if (!channel.TryGetProperty(PushTypeKey, out JsonElement type)) return "MissingPushType";
        if (type.ValueKind != JsonValueKind.String || !IsPushType(type.GetString())) return "InvalidPushType";
        if (!channel.TryGetProperty(PolicyKey, out JsonElement value) || value.ValueKind != JsonValueKind.Number) return "BadRequestParams";
        if (!value.TryGetInt32(out int number) || number is not (0 or 1)) return "BadRequestParams";
        policy = (MessageStoragePolicy)number;
        return null;
    }

    private static Answer Found(Action<Utf8JsonWriter> write)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content, Plain))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new Answer(200) { Content = Encoding.UTF8.GetString(content.WrittenSpan) };
    }

    private static void WriteChannel(Utf8JsonWriter json, MessageStoragePolicy policy)
    {
        json.WriteNumber(PolicyKey, (int)policy);
        json.WriteString(PushTypeKey, PushType);
    }

    private static void WriteList(Utf8JsonWriter json, string[] ids)
    {
        json.WriteStartArray("channels");
        foreach (string id in ids) json.WriteStringValue(id);
        json.WriteEndArray();
    }
}
