namespace Apns.Emulator;

/// <summary>Which of APNs' three kinds of requests is answered: they differ in the ids that go with the answer.</summary>
internal enum AnswerKind
{
    /// <summary>A push to a device: apns-id, and apns-unique-id in the development environment.</summary>
    Device,

    /// <summary>A broadcast: apns-request-id and apns-unique-id.</summary>
    Broadcast,

    /// <summary>Channel management: apns-request-id.</summary>
    Management,
}

/// <summary>An answer before it is written.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">Why it is refused; null with success.</param>
internal sealed record Answer(int Status, string? Reason = null)
{
    /// <summary>What nearly all requests get: one object for all of them.</summary>
    public static Answer Ok { get; } = new(200);

    public AnswerKind Kind { get; init; }

    /// <summary>With 410, since when the token is invalid, in Unix milliseconds.</summary>
    public long? Timestamp { get; init; }

    /// <summary>The channel that was made; null with everything else.</summary>
    public string? ChannelId { get; init; }

    /// <summary>What was asked for, as JSON; null when there is nothing to tell.</summary>
    public string? Content { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;
}
