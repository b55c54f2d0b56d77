using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>Single sends and the client's life.</summary>
public class SendTests
{
    [Fact]
    public async Task A_thousand_at_once_each_get_their_own_result()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 2 });
        ApnsNotification notification = Samples.Notification();
        ApnsResult[] results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Task.Run(() => client.SendAsync(i, notification)))).Soon();

        for (int i = 0; i < 1000; i++) Assert.Equal((ApnsOutcome.Delivered, Samples.Token(i)), (results[i].Outcome, results[i].Token));
        Assert.Equal(results.Select(result => result.ApnsId.ToString()).Order(), emulator.GetReceived().Select(received => received.ApnsId).Order());
    }

    [Fact]
    public async Task A_refusal_is_a_result_and_no_exception()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Topics = ["com.example.other"] });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        ApnsResult result = await client.SendAsync(1);
        Assert.Equal((ApnsOutcome.Rejected, 400, "TopicDisallowed", ApnsAdvice.FixRequest), (result.Outcome, result.Status, result.Reason, result.Advice));

        ApnsResult local = await client.SendAsync("xyz", Samples.Notification(), TestContext.Current.CancellationToken);
        Assert.Equal((ApnsOutcome.NotSent, "BadDeviceToken"), (local.Outcome, local.Reason));
        local = await client.SendAsync(null!, Samples.Notification(), TestContext.Current.CancellationToken);
        Assert.Equal((ApnsOutcome.NotSent, "MissingDeviceToken"), (local.Outcome, local.Reason));
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.SendAsync(Samples.Token(1), null!, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_call_without_a_notification_takes_no_place_from_others()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        for (int i = 0; i <= ApnsClient.MaxSingleSends; i++) await Assert.ThrowsAsync<ArgumentNullException>(() => client.SendAsync(Samples.Token(1), null!, TestContext.Current.CancellationToken));
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1).Soon()).Outcome);
    }

    [Fact]
    public async Task A_key_that_apns_does_not_know_is_told_at_once()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Credential = Samples.Key });
        ApnsResult result = await client.SendAsync(1);
        Assert.Equal((ApnsOutcome.Rejected, 403, "InvalidProviderToken", ApnsAdvice.FixCredentials), (result.Outcome, result.Status, result.Reason, result.Advice));
    }

    [Fact]
    public async Task A_send_that_is_given_up_does_not_disturb_the_others()
    {
        using var answer = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection => connection.AnswerAllAfter(answer, streams: 2));
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        using var cancellation = new CancellationTokenSource();
        Task<ApnsResult> given = client.SendAsync(Samples.Token(1), Samples.Notification(), cancellation.Token);
        Task<ApnsResult> kept = client.SendAsync(2);
        Task<ApnsResult> waiting = client.SendAsync(Samples.Token(3), Samples.Notification(), cancellation.Token);
        Task<ApnsResult> after = client.SendAsync(4);
        await Eventually.True(() => peer.Connections is [{ Peer.Requests.Count: 2 }], "two requests");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        answer.Set();

        Assert.Equal(ApnsOutcome.Delivered, (await kept.Soon()).Outcome);
        Assert.Equal(ApnsOutcome.Delivered, (await after.Soon()).Outcome);
        Assert.DoesNotContain(peer.Connections[0].Peer.Requests, request => request.Token == Samples.Token(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(Samples.Token(5), Samples.Notification(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Closing_waits_for_the_answers_still_to_come()
    {
        using var closing = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.AwaitRequests(20);
            Assert.True(closing.Wait(Eventually.Patience));
            foreach (PeerRequest request in connection.Peer.Requests) connection.Peer.Answer(request);
            connection.Send();
            connection.AwaitEnd();
            Assert.True(connection.SawGoAway, "the client left without a goodbye");
        });
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        Task<ApnsResult>[] sends = [.. Enumerable.Range(0, 20).Select(i => client.SendAsync(i))];
        await Eventually.True(() => peer.Connections is [{ Peer.Requests.Count: 20 }], "twenty requests");
        Task close = client.CloseAsync();
        Assert.Equal(ApnsOutcome.NotSent, (await client.SendAsync(99)).Outcome);
        Assert.False(close.IsCompleted);
        closing.Set();
        await close.Soon();
        Assert.All(await Task.WhenAll(sends).Soon(), result => Assert.Equal(ApnsOutcome.Delivered, result.Outcome));
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Closing_has_an_end_even_if_the_server_never_answers()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.AwaitEnd();
        });
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        Task<ApnsResult>[] sends = [.. Enumerable.Range(0, 20).Select(i => client.SendAsync(i))];
        await Eventually.True(() => peer.Connections is [{ Peer.Requests.Count: 20 }], "twenty requests");
        await client.CloseAsync(TimeSpan.FromMilliseconds(200)).Soon();

        ApnsResult[] results = await Task.WhenAll(sends).Soon();
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Unknown, 1, false), (result.Outcome, result.Attempts, result.PossibleDuplicate)));
        Assert.True(client.IsClosed);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_sends_while_the_client_is_closed_gets_a_result()
    {
        for (int round = 0; round < 10; round++)
        {
            using ApnsEmulator emulator = ApnsEmulator.Start();
            ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
            Task<ApnsResult>[] sends = [.. Enumerable.Range(0, 300).Select(i => Task.Run(() => client.SendAsync(i)))];
            await client.DisposeAsync();
            ApnsResult[] results = await Task.WhenAll(sends).Soon();
            Assert.All(results, result => Assert.True(result.Outcome is ApnsOutcome.Delivered or ApnsOutcome.NotSent, $"{result}, {result.Error}"));
            Assert.Equal(emulator.Accepted, results.Count(result => result.Outcome == ApnsOutcome.Delivered));
        }
    }

    [Fact]
    public async Task A_server_that_comes_back_is_found_again()
    {
        using ApnsEmulator first = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(first));
        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
        first.Dispose();
        await Eventually.True(() => client.Connections == 0, "the end of the connection");

        // The same port, another root of the same name: found, and not trusted, at once and without waiting for the deadline.
        using ApnsEmulator second = ApnsEmulator.Start(new ApnsEmulatorOptions { Port = first.Port });
        ApnsResult result = await client.SendAsync(2);
        Assert.Equal((ApnsOutcome.NotSent, 0), (result.Outcome, result.Attempts));
        Assert.Contains("certificate of localhost", result.Error, StringComparison.Ordinal);
        Assert.InRange(result.Duration, TimeSpan.Zero, Eventually.Patience / 2);
    }

    [Fact]
    public async Task A_notification_can_be_checked_without_sending_it()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Topic = null });
        client.Validate(Samples.Notification() with { Topic = "com.example" });
        var error = Assert.Throws<ApnsException>(() => client.Validate(Samples.Notification()));
        Assert.Equal((ApnsErrorKind.InvalidNotification, "MissingTopic"), (error.Kind, error.Reason));
    }
}
