using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Apns.Client;

/// <summary>
/// What the engine tells whoever observes the process, by <see cref="Meter"/> and <see cref="ActivitySource"/>:
/// OpenTelemetry, <c>dotnet-counters</c>, or listeners of one's own. Names, units and tags follow OpenTelemetry's
/// conventions; <c>docs/architecture.md</c> lists them. Nothing tells a device token.
/// </summary>
public static class ApnsTelemetry
{
    /// <summary>The name of both the meter and the activity source: <c>AddMeter(ApnsTelemetry.Name)</c>, <c>AddSource(ApnsTelemetry.Name)</c>.</summary>
    public const string Name = "Apns";

    internal const string OutcomeTag = "apns.outcome";
    internal const string ReasonTag = "apns.reason";
    internal const string ErrorTag = "error.type";
    internal const string DirectionTag = "network.io.direction";

    private const string ConnectActivity = "apns.connect";
    private const string BatchActivity = "apns.send_batch";
    private const string SendActivity = "apns.send";
    private const string BroadcastActivity = "apns.send_broadcast";

    private static readonly string? Version = typeof(ApnsTelemetry).Assembly.GetName().Version?.ToString(3);
    private static readonly ActivitySource Source = new(Name, Version);
    private static readonly Meter Meter = new(Name, Version);
    private static readonly ConcurrentDictionary<ApnsConnectionPool, KeyValuePair<string, object?>[]> Pools = new();

    static ApnsTelemetry()
    {
        Meter.CreateObservableUpDownCounter("apns.client.connections", static () => Observe(static f => f.Connections), "{connection}", "Connections open, on their way or draining.");
        Meter.CreateObservableUpDownCounter("apns.client.in_flight", static () => Observe(static f => f.InFlight), "{notification}", "Notifications sent whose answers are still to come.");
        Meter.CreateObservableUpDownCounter("apns.client.waiting", static () => Observe(static f => f.Waiting), "{notification}", "Notifications that wait to be sent.");
    }

    internal static Counter<long> Attempts { get; } = Meter.CreateCounter<long>("apns.client.attempts", "{attempt}", "Notifications sent, each repetition counted.");

    internal static Counter<long> Retries { get; } = Meter.CreateCounter<long>("apns.client.retries", "{attempt}", "Notifications sent again.");

    internal static Counter<long> Notifications { get; } = Meter.CreateCounter<long>("apns.client.notifications", "{notification}", "Results, by outcome and reason.");

    internal static Counter<long> Bytes { get; } = Meter.CreateCounter<long>("apns.client.network.io", "By", "Bytes of HTTP/2, before encryption.");

    internal static Counter<long> Opened { get; } = Meter.CreateCounter<long>("apns.client.connections.opened", "{connection}", "Connections begun.");

    internal static Counter<long> Closed { get; } = Meter.CreateCounter<long>("apns.client.connections.closed", "{connection}", "Connections that ended, by the error that ended them.");

    internal static Counter<long> Throttles { get; } = Meter.CreateCounter<long>("apns.client.throttles", "{throttle}", "Times that APNs lowered a connection's stream limit after a rejection.");

