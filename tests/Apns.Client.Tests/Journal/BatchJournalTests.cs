using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Journal;

/// <summary>Batches with a journal, over sockets.</summary>
public sealed class BatchJournalTests : IDisposable
{
    private static readonly ApnsNotification Hello = Samples.Notification();

    private readonly JournalRun.Folder _folder = new();

    private ApnsBatchOptions Options => new() { Journal = new ApnsJournalOptions { Path = _folder.Journal, Notification = Hello } };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_run_sends_what_the_first_had_not()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = new Dictionary<string, string> { [Samples.Token(3)] = "Unregistered" } });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using (ApnsBatch batch = client.StartBatch(Options))
        {
            Assert.Equal(3000, batch.Send(Enumerable.Range(0, 3000).Select(Samples.Token), Hello).Count);
            Assert.Equal((3000, 3000, 0), (batch.Added, batch.Taken, batch.Skipped));
        }

        using (ApnsBatch batch = client.StartBatch(Options))
        {
            List<ApnsResult> results = batch.Send(Enumerable.Range(0, 5000).Reverse().Select(Samples.Token), Hello);
            Assert.Equal(Enumerable.Range(3000, 2000).Select(Samples.Token), results.Select(result => result.Token).Order(StringComparer.Ordinal));
            Assert.Equal((5000, 5000, 3000), (batch.Added, batch.Taken, batch.Skipped));
            Assert.Equal(4999 - 4000, results.First(result => result.Token == Samples.Token(4000)).Index);
        }

        Assert.Equal(4999, emulator.Accepted);
        Assert.Equal((5000L, 4999L, 1L, 0L, 2), Figures());
    }

    [Fact]
    public void What_was_added_leaves_before_its_batch_waits_however_many_are_in_flight()
    {
        var released = new List<ApnsRequest>();
        RequestTemplate template = Samples.Template(40);
        using BatchJournal journal = BatchJournal.Open(Options.Journal!, template, null, released.Add);
        for (int i = 0; i < 5; i++)
        {
            var request = new ApnsRequest { Index = i, Template = template, Token = Samples.Token(i), ApnsId = Guid.NewGuid() };
            Assert.Equal(JournalVerdict.Send, journal.Recall(request));
            journal.Begin(request);
            journal.BeforeWait(outstanding: 100_000);
            Assert.Equal(i + 1, released.Count);
        }
    }

    [Fact]
    public async Task What_is_skipped_has_its_result_again_where_that_is_asked_for()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = new Dictionary<string, string> { [Samples.Token(1)] = "Unregistered" } });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        ApnsResult[] first;
        using (ApnsBatch batch = client.StartBatch(Options)) first = [.. batch.Send([Samples.Token(1), Samples.Token(2)], Hello).OrderBy(result => result.Index)];
        using ApnsBatch again = client.StartBatch(Options with { Journal = Options.Journal! with { IncludeSkipped = true } });
        again.Add(Samples.Token(1), Hello, inputObject: "one");
        again.Add(Samples.Token(2), Hello);
        again.Add(Samples.Token(3), Hello);
        ApnsResult[] results = [.. again.TakeAll().OrderBy(result => result.Index)];

        Assert.Equal([true, true, false], results.Select(result => result.Skipped));
        Assert.Equal(["one", Samples.Token(2), Samples.Token(3)], results.Select(result => result.InputObject));
        Assert.Equal(
            first.Select(result => (result.Outcome, result.Status, result.Reason, result.ApnsId, result.InvalidSince, result.Advice, result.Error, result.Attempts)),
            results[..2].Select(result => (result.Outcome, result.Status, result.Reason, result.ApnsId, result.InvalidSince, result.Advice, result.Error, result.Attempts)));
        Assert.InRange(results[0].Duration, first[0].Duration - TimeSpan.FromMicroseconds(1), first[0].Duration);
        Assert.Equal(2, emulator.Accepted);
    }

    [Fact]
    public async Task A_skipped_result_does_not_stop_the_batch()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = Enumerable.Range(0, 60).ToDictionary(Samples.Token, _ => "BadDeviceToken") });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using (ApnsBatch batch = client.StartBatch(Options with { CheckEnvironment = false })) batch.Send(Enumerable.Range(0, 60).Select(Samples.Token), Hello);
        using ApnsBatch again = client.StartBatch(Options with { Journal = Options.Journal! with { IncludeSkipped = true } });
        again.Send(Enumerable.Range(0, 70).Select(Samples.Token), Hello);
        Assert.Null(again.StopReason);
        Assert.Equal(10, emulator.Accepted);
    }

    [Fact]
    public async Task One_input_alone_does_not_wait_for_others()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch(Options);
        batch.Add(Samples.Token(1), Hello);

        // Nobody waits and nothing is flushed: a slow pipeline is somewhere else.
        await Eventually.True(() => emulator.Accepted == 1, "it is sent");
    }

    [Fact]
    public async Task What_is_in_flight_when_a_batch_is_given_up_is_sent_again_with_a_mark()
    {
        Guid[] ids;
        using (var peer = new ScriptedPeer(connection =>
        {
            connection.Greet(streams: 10);
            connection.AwaitEnd();
        }))
        {
            await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
            using ApnsBatch batch = client.StartBatch(Options);
            for (int i = 0; i < 20; i++) batch.Add(Samples.Token(i), Hello);
            batch.Flush();
            Assert.Equal(10, client.InFlight);
            batch.Dispose();
            await client.CloseAsync(TimeSpan.Zero);
        }

        ids = [.. ApnsJournal.ReadResults(_folder.Journal).Select(result => result.ApnsId)];
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient second = await Clients.ConnectAsync(Clients.Options(emulator));
        using (ApnsBatch batch = second.StartBatch(Options))
        {
            List<ApnsResult> results = batch.Send(Enumerable.Range(0, 20).Select(Samples.Token), Hello);
            Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, true, 2), (result.Outcome, result.PossibleDuplicate, result.Attempts)));
            Assert.Equal(ids.Order(), results.Select(result => result.ApnsId).Order());
        }

        Assert.Equal((20L, 20L, 0L, 0L, 2), Figures());
    }

    [Fact]
    public async Task What_stopping_takes_back_is_sent_by_the_next_run_without_a_mark()
    {
        using (var peer = new ScriptedPeer(connection =>
        {
            connection.Greet(streams: 1);
            connection.AwaitEnd();
        }))
        {
            await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
            using ApnsBatch batch = client.StartBatch(Options);
            for (int i = 0; i < 20; i++) batch.Add(Samples.Token(i), Hello);
            batch.Flush();
            batch.Stop();
            List<ApnsResult> results = [];
            await Eventually.True(
                () =>
                {
                    while (batch.TryTake(out ApnsResult? result)) results.Add(result);
                    return results.Count == 19;
                },
                "what waits comes back");
            Assert.All(results, result => Assert.Equal(ApnsOutcome.NotSent, result.Outcome));
            batch.Dispose();
            await client.CloseAsync(TimeSpan.Zero);
        }

        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient second = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch again = second.StartBatch(Options);
        Assert.Equal(1, again.Send(Enumerable.Range(0, 20).Select(Samples.Token), Hello).Count(result => result.PossibleDuplicate));
    }

    [Fact]
    public async Task What_is_bad_before_sending_is_found_so_each_time()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        for (int i = 0; i < 2; i++)
        {
            using ApnsBatch batch = client.StartBatch(Options);
            batch.AddInvalid("xyz", null, "wrong");
            ApnsResult[] results = [.. batch.Send(["no token", null, Samples.Token(1)], Hello)];
            Assert.Equal(3, results.Count(result => result.Outcome == ApnsOutcome.NotSent));
            Assert.Equal(i, batch.Skipped);
        }

        Assert.Equal(1, ApnsJournal.Read(_folder.Journal).Inputs);
    }

    [Fact]
    public async Task A_refused_journal_is_an_error_of_starting_and_frees_the_file()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using (ApnsBatch batch = client.StartBatch(Options)) batch.Send([Samples.Token(1)], Hello);
        ApnsBatchOptions other = Options with { Journal = Options.Journal! with { Notification = Samples.Notification(50) } };
        Assert.Equal(ApnsErrorKind.JournalMismatch, Assert.Throws<ApnsException>(() => client.StartBatch(other)).Kind);
        using ApnsBatch held = client.StartBatch(Options);
        Assert.Equal(ApnsErrorKind.JournalInUse, Assert.Throws<ApnsException>(() => client.StartBatch(Options)).Kind);
    }

    [Theory]
    [InlineData("Unregistered")]
    [InlineData("TopicDisallowed")]
    public async Task A_journal_that_cannot_be_read_any_more_stops_the_batch_and_every_input_has_its_result(string reason)
    {
        // One is skipped with its result, the other is sent again as what it was: both are read from the file.
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = new Dictionary<string, string> { [Samples.Token(1)] = reason } });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using (ApnsBatch batch = client.StartBatch(Options)) batch.Send([Samples.Token(1)], Hello);
        using ApnsBatch again = client.StartBatch(Options with { Journal = Options.Journal! with { IncludeSkipped = true } });
        UnreadableFile.Make(_folder.Journal);
        ApnsResult[] results = [.. again.Send([Samples.Token(1), Samples.Token(2)], Hello)];

        Assert.Equal(ApnsErrorKind.JournalFailed, again.StopReason!.Kind);
        Assert.All(results, result => Assert.Equal((ApnsOutcome.NotSent, again.StopReason.Message), (result.Outcome, result.Error)));
        Assert.Equal((2, 2L, 2L, 0L), (results.Length, again.Added, again.Taken, again.Skipped));
    }

    private (long Inputs, long Delivered, long Rejected, long Unfinished, int Runs) Figures()
    {
        ApnsJournalSummary summary = ApnsJournal.Read(_folder.Journal);
        return (summary.Inputs, summary.Delivered, summary.Rejected, summary.Unfinished, summary.Runs);
    }
}
