using System.Collections.Generic;

namespace Apns.Client;

/// <summary>Who uses connections: is told what they do, never under a connection's lock.</summary>
internal interface IConnectionOwner
{
    /// <summary>The connection made progress: requests finished, or its state or its room changed.</summary>
    /// <param name="connection">Which one.</param>
    /// <param name="finished">Requests that ended there; the list is the connection's own and reused.</param>
    void OnProgress(IPoolConnection connection, List<ApnsRequest> finished);
}
