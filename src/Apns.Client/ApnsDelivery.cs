namespace Apns.Client;

/// <summary>What happens to a notification whose connection was lost before its answer came.</summary>
public enum ApnsDelivery
{
    /// <summary>It is sent again with the same apns-id and marked <see cref="ApnsResult.PossibleDuplicate"/>.</summary>
    AtLeastOnce,

    /// <summary>It is never sent again; its outcome is <see cref="ApnsOutcome.Unknown"/>.</summary>
    AtMostOnce,
}
