using System.Collections.Generic;
using System.Diagnostics.Metrics;

namespace Apns.Client;

/// <summary>
/// Tells the counters of <see cref="ApnsTelemetry"/> what a pool has done since the last time, a few times a second: a
/// notification costs no more than the sums that the pool keeps anyway. Its owner guards it with a lock.
/// </summary>
internal sealed class PoolMetrics
{
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly Dictionary<(ApnsOutcome Outcome, string Reason), long> _refusals = [];
    private readonly Dictionary<string, long> _endings = [];
    private PoolTotals _told;

    public PoolMetrics(ApnsEndpoint endpoint) => _tags = ApnsTelemetry.Tags(endpoint);

    /// <summary>Tells the differences.</summary>
    /// <param name="totals">What the pool has done.</param>
    /// <param name="refusals">Results that were not delivered, by outcome and reason.</param>
    /// <param name="endings">Connections that ended, by the kind of error.</param>
    public void Publish(
        in PoolTotals totals,
        IEnumerable<KeyValuePair<(ApnsOutcome Outcome, string Reason), long>> refusals,
        IEnumerable<KeyValuePair<string, long>> endings)
    {
        if (totals == _told) return;
        Add(ApnsTelemetry.Attempts, totals.Sent - _told.Sent);
        Add(ApnsTelemetry.Retries, totals.Retried - _told.Retried);
        Add(ApnsTelemetry.Throttles, totals.Throttles - _told.Throttles);
        Add(ApnsTelemetry.Opened, totals.Opened - _told.Opened);
        Add(ApnsTelemetry.Bytes, totals.BytesSent - _told.BytesSent, Tag(ApnsTelemetry.DirectionTag, "transmit"));
        Add(ApnsTelemetry.Bytes, totals.BytesReceived - _told.BytesReceived, Tag(ApnsTelemetry.DirectionTag, "receive"));
        Add(ApnsTelemetry.Notifications, totals.Delivered - _told.Delivered, Tag(ApnsTelemetry.OutcomeTag, ApnsTelemetry.NameOf(ApnsOutcome.Delivered)));
        foreach (((ApnsOutcome outcome, string reason), long count) in refusals)
        {
            KeyValuePair<string, object?> tag = Tag(ApnsTelemetry.OutcomeTag, ApnsTelemetry.NameOf(outcome));
            Add(ApnsTelemetry.Notifications, Difference(_refusals, (outcome, reason), count), reason.Length == 0 ? [tag] : [tag, Tag(ApnsTelemetry.ReasonTag, reason)]);
        }

        foreach ((string kind, long count) in endings)
        {
            Add(ApnsTelemetry.Closed, Difference(_endings, kind, count), kind.Length == 0 ? [] : [Tag(ApnsTelemetry.ErrorTag, kind)]);
        }

        _told = totals;
    }

    private static long Difference<TKey>(Dictionary<TKey, long> told, TKey key, long count)
        where TKey : notnull
    {
        long difference = count - told.GetValueOrDefault(key);
        told[key] = count;
        return difference;
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private void Add(Counter<long> counter, long count, params KeyValuePair<string, object?>[] tags)
    {
        if (count > 0 && counter.Enabled) counter.Tell(count, [.. _tags, .. tags]);
    }
}
