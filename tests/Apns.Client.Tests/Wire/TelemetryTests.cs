using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>What the engine tells listeners of the process, and the same figures on the client itself.</summary>
public class TelemetryTests
{
    private const string Results = "apns.client.notifications apns.outcome";

    private static readonly ApnsNotification Hello = Samples.Notification();

    [Fact]
    public async Task Results_attempts_bytes_and_connections_are_counted()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            Unregistered = new Dictionary<string, DateTimeOffset> { [Samples.Token(1)] = DateTimeOffset.UtcNow },
            Reasons = new Dictionary<string, string> { [Samples.Token(2)] = "DeviceTokenNotForTopic", [Samples.Token(3)] = "TooManyRequests" },
        });
        using var recorder = new TelemetryRecorder(emulator.Port);
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 1 });
        using (ApnsBatch batch = client.StartBatch())
        {
            foreach (int number in new[] { 1, 1, 1, 2, 2 }.Concat(Enumerable.Range(100, 94))) batch.Add(Samples.Token(number), Hello);
            batch.Add("no token", Hello);
            batch.AddInvalid(null, null, "no such thing");
            batch.AddInvalid(null, "MadeUp", "no such thing");
            Assert.Equal(102, batch.TakeAll().Count);
        }

        using (ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { Timeout = TimeSpan.FromSeconds(2.5) }))
        {
            batch.Add(Samples.Token(3), Hello);
            Assert.Single(batch.TakeAll());
        }

        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(200)).Outcome);
        await client.CloseAsync().Soon();
        ApnsStatistics statistics = client.GetStatistics();
        Dictionary<string, double> sums = recorder.Sums;

        Assert.Equal(95, sums[$"{Results}=delivered"]);
        Assert.Equal(3, sums[$"{Results}=rejected apns.reason=Unregistered"]);
        Assert.Equal(2, sums[$"{Results}=rejected apns.reason=DeviceTokenNotForTopic"]);
        Assert.Equal(1, sums[$"{Results}=rejected apns.reason=TooManyRequests"]);
        Assert.Equal(1, sums[$"{Results}=not_sent apns.reason=BadDeviceToken"]);
        Assert.Equal(1, sums[$"{Results}=not_sent"]);
        Assert.Equal(1, sums[$"{Results}=not_sent apns.reason=other"]);
        Assert.Equal(7, sums.Keys.Count(key => key.StartsWith(Results, StringComparison.Ordinal)));
        Assert.Equal((95, 6, 0, 3), (statistics.Delivered, statistics.Rejected, statistics.Unknown, statistics.NotSent));

        long answered = emulator.Accepted + emulator.Rejected;
        Assert.Equal((answered, answered - 101), (statistics.Sent, statistics.Retried));
        Assert.InRange(statistics.Retried, 1, 3);
        Assert.Equal((statistics.Sent, statistics.Retried), (sums["apns.client.attempts"], sums["apns.client.retries"]));
        Assert.Equal(answered, recorder.CountOf("apns.client.round_trip.duration"));
        Assert.InRange(sums["apns.client.round_trip.duration"], 1e-6 * answered, Eventually.Patience.TotalSeconds * answered);

        Assert.Equal(statistics.BytesSent, sums["apns.client.network.io network.io.direction=transmit"]);
        Assert.Equal(statistics.BytesReceived, sums["apns.client.network.io network.io.direction=receive"]);
        Assert.InRange(statistics.BytesSent, 100 * answered, 1000 * answered);
        Assert.InRange(statistics.BytesReceived, 10 * answered, 1000 * answered);
        Assert.Equal((1.0, 1.0, 1L), (sums["apns.client.connections.opened"], sums["apns.client.connections.closed"], statistics.ConnectionsOpened));
        Assert.DoesNotContain("apns.client.throttles", sums.Keys);

        // Told a few times a second, not for each notification.
        Assert.InRange(recorder.CountOf("apns.client.attempts"), 1, 80);
    }

    [Fact]
    public async Task What_was_counted_before_somebody_listens_is_not_told_to_him()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using (var before = new TelemetryRecorder(emulator.Port))
        {
            for (int i = 0; i < 20; i++) await client.SendAsync(i);
            await Eventually.True(() => before.Sums.GetValueOrDefault($"{Results}=delivered") == 20, "twenty deliveries");
        }

        using var recorder = new TelemetryRecorder(emulator.Port);
        for (int i = 0; i < 3; i++) await client.SendAsync(i);
        await Eventually.True(() => recorder.Sums.GetValueOrDefault($"{Results}=delivered") == 3, "three deliveries");
    }

    [Fact]
    public async Task Reasons_that_nobody_knows_and_connections_that_fail_are_counted_by_few_names()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            if (connection.Number > 0)
            {
                connection.AnswerAll();
                return;
            }

            PeerRequest last = connection.AwaitRequests(3);
            foreach (PeerRequest request in connection.Peer.Requests.Where(request => request != last)) connection.Peer.Reject(request, 418, $"New{request.StreamId}");
            connection.Send();
            connection.Peer.Settings((Http2.Http2SettingId.MaxConcurrentStreams, 1));
            connection.Send();
            connection.Await(raw => raw.FramesOf(Http2.Frames.FrameType.Settings).Count() >= 3, "the settings are acknowledged");
            connection.Cut();
        });
        using var recorder = new TelemetryRecorder(peer.Port);
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        await Task.WhenAll(client.SendAsync(1), client.SendAsync(2), client.SendAsync(3)).Soon();
        Assert.Equal((1, 1), (client.GetStatistics().Throttled, client.GetStatistics().Retried));
        await client.CloseAsync().Soon();

        Dictionary<string, double> sums = recorder.Sums;
        Assert.Equal(2, sums[$"{Results}=rejected apns.reason=other"]);
        Assert.Equal(1, sums["apns.client.throttles"]);
        Assert.Equal(2, sums["apns.client.connections.opened"]);
        Assert.Equal((1.0, 1.0), (sums["apns.client.connections.closed"], sums["apns.client.connections.closed error.type=ConnectionLost"]));

        Activity[] attempts = recorder.Ended("apns.connect");
        Assert.Equal([0, 1], attempts.Select(activity => activity.GetTagItem("apns.connection.number")).Order());
        Assert.All(attempts, activity => Assert.Equal((ActivityStatusCode.Unset, "127.0.0.1"), (activity.Status, activity.GetTagItem("network.peer.address"))));
    }

    [Fact]
    public async Task What_is_in_flight_and_what_waits_is_observed()
    {
        using var answer = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection =>
        {
            if (connection.Number == 0)
            {
                connection.AnswerAllAfter(answer, streams: 10);
                return;
            }

            connection.Greet();
            connection.AnswerAll();
        });
        using var recorder = new TelemetryRecorder(peer.Port);
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Connections = 1 });
        Task<ApnsResult>[] sends = [.. Enumerable.Range(0, 30).Select(i => client.SendAsync(i))];
        Dictionary<string, double> observed = recorder.Observe();
        Assert.Equal((1.0, 10.0, 20.0), (observed["apns.client.connections"], observed["apns.client.in_flight"], observed["apns.client.waiting"]));
        ApnsStatistics statistics = client.GetStatistics();
        Assert.Equal((1, 10, 20, null), (statistics.Connections, statistics.InFlight, statistics.Waiting, statistics.RoundTrip));

        answer.Set();
        await Task.WhenAll(sends).Soon();
        await using ApnsClient second = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Connections = 1 });
        observed = recorder.Observe();
        Assert.Equal((2.0, 0.0, 0.0), (observed["apns.client.connections"], observed["apns.client.in_flight"], observed["apns.client.waiting"]));
        Assert.NotNull(client.GetStatistics().RoundTrip);
        await client.CloseAsync().Soon();
        Assert.Equal(1, recorder.Observe()["apns.client.connections"]);
        Assert.NotNull(client.GetStatistics().RoundTrip);
        await second.CloseAsync().Soon();
        Assert.Empty(recorder.Observe());
    }

    [Fact]
    public void Instruments_have_these_names_units_and_kinds_and_each_says_what_it_is()
    {
        using var recorder = new TelemetryRecorder(0);
        _ = ApnsTelemetry.RoundTrip;
        Assert.Equal(
            [
                "apns.client.attempts {attempt} Counter`1", "apns.client.connections {connection} ObservableUpDownCounter`1",
                "apns.client.connections.closed {connection} Counter`1", "apns.client.connections.opened {connection} Counter`1",
                "apns.client.in_flight {notification} ObservableUpDownCounter`1", "apns.client.network.io By Counter`1",
                "apns.client.notifications {notification} Counter`1", "apns.client.retries {attempt} Counter`1",
                "apns.client.round_trip.duration s Histogram`1", "apns.client.throttles {throttle} Counter`1",
                "apns.client.waiting {notification} ObservableUpDownCounter`1",
            ],
            recorder.Instruments.Select(instrument => $"{instrument.Name} {instrument.Unit} {instrument.GetType().Name}").Order(StringComparer.Ordinal));
        Assert.All(recorder.Instruments, instrument => Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal));
        Assert.Equal("Apns", ApnsTelemetry.Name);
        Histogram<double> roundTrip = recorder.Instruments.OfType<Histogram<double>>().Single();
        Assert.Equal(16, roundTrip.Advice!.HistogramBucketBoundaries!.Count);
    }

    [Fact]
    public async Task A_batch_is_one_activity_with_its_counts_and_a_child_of_the_callers()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Unregistered = new Dictionary<string, DateTimeOffset> { [Samples.Token(1)] = DateTimeOffset.UtcNow } });
        using var recorder = new TelemetryRecorder(emulator.Port);
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using var caller = new Activity("caller");
        caller.Start();
        using (ApnsBatch batch = client.StartBatch())
        {
            Assert.Same(caller, Activity.Current);
            batch.Send(Enumerable.Range(0, 500).Select(Samples.Token).Append("no token"), Hello);
            Assert.Empty(recorder.Ended("apns.send_batch"));
            batch.Dispose();
        }

        Assert.Same(caller, Activity.Current);
        Activity activity = Assert.Single(recorder.Ended("apns.send_batch"));
        Assert.Equal((caller.Id, ActivityKind.Client, ActivityStatusCode.Unset), (activity.ParentId, activity.Kind, activity.Status));
        Assert.Equal([501L, 499L, 1L, 0L, 1L], new[] { "added", "delivered", "rejected", "unknown", "not_sent" }.Select(name => activity.GetTagItem($"apns.batch.{name}")));
        Assert.Empty(recorder.Ended("apns.send"));
        Assert.Single(recorder.Ended("apns.connect"));
    }

    [Fact]
    public async Task A_batch_that_stops_says_why()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var recorder = new TelemetryRecorder(emulator.Port);
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Credential = Samples.NewKey() });
        using (ApnsBatch batch = client.StartBatch()) batch.Send(Enumerable.Range(0, 10).Select(Samples.Token), Hello);
        Activity activity = Assert.Single(recorder.Ended("apns.send_batch"));
        Assert.Equal((ActivityStatusCode.Error, "InvalidProviderToken"), (activity.Status, activity.GetTagItem("error.type")));
        Assert.Contains("APNs refused the provider token", activity.StatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_send_is_an_activity_of_its_own_and_tells_no_token()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = TimeSpan.FromSeconds(0.3), Unregistered = new Dictionary<string, DateTimeOffset> { [Samples.Token(1)] = DateTimeOffset.UtcNow } });
        using var recorder = new TelemetryRecorder(emulator.Port);
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        ApnsResult delivered = await client.SendAsync(2);
        Assert.Null(Activity.Current);
        await client.SendAsync(1);
        using var giveUp = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(Samples.Token(3), Hello, giveUp.Token));

        Activity[] sends = recorder.Ended("apns.send");
        Assert.Equal(3, sends.Length);
        Assert.Equal(("delivered", 200, delivered.ApnsId, 1, ActivityStatusCode.Unset), (sends[0].GetTagItem("apns.outcome"), sends[0].GetTagItem("http.response.status_code"), sends[0].GetTagItem("apns.id"), sends[0].GetTagItem("apns.attempts"), sends[0].Status));
        Assert.Equal(("rejected", 410, "Unregistered", "Unregistered", ActivityStatusCode.Error), (sends[1].GetTagItem("apns.outcome"), sends[1].GetTagItem("http.response.status_code"), sends[1].GetTagItem("apns.reason"), sends[1].GetTagItem("error.type"), sends[1].Status));
        Assert.Equal(ActivityStatusCode.Error, sends[2].Status);
        Assert.DoesNotContain(sends.SelectMany(send => send.TagObjects), tag => tag.Value is string text && text.Contains("00000000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broadcast_is_an_activity_too()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(static (_, _) => Task.CompletedTask);
        using var recorder = new TelemetryRecorder(server.Endpoint.Port);
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(server.Endpoint));
        var broadcast = new ApnsBroadcast { BundleId = Samples.Topic, Payload = Samples.Payload(40) };
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendBroadcastAsync("dHN0LXNyY2gtY2hubA==", broadcast, TestContext.Current.CancellationToken).Soon()).Outcome);
        Activity activity = Assert.Single(recorder.Ended("apns.send_broadcast"));
        Assert.Equal(("delivered", 200, 1), (activity.GetTagItem("apns.outcome"), activity.GetTagItem("http.response.status_code"), activity.GetTagItem("apns.attempts")));
    }

    [Fact]
    public async Task An_attempt_to_connect_that_fails_is_an_activity_that_says_why()
    {
        using var peer = new ScriptedPeer(connection => connection.AwaitEnd(), new PeerTls { Certificate = new TestCertificates("A stranger's root").Server });
        using var recorder = new TelemetryRecorder(peer.Port);
        await Clients.FailToConnectAsync(Clients.Options(peer.Endpoint));
        await Eventually.True(() => recorder.Ended("apns.connect").Length == 1, "the end of the attempt");
        Activity activity = recorder.Ended("apns.connect")[0];
        Assert.Equal((ActivityStatusCode.Error, "ServerNotTrusted"), (activity.Status, activity.GetTagItem("error.type")));
        Assert.Contains("is not trusted", activity.StatusDescription, StringComparison.Ordinal);
        await Eventually.True(() => recorder.Sums.GetValueOrDefault("apns.client.connections.closed error.type=ServerNotTrusted") == 1, "the count of the attempt");
    }

    [Fact]
    public async Task Each_connection_tells_about_itself()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 2 });
        await Eventually.True(() => client.GetConnections().All(connection => connection.State == ApnsConnectionState.Active), "two connections");
        for (int i = 0; i < 6; i++) await Task.WhenAll(client.SendAsync(1), client.SendAsync(2)).Soon();
        IReadOnlyList<ApnsConnectionInfo> connections = client.GetConnections();

        Assert.Equal([0, 1], connections.Select(connection => connection.Number));
        Assert.All(connections, connection =>
        {
            Assert.Equal($"127.0.0.1:{emulator.Port}", connection.RemoteEndPoint!.ToString());
            Assert.InRange(connection.ConnectedAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
            Assert.Equal((0, 1000, false), (connection.InFlight, connection.StreamLimit, connection.IsThrottled));
            Assert.InRange(connection.RoundTrip!.Value, TimeSpan.FromTicks(1), Eventually.Patience);
            Assert.InRange(connection.BytesSent, 100, 10_000);
            Assert.InRange(connection.BytesReceived, 100, 10_000);
            Assert.Equal($"{connection.Number} Active 0/1000", connection.ToString());
        });
        Assert.Equal(12, connections.Sum(connection => connection.Sent));
        ApnsStatistics statistics = client.GetStatistics();
        Assert.Equal((12, 12, 2), (statistics.Sent, statistics.Delivered, statistics.Connections));
        await client.CloseAsync().Soon();
        Assert.Empty(client.GetConnections());
        Assert.Equal(12, client.GetStatistics().Sent);
    }

    [Fact]
    public async Task A_connection_on_its_way_tells_what_there_is()
    {
        using var peer = new ScriptedPeer(
            connection =>
            {
                connection.Greet();
                connection.AnswerAll();
            },
            new PeerTls { SilentOn = [1] });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        client.SetConnections(2, 2);
        ApnsConnectionInfo second = client.GetConnections()[1];
        Assert.Equal((ApnsConnectionState.Connecting, null, null, 0, 0L), (second.State, second.ConnectedAt, second.RoundTrip, second.StreamLimit, second.Sent));
    }
}
