using System;
using System.Collections;
using System.Collections.Generic;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>The values of one notification by parameter name, and what they make.</summary>
internal sealed class NotificationValues
{
    private readonly Dictionary<string, object> _values;

    public NotificationValues(NotificationValues? others = null)
    {
        _values = others is null ? new(StringComparer.OrdinalIgnoreCase) : new(others._values, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether anything says what to send.</summary>
    public bool HasContent => _values.ContainsKey("Payload") || _values.ContainsKey("Notification") || PayloadPart is not null;

    /// <summary>The topic that they name, themselves or with the notification they hold.</summary>
    public string? Topic => Reference<string>("Topic") ?? Reference<ApnsNotification>("Notification")?.Topic;

    /// <summary>apns-id, where one was given.</summary>
    public Guid? ApnsId => Value<Guid>("ApnsId");

    /// <summary>The app of a broadcast, where one was given.</summary>
    public string? BundleId => Reference<string>("BundleId");

    private string? PayloadPart
    {
        get
        {
            foreach (string name in _values.Keys)
            {
                if (NotificationParameter.IsPart(name)) return name;
            }

            return null;
        }
    }

    /// <summary>Whether the input has a notification as text, as exported results do: nothing that could be sent.</summary>
    public bool HasExportedNotification { get; set; }

    /// <summary>Sets a value; null takes it away, and so does false, since a switch that is off says nothing.</summary>
    public void Set(string parameter, object? value)
    {
        if (value is null or false) _values.Remove(parameter);
        else _values[parameter] = value;
    }

    /// <summary>Whether both make the same notification.</summary>
    public bool Equal(NotificationValues other)
    {
        if (_values.Count != other._values.Count || HasExportedNotification != other.HasExportedNotification) return false;
        foreach ((string name, object value) in _values)
        {
            if (!other._values.TryGetValue(name, out object? its) || !value.Equals(its)) return false;
        }

        return true;
    }

    /// <summary>Makes the notification.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which rule it breaks.</exception>
    public ApnsNotification ToNotification()
    {
        if (Reference<ApnsNotification>("Notification") is { } whole) return WithHeaders(whole);
        ApnsPushType type = Value<ApnsPushType>("PushType") ?? ToPayload().SuggestedPushType;
        if (Reference<byte[]>("Payload") is { } payload)
        {
            RefusePartsBeside("payload");
            return WithHeaders(new ApnsNotification { Payload = payload, PushType = type });
        }

        bool nothing = type == ApnsPushType.Alert && PayloadPart is null;
        if (nothing) throw Nothing();
        return WithHeaders(new ApnsNotification { Payload = ToPayload().ToUtf8Json(type, Flag("Truncate")), PushType = type });
    }

    /// <summary>Makes the broadcast for a channel.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which rule it breaks.</exception>
    public ApnsBroadcast ToBroadcast(string bundleId)
    {
        byte[]? payload = Reference<byte[]>("Payload");
        if (payload is not null) RefusePartsBeside("payload");
        var broadcast = new ApnsBroadcast { BundleId = bundleId, Payload = payload ?? ApnsBroadcast.ToUtf8Json(ToPayload(), Flag("Truncate")) };
        if (Value<int>("Priority") is { } priority) broadcast = broadcast with { Priority = priority };
        if (Value<DateTimeOffset>("Expiration") is { } expiration) broadcast = broadcast with { Expiration = expiration };
        return Reference<IReadOnlyDictionary<string, string>>("Header") is { } headers ? broadcast with { Headers = headers } : broadcast;
    }

    private ApnsPayload ToPayload() => new()
    {
        Alert = Reference<string>("Alert"),
        Body = Reference<string>("Body"),
        Title = Reference<string>("Title"),
        Subtitle = Reference<string>("Subtitle"),
        TitleLocKey = Reference<string>("TitleLocKey"),
        TitleLocArgs = Reference<string[]>("TitleLocArgs"),
        SubtitleLocKey = Reference<string>("SubtitleLocKey"),
        SubtitleLocArgs = Reference<string[]>("SubtitleLocArgs"),
        LocKey = Reference<string>("LocKey"),
        LocArgs = Reference<string[]>("LocArgs"),
        LaunchImage = Reference<string>("LaunchImage"),
        Action = Reference<string>("Action"),
        ActionLocKey = Reference<string>("ActionLocKey"),
        SummaryArg = Reference<string>("SummaryArg"),
        SummaryArgCount = Value<int>("SummaryArgCount"),
        Badge = Value<int>("Badge"),
        Sound = Reference<string>("Sound"),
        Critical = Flag("Critical"),
        Volume = Value<double>("Volume"),
        ThreadId = Reference<string>("ThreadId"),
        Category = Reference<string>("Category"),
        ContentAvailable = Flag("ContentAvailable"),
        MutableContent = Flag("MutableContent"),
        TargetContentId = Reference<string>("TargetContentId"),
        InterruptionLevel = Value<ApnsInterruptionLevel>("InterruptionLevel"),
        RelevanceScore = Value<double>("RelevanceScore"),
        FilterCriteria = Reference<string>("FilterCriteria"),
        UrlArgs = Reference<string[]>("UrlArgs"),
        ContentChanged = Flag("ContentChanged"),
        Event = Value<ApnsActivityEvent>("Event"),
        Timestamp = Value<DateTimeOffset>("Timestamp"),
        ContentState = Reference<IDictionary>("ContentState"),
        AttributesType = Reference<string>("AttributesType"),
        Attributes = Reference<IDictionary>("Attributes"),
        StaleDate = Value<DateTimeOffset>("StaleDate"),
        DismissalDate = Value<DateTimeOffset>("DismissalDate"),
        InputPushChannel = Reference<string>("InputPushChannel"),
        InputPushToken = Flag("InputPushToken"),
        PushMagic = Reference<string>("PushMagic"),
        Data = Reference<IDictionary>("Data"),
    };

    private ApnsNotification WithHeaders(ApnsNotification notification)
    {
        if (_values.ContainsKey("Notification")) RefusePartsBeside("notification");
        if (Value<ApnsPushType>("PushType") is { } type) notification = notification with { PushType = type };
        if (Reference<string>("Topic") is { } topic) notification = notification with { Topic = topic };
        if (Value<int>("Priority") is { } priority) notification = notification with { Priority = priority };
        if (Value<DateTimeOffset>("Expiration") is { } expiration)
        {
            if (Moment.Doubt(expiration) is { } doubt) throw new ApnsException(ApnsErrorKind.InvalidNotification, $"Expiration: {doubt}") { Reason = ApnsReasons.BadExpirationDate };
            notification = notification with { Expiration = expiration };
        }

        if (Reference<string>("CollapseId") is { } collapseId) notification = notification with { CollapseId = collapseId };
        return Reference<IReadOnlyDictionary<string, string>>("Header") is { } headers ? notification with { Headers = headers } : notification;
    }

    private ApnsException Nothing()
    {
        string remedy = HasExportedNotification
            ? "Of what was sent before, an exported result holds no more than a text to read. Give -Alert or what else to send, or send the results themselves instead of the export."
            : "Give -Alert, -Title, -Badge, -Sound, -Data or -Payload.";
        return new ApnsException(ApnsErrorKind.InvalidNotification, $"There is nothing to send. {remedy}") { Reason = ApnsReasons.PayloadEmpty };
    }

    private void RefusePartsBeside(string whole)
    {
        if (PayloadPart is { } part) throw new ApnsException(ApnsErrorKind.InvalidNotification, $"The {whole} is given whole; {part} cannot be added to it.");
    }

    private T? Reference<T>(string parameter)
        where T : class => _values.TryGetValue(parameter, out object? value) ? (T)value : null;

    private T? Value<T>(string parameter)
        where T : struct => _values.TryGetValue(parameter, out object? value) ? (T)value : null;

    private bool Flag(string parameter) => Value<bool>(parameter) == true;
}