    internal static Histogram<double> RoundTrip { get; } = Meter.CreateHistogram(
        "apns.client.round_trip.duration",
        "s",
        "From sending a notification to its answer.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60] });

    /// <summary>Includes a pool in what is observed.</summary>
    internal static void Add(ApnsConnectionPool pool, ApnsEndpoint endpoint) => Pools[pool] = Tags(endpoint);

    internal static void Remove(ApnsConnectionPool pool) => Pools.TryRemove(pool, out _);

    /// <summary>The tags that every figure of an endpoint carries.</summary>
    internal static KeyValuePair<string, object?>[] Tags(ApnsEndpoint endpoint) =>
        [new("server.address", endpoint.Host), new("server.port", endpoint.Port)];

    /// <summary>An attempt to connect, for the thread that makes it; null when nobody listens.</summary>
    internal static Activity? StartConnect(ApnsEndpoint endpoint, int number)
    {
        Activity? activity = Start(ConnectActivity, endpoint);
        activity?.SetTag("apns.connection.number", number);
        return activity;
    }

    /// <summary>One single send; null when nobody listens.</summary>
    internal static Activity? StartSend(ApnsEndpoint endpoint) => Start(SendActivity, endpoint);

    /// <summary>One broadcast; null when nobody listens.</summary>
    internal static Activity? StartBroadcast(ApnsEndpoint endpoint) => Start(BroadcastActivity, endpoint);

    /// <summary>
    /// A batch; null when nobody listens. It is a child of the caller's activity and does not become the current one: it
    /// ends with the batch, wherever that is.
    /// </summary>
    internal static Activity? StartBatch(ApnsEndpoint endpoint)
    {
        Activity? current = Activity.Current;
        Activity? activity = Start(BatchActivity, endpoint);
        Activity.Current = current;
        return activity;
    }

    /// <summary>How a single send ended.</summary>
    internal static void Tell(this Activity activity, ApnsResult result)
    {
        activity.SetTag(OutcomeTag, NameOf(result.Outcome)).SetTag("apns.id", result.ApnsId).SetTag("apns.attempts", result.Attempts);
        if (result.Status != 0) activity.SetTag("http.response.status_code", result.Status);
        if (result.Outcome == ApnsOutcome.Delivered) return;
        activity.SetTag(ReasonTag, result.Reason).SetTag(ErrorTag, result.Reason ?? NameOf(result.Outcome)).SetStatus(ActivityStatusCode.Error, result.Error);
    }

    internal static void Fail(this Activity activity, ApnsException? error)
    {
        if (error is null) return;
        activity.SetTag(ErrorTag, error.Reason ?? error.Kind.ToString());
        activity.SetStatus(ActivityStatusCode.Error, error.Message);
    }

    /// <summary>Ends an activity.</summary>
    internal static void End(this Activity? activity)
    {
        if (activity is not null) Shield(activity, static a => a.Dispose());
    }

    /// <summary>Adds to a counter.</summary>
    internal static void Tell(this Counter<long> counter, long count, KeyValuePair<string, object?>[] tags) => Shield((counter, count, tags), static c => c.counter.Add(c.count, c.tags));

    /// <summary>Records how long an answer took.</summary>
    internal static void TellRoundTrip(TimeSpan duration, KeyValuePair<string, object?>[] tags) => Shield((duration, tags), static r => RoundTrip.Record(r.duration.TotalSeconds, r.tags));

    internal static string NameOf(ApnsOutcome outcome) => outcome switch
    {
        ApnsOutcome.Delivered => "delivered",
        ApnsOutcome.Rejected => "rejected",
        ApnsOutcome.Unknown => "unknown",
        _ => "not_sent",
    };

    private static Activity? Start(string name, ApnsEndpoint endpoint)
    {
        Activity? activity = null;
        Shield(endpoint, e => activity = Source.StartActivity(name, ActivityKind.Client, parentContext: default, Tags(e)));
        return activity;
    }

    /// <summary>Whoever listens is a stranger, and listens on our threads: what he throws must cost no result and no connection.</summary>
    private static void Shield<T>(T told, Action<T> tell)
    {
        try
        {
            tell(told);
        }
        catch (Exception)
        {
            // Nobody to tell it to: the listener is the one who would hear of it.
        }
    }

    /// <summary>One measurement for each endpoint, however many pools there are to it.</summary>
    private static IEnumerable<Measurement<int>> Observe(Func<(int Connections, int InFlight, int Waiting), int> figure)
    {
        var sums = new Dictionary<(object? Host, object? Port), (int Sum, KeyValuePair<string, object?>[] Tags)>();
        foreach ((ApnsConnectionPool pool, KeyValuePair<string, object?>[] tags) in Pools)
        {
            (object?, object?) endpoint = (tags[0].Value, tags[1].Value);
            sums[endpoint] = (sums.GetValueOrDefault(endpoint).Sum + figure(pool.Figures), tags);
        }

        foreach ((int sum, KeyValuePair<string, object?>[] tags) in sums.Values) yield return new Measurement<int>(sum, tags);
    }
}
