using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>What one batch does otherwise than its client.</summary>
public class BatchOptionsTests
{
    private static readonly ApnsNotification Hello = Samples.Notification();

    [Fact]
    public async Task Nothing_waits_past_the_deadline_of_the_batch()
    {
        int received = -1;
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet(streams: 10);
            connection.AwaitEnd();
            Volatile.Write(ref received, connection.Peer.Requests.Count);
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { Deadline = DateTimeOffset.UtcNow.AddSeconds(2) });
        for (int i = 0; i < 100; i++) batch.Add(Samples.Token(i), Hello);
        List<ApnsResult> results = batch.TakeAll();

        Assert.Equal(10, results.Count(result => result is { Outcome: ApnsOutcome.Unknown, Attempts: 1, Error: "No answer came before the deadline of the batch." }));
        Assert.Equal(90, results.Count(result => result is { Outcome: ApnsOutcome.NotSent, Attempts: 0, Error: "There was no time left to send it before the deadline of the batch." }));
        Assert.All(results, result => Assert.Equal(ApnsAdvice.Retry, result.Advice));

        // What comes later is not even tried, however much it is.
        for (int i = 0; i < 100; i++) batch.Add(Samples.Token(i), Hello);
        batch.Add("no token", Hello);
        results = batch.TakeAll();
        Assert.Equal(100, results.Count(result => result is { Outcome: ApnsOutcome.NotSent, Error: "There was no time left to send it before the deadline of the batch." }));
        Assert.Equal(1, results.Count(result => result.Reason == "BadDeviceToken"));
        Assert.Null(batch.StopReason);

