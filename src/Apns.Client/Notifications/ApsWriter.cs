using System;
using System.Collections;
using System.Collections.Generic;
using System.Text.Json;

namespace Apns.Client;

/// <summary>Writes the dictionary <c>aps</c>.</summary>
internal static class ApsWriter
{
    /// <summary>Whether a payload is a Live Activity's.</summary>
    public static bool IsActivity(ApnsPayload payload) => payload.Event is not null;

    public static void Write(Utf8JsonWriter json, ApnsPayload payload, bool activity, bool leaveOutIfEmpty)
    {
        if (leaveOutIfEmpty && IsEmpty(payload)) return;
        json.WriteStartObject("aps");
        if (activity) WriteActivity(json, payload);
        WriteAlert(json, payload, activity);
        if (payload.Badge is { } badge) json.WriteNumber("badge", badge);

        // A Live Activity's sound belongs to its alert.
        if (!activity) WriteSound(json, payload);
        WriteText(json, "thread-id", payload.ThreadId);
        WriteText(json, "category", payload.Category);
        WriteFlag(json, "content-available", payload.ContentAvailable);
        WriteFlag(json, "mutable-content", payload.MutableContent);
        WriteText(json, "target-content-id", payload.TargetContentId);
        if (payload.InterruptionLevel is { } level) json.WriteString("interruption-level", WireName(level));
        if (payload.RelevanceScore is { } score) json.WriteNumber("relevance-score", score);
        WriteText(json, "filter-criteria", payload.FilterCriteria);
        WriteTexts(json, "url-args", payload.UrlArgs);
        if (payload.ContentChanged) json.WriteBoolean("content-changed", true);
        json.WriteEndObject();
    }

    private static string WireName(ApnsInterruptionLevel level) =>
        level == ApnsInterruptionLevel.TimeSensitive ? "time-sensitive" : level.ToString().ToLowerInvariant();

    private static bool IsEmpty(ApnsPayload payload) => payload with { Data = null, Timestamp = null } == new ApnsPayload();

    private static void WriteActivity(Utf8JsonWriter json, ApnsPayload payload)
    {
        json.WriteNumber("timestamp", (payload.Timestamp ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds());
        if (payload.Event is { } happens) json.WriteString("event", happens.ToString().ToLowerInvariant());
        WriteMap(json, "content-state", payload.ContentState);
        WriteText(json, "attributes-type", payload.AttributesType);
        WriteMap(json, "attributes", payload.Attributes);
        WriteDate(json, "stale-date", payload.StaleDate);
        WriteDate(json, "dismissal-date", payload.DismissalDate);
        WriteText(json, "input-push-channel", payload.InputPushChannel);
        WriteFlag(json, "input-push-token", payload.InputPushToken);
    }

    private static void WriteAlert(Utf8JsonWriter json, ApnsPayload payload, bool activity)
    {
        if (!payload.HasAlert) return;
        bool onlyText = payload.Alert is not null && !activity && payload with { Alert = null } is { HasAlert: false };
        if (onlyText)
        {
            json.WriteString("alert", payload.Alert);
            return;
        }

        json.WriteStartObject("alert");
        WriteText(json, "title", payload.Title);
        WriteText(json, "subtitle", payload.Subtitle);
        WriteText(json, "body", payload.Body ?? payload.Alert);
        WriteText(json, "launch-image", payload.LaunchImage);
        WriteLocalized(json, activity, "title", "title-loc-key", payload.TitleLocKey, "title-loc-args", payload.TitleLocArgs);
        WriteLocalized(json, activity, "subtitle", "subtitle-loc-key", payload.SubtitleLocKey, "subtitle-loc-args", payload.SubtitleLocArgs);
        WriteLocalized(json, activity, "body", "loc-key", payload.LocKey, "loc-args", payload.LocArgs);
        WriteText(json, "action", payload.Action);
        WriteText(json, "action-loc-key", payload.ActionLocKey);
        WriteText(json, "summary-arg", payload.SummaryArg);
        if (payload.SummaryArgCount is { } count) json.WriteNumber("summary-arg-count", count);
        if (activity) WriteSound(json, payload);
        json.WriteEndObject();
    }

    /// <summary>In a Live Activity's alert the text itself is a dictionary of key and arguments.</summary>
    private static void WriteLocalized(
        Utf8JsonWriter json, bool activity, string text, string keyName, string? key, string argsName, IReadOnlyList<string>? args)
    {
        if (key is null) return;
        if (activity)
        {
            json.WriteStartObject(text);
            json.WriteString("loc-key", key);
            WriteTexts(json, "loc-args", args);
            json.WriteEndObject();
            return;
        }

        json.WriteString(keyName, key);
        WriteTexts(json, argsName, args);
    }

    private static void WriteSound(Utf8JsonWriter json, ApnsPayload payload)
    {
        if (!payload.HasSound) return;
        if (!payload.Critical && payload.Volume is null)
        {
            json.WriteString("sound", payload.Sound);
            return;
        }

        json.WriteStartObject("sound");
        WriteFlag(json, "critical", payload.Critical);
        json.WriteString("name", payload.Sound ?? "default");
        if (payload.Volume is { } volume) json.WriteNumber("volume", volume);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool value)
    {
        if (value) json.WriteNumber(name, 1);
    }

    private static void WriteDate(Utf8JsonWriter json, string name, DateTimeOffset? date)
    {
        if (date is { } value) json.WriteNumber(name, value.ToUnixTimeSeconds());
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string>? texts)
    {
        if (texts is null) return;
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IDictionary? map)
    {
        if (map is null) return;
        json.WritePropertyName(name);
        JsonValues.Write(json, map);
    }
}
