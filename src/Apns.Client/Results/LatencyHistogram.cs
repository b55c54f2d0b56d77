using System;
using System.Collections.Generic;
using System.Numerics;

namespace Apns.Client;

/// <summary>
/// Counts durations in 30 KB, however many there are. Up to 12.7 µs each tick of 100 ns has a bucket of its own; beyond, each
/// doubling is cut into 64 buckets of one width, so that the middle of a bucket is at most 1/128 from what is in it.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int BitsInDoubling = 6;
    private const int Doubling = 1 << BitsInDoubling;

    private readonly long[] _counts = new long[IndexOf(long.MaxValue) + 1];
    private long _sum;
    private long _max;

    /// <summary>How many durations were added.</summary>
    public long Count { get; private set; }

    /// <summary>The longest; null without any.</summary>
    public TimeSpan? Max => Count == 0 ? null : TimeSpan.FromTicks(_max);

    /// <summary>Null without any.</summary>
    public TimeSpan? Mean => Count == 0 ? null : TimeSpan.FromTicks(_sum / Count);

    /// <summary>Adds a duration; a negative one is none at all.</summary>
    public void Add(TimeSpan duration)
    {
        long ticks = Math.Max(0, duration.Ticks);
        _counts[IndexOf(ticks)]++;
        _sum += ticks;
        _max = Math.Max(_max, ticks);
        Count++;
    }

    /// <summary>The duration that a share of all does not exceed, to 1 %; null without any.</summary>
    /// <param name="share">Above 0, up to 1.</param>
    public TimeSpan? Percentile(double share)
    {
        long left = (long)Math.Ceiling(share * Count);
        for (int i = 0; i < _counts.Length; i++)
        {
            left -= _counts[i];
            if (_counts[i] > 0 && left <= 0) return TimeSpan.FromTicks(Math.Min(_max, From(i) + (Width(i) / 2)));
        }

        return null;
    }

    /// <summary>The buckets that have anything, in order.</summary>
    public IReadOnlyList<ApnsLatencyBucket> ToBuckets()
    {
        var buckets = new List<ApnsLatencyBucket>();
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0) buckets.Add(new ApnsLatencyBucket(TimeSpan.FromTicks(From(i)), TimeSpan.FromTicks(From(i) + Width(i) - 1), _counts[i]));
        }

        return buckets;
    }

    /// <summary>The bucket: which doubling, and the bits after the leading one.</summary>
    private static int IndexOf(long ticks)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)ticks) - BitsInDoubling);
        return (shift << BitsInDoubling) + (int)(ticks >> shift);
    }

    private static long From(int index) => index < 2 * Doubling ? index : (Doubling + (long)(index & (Doubling - 1))) << Shift(index);

    private static long Width(int index) => 1L << Shift(index);

    private static int Shift(int index) => Math.Max(0, (index >> BitsInDoubling) - 1);
}
