using System.Collections.Generic;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>What is told of connections, in words.</summary>
public class PoolLogTests
{
    [Fact]
    public void A_connections_life_is_told_from_its_beginning_to_its_end()
    {
        PoolHarness pool = new();
        using ApnsConnectionLog log = Listen(pool);
        pool.Dispatcher.Start(pool.Now);
        pool.Activate(pool[0]);
        pool[0].StreamLimit = 1;
        pool[0].Done = new ConnectionFigures { IsThrottled = true, Sent = 12 };
        pool.Progress(pool[0]);
        pool[0].State = ApnsConnectionState.Closing;
        pool[0].CloseReason = new ApnsException(ApnsErrorKind.ConnectionLost, "APNs ended the connection: Shutdown.");
        pool.Progress(pool[0]);
        pool[0].State = ApnsConnectionState.Closed;
        pool.Progress(pool[0]);
        Assert.Equal(
            [
                "Connection 0 begins.",
                "Connection 0 is ready, with a stream limit of 1,000.",
                "Connection 0 has a stream limit of 1 now, 1,000 before: APNs throttles it.",
                "Connection 0 takes no more: APNs ended the connection: Shutdown.",
                "Connection 0 is gone; it sent 12.",
            ],
            All(log));
    }

    [Fact]
    public void What_is_sent_again_is_told_once_a_second_and_at_the_end()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsConnectionLog log = Listen(pool);
        for (int i = 0; i < 3; i++) pool.Answer(pool.Submit(), 503, "ServiceUnavailable");
        ApnsRequest refused = pool.Submit();
        pool.Progress(pool[0], pool[0].End(refused, AttemptEnd.NotProcessed));
        pool.Advance(0.5);
        Assert.Empty(All(log));
        pool.Advance(0.6);
        Assert.Equal(["Sent again: 3 × 503 ServiceUnavailable, 1 × not processed."], All(log));
        pool.Answer(pool.Submit(), 429, "TooManyRequests");
        log.Dispose();
        Assert.Equal(["Sent again: 1 × 429 TooManyRequests."], All(log));
    }

    [Fact]
    public void Who_listens_no_more_hears_nothing()
    {
        PoolHarness pool = PoolHarness.Ready();
        ApnsConnectionLog ended = Listen(pool);
        using ApnsConnectionLog other = Listen(pool);
        ended.Dispose();
        pool[0].StreamLimit = 5;
        pool.Progress(pool[0]);
        Assert.Empty(All(ended));
        Assert.Single(All(other));
    }

    [Fact]
    public void What_nobody_takes_is_only_counted()
    {
        PoolHarness pool = PoolHarness.Ready();
        using ApnsConnectionLog log = Listen(pool);
        for (int i = 1; i <= 1005; i++)
        {
            pool[0].StreamLimit = i;
            pool.Progress(pool[0]);
        }

        string[] all = [.. All(log)];
        Assert.Equal(1001, all.Length);
        Assert.Equal("5 more messages about connections were not kept.", all[^1]);
    }

    private static ApnsConnectionLog Listen(PoolHarness pool)
    {
        var log = new ApnsConnectionLog(pool.Dispatcher.Log.Remove);
        pool.Dispatcher.Log.Add(log);
        return log;
    }

    private static IEnumerable<string> All(ApnsConnectionLog log)
    {
        while (log.TryTake(out string? message)) yield return message;
    }
}
