using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>The streaming bulk send: one in, one out, whatever happens.</summary>
public class BatchTests
{
    private static readonly ApnsNotification Hello = Samples.Notification();

    [Fact]
    public async Task Provider_tokens_are_renewed_again_and_again_and_nothing_is_lost()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { ProviderTokenLifetime = TimeSpan.FromSeconds(2) });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 2 });
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { RatePerSecond = 2000 });
        long refused = 0;
        for (int renewed = 0; renewed < 3; refused = emulator.Rejected)
        {
            Assert.All(batch.Send(Enumerable.Range(0, 500).Select(Samples.Token), Hello), result => Assert.Equal((ApnsOutcome.Delivered, false), (result.Outcome, result.PossibleDuplicate)));
            if (emulator.Rejected > refused) renewed++;
        }

        Assert.Equal(batch.Added, emulator.Accepted);
    }

    [Fact]
    public async Task Every_input_has_its_result_duplicates_and_nonsense_included()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            Unregistered = new Dictionary<string, DateTimeOffset> { [Samples.Token(1_000_007)] = DateTimeOffset.FromUnixTimeSeconds(1_771_934_400) },
            Reasons = new Dictionary<string, string> { [Samples.Token(1_000_008)] = "DeviceTokenNotForTopic" },
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 2 });
        using ApnsBatch batch = client.StartBatch();
        var inputs = new List<string?>();
        for (int i = 0; i < 3000; i++)
        {
            inputs.Add((i % 10) switch
            {
                0 => Samples.Token(1_000_007),
                1 => Samples.Token(1_000_008),
                2 => "not a token",
                3 => null,
                4 => "",
                5 => $"  {Samples.Token(5)}\r\n",
                6 => new string('a', 10),
                _ => Samples.Token(i),
            });
        }

        List<ApnsResult> results = batch.Send(inputs, Hello);
        Assert.Equal((3000, 3000), (batch.Added, batch.Taken));
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => (long)i), results.Select(result => result.Index).Order());
        foreach (ApnsResult result in results)
        {
            (ApnsOutcome, int, string?, ApnsAdvice) expected = (result.Index % 10) switch
            {
                0 => (ApnsOutcome.Rejected, 410, "Unregistered", ApnsAdvice.Drop),
                1 => (ApnsOutcome.Rejected, 400, "DeviceTokenNotForTopic", ApnsAdvice.FixRequest),
                2 => (ApnsOutcome.NotSent, 0, "BadDeviceToken", ApnsAdvice.FixRequest),
                3 or 4 => (ApnsOutcome.NotSent, 0, "MissingDeviceToken", ApnsAdvice.FixRequest),
                6 => (ApnsOutcome.Rejected, 400, "BadDeviceToken", ApnsAdvice.FixRequest),
                _ => (ApnsOutcome.Delivered, 200, null, ApnsAdvice.None),
            };
            Assert.Equal(expected, (result.Outcome, result.Status, result.Reason, result.Advice));
            Assert.Equal((inputs[(int)result.Index] ?? "").Trim(), result.Token);
            Assert.Equal(result.Token, result.InputObject);
            Assert.Equal(result.Outcome == ApnsOutcome.NotSent ? 0 : 1, result.Attempts);
            Assert.Equal(result.Status == 410 ? DateTimeOffset.FromUnixTimeSeconds(1_771_934_400) : null, result.InvalidSince);
            Assert.Equal(result.Outcome == ApnsOutcome.Delivered, result.Error is null);
            if (result.Outcome == ApnsOutcome.NotSent) Assert.Contains($"Input {result.Index}:", result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(3000, results.Select(result => result.ApnsId).Distinct().Count());
        Assert.Null(batch.StopReason);
    }

    [Fact]
    public async Task A_result_carries_what_its_input_was_taken_from()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { UniqueIds = true });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();
        var input = new object();
        var id = Guid.NewGuid();
        batch.Add(Samples.Token(1), Hello, input, id);
        ApnsResult result = Assert.Single(batch.TakeAll());

        Assert.Same(input, result.InputObject);
        Assert.Equal(id, result.ApnsId);
        Assert.Equal(id.ToString(), Assert.Single(emulator.GetReceived()).ApnsId);
        Assert.True(Guid.TryParse(result.UniqueId, out _));
        Assert.InRange(result.Duration, TimeSpan.FromTicks(1), Eventually.Patience);
    }

    [Fact]
    public async Task A_bad_notification_is_the_result_of_each_input()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();
        for (int i = 0; i < 3; i++) batch.Add(Samples.Token(i), Samples.Notification(5000));
        batch.Add(Samples.Token(9), Hello);
        List<ApnsResult> results = batch.TakeAll();

        Assert.Equal(3, results.Count(result => result is { Outcome: ApnsOutcome.NotSent, Reason: "PayloadTooLarge", Advice: ApnsAdvice.FixRequest }));
        Assert.Equal(1, results.Count(result => result.Outcome == ApnsOutcome.Delivered));
        Assert.Null(batch.StopReason);
    }

    [Fact]
    public async Task An_input_that_the_caller_knows_to_be_bad_has_its_result_in_the_same_row()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();
        var input = new object();
        batch.Add(Samples.Token(0), Hello);
        batch.AddInvalid(" abc ", "BadExpirationDate", "no such date", input);
        batch.AddInvalid(null, null, "no such thing");
        batch.Add(Samples.Token(3), Hello);
        ApnsResult[] results = [.. batch.TakeAll().OrderBy(result => result.Index)];

        Assert.Equal([ApnsOutcome.Delivered, ApnsOutcome.NotSent, ApnsOutcome.NotSent, ApnsOutcome.Delivered], results.Select(result => result.Outcome));
        Assert.Equal(("abc", "BadExpirationDate", input, ApnsAdvice.FixRequest, "Input 1: no such date"), (results[1].Token, results[1].Reason, results[1].InputObject, results[1].Advice, results[1].Error));
        Assert.Equal(("", null, "", "Input 2: no such thing"), (results[2].Token, results[2].Reason, results[2].InputObject, results[2].Error));
        Assert.Equal(2, emulator.Accepted);
        Assert.Null(batch.StopReason);
    }

    [Fact]
    public async Task The_window_bounds_what_is_outstanding_and_grows_with_the_servers_limit()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { MaxConcurrentStreams = 400, Latency = TimeSpan.FromMilliseconds(5), Keep = 0 });

        // Of two connections, which a slow machine may make of one, the window would be twice as large.
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 1 });
        using ApnsBatch batch = client.StartBatch();
        Assert.Equal(256, batch.Window);
        int taken = 0;
        long most = 0;
        for (int i = 0; i < 10_000; i++)
        {
            while (batch.IsFull)
            {
                Assert.Equal(batch.Window, batch.Added - batch.Taken);
                Assert.True(batch.Wait(Eventually.Patience));
                while (batch.TryTake(out _)) taken++;
            }

            batch.Add(Samples.Token(i), Hello);
            most = Math.Max(most, batch.Added - batch.Taken);
            Assert.True(client.InFlight + client.Waiting <= batch.Window);
        }

        taken += batch.TakeAll().Count;
        Assert.Equal(10_000, taken);
        Assert.Equal(800, batch.Window);
        Assert.InRange(most, 256, 800);
    }

    [Fact]
    public async Task Results_come_as_they_finish_and_not_all_at_the_end()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();
        for (int i = 0; i < 5; i++)
        {
            batch.Add(Samples.Token(i), Hello);
            Assert.True(batch.Wait(Eventually.Patience));
            Assert.True(batch.TryTake(out ApnsResult? result));
            Assert.Equal(i, result.Index);
        }

        // With all taken there is nothing to wait for.
        Assert.False(batch.TryTake(out _));
        Assert.False(await Task.Run(() => batch.Wait(Timeout.InfiniteTimeSpan)).Soon());
    }

    [Fact]
    public async Task Waiting_ends_when_its_time_is_over()
    {
        using var over = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.AwaitRequests(1);
            over.Wait(Eventually.Patience);
            connection.AnswerAll();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        using ApnsBatch batch = client.StartBatch();
        batch.Add(Samples.Token(1), Hello);
        Assert.False(batch.Wait(TimeSpan.FromMilliseconds(200)));
        over.Set();
        Assert.Single(batch.TakeAll());
    }

    [Fact]
    public async Task Stopped_from_another_thread_what_waits_is_not_sent_and_what_is_in_flight_ends_as_it_may()
    {
        using var stopped = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection => connection.AnswerAllAfter(stopped, streams: 10));
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        using ApnsBatch batch = client.StartBatch();
        for (int i = 0; i < 200; i++) batch.Add(Samples.Token(i), Hello);
        await Eventually.True(() => peer.Connections[0].Peer.Requests.Count == 10, "ten requests");

        // The waiting thread is woken.
        var waiter = new Thread(() => batch.Wait(Timeout.InfiniteTimeSpan)) { IsBackground = true };
        waiter.Start();
        await Eventually.True(() => (waiter.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0, "the thread waits");
        batch.Stop();
        Assert.True(waiter.Join(Eventually.Patience), "the waiting thread was not woken");
        batch.Add(Samples.Token(200), Hello);
        stopped.Set();
        List<ApnsResult> results = batch.TakeAll();

        Assert.Equal(201, results.Select(result => result.Index).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), results.Where(result => result.Outcome == ApnsOutcome.Delivered).Select(result => result.Index).Order());
        Assert.All(results.Where(result => result.Index >= 10), result => Assert.Equal((ApnsOutcome.NotSent, ApnsAdvice.Retry, 0), (result.Outcome, result.Advice, result.Attempts)));
        Assert.Null(batch.StopReason);
        Assert.Equal(10, peer.Connections[0].Peer.Requests.Count);
    }

    [Fact]
    public async Task Stopping_at_any_moment_costs_no_result()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 0 });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        var random = new Random(6);
        for (int round = 0; round < 30; round++)
        {
            using ApnsBatch batch = client.StartBatch();
            int pause = random.Next(3000);
            var stopper = new Thread(() =>
            {
                Thread.SpinWait(pause * 10);
                batch.Stop();
            });
            stopper.Start();
            List<ApnsResult> results = batch.Send(Enumerable.Range(0, 2000).Select(Samples.Token), Hello);
            stopper.Join();
            Assert.Equal(2000, results.Select(result => result.Index).Distinct().Count());
            Assert.All(results, result => Assert.True(result.Outcome is ApnsOutcome.Delivered or ApnsOutcome.NotSent));
        }
    }

    [Fact]
    public async Task A_batch_thrown_away_in_mid_flight_leaves_the_client_usable()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        ApnsBatch batch = client.StartBatch();
        for (int i = 0; i < 200; i++) batch.Add(Samples.Token(i), Hello);
        batch.Dispose();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Add(Samples.Token(1), Hello));

        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
        await Eventually.True(() => client is { InFlight: 0, Waiting: 0 }, "an idle client");
    }

    [Fact]
    public async Task Two_batches_at_once_do_not_mix()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 0 });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 2 });
        Task<List<ApnsResult>>[] sends = [.. Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            using ApnsBatch batch = client.StartBatch();
            return batch.Send(Enumerable.Range(0, 3000).Select(i => Samples.Token((thread << 20) + i)), Hello);
        }))];
        List<ApnsResult>[] results = await Task.WhenAll(sends).Soon();
        for (int thread = 0; thread < 4; thread++)
        {
            Assert.All(results[thread], result => Assert.Equal((Samples.Token((thread << 20) + (int)result.Index), ApnsOutcome.Delivered), (result.Token, result.Outcome)));
            Assert.Equal(3000, results[thread].Select(result => result.Index).Distinct().Count());
        }
    }

    [Fact]
    public async Task When_the_first_50_answers_are_all_bad_device_token_the_batch_stops()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { MaxConcurrentStreams = 100 });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();

        // What is found here is no answer; a token too short for APNs is hexadecimal all the same.
        IEnumerable<string?> tokens = Enumerable.Range(0, 5000).Select(i => i % 2 == 0 ? "nonsense" : $"{i:x8}");
        List<ApnsResult> results = batch.Send(tokens, Hello);

        Assert.Equal((ApnsErrorKind.Refused, "BadDeviceToken"), (batch.StopReason!.Kind, batch.StopReason.Reason));
        Assert.Contains("-Environment", batch.StopReason.Message, StringComparison.Ordinal);
        Assert.Equal(5000, results.Select(result => result.Index).Distinct().Count());
        int answered = results.Count(result => result.Outcome == ApnsOutcome.Rejected);

        // At most a window was on its way when the fiftieth was looked at.
        Assert.InRange(answered, 50, 50 + batch.Window);
        Assert.Equal(5000 - answered, results.Count(result => result.Outcome == ApnsOutcome.NotSent));
        Assert.DoesNotContain(results, result => result.Advice == ApnsAdvice.Drop);
    }

    [Fact]
    public async Task One_other_answer_among_the_first_50_shows_that_the_environment_is_right()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, 500).Select(i => i == 40 ? Samples.Token(i) : $"{i:x8}"), Hello);
        Assert.Null(batch.StopReason);
        Assert.Equal(499, results.Count(result => result.Reason == "BadDeviceToken"));
    }

    [Fact]
    public async Task The_check_of_the_environment_can_be_left_out()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { CheckEnvironment = false });
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, 300).Select(i => $"{i:x8}"), Hello);
        Assert.Null(batch.StopReason);
        Assert.Equal(300, results.Count(result => result is { Status: 400, Reason: "BadDeviceToken" }));
    }

    [Fact]
    public async Task A_wrong_topic_of_one_notification_does_not_stop_the_others()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Topics = [Samples.Topic] });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();
        var results = new List<ApnsResult>();
        for (int i = 0; i < 200; i++)
        {
            batch.Add(Samples.Token(i), OfTopic(i < 49 ? "com.example.other" : Samples.Topic));
            while (batch.Taken < batch.Added)
            {
                batch.Wait(TimeSpan.FromSeconds(30));
                while (batch.TryTake(out ApnsResult? result)) results.Add(result);
            }
        }

        Assert.Null(batch.StopReason);
        Assert.Equal((49, 151), (results.Count(result => result.Reason == "TopicDisallowed"), results.Count(result => result.Outcome == ApnsOutcome.Delivered)));
    }

    [Fact]
    public async Task A_wrong_topic_that_all_have_stops_them_at_once()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Topics = [Samples.Topic] });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { OneTopic = true });
        batch.Send([Samples.Token(1)], OfTopic("com.example.other"));
        Assert.Equal((ApnsErrorKind.Refused, "TopicDisallowed"), (batch.StopReason!.Kind, batch.StopReason.Reason));
    }

    [Fact]
    public async Task A_wrong_topic_of_all_notifications_stops_them_after_the_first_answers()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Topics = [Samples.Topic], MaxConcurrentStreams = 20 });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { CheckEnvironment = false });
        for (int i = 0; i < 4000; i++) batch.Add(Samples.Token(i), OfTopic("com.example.other"));
        List<ApnsResult> results = batch.TakeAll();

        Assert.Equal((ApnsErrorKind.Refused, "TopicDisallowed"), (batch.StopReason!.Kind, batch.StopReason.Reason));
        Assert.StartsWith("The first 50 answers were all TopicDisallowed. ", batch.StopReason.Message, StringComparison.Ordinal);
        Assert.Equal(4000, results.Select(result => result.Index).Distinct().Count());
        Assert.InRange(results.Count(result => result.Outcome == ApnsOutcome.Rejected), 50, 3999);
    }

    private static ApnsNotification OfTopic(string topic) => new() { Payload = Hello.Payload, Topic = topic };

    [Theory]
    [InlineData("TopicDisallowed", ApnsAdvice.FixRequest)]
    [InlineData("BadTopic", ApnsAdvice.FixRequest)]
    [InlineData("InvalidProviderToken", ApnsAdvice.FixCredentials)]
    [InlineData("BadEnvironmentKeyIdInToken", ApnsAdvice.FixCredentials)]
    public async Task What_dooms_every_notification_stops_the_batch(string reason, ApnsAdvice advice)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            MaxConcurrentStreams = 20,
            Reasons = Enumerable.Range(100, 4000).ToDictionary(Samples.Token, _ => reason),
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();
        List<ApnsResult> results = batch.Send(Enumerable.Range(0, 4000).Select(Samples.Token), Hello);

        Assert.Equal((ApnsErrorKind.Refused, reason), (batch.StopReason!.Kind, batch.StopReason.Reason));
        Assert.Equal(2, batch.StopReason.Message.Split(reason).Length);
        Assert.Equal(4000, results.Select(result => result.Index).Distinct().Count());
        Assert.Equal(100, results.Count(result => result.Outcome == ApnsOutcome.Delivered));
        Assert.InRange(results.Count(result => result.Outcome == ApnsOutcome.Rejected), 1, batch.Window);
        Assert.All(results.Where(result => result.Outcome == ApnsOutcome.Rejected), result => Assert.Equal((reason, advice), (result.Reason, result.Advice)));
        ApnsResult[] notSent = [.. results.Where(result => result.Outcome == ApnsOutcome.NotSent)];
        Assert.InRange(notSent.Length, 2000, 3899);
        Assert.All(notSent, result => Assert.Equal(0, result.Attempts));
        Assert.InRange(emulator.Rejected, 1, 1000);
    }

    [Fact]
    public async Task After_the_client_is_closed_everything_is_not_sent()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();
        for (int i = 0; i < 100; i++) batch.Add(Samples.Token(i), Hello);
        await client.CloseAsync().Soon();
        batch.Add(Samples.Token(100), Hello);
        List<ApnsResult> results = batch.TakeAll();

        Assert.Equal(101, results.Select(result => result.Index).Distinct().Count());
        Assert.All(results, result => Assert.True(result.Outcome is ApnsOutcome.Delivered or ApnsOutcome.NotSent));
        Assert.Equal(emulator.Accepted, results.Count(result => result.Outcome == ApnsOutcome.Delivered));
        Assert.Equal(ApnsOutcome.NotSent, results.Single(result => result.Index == 100).Outcome);
        Assert.True(client.IsClosed);
        Assert.Equal((0, 0, 0), (client.Connections, client.InFlight, client.Waiting));
        await client.CloseAsync().Soon();
        await client.DisposeAsync();
    }
}