        // The peer has seen all there was when it has read to the end.
        await client.DisposeAsync();
        await Eventually.True(() => Volatile.Read(ref received) >= 0, "the client hangs up");
        Assert.Equal(10, received);
    }

    [Fact]
    public async Task A_pause_that_would_end_after_the_deadline_of_the_batch_is_not_waited_for()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = new Dictionary<string, string> { [Samples.Token(1)] = "ServiceUnavailable" } });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { Deadline = DateTimeOffset.UtcNow.AddSeconds(2.5) });
        batch.Add(Samples.Token(1), Hello);
        ApnsResult result = Assert.Single(batch.TakeAll());
        Assert.Equal((ApnsOutcome.Rejected, 503, ApnsAdvice.Retry), (result.Outcome, result.Status, result.Advice));
        Assert.EndsWith("; the time before, the answer was 503 ServiceUnavailable.", result.Error, StringComparison.Ordinal);
        Assert.Contains("before the deadline of the batch. It was sent ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_sends_nothing()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { Deadline = DateTimeOffset.MinValue, RatePerSecond = 0.001 });
        for (int i = 0; i < 1000; i++)
        {
            while (batch.IsFull)
            {
                Assert.True(batch.Wait(Eventually.Patience));
                while (batch.TryTake(out _))
                {
                }
            }

            batch.Add(Samples.Token(i), Hello);
        }

        batch.TakeAll();
        Assert.Equal((1000, 0), (batch.Taken, emulator.Accepted));
        Assert.Equal(1000, client.GetStatistics().NotSent);
    }

    [Fact]
    public async Task A_batch_may_have_less_time_for_each_than_its_client_and_another_more()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = TimeSpan.FromSeconds(4) });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Timeout = TimeSpan.FromSeconds(3) });
        using ApnsBatch hasty = client.StartBatch(new ApnsBatchOptions { Timeout = TimeSpan.FromMilliseconds(200) });
        using ApnsBatch patient = client.StartBatch(new ApnsBatchOptions { Timeout = TimeSpan.FromMinutes(1), Deadline = DateTimeOffset.UtcNow.AddHours(1) });
        hasty.Add(Samples.Token(1), Hello);
        patient.Add(Samples.Token(2), Hello);
        ApnsResult result = Assert.Single(hasty.TakeAll());
        Assert.Equal((ApnsOutcome.Unknown, "No answer came before the deadline."), (result.Outcome, result.Error));
        Assert.Equal(ApnsOutcome.Delivered, Assert.Single(patient.TakeAll()).Outcome);
    }

    [Theory]
    [InlineData(ApnsDelivery.AtLeastOnce)]
    [InlineData(ApnsDelivery.AtMostOnce)]
    public async Task One_batch_may_risk_duplicates_and_another_on_the_same_connection_not(ApnsDelivery ofTheClient)
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            if (connection.Number > 0)
            {
                connection.AnswerAll();
                return;
            }

            connection.AwaitRequests(30);
            connection.Cut();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Delivery = ofTheClient, Connections = 1 });
        using ApnsBatch atLeast = client.StartBatch(new ApnsBatchOptions { Delivery = ApnsDelivery.AtLeastOnce });
        using ApnsBatch atMost = client.StartBatch(new ApnsBatchOptions { Delivery = ApnsDelivery.AtMostOnce });
        using ApnsBatch asTheClient = client.StartBatch();
        for (int i = 0; i < 10; i++)
        {
            atLeast.Add(Samples.Token(i), Hello);
            atMost.Add(Samples.Token(i), Hello);
            asTheClient.Add(Samples.Token(i), Hello);
        }

        AssertRepeated(atLeast.TakeAll());
        AssertUnknown(atMost.TakeAll());
        if (ofTheClient == ApnsDelivery.AtLeastOnce) AssertRepeated(asTheClient.TakeAll());
        else AssertUnknown(asTheClient.TakeAll());

        static void AssertRepeated(List<ApnsResult> results) =>
            Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 2, true), (result.Outcome, result.Attempts, result.PossibleDuplicate)));

        static void AssertUnknown(List<ApnsResult> results) =>
            Assert.All(results, result => Assert.Equal((ApnsOutcome.Unknown, 1, false), (result.Outcome, result.Attempts, result.PossibleDuplicate)));
    }

    [Fact]
    public async Task A_pace_spreads_the_sending_evenly()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { RatePerSecond = 100 });
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, 101).Select(Samples.Token), Hello);
        Assert.Equal(101, results.Count(result => result is { Outcome: ApnsOutcome.Delivered, Attempts: 1 }));

        // A machine that is busy may take longer, and may be late for some; nothing comes early.
        DateTimeOffset[] times = [.. emulator.GetReceived().Select(received => received.Time).Order()];
        Assert.InRange(times[^1] - times[0], TimeSpan.FromSeconds(0.9), Eventually.Patience);
        Assert.InRange(times[50] - times[0], TimeSpan.FromSeconds(0.4), Eventually.Patience);
    }

    [Fact]
    public async Task The_pace_holds_back_the_next_input_and_waiting_ends_when_it_is_due()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { RatePerSecond = 0.5 });
        Assert.False(batch.IsFull);
        batch.Add(Samples.Token(1), Hello);
        Assert.True(batch.IsFull);
        Assert.True(batch.Wait(Eventually.Patience));
        Assert.True(batch.TryTake(out _));

        // With nothing under way there is still something to wait for.
        Assert.True(batch.IsFull);
        Assert.False(batch.Wait(TimeSpan.FromMilliseconds(20)));
        Assert.True(batch.IsFull);
        Assert.False(await Task.Run(() => batch.Wait(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken).Soon());
        Assert.False(batch.IsFull);
        Assert.False(batch.Wait(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task What_is_not_sent_does_not_count_for_the_pace()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { RatePerSecond = 0.001 });
        for (int i = 0; i < 100; i++)
        {
            batch.Add("no token", Hello);
            batch.AddInvalid("", null, "no such thing");
        }

        Assert.False(batch.IsFull);
        batch.Add(Samples.Token(1), Hello);
        Assert.True(batch.IsFull);
        Assert.Equal(201, batch.TakeAll().Count);
        Assert.True(batch.IsFull);

        batch.Stop();
        Assert.False(batch.IsFull);
    }

    [Fact]
    public async Task Stopping_ends_a_wait_for_the_pace()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { RatePerSecond = 0.001 });
        batch.Add(Samples.Token(1), Hello);
        batch.TakeAll();
        Task<bool> waiting = Task.Run(() => batch.Wait(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
        batch.Stop();
        Assert.False(await waiting.Soon());
    }

    [Fact]
    public async Task The_deadline_of_the_batch_ends_a_wait_for_the_pace()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { RatePerSecond = 0.001, Deadline = DateTimeOffset.UtcNow.AddSeconds(0.5) });
        batch.Add(Samples.Token(1), Hello);
        batch.TakeAll();
        Assert.False(await Task.Run(() => batch.Wait(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken).Soon());
        Assert.False(batch.IsFull);
        batch.Add(Samples.Token(2), Hello);
        Assert.Equal(ApnsOutcome.NotSent, Assert.Single(batch.TakeAll()).Outcome);
    }

    [Fact]
    public async Task Repetitions_are_not_paced()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = new Dictionary<string, string> { [Samples.Token(1)] = "TooManyRequests" } });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { RatePerSecond = 0.001, Timeout = TimeSpan.FromSeconds(2.5) });
        batch.Add(Samples.Token(1), Hello);
        Assert.InRange(Assert.Single(batch.TakeAll()).Attempts, 2, 3);
    }

    [Fact]
    public async Task Values_that_make_no_sense_are_refused_by_name()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        foreach (double rate in new[] { 0, -1, 0.0009, 1_000_001, double.NaN, double.PositiveInfinity })
        {
            ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => client.StartBatch(new ApnsBatchOptions { RatePerSecond = rate }));
            Assert.Contains("RatePerSecond is a number from 0.001 to 1000000.", e.Message, StringComparison.Ordinal);
        }

        foreach (TimeSpan timeout in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromDays(1.1) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => client.StartBatch(new ApnsBatchOptions { Timeout = timeout }));
        }
    }
}
