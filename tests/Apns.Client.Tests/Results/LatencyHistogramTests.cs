using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Results;

public class LatencyHistogramTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1000)]
    [InlineData(3, 100_000)]
    public void Percentiles_are_those_of_the_sorted_list_to_one_percent(int seed, int count)
    {
        var random = new Random(seed);
        var histogram = new LatencyHistogram();
        var all = new List<long>();
        for (int i = 0; i < count; i++)
        {
            // From less than a microsecond to days, each size as likely.
            long ticks = (long)Math.Exp(random.NextDouble() * 28);
            all.Add(ticks);
            histogram.Add(TimeSpan.FromTicks(ticks));
        }

        all.Sort();
        foreach (double share in new[] { 0.0001, 0.1, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            long exact = all[(int)Math.Ceiling(share * count) - 1];
            Assert.InRange(histogram.Percentile(share)!.Value.Ticks, exact * 0.99, exact * 1.01);
        }

        Assert.Equal((count, all[^1], (long)all.Average()), (histogram.Count, histogram.Max!.Value.Ticks, histogram.Mean!.Value.Ticks));
    }

    [Fact]
    public void Buckets_lie_side_by_side_from_zero_to_the_longest_time()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromTicks(-1));
        for (long ticks = 1; ticks < long.MaxValue / 2; ticks += Math.Max(1, ticks / 200)) histogram.Add(TimeSpan.FromTicks(ticks));
        histogram.Add(TimeSpan.MaxValue);

        long next = 0;
        foreach (ApnsLatencyBucket bucket in histogram.ToBuckets())
        {
            // Half of the last doubling is left out above.
            if (bucket.To == TimeSpan.MaxValue) break;
            Assert.Equal(next, bucket.From.Ticks);
            Assert.InRange(bucket.To.Ticks, bucket.From.Ticks, bucket.From.Ticks * (65 / 64.0));
            next = bucket.To.Ticks + 1;
        }

        Assert.Equal(1L << 62, next);
        Assert.Equal(histogram.Count, histogram.ToBuckets().Sum(static bucket => bucket.Count));
        Assert.InRange(histogram.Percentile(1)!.Value.Ticks, long.MaxValue * 0.99, long.MaxValue);
    }

    [Fact]
    public void Without_durations_there_is_nothing_to_tell()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal((0, null, null, null), (histogram.Count, histogram.Max, histogram.Mean, histogram.Percentile(0.5)));
        Assert.Empty(histogram.ToBuckets());
    }
}
