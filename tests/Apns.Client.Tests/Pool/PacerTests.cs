using System;
using System.Collections.Generic;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>An even pace under virtual time.</summary>
public class PacerTests
{
    private long _now = TimeSpan.FromDays(20).Ticks;

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(33_333)]
    [InlineData(1_000_000)]
    public void Who_waits_exactly_keeps_exactly_the_pace(double rate)
    {
        long start = _now;
        var pacer = new Pacer(rate, _now);
        const int Count = 3000;
        for (int i = 0; i < Count; i++)
        {
            _now += pacer.Pause(_now).Ticks;
            Assert.Equal(TimeSpan.Zero, pacer.Pause(_now));
            pacer.Take(_now);
        }

        double expected = (Count - 1) / rate;
        Assert.InRange((_now - start) / (double)TimeSpan.TicksPerSecond, expected - 0.0001, expected + 0.0001);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(1000, 1.3)]
    [InlineData(20_000, 2)]
    [InlineData(300_000, 4)]
    [InlineData(300_000, 9.5)]
    public void Who_wakes_late_catches_up_and_keeps_the_mean(double rate, double millisecondsLate)
    {
        long start = _now;
        var pacer = new Pacer(rate, _now);
        int taken = 0;
        while (taken < 50_000)
        {
            if (pacer.Pause(_now) > TimeSpan.Zero)
            {
                _now += pacer.Pause(_now).Ticks + TimeSpan.FromMilliseconds(millisecondsLate).Ticks;
            }

            for (; pacer.Pause(_now) == TimeSpan.Zero; taken++) pacer.Take(_now);
        }

        Assert.InRange(taken / ((_now - start) / (double)TimeSpan.TicksPerSecond), rate * 0.99, rate * 1.01);
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(50, 1)]
    [InlineData(1000, 11)]
    [InlineData(100_000, 1001)]
    public void After_a_rest_no_more_than_ten_milliseconds_worth_come_at_once(double rate, int most)
    {
        var pacer = new Pacer(rate, _now);
        for (int round = 0; round < 5; round++)
        {
            _now += TimeSpan.FromHours(1).Ticks;
            int taken = 0;
            for (; pacer.Pause(_now) == TimeSpan.Zero; taken++) pacer.Take(_now);
            Assert.InRange(taken, 1, most);
        }
    }

    [Fact]
    public void In_any_second_there_are_no_more_than_the_rate_and_ten_milliseconds_worth()
    {
        var random = new Random(5);
        foreach (double rate in new[] { 2.5, 40, 1000, 7777 })
        {
            var pacer = new Pacer(rate, _now);
            var times = new Queue<long>();
            for (int i = 0; i < 20_000; i++)
            {
                _now += random.Next(20) == 0 ? random.Next(30_000_000) : random.Next(5_000);
                if (pacer.Pause(_now) > TimeSpan.Zero) continue;
                pacer.Take(_now);
                times.Enqueue(_now);
                while (times.Peek() <= _now - TimeSpan.TicksPerSecond) times.Dequeue();
                Assert.InRange(times.Count, 1, (rate * 1.01) + 1);
            }
        }
    }

    [Fact]
    public void Who_does_not_wait_is_held_back_the_longer()
    {
        var pacer = new Pacer(10, _now);
        for (int i = 0; i < 50; i++) pacer.Take(_now);
        Assert.Equal(5, pacer.Pause(_now).TotalSeconds, 6);
    }
}
