using System;
using System.Collections.Generic;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>When a pool gets one connection more, and when one less.</summary>
public class PoolSizerTests
{
    private static readonly long Step = TimeSpan.FromMilliseconds(50).Ticks;

    private readonly PoolSizer _sizer = new(1, 8);
    private long _now = TimeSpan.FromDays(1).Ticks;
    private double _answered;
    private long _roundTrip = TimeSpan.FromMilliseconds(40).Ticks;

    [Fact]
    public void While_each_brings_its_share_connections_are_added_one_at_a_time_up_to_the_limit()
    {
        var sizes = new List<int>();
        for (int i = 0; i < 200; i++)
        {
            int before = _sizer.Wanted;
            Press(0.05, PerConnection);
            Assert.InRange(_sizer.Wanted, before, before + 1);
            if (_sizer.Wanted != before) sizes.Add(_sizer.Wanted);
        }

        Assert.Equal([2, 3, 4, 5, 6, 7, 8], sizes);
    }

    [Fact]
    public void It_takes_half_a_second_without_a_break()
    {
        Press(0.5, PerConnection);
        Assert.Equal(1, _sizer.Wanted);
        Press(0.05, PerConnection);
        Assert.Equal(2, _sizer.Wanted);
    }

    [Fact]
    public void A_long_round_trip_takes_longer_to_judge_up_to_a_limit()
    {
        _roundTrip = TimeSpan.FromSeconds(1).Ticks;
        Press(6, PerConnection);
        Assert.Equal(1, _sizer.Wanted);
        Press(0.05, PerConnection);
        Assert.Equal(2, _sizer.Wanted);

        _roundTrip = TimeSpan.FromHours(1).Ticks;
        Press(9.9, PerConnection);
        Assert.Equal(2, _sizer.Wanted);
        Press(0.2, PerConnection);
        Assert.Equal(3, _sizer.Wanted);
    }

    [Fact]
    public void Pressure_with_breaks_does_not_count()
    {
        for (int i = 0; i < 100; i++)
        {
            Press(0.45, PerConnection);
            Tick(waits: false, complete: true);
        }

        Assert.Equal(1, _sizer.Wanted);
    }

    [Fact]
    public void While_a_connection_is_on_its_way_or_missing_none_is_added()
    {
        for (int i = 0; i < 100; i++) Tick(waits: true, complete: false);
        Assert.Equal(1, _sizer.Wanted);
    }

    [Fact]
    public void One_that_brought_nothing_is_given_back_and_the_next_is_tried_after_minutes()
    {
        // As when the processor is the limit.
        Press(0.55, static _ => 10_000);
        Assert.Equal(2, _sizer.Wanted);
        Press(0.55, static _ => 10_000);
        Assert.Equal(1, _sizer.Wanted);
        Press(290, static _ => 10_000);
        Assert.Equal(1, _sizer.Wanted);
        Press(20, PerConnection);
        Assert.InRange(_sizer.Wanted, 2, 8);
    }

    [Fact]
    public void The_last_one_is_judged_too()
    {
        var sizer = new PoolSizer(1, 2);
        for (int i = 0; i < 40; i++)
        {
            _now += Step;
            _answered += 500;
            sizer.Tick(waits: true, complete: true, (long)_answered, _roundTrip, _now);
        }

        Assert.Equal(1, sizer.Wanted);
    }

    [Theory]
    [InlineData(0.4, 8)]
    [InlineData(0.3, 1)]
    public void A_third_of_its_share_is_enough(double share, int expected)
    {
        Press(10, connections => 1000 * (1 + (share * (connections - 1))));
        Assert.Equal(expected, _sizer.Wanted);
    }

    [Fact]
    public void A_server_that_answers_nothing_is_given_no_more_of_them()
    {
        Press(0.55, PerConnection);
        Assert.Equal(2, _sizer.Wanted);
        Press(30, static _ => 0);
        Assert.Equal(1, _sizer.Wanted);
        Press(600, static _ => 0);
        Assert.Equal(1, _sizer.Wanted);
    }

    [Fact]
    public void A_connection_that_relieved_the_pressure_is_not_judged_by_what_came_before()
    {
        Press(0.55, static _ => 10_000);
        Assert.Equal(2, _sizer.Wanted);
        Tick(waits: false, complete: true);

        // Larger payloads, fewer answers: it is still worth to grow.
        Press(0.55, static connections => 100 * connections);
        Assert.Equal(3, _sizer.Wanted);
    }

    [Fact]
    public void A_server_that_refuses_one_more_is_left_alone_for_minutes()
    {
        Press(0.55, PerConnection);
        _sizer.Refused(_now);
        Assert.Equal(1, _sizer.Wanted);
        Press(290, PerConnection);
        Assert.Equal(1, _sizer.Wanted);
        Press(20, PerConnection);
        Assert.True(_sizer.Wanted > 1);
        _sizer.SetLimits(1, 1, _now);
        _sizer.Refused(_now);
        Assert.Equal(1, _sizer.Wanted);
    }

    [Fact]
    public void What_nobody_needed_for_five_minutes_goes_one_at_a_time()
    {
        _sizer.SetLimits(3, 8, _now);
        Press(2, PerConnection);
        int grown = _sizer.Wanted;
        Assert.InRange(grown, 5, 8);
        for (int size = grown; size > 3; size--)
        {
            Rest(299);
            Assert.Equal(size, _sizer.Wanted);
            Rest(1.1);
            Assert.Equal(size - 1, _sizer.Wanted);
        }

        Rest(1000);
        Assert.Equal(3, _sizer.Wanted);
    }

    [Fact]
    public void One_moment_of_need_begins_the_five_minutes_anew()
    {
        Press(0.55, PerConnection);
        Rest(250);
        Tick(waits: true, complete: true);
        Rest(250);
        Assert.Equal(2, _sizer.Wanted);
    }

    [Fact]
    public void New_limits_hold_at_once_and_end_a_rest()
    {
        _sizer.SetLimits(4, 8, _now);
        Assert.Equal((4, 4, 8), (_sizer.Wanted, _sizer.Min, _sizer.Max));
        _sizer.Refused(_now);
        _sizer.SetLimits(1, 3, _now);
        Assert.Equal(3, _sizer.Wanted);
        _sizer.SetLimits(2, 2, _now);
        Assert.Equal(2, _sizer.Wanted);
        _sizer.SetLimits(1, 8, _now);
        Press(0.55, PerConnection);
        Assert.Equal(3, _sizer.Wanted);
    }

    [Fact]
    public void When_connections_end_in_peace_what_is_left_is_enough()
    {
        _sizer.SetLimits(2, 8, _now);
        Press(2, PerConnection);
        _sizer.Settle(3);
        Assert.Equal(3, _sizer.Wanted);
        _sizer.Settle(0);
        Assert.Equal(2, _sizer.Wanted);
        _sizer.Settle(7);
        Assert.Equal(2, _sizer.Wanted);
    }

    private static double PerConnection(int connections) => 1000 * connections;

    private void Press(double seconds, Func<int, double> answersPerSecond)
    {
        for (int i = 0; i < (int)Math.Round(seconds / 0.05); i++)
        {
            _answered += answersPerSecond(_sizer.Wanted) * 0.05;
            Tick(waits: true, complete: true);
        }
    }

    private void Rest(double seconds)
    {
        for (int i = 0; i < (int)Math.Round(seconds / 0.05); i++) Tick(waits: false, complete: true);
    }

    private void Tick(bool waits, bool complete)
    {
        _now += Step;
        _sizer.Tick(waits, complete, (long)_answered, _roundTrip, _now);
    }
}
