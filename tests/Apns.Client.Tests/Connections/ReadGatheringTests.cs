using System;
using Xunit;

namespace Apns.Client.Tests.Connections;

public class ReadGatheringTests
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;

    private readonly ReadGathering _gathering = new();

    [Fact]
    public void Where_requests_queue_at_the_server_it_waits_longer_up_to_a_limit()
    {
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 8], Waits(answers: 100, inFlight: 1000, roundTrip: 30 * Millisecond, shortest: Millisecond, count: 9));
    }

    [Fact]
    public void It_waits_no_longer_when_a_third_is_answered_and_less_when_half_is()
    {
        Waits(100, 1000, 30 * Millisecond, Millisecond, 5);
        Assert.Equal([6, 6], Waits(400, 1000, 30 * Millisecond, Millisecond, 2));
        Assert.Equal([6, 5, 4, 3, 2, 1, 1], Waits(600, 1000, 30 * Millisecond, Millisecond, 7));
    }

    [Fact]
    public void Where_the_way_is_what_takes_the_time_it_does_not_add_to_it()
    {
        Waits(100, 1000, 60 * Millisecond, 25 * Millisecond, 5);
        Assert.Equal([6, 1, 1], Waits(100, 1000, 60 * Millisecond, 50 * Millisecond, 3));
    }

    private int[] Waits(int answers, int inFlight, long roundTrip, long shortest, int count)
    {
        int[] waits = new int[count];
        for (int i = 0; i < count; i++)
        {
            waits[i] = _gathering.Milliseconds;
            _gathering.Adjust(answers, inFlight, roundTrip, shortest);
        }

        return waits;
    }
}
