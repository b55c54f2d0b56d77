using System.Globalization;

namespace Apns.Client;

/// <summary>
/// What Apple says a payload of each push type must and must not hold. Checked where a payload is made of its parts; one
/// that is given whole goes out as it is.
/// </summary>
internal static class PayloadRules
{
    /// <summary>Checks the parts, and adds what the push type always has.</summary>
    public static ApnsPayload Complete(ApnsPayload payload, ApnsPushType type)
    {
        CheckText(payload);
        CheckNumbers(payload, type);
        CheckActivity(payload, type);
        CheckMdm(payload, type);
        switch (type)
        {
            case ApnsPushType.Background:
                if (payload.Shows) throw Invalid("A background notification shows nothing: leave out alert, badge and sound, or choose the push type Alert.");
                return payload with { ContentAvailable = true };
            case ApnsPushType.Controls or ApnsPushType.Widgets:
                return payload with { ContentChanged = true };
            default:
                if (payload.ContentChanged) throw Invalid("content-changed belongs to the push types Controls and Widgets.");
                return payload;
        }
    }

    private static void CheckText(ApnsPayload payload)
    {
        if (payload.Alert is not null && payload.Body is not null) throw Invalid("Alert and Body are the same text in two forms. Give one of them.");
        CheckArgs(payload.TitleLocArgs is not null, payload.TitleLocKey, "title-loc-args", "title-loc-key");
        CheckArgs(payload.SubtitleLocArgs is not null, payload.SubtitleLocKey, "subtitle-loc-args", "subtitle-loc-key");
        CheckArgs(payload.LocArgs is not null, payload.LocKey, "loc-args", "loc-key");
    }

    private static void CheckArgs(bool hasArgs, string? key, string argsName, string keyName)
    {
        if (hasArgs && key is null) throw Invalid($"{argsName} are the arguments of {keyName}, which is missing.");
    }

    private static void CheckNumbers(ApnsPayload payload, ApnsPushType type)
    {
        if (payload.Badge < 0) throw Invalid(string.Create(CultureInfo.InvariantCulture, $"The badge is {payload.Badge}; it takes 0 or more."));
        if (payload.SummaryArgCount < 1) throw Invalid(string.Create(CultureInfo.InvariantCulture, $"The summary-arg-count is {payload.SummaryArgCount}; it takes 1 or more."));
        if (payload.Volume is { } volume && !(volume is >= 0 and <= 1)) throw Invalid(string.Create(CultureInfo.InvariantCulture, $"The volume is {volume}; it goes from 0 to 1."));
        if (payload.Volume is not null && !payload.Critical) throw Invalid("A volume belongs to a critical sound; set Critical too.");
        bool anyScore = type == ApnsPushType.LiveActivity;
        if (payload.RelevanceScore is { } score && (!double.IsFinite(score) || (!anyScore && score is < 0 or > 1)))
        {
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"The relevance-score is {score}; it goes from 0 to 1 (for Live Activities it may be any number)."));
        }
    }

    /// <summary>Apple, "Starting and updating Live Activities with ActivityKit push notifications".</summary>
    private static void CheckActivity(ApnsPayload payload, ApnsPushType type)
    {
        if (type != ApnsPushType.LiveActivity)
        {
            string? stray = ActivityPart(payload);
            if (stray is not null) throw Invalid($"{stray} belongs to Live Activities; choose the push type LiveActivity.");
            return;
        }

        if (payload.Event is not { } happens) throw Invalid("A Live Activity's push needs an event: Start, Update or End.");
        CheckOneText(payload.Title, payload.TitleLocKey, "title");
        if (payload.SubtitleLocKey is not null) throw Invalid("In a Live Activity the alert's subtitle is text: only its title and body may be keys of the app's Localizable.strings.");
        CheckOneText(payload.Body ?? payload.Alert, payload.LocKey, "body");
        if (payload.HasSound && !payload.HasAlert) throw Invalid("A Live Activity's sound is part of its alert, which is missing.");
        if (happens == ApnsActivityEvent.Start) CheckStart(payload);
        else CheckRunning(payload, happens);
    }

    /// <summary>In a Live Activity's alert both would have the same name.</summary>
    private static void CheckOneText(string? text, string? key, string name)
    {
        if (text is not null && key is not null) throw Invalid($"In a Live Activity the alert's {name} is either text or a key of the app's Localizable.strings. Give one of them.");
    }

    private static void CheckStart(ApnsPayload payload)
    {
        string? missing = !payload.HasAlert ? "an alert"
            : string.IsNullOrEmpty(payload.AttributesType) ? "attributes-type"
            : payload.Attributes is null ? "attributes"
            : payload.ContentState is null ? "content-state"
            : null;
        if (missing is not null) throw Invalid($"The start of a Live Activity needs {missing}.");
        if (payload.InputPushChannel is not null && payload.InputPushToken) throw Invalid("input-push-channel and input-push-token exclude each other: the activity is updated by broadcasts or by its own token.");
        if (payload.DismissalDate is not null) throw Invalid("dismissal-date belongs to the end of a Live Activity.");
    }

    private static void CheckRunning(ApnsPayload payload, ApnsActivityEvent happens)
    {
        string? stray = payload.AttributesType is not null ? "attributes-type"
            : payload.Attributes is not null ? "attributes"
            : payload.InputPushChannel is not null ? "input-push-channel"
            : payload.InputPushToken ? "input-push-token"
            : null;
        if (stray is not null) throw Invalid($"{stray} belongs to the start of a Live Activity.");
        if (happens == ApnsActivityEvent.Update && payload.ContentState is null) throw Invalid("The update of a Live Activity needs content-state.");
        if (happens == ApnsActivityEvent.Update && payload.DismissalDate is not null) throw Invalid("dismissal-date belongs to the end of a Live Activity.");
    }

    private static string? ActivityPart(ApnsPayload payload) =>
        payload.Event is not null ? "event"
        : payload.Timestamp is not null ? "timestamp"
        : payload.ContentState is not null ? "content-state"
        : payload.AttributesType is not null ? "attributes-type"
        : payload.Attributes is not null ? "attributes"
        : payload.StaleDate is not null ? "stale-date"
        : payload.DismissalDate is not null ? "dismissal-date"
        : payload.InputPushChannel is not null ? "input-push-channel"
        : payload.InputPushToken ? "input-push-token"
        : null;

    private static void CheckMdm(ApnsPayload payload, ApnsPushType type)
    {
        if (type != ApnsPushType.Mdm)
        {
            if (payload.PushMagic is not null) throw Invalid("A push magic belongs to the push type Mdm.");
            return;
        }

        if (string.IsNullOrEmpty(payload.PushMagic)) throw Invalid("An MDM push needs the device's push magic.");
        if (payload with { PushMagic = null } != new ApnsPayload()) throw Invalid("An MDM push holds the push magic and nothing else.");
    }

    private static ApnsException Invalid(string what) => new(ApnsErrorKind.InvalidNotification, what);
}
