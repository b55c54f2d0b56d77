using System;

namespace Apns.Client;

/// <summary>
/// How long the reader of a connection lets answers gather before it reads: one read that takes in many costs little more
/// than one that takes in few, and each pause costs the processor a sleep and a waking. Without a clock of its own; one
/// thread's.
/// </summary>
internal sealed class ReadGathering
{
    /// <summary>With fewer requests than this in flight nothing waits: a single notification is never delayed.</summary>
    public const int ManyInFlight = 64;

    private const int Shortest = 1;
    private const int Longest = 8;

    /// <summary>Milliseconds to wait before the next read while much is in flight and little has come.</summary>
    public int Milliseconds { get; private set; } = Shortest;

    /// <summary>Looks at what the last wait brought.</summary>
    /// <param name="answers">Requests answered by it.</param>
    /// <param name="inFlight">Requests that had been in flight.</param>
    /// <param name="roundTrip">From posting to answer, a mean of the latest, in ticks.</param>
    /// <param name="shortestRoundTrip">The shortest that there was, in ticks.</param>
    public void Adjust(int answers, int inFlight, long roundTrip, long shortestRoundTrip)
    {
        // Where a request takes no longer than it ever did, what takes the time is the way and not a queue at the server:
        // then an answer that waits here holds back the request that would take its place. Else the server has enough to do
        // while nobody reads, as long as less than a third is answered meanwhile; were it more, it would come to stand idle.
        if (roundTrip < 2 * shortestRoundTrip) Milliseconds = Shortest;
        else if (answers < inFlight / 3) Milliseconds = Math.Min(Milliseconds + 1, Longest);
        else if (answers > inFlight / 2) Milliseconds = Math.Max(Milliseconds - 1, Shortest);
    }
}
