namespace Apns.Client;

/// <summary>A connection as the pool sees it; the simulated network of the tests has its own.</summary>
internal interface IPoolConnection
{
    ConnectionFigures Figures { get; }

    ApnsException? CloseReason { get; }

    int InFlight { get; }

    bool IsBlocked { get; }

    ApnsConnectionInfo Info { get; }

    /// <summary>Posts a request, or refuses it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The time.</param>
    /// <param name="more">More follows at once and <see cref="Flush"/> after it: nobody need be woken for this one.</param>
    bool TryPost(ApnsRequest request, long now, bool more);

    /// <summary>Nothing more is posted for the moment: what was posted should leave.</summary>
    void Flush();

    /// <summary>The coarse clock; the pool calls it a few times a second while there is something to wait for.</summary>
    void Sweep();

    void Close();

    void Abort(ApnsException reason);
}
