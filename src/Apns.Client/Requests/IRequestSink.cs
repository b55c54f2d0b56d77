namespace Apns.Client;

/// <summary>Where finished requests go.</summary>
internal interface IRequestSink
{
    /// <summary>Whether its requests are no longer to be sent: what is under way ends as it may.</summary>
    bool Withdrawn { get; }

    /// <summary>Takes a finished request. Called under the pool's lock: it must be quick and call nothing of the pool.</summary>
    void Post(ApnsRequest request);

    /// <summary>No more is posted for the moment: whoever waits should look.</summary>
    void Wake();
}
