using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace Apns.Emulator;

/// <summary>
/// Apple's rules for what a payload says ("Generating a remote notification", "Starting and updating Live Activities
/// with ActivityKit push notifications"). APNs has no reasons for breaking them and passes such payloads on; it is the
/// device that makes nothing of them.
/// </summary>
internal static class PayloadRules
{
    private const string LiveActivity = "liveactivity";

    // Of milliseconds there are more already.
    private const double MaxSeconds = 1e11;

    private static readonly Rule Text = new("text", static value => value.ValueKind == JsonValueKind.String);
    private static readonly Rule Texts = new("a list of texts", static value => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsText));
    private static readonly Rule Number = new("a number", static value => value.ValueKind == JsonValueKind.Number);
    private static readonly Rule Share = new("a number from 0 to 1", static value => IsNumber(value, 0, 1));
    private static readonly Rule One = new("the number 1", static value => IsNumber(value, 1, 1));
    private static readonly Rule True = new("true", static value => value.ValueKind == JsonValueKind.True);
    private static readonly Rule Time = new("a time in Unix seconds", static value => IsNumber(value, 0, MaxSeconds));
    private static readonly Rule Dictionary = new("a dictionary", static value => value.ValueKind == JsonValueKind.Object);
    private static readonly Rule TextOrDictionary = new("text or a dictionary", static value => IsText(value) || Dictionary.Fits(value));

    private static readonly Dictionary<string, Rule> ApsKeys = new()
    {
        ["alert"] = TextOrDictionary,
        ["badge"] = Number,
        ["sound"] = TextOrDictionary,
        ["thread-id"] = Text,
        ["category"] = Text,
        ["content-available"] = One,
        ["mutable-content"] = One,
        ["target-content-id"] = Text,
        ["interruption-level"] = OneOf("passive", "active", "time-sensitive", "critical"),
        ["relevance-score"] = Share,
        ["filter-criteria"] = Text,
        ["stale-date"] = Time,
        ["timestamp"] = Time,
        ["dismissal-date"] = Time,
        ["event"] = OneOf("start", "update", "end"),
        ["content-state"] = Dictionary,
        ["attributes"] = Dictionary,
        ["attributes-type"] = Text,
        ["input-push-channel"] = Text,
        ["input-push-token"] = One,
        ["content-changed"] = True,
        ["url-args"] = Texts,
        ["summary-arg"] = Text,
        ["summary-arg-count"] = Number,
    };

    private static readonly Dictionary<string, Rule> AlertKeys = new()
    {
        ["title"] = Text,
        ["subtitle"] = Text,
        ["body"] = Text,
        ["launch-image"] = Text,
        ["title-loc-key"] = Text,
        ["title-loc-args"] = Texts,
        ["subtitle-loc-key"] = Text,
        ["subtitle-loc-args"] = Texts,
        ["loc-key"] = Text,
        ["loc-args"] = Texts,
        ["action"] = Text,
        ["action-loc-key"] = Text,
        ["summary-arg"] = Text,
        ["summary-arg-count"] = Number,
    };

    private static readonly Dictionary<string, Rule> SoundKeys = new()
    {
        ["critical"] = new("0 or 1", static value => IsNumber(value, 0, 0) || IsNumber(value, 1, 1)),
        ["name"] = Text,
        ["volume"] = Share,
    };

    // In a Live Activity's alert, a text may be a dictionary with loc-key and loc-args, and the sound is in the alert.
    private static readonly Dictionary<string, Rule> LiveAlertKeys = new(AlertKeys) { ["title"] = TextOrDictionary, ["body"] = TextOrDictionary, ["sound"] = TextOrDictionary };

    private static readonly Dictionary<string, Rule> LiveApsKeys = new(ApsKeys) { ["relevance-score"] = Number };

    /// <summary>What is wrong with the payload of a push of this type, in words.</summary>
    /// <param name="payload">JSON, or what should be.</param>
    /// <param name="type">The push type's name, in any case.</param>
    public static IReadOnlyList<string> Check(string payload, string type)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = JsonBody.MaxDepth });
            return Dictionary.Fits(document.RootElement) ? [.. Problems(document.RootElement, type.ToLowerInvariant())] : ["The payload is not a JSON object."];
        }
        catch (JsonException)
        {
            return ["The payload is not JSON."];
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, escaped.
            return ["The payload holds a text with half a character."];
        }
    }

    private static IEnumerable<string> Problems(JsonElement payload, string type)
    {
        bool hasAps = payload.TryGetProperty("aps", out JsonElement aps);
        if (type == "mdm")
        {
            if (!payload.TryGetProperty("mdm", out JsonElement magic) || !IsText(magic)) yield return "mdm, the PushMagic, is missing.";
            if (hasAps) yield return "aps does not belong to mdm.";
            yield break;
        }

        if (!hasAps)
        {
            if (type is "background" or LiveActivity or "controls" or "widgets") yield return "aps is missing.";
            yield break;
        }

        if (!Dictionary.Fits(aps))
        {
            yield return "aps is not a dictionary.";
            yield break;
        }

        bool live = type == LiveActivity;
        foreach (string problem in CheckKeys("aps", aps, live ? LiveApsKeys : ApsKeys)) yield return problem;
        if (aps.TryGetProperty("alert", out JsonElement alert))
        {
            foreach (string problem in CheckKeys("aps.alert", alert, live ? LiveAlertKeys : AlertKeys)) yield return problem;
        }

        if (aps.TryGetProperty("sound", out JsonElement sound))
        {
            foreach (string problem in CheckKeys("aps.sound", sound, SoundKeys)) yield return problem;
        }

        foreach (string problem in CheckType(aps, type)) yield return problem;
    }

    private static IEnumerable<string> CheckKeys(string name, JsonElement dictionary, Dictionary<string, Rule> keys)
    {
        if (!Dictionary.Fits(dictionary)) yield break;
        foreach (JsonProperty entry in dictionary.EnumerateObject())
        {
            if (!keys.TryGetValue(entry.Name, out Rule? rule)) yield return $"{name}.{entry.Name} is not a key of Apple's; an app's own keys go beside aps.";
            else if (!rule.Fits(entry.Value)) yield return $"{name}.{entry.Name} is not {rule.Expected}.";
        }
    }

    private static IEnumerable<string> CheckType(JsonElement aps, string type)
    {
        bool visible = Has(aps, "alert") || Has(aps, "sound") || Has(aps, "badge");
        switch (type)
        {
            case "alert" when !visible:
                yield return "An alert has alert, sound or badge.";
                break;
            case "background":
                if (!Has(aps, "content-available")) yield return "A background push has content-available.";
                if (visible) yield return "A background push has no alert, sound or badge.";
                break;
            case "controls" or "widgets" when !Has(aps, "content-changed"):
                yield return $"A push of type {type} has content-changed.";
                break;
            case LiveActivity:
                foreach (string problem in CheckActivity(aps)) yield return problem;
                break;
            default:
                break;
        }
    }

    private static IEnumerable<string> CheckActivity(JsonElement aps)
    {
        string[] always = ["timestamp", "event"];
        string[] atStart = ["alert", "attributes-type", "attributes", "content-state"];
        bool start = aps.TryGetProperty("event", out JsonElement name) && IsText(name) && name.GetString() == "start";
        foreach (string key in start ? [.. always, .. atStart] : always)
        {
            if (!Has(aps, key)) yield return $"{key} is missing.";
        }

        bool channel = Has(aps, "input-push-channel");
        bool token = Has(aps, "input-push-token");
        if (channel && token) yield return "input-push-channel and input-push-token exclude each other.";
        if (!start && (channel || token)) yield return "input-push-channel and input-push-token go with the event start only.";
    }

    private static Rule OneOf(params string[] texts) => new($"one of {string.Join(", ", texts)}", value => IsText(value) && texts.Contains(value.GetString()));

    private static bool Has(JsonElement dictionary, string key) => dictionary.TryGetProperty(key, out _);

    private static bool IsText(JsonElement value) => Text.Fits(value);

    private static bool IsNumber(JsonElement value, double least, double most) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() >= least && value.GetDouble() <= most;

    private sealed record Rule(string Expected, Func<JsonElement, bool> Fits);
}
