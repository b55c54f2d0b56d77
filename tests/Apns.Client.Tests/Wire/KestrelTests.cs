using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Apns.Client.Tests.Wire;

public class KestrelTests
{
    private const string Gone = """{"reason":"Unregistered","timestamp":1771934400123}""";

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(4, true)]
    public async Task Five_thousand_arrive_as_they_were_meant_and_each_gets_its_answer(int connections, bool withKey)
    {
        const int Count = 5000;
        await using KestrelServer server = await KestrelServer.StartAsync(Answer);
        ApnsClientOptions options = Clients.Options(server.Endpoint, withKey ? Samples.Key : Samples.Certificate);
        await using ApnsClient client = await Clients.ConnectAsync(options with { Connections = connections });
        using ApnsBatch batch = client.StartBatch();
        ApnsNotification[] notifications =
        [
            new() { Payload = new ApnsPayload { Alert = "Grüße 🎉", Badge = 0 }.ToUtf8Json(), Priority = 10, CollapseId = "punkt ü" },
            new() { Payload = Samples.Payload(1000), PushType = ApnsPushType.Background, Topic = "com.example.other" },
            new() { Payload = Samples.Payload(4096), PushType = ApnsPushType.PushToTalk, Expiration = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000), Priority = 1, Headers = new Dictionary<string, string> { ["X-Tomorrow"] = "neu ü" } },
        ];
        var results = new ApnsResult?[Count];
        var ids = new Guid[Count];
        for (int i = 0; i < Count; i++)
        {
            while (batch.IsFull)
            {
                Assert.True(batch.Wait(Eventually.Patience));
                Take(batch, results);
            }

            ids[i] = Guid.NewGuid();
            batch.Add(Samples.Token(i), notifications[i % 3], apnsId: ids[i]);
        }

        foreach (ApnsResult result in batch.TakeAll()) results[result.Index] = result;

        Dictionary<string, KestrelRequest> received = server.Requests.ToDictionary(request => request.Path);
        Assert.Equal(Count, received.Count);
        for (int i = 0; i < Count; i++)
        {
            ApnsNotification sent = notifications[i % 3];
            KestrelRequest request = received[$"/3/device/{Samples.Token(i)}"];
            Assert.Equal(("HTTP/2", "POST", server.Endpoint.ToString()), (request.Protocol, request.Method, request.Host));
            Assert.Equal(sent.Payload.ToArray(), request.Body);
            var expected = new Dictionary<string, string>
            {
                ["apns-id"] = ids[i].ToString(),
                ["apns-topic"] = (sent.Topic ?? Samples.Topic) + (i % 3 == 2 ? ".voip-ptt" : ""),
                ["apns-push-type"] = (i % 3) switch { 0 => "alert", 1 => "background", _ => "pushtotalk" },
                ["apns-priority"] = (i % 3) switch { 0 => "10", 1 => "5", _ => "1" },
            };
            if (sent.Expiration is not null) expected["apns-expiration"] = "1790000000";
            if (sent.CollapseId is not null) expected["apns-collapse-id"] = "punkt ü";
            if (sent.Headers is not null) expected["x-tomorrow"] = "neu ü";
            if (withKey) expected["Authorization"] = request.Headers["Authorization"];
            Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), request.Headers.OrderBy(pair => pair.Key, StringComparer.Ordinal));

            ApnsResult result = results[i]!;
            Assert.Equal((i, Samples.Token(i), ids[i], 1), (result.Index, result.Token, result.ApnsId, result.Attempts));
            (int status, string? reason, ApnsOutcome outcome) = Expected(i);
            Assert.Equal((status, reason, outcome), (result.Status, result.Reason, result.Outcome));
            Assert.Equal(status == 410, result.InvalidSince is not null);
            Assert.Equal(status == 200 ? $"unique {i}" : null, result.UniqueId);
        }

        // One token for each connection, and every connection has its share.
        IGrouping<string, KestrelRequest>[] groups = [.. server.Requests.GroupBy(request => request.Connection)];
        Assert.InRange(groups.Length, 1, connections);
        if (withKey) Assert.All(groups, group => Assert.Single(group.Select(request => request.Headers["Authorization"]).Distinct()));
    }

    [Fact]
    public async Task Ten_streams_and_the_smallest_windows_are_enough()
    {
        int open = 0;
        int most = 0;
        await using KestrelServer server = await KestrelServer.StartAsync(
            async (_, response) =>
            {
                int now = System.Threading.Interlocked.Increment(ref open);
                most = Math.Max(most, now);
                await Task.Yield();
                System.Threading.Interlocked.Decrement(ref open);
                response.Headers["apns-id"] = response.HttpContext.Request.Headers["apns-id"];
            },
            limits =>
            {
                limits.MaxStreamsPerConnection = 10;
                limits.InitialConnectionWindowSize = 65_535;
                limits.InitialStreamWindowSize = 65_535;
                limits.HeaderTableSize = 0;
            });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(server.Endpoint) with { Connections = 1 });
        using ApnsBatch batch = client.StartBatch();
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, 3000).Select(Samples.Token), Samples.Notification(4096));

        Assert.Equal(3000, results.Count(result => result is { Outcome: ApnsOutcome.Delivered, Attempts: 1 }));
        Assert.Equal(3000, server.Requests.Select(request => request.Path).Distinct().Count());
        Assert.InRange(most, 1, 10);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Errors_are_retried_within_the_deadline_and_retry_after_is_obeyed(bool asDate)
    {
        var times = new System.Collections.Concurrent.ConcurrentQueue<TimeSpan>();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using KestrelServer server = await KestrelServer.StartAsync((_, response) =>
        {
            times.Enqueue(watch.Elapsed);
            response.StatusCode = times.Count == 1 ? 503 : 200;

            // A date has whole seconds: three from now are at least two.
            response.Headers.RetryAfter = asDate ? DateTimeOffset.UtcNow.AddSeconds(3).ToString("r", CultureInfo.InvariantCulture) : "2";
            return Task.CompletedTask;
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(server.Endpoint));
        ApnsResult result = await client.SendAsync(1);

        Assert.Equal((ApnsOutcome.Delivered, 2, false), (result.Outcome, result.Attempts, result.PossibleDuplicate));
        Assert.Single(server.Requests.Select(request => request.Headers["apns-id"]).Distinct());
        TimeSpan[] at = [.. times];
        Assert.InRange(at[1] - at[0], TimeSpan.FromSeconds(1.9), Eventually.Patience);
    }

    [Fact]
    public async Task A_server_that_stops_gracefully_loses_nothing()
    {
        int answered = 0;
        var stop = new TaskCompletionSource();
        await using KestrelServer first = await KestrelServer.StartAsync(async (request, response) =>
        {
            if (System.Threading.Interlocked.Increment(ref answered) == 500) stop.SetResult();
            await Task.Delay(1);
            response.Headers["apns-id"] = request.Headers["apns-id"];
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(first.Endpoint));
        using ApnsBatch batch = client.StartBatch();
        for (int i = 0; i < 2000; i++) batch.Add(Samples.Token(i), Samples.Notification());
        await stop.Task.Soon();
        await first.DisposeAsync();
        await Eventually.True(() => client.InFlight == 0, "what the server took in is answered");
        batch.Stop();
        List<ApnsResult> results = batch.TakeAll();

        // What it took in it answered; the rest waited for a server until it was stopped.
        Assert.Equal(2000, results.Select(result => result.Index).Distinct().Count());
        HashSet<string> taken = [.. first.Requests.Select(request => request.Path["/3/device/".Length..])];
        Assert.InRange(taken.Count, 500, 2000);
        Assert.All(results, result => Assert.True(result.Outcome == (taken.Contains(result.Token) ? ApnsOutcome.Delivered : ApnsOutcome.NotSent), $"{result}, {result.Error}"));
        Assert.All(results, result => Assert.False(result.PossibleDuplicate));
    }

    private static void Take(ApnsBatch batch, ApnsResult?[] results)
    {
        while (batch.TryTake(out ApnsResult? result))
        {
            Assert.Null(results[result.Index]);
            results[result.Index] = result;
        }
    }

    private static (int Status, string? Reason, ApnsOutcome Outcome) Expected(int number) => (number % 20) switch
    {
        3 => (400, "BadDeviceToken", ApnsOutcome.Rejected),
        7 => (410, "Unregistered", ApnsOutcome.Rejected),
        11 => (413, null, ApnsOutcome.Rejected),
        13 => (418, "Teapot", ApnsOutcome.Rejected),
        _ => (200, null, ApnsOutcome.Delivered),
    };

    private static async Task Answer(KestrelRequest request, HttpResponse response)
    {
        int number = int.Parse(request.Path[^8..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        (int status, string? reason, _) = Expected(number);
        response.StatusCode = status;
        response.Headers["apns-id"] = request.Headers["apns-id"].ToUpperInvariant();
        if (status == 200) response.Headers["apns-unique-id"] = $"unique {number}";
        if (reason is null) return;

        // In pieces, each flushed on its own.
        string body = status == 410 ? Gone : $$"""{"reason":"{{reason}}"}""";
        await response.WriteAsync(body[..5]);
        await response.Body.FlushAsync();
        await response.WriteAsync(body[5..]);
    }
}
