using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>Pools that grow and shrink while they send.</summary>
public class SizingOverSocketsTests
{
    private static readonly ApnsNotification Hello = Samples.Notification();

    [Fact]
    public async Task Few_streams_and_a_distant_server_make_it_grow_by_itself()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { MaxConcurrentStreams = 5, Latency = TimeSpan.FromMilliseconds(20) });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        Assert.Equal((1, 8), (client.MinConnections, client.MaxConnections));
        Assert.Equal(1, client.Connections);
        using ApnsBatch batch = client.StartBatch();
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, 1500).Select(Samples.Token), Hello);

        AssertOnce(results, emulator, 1500);
        Assert.InRange(emulator.GetReceived().Select(received => received.Connection).Distinct().Count(), 2, 8);
        Assert.InRange(client.GetStatistics().ConnectionsOpened, 2, 8);
        Assert.True(client.GetStatistics().RoundTrip >= TimeSpan.FromMilliseconds(15));
    }

    [Fact]
    public async Task Large_payloads_and_small_windows_make_it_grow_by_itself()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            int answered = 0;
            while (true)
            {
                connection.Await(raw => raw.Requests.Count(request => request.Ended) > answered || raw.FramesOf(Http2.Frames.FrameType.GoAway).Any(), "a request or a goodbye");

                // The way to the server and back, in which no window comes.
                Thread.Sleep(20);
                PeerRequest[] whole = [.. connection.Peer.Requests.Where(request => request.Ended)];
                if (whole.Length == answered) return;
                foreach (PeerRequest request in whole[answered..]) connection.Peer.Answer(request);
                connection.Peer.WindowUpdate(0, whole[answered..].Sum(request => request.Body.Length));
                answered = whole.Length;
                connection.Send();
            }
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        using ApnsBatch batch = client.StartBatch();
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, 1500).Select(Samples.Token), Samples.Notification(4096));

        Assert.Equal(1500, results.Count(result => result is { Outcome: ApnsOutcome.Delivered, Attempts: 1 }));
        Assert.InRange(peer.Connections.Length, 2, 8);

        // The last may have come when all was sent.
        Assert.InRange(peer.Connections.Count(connection => connection.Peer.Requests.Count > 0), 2, 8);
    }

    [Fact]
    public async Task A_fixed_number_stays_however_much_waits()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { MaxConcurrentStreams = 5, Latency = TimeSpan.FromMilliseconds(20) });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 2 });
        Assert.Equal((2, 2), (client.MinConnections, client.MaxConnections));
        using ApnsBatch batch = client.StartBatch();
        AssertOnce(batch.Send(Enumerable.Range(0, 500).Select(Samples.Token), Hello), emulator, 500);
        Assert.Equal(2, client.GetStatistics().ConnectionsOpened);
    }

    [Fact]
    public async Task Grown_and_shrunk_while_it_sends_nothing_is_lost_and_nothing_sent_twice()
    {
        const int Count = 20_000;
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { MaxConcurrentStreams = 100, Latency = TimeSpan.FromMilliseconds(2), Keep = Count + 1 });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 4 });
        using ApnsBatch batch = client.StartBatch();
        var results = new List<ApnsResult>();
        var random = new Random(6);
        for (int i = 0; i < Count; i++)
        {
            while (batch.IsFull)
            {
                Assert.True(batch.Wait(Eventually.Patience), "no result in time");
                while (batch.TryTake(out ApnsResult? result)) results.Add(result);
            }

            batch.Add(Samples.Token(i), Hello);
            if (i % 1000 != 500) continue;
            int min = random.Next(1, 7);
            client.SetConnections(min, min);
            Assert.Equal((min, min), (client.MinConnections, client.MaxConnections));
        }

        client.SetConnections(2, 2);
        results.AddRange(batch.TakeAll());
        AssertOnce(results, emulator, Count);
        Assert.InRange(client.GetStatistics().ConnectionsOpened, 5, 200);
        await Eventually.True(() => client.Connections == 2 && emulator.Connections == 2, "two connections");
        Assert.All(client.GetConnections(), connection => Assert.Equal(ApnsConnectionState.Active, connection.State));
    }

    [Fact]
    public async Task A_connection_that_is_let_go_waits_for_its_answers_and_says_goodbye()
    {
        using var answer = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.AwaitRequests(1);
            Assert.True(answer.Wait(Eventually.Patience));
            connection.AnswerAll();
            Assert.True(connection.SawGoAway, "no goodbye");
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Connections = 2 });
        await Eventually.True(() => client.GetConnections().All(connection => connection.State == ApnsConnectionState.Active), "two connections");
        Task<ApnsResult>[] sends = [client.SendAsync(1), client.SendAsync(2)];
        await Eventually.True(() => client.InFlight == 2, "both in flight");
        client.SetConnections(1, 1);
        Assert.Equal(2, client.Connections);
        Assert.Contains(client.GetConnections(), connection => connection.State == ApnsConnectionState.Closing && connection.InFlight == 1);
        answer.Set();
        Assert.All(await Task.WhenAll(sends).Soon(), result => Assert.Equal((ApnsOutcome.Delivered, 1), (result.Outcome, result.Attempts)));
        await Eventually.True(() => client.Connections == 1, "one connection");
        Assert.Equal(2, peer.Accepted);
    }

    [Fact]
    public async Task One_that_is_still_on_its_way_is_let_go_too()
    {
        using var peer = new ScriptedPeer(
            connection =>
            {
                connection.Greet();
                connection.AnswerAll();
            },
            new PeerTls { SilentOn = [1, 2] });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        client.SetConnections(3, 3);
        await Eventually.True(() => peer.Accepted == 3, "three connections");
        client.SetConnections(1, 1);
        await Eventually.True(() => client.Connections == 1, "one connection");
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    [Fact]
    public async Task Numbers_out_of_range_and_closed_clients_are_refused()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { MaxConnections = 3 });
        Assert.Equal((1, 3), (client.MinConnections, client.MaxConnections));
        foreach ((int min, int max) in new[] { (0, 1), (-1, 1), (3, 2), (1, 257), (257, 257) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => client.SetConnections(min, max));
            ApnsClientOptions options = Clients.Options(emulator) with { Connections = min, MaxConnections = max };
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Clients.ConnectAsync(options));
        }

        Assert.Equal((1, 3), (client.MinConnections, client.MaxConnections));
        await client.CloseAsync().Soon();
        Assert.Throws<ObjectDisposedException>(() => client.SetConnections(1, 1));
    }

    private static void AssertOnce(List<ApnsResult> results, ApnsEmulator emulator, int count)
    {
        Assert.Equal(count, results.Count);
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 1, false), (result.Outcome, result.Attempts, result.PossibleDuplicate)));
        string[] tokens = [.. emulator.GetReceived().Select(received => received.Token)];
        Assert.Equal(count, tokens.Length);
        Assert.Equal(count, tokens.Distinct().Count());
    }
}
