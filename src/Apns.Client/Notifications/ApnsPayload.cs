using System;
using System.Buffers;
using System.Collections;
using System.Collections.Generic;
using System.Text.Json;

namespace Apns.Client;

/// <summary>
/// The parts of a payload, by the names of Apple's "Generating a remote notification" and "Starting and updating Live
/// Activities with ActivityKit push notifications". Parts left null are left out: a badge of 0 is sent, and clears the
/// badge. Dates are written in Unix seconds.
/// </summary>
public sealed record ApnsPayload
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JsonTextEncoder.Instance };

    /// <summary>The alert's text: alone it is sent as a plain string, beside other parts of the alert as its body.</summary>
    public string? Alert { get; init; }

    /// <summary>The alert's body, as part of a dictionary even when it is alone; takes the place of <see cref="Alert"/>.</summary>
    public string? Body { get; init; }

    /// <summary>The alert's title.</summary>
    public string? Title { get; init; }

    /// <summary>The alert's subtitle.</summary>
    public string? Subtitle { get; init; }

    /// <summary>title-loc-key: names the title in the app's Localizable.strings.</summary>
    public string? TitleLocKey { get; init; }

    /// <summary>title-loc-args: what takes the places of %@ in it.</summary>
    public IReadOnlyList<string>? TitleLocArgs { get; init; }

    /// <summary>subtitle-loc-key: names the subtitle in the app's Localizable.strings.</summary>
    public string? SubtitleLocKey { get; init; }

    /// <summary>subtitle-loc-args: what takes the places of %@ in it.</summary>
    public IReadOnlyList<string>? SubtitleLocArgs { get; init; }

    /// <summary>loc-key: names the body in the app's Localizable.strings.</summary>
    public string? LocKey { get; init; }

    /// <summary>loc-args: what takes the places of %@ in it.</summary>
    public IReadOnlyList<string>? LocArgs { get; init; }

    /// <summary>launch-image: shown while the app starts.</summary>
    public string? LaunchImage { get; init; }

    /// <summary>action: the label of the button of a Safari website push.</summary>
    public string? Action { get; init; }

    /// <summary>action-loc-key: names that label in the app's Localizable.strings.</summary>
    public string? ActionLocKey { get; init; }

    /// <summary>summary-arg; without effect since iOS 15.</summary>
    public string? SummaryArg { get; init; }

    /// <summary>summary-arg-count; without effect since iOS 15.</summary>
    public int? SummaryArgCount { get; init; }

    /// <summary>The number on the app's icon; 0 clears it.</summary>
    public int? Badge { get; init; }

    /// <summary>The sound's file name, or <c>default</c>.</summary>
    public string? Sound { get; init; }

    /// <summary>A critical alert's sound, which plays through the mute switch; the app needs an entitlement.</summary>
    public bool Critical { get; init; }

    /// <summary>A critical sound's volume, 0 to 1.</summary>
    public double? Volume { get; init; }

    /// <summary>thread-id: groups related notifications.</summary>
    public string? ThreadId { get; init; }

    /// <summary>category: one that the app has registered.</summary>
    public string? Category { get; init; }

    /// <summary>content-available: wakes the app in the background.</summary>
    public bool ContentAvailable { get; init; }

    /// <summary>mutable-content: lets the app's service extension change the notification.</summary>
    public bool MutableContent { get; init; }

    /// <summary>target-content-id: the window to bring forward.</summary>
    public string? TargetContentId { get; init; }

    /// <summary>interruption-level.</summary>
    public ApnsInterruptionLevel? InterruptionLevel { get; init; }

    /// <summary>relevance-score: the order in the summary, 0 to 1; for Live Activities any number.</summary>
    public double? RelevanceScore { get; init; }

    /// <summary>filter-criteria: what a Focus filter sees.</summary>
    public string? FilterCriteria { get; init; }

    /// <summary>url-args: for a Safari website push.</summary>
    public IReadOnlyList<string>? UrlArgs { get; init; }

    /// <summary>content-changed: reloads controls or widgets; always set for those push types.</summary>
    public bool ContentChanged { get; init; }

    /// <summary>event of a Live Activity.</summary>
    public ApnsActivityEvent? Event { get; init; }

    /// <summary>timestamp of a Live Activity's push: the latest wins. Null means the time of writing, where there is an <see cref="Event"/>.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>content-state: the Live Activity's content, as its Swift type decodes it.</summary>
    public IDictionary? ContentState { get; init; }

    /// <summary>attributes-type: the Swift type of the attributes, with a start.</summary>
    public string? AttributesType { get; init; }

    /// <summary>attributes: what never changes in the Live Activity, with a start.</summary>
    public IDictionary? Attributes { get; init; }

    /// <summary>stale-date: when the Live Activity counts as out of date.</summary>
    public DateTimeOffset? StaleDate { get; init; }

    /// <summary>dismissal-date: when an ended Live Activity leaves the screen; in the past means now.</summary>
    public DateTimeOffset? DismissalDate { get; init; }

    /// <summary>input-push-channel (iOS 18): the channel whose broadcasts update the activity that this starts.</summary>
    public string? InputPushChannel { get; init; }

    /// <summary>input-push-token (iOS 18): asks the activity that this starts for a push token.</summary>
    public bool InputPushToken { get; init; }

    /// <summary>An MDM push's magic text; the payload then holds nothing else.</summary>
    public string? PushMagic { get; init; }

    /// <summary>The app's own keys, beside <c>aps</c>: dictionaries, lists and plain values of any depth.</summary>
    public IDictionary? Data { get; init; }

    /// <summary>The push type that the parts leave no doubt about; Alert where they do.</summary>
    public ApnsPushType SuggestedPushType =>
        PushMagic is not null ? ApnsPushType.Mdm
        : Event is not null ? ApnsPushType.LiveActivity
        : ContentAvailable && !Shows ? ApnsPushType.Background
        : ApnsPushType.Alert;

    /// <summary>Whether the user notices anything.</summary>
    internal bool Shows => HasAlert || HasSound || Badge is not null;

    /// <summary>Whether anything of an alert is set.</summary>
    internal bool HasAlert => (Alert ?? Body ?? Title ?? Subtitle ?? TitleLocKey ?? SubtitleLocKey ?? LocKey ?? LaunchImage ?? Action ?? ActionLocKey ?? SummaryArg) is not null
        || SummaryArgCount is not null;

    /// <summary>Whether a sound is set.</summary>
    internal bool HasSound => Sound is not null || Critical || Volume is not null;

    /// <summary>Writes the payload as JSON in UTF-8, without spaces.</summary>
    /// <returns>The bytes for <see cref="ApnsNotification.Payload"/>.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: the data cannot be written, or holds a key <c>aps</c>.</exception>
    public byte[] ToUtf8Json() => Write(ApsWriter.IsActivity(this));

    /// <summary>Checks the payload against Apple's rules for a push type, and writes it as <see cref="ToUtf8Json()"/> does.</summary>
    /// <param name="type">
    /// The push type. What a type always has is added: content-available for background, content-changed for controls
    /// and widgets.
    /// </param>
    /// <param name="truncate">Whether to shorten the alert's text until the payload fits the type's limit.</param>
    /// <returns>The bytes for <see cref="ApnsNotification.Payload"/>.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which rule it breaks.</exception>
    public byte[] ToUtf8Json(ApnsPushType type, bool truncate = false) => ToUtf8Json(type, PushTypeRules.For(type).PayloadLimit, truncate);

    /// <summary>Writes a whole payload, <c>aps</c> included, as JSON in UTF-8, without spaces.</summary>
    /// <param name="payload">Dictionaries, lists and plain values of any depth.</param>
    /// <returns>The bytes for <see cref="ApnsNotification.Payload"/>.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: something in it cannot be written as JSON.</exception>
    public static byte[] ToUtf8Json(IDictionary payload)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options)) JsonValues.Write(json, payload);
        return buffer.WrittenSpan.ToArray();
    }

    internal byte[] ToUtf8Json(ApnsPushType type, int limit, bool truncate)
    {
        ApnsPayload payload = PayloadRules.Complete(this, type);
        byte[] written = payload.Write(type == ApnsPushType.LiveActivity, leaveOutEmptyAps: type == ApnsPushType.FileProvider);
        return truncate && written.Length > limit ? AlertTruncation.Shorten(payload, type, written, limit) : written;
    }

    internal byte[] Write(bool activity, bool leaveOutEmptyAps = false)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (PushMagic is not null) json.WriteString("mdm", PushMagic);
            else ApsWriter.Write(json, this, activity, leaveOutEmptyAps);
            if (Data is not null) WriteData(json, Data);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteData(Utf8JsonWriter json, IDictionary data)
    {
        foreach (DictionaryEntry entry in data)
        {
            string name = JsonValues.KeyOf(entry);
            if (name == "aps") throw new ApnsException(ApnsErrorKind.InvalidNotification, "The data holds a key 'aps', which belongs to Apple; give the whole payload instead.");
            json.WritePropertyName(name);
            JsonValues.Write(json, entry.Value);
        }
    }
}
