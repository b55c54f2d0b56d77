using System;
using System.Collections.Generic;
using Xunit;

namespace Apns.Client.Tests.Credentials;

/// <summary>When the provider token of a connection is renewed: in time, never too soon.</summary>
public class ProviderTokenKeeperTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private long _now = TimeSpan.FromDays(9).Ticks;
    private DateTimeOffset _utcNow = Start;

    [Fact]
    public void A_token_in_use_is_renewed_at_45_minutes()
    {
        ProviderTokenKeeper keeper = Keeper();
        keeper.Use(_now);
        byte[] first = keeper.Authorization!;
        Pass(minutes: 45, seconds: -1);
        Assert.False(keeper.Refresh(_now));
        Assert.Same(first, keeper.Authorization);

        Pass(seconds: 1);
        Assert.True(keeper.Refresh(_now));
        Assert.NotEqual(first, keeper.Authorization);
        Assert.False(keeper.IsSpent);
    }

    [Fact]
    public void A_token_that_nobody_saw_is_renewed_as_soon_as_it_could_not_be_used_for_20_minutes_more()
    {
        ProviderTokenKeeper keeper = Keeper();
        byte[] first = keeper.Authorization!;
        Pass(minutes: 25, seconds: -1);
        Assert.False(keeper.Refresh(_now));
        Pass(seconds: 1);
        Assert.True(keeper.Refresh(_now));
        Assert.NotEqual(first, keeper.Authorization);
    }

    [Fact]
    public void Within_20_minutes_of_its_first_use_a_token_is_kept_and_when_it_gets_too_old_it_is_spent()
    {
        ProviderTokenKeeper keeper = Keeper();
        keeper.Use(_now);
        _utcNow += TimeSpan.FromMinutes(54);
        Assert.False(keeper.Refresh(_now));
        Assert.False(keeper.IsSpent);

        _utcNow += TimeSpan.FromMinutes(1);
        Assert.False(keeper.Refresh(_now));
        Assert.True(keeper.IsSpent);
    }

    [Fact]
    public void A_clock_set_back_makes_a_token_old_too()
    {
        ProviderTokenKeeper keeper = Keeper();
        keeper.Use(_now);
        Pass(minutes: 20);
        _utcNow = Start - TimeSpan.FromMinutes(45);
        Assert.True(keeper.Refresh(_now));
    }

    [Fact]
    public void Only_the_first_use_counts()
    {
        ProviderTokenKeeper keeper = Keeper();
        keeper.Use(_now);
        Pass(minutes: 44);
        keeper.Use(_now);
        Pass(minutes: 1);
        Assert.True(keeper.Refresh(_now));
    }

    [Fact]
    public void With_a_certificate_there_is_nothing_to_keep()
    {
        var keeper = new ProviderTokenKeeper(Samples.Certificate, () => _utcNow);
        keeper.Use(_now);
        Pass(minutes: 100);
        Assert.False(keeper.Refresh(_now));
        Assert.Equal((false, null, false), (keeper.HasToken, keeper.Authorization, keeper.IsSpent));
    }

    [Fact]
    public void However_clocks_and_pauses_go_no_token_follows_another_within_20_minutes_and_none_is_used_too_old()
    {
        var random = new Random(4);
        for (int run = 0; run < 30; run++)
        {
            bool jumps = run % 2 == 0;
            ProviderTokenKeeper keeper = Keeper();
            var uses = new List<(byte[] Token, long At)>();
            var issued = new Dictionary<byte[], DateTimeOffset> { [keeper.Authorization!] = _utcNow };
            for (int step = 0; step < 300 && !keeper.IsSpent; step++)
            {
                Pass(minutes: random.Next(10) == 0 ? random.Next(60) : 0, seconds: random.Next(300));
                if (jumps && random.Next(20) == 0) _utcNow += TimeSpan.FromMinutes(random.Next(-50, 50));
                if (keeper.Refresh(_now)) issued[keeper.Authorization!] = _utcNow;
                if (keeper.IsSpent || random.Next(3) == 0) continue;
                keeper.Use(_now);
                if (uses.Count == 0 || uses[^1].Token != keeper.Authorization)
                {
                    if (uses.Count > 0) Assert.True(_now - uses[^1].At >= TimeSpan.FromMinutes(20).Ticks, $"run {run}");
                    uses.Add((keeper.Authorization!, _now));
                }

                Assert.True((_utcNow - issued[keeper.Authorization!]).Duration() < TimeSpan.FromMinutes(56), $"run {run}");
            }

            Assert.True(jumps || uses.Count > 3);
            Assert.True(jumps || !keeper.IsSpent);
        }
    }

    private ProviderTokenKeeper Keeper() => new(Samples.Key, () => _utcNow);

    private void Pass(int minutes = 0, int seconds = 0)
    {
        TimeSpan time = TimeSpan.FromMinutes(minutes) + TimeSpan.FromSeconds(seconds);
        _now += time.Ticks;
        _utcNow += time;
    }
}
