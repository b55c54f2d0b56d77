using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Journal;

/// <summary>What a run does about the inputs of the runs before.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly string Token = Samples.Token(1);

    private readonly JournalRun.Folder _folder = new();

    private string Path => _folder.Journal;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_input_is_released_only_when_its_begin_is_on_file()
    {
        using var run = new JournalRun(Path);
        ApnsRequest[] added = [.. Enumerable.Range(0, 10).Select(i => run.Add(Samples.Token(i)).Request)];
        Assert.Equal(added, run.Flush());
        Assert.All(added, request => Assert.Null(request.Failure));
        Assert.Equal(0, run.ReleasedEarly);
    }

    [Fact]
    public void What_was_in_flight_is_sent_again_with_its_id_and_a_mark()
    {
        Guid id;
        using (var run = new JournalRun(Path)) id = run.Add(Token).Request.ApnsId;
        for (int attempt = 2; attempt <= 3; attempt++)
        {
            using var run = new JournalRun(Path);
            (ApnsRequest request, JournalVerdict verdict) = run.Add(Token);
            Assert.Equal((JournalVerdict.Send, id, attempt - 1, true), (verdict, request.ApnsId, request.Attempts, request.InDoubt));
        }

        using (var run = new JournalRun(Path))
        {
            ApnsResult result = run.Finish(Token, ApnsOutcome.Delivered, 200);
            Assert.Equal((id, 4, true), (result.ApnsId, result.Attempts, result.PossibleDuplicate));
        }

        Assert.Equal((1L, 1L, 0L), (ApnsJournal.Read(Path).Delivered, ApnsJournal.Read(Path).PossibleDuplicates, ApnsJournal.Read(Path).Unfinished));
    }

    [Fact]
    public void What_was_in_flight_is_never_sent_again_at_most_once()
    {
        Guid id;
        using (var run = new JournalRun(Path)) id = run.Add(Token).Request.ApnsId;
        using (var run = new JournalRun(Path) { Delivery = ApnsDelivery.AtMostOnce })
        {
            (ApnsRequest request, JournalVerdict verdict) = run.Add(Token);
            Assert.Equal(JournalVerdict.LeaveUnknown, verdict);
            ApnsResult result = run.End(request);
            Assert.Equal((ApnsOutcome.Unknown, id, 1, ApnsAdvice.Retry, false), (result.Outcome, result.ApnsId, result.Attempts, result.Advice, result.PossibleDuplicate));
            Assert.Equal("No answer came: The run that sent it ended before there was an answer.", result.Error);
            Assert.Empty(run.Flush());
        }

        using (var run = new JournalRun(Path) { Delivery = ApnsDelivery.AtMostOnce }) Assert.Equal(JournalVerdict.Skip, run.Add(Token).Verdict);

        // Whoever changes his mind has it sent, with the mark.
        using var changed = new JournalRun(Path);
        Assert.Equal((JournalVerdict.Send, true), (changed.Add(Token).Verdict, changed.Flush()[0].InDoubt));
    }

    [Theory]
    [InlineData(ApnsOutcome.Delivered, 200, null, false, false)]
    [InlineData(ApnsOutcome.Rejected, 410, "Unregistered", false, false)]
    [InlineData(ApnsOutcome.Rejected, 400, "BadDeviceToken", false, false)]
    [InlineData(ApnsOutcome.Rejected, 400, "AReasonOfTomorrow", false, false)]
    [InlineData(ApnsOutcome.Rejected, 503, "ServiceUnavailable", true, false)]
    [InlineData(ApnsOutcome.Rejected, 429, "TooManyRequests", true, false)]
    [InlineData(ApnsOutcome.Rejected, 403, "InvalidProviderToken", true, false)]
    [InlineData(ApnsOutcome.Rejected, 403, "AReasonOfTomorrow", true, false)]
    [InlineData(ApnsOutcome.Rejected, 400, "TopicDisallowed", true, false)]
    [InlineData(ApnsOutcome.NotSent, 0, null, true, false)]
    [InlineData(ApnsOutcome.Unknown, 0, null, true, true)]
    public void A_result_is_final_or_the_input_is_sent_again(ApnsOutcome outcome, int status, string? reason, bool again, bool inDoubt)
    {
        Guid id;
        using (var run = new JournalRun(Path)) id = run.Finish(Token, outcome, status, reason).ApnsId;
        using (var run = new JournalRun(Path))
        {
            (ApnsRequest request, JournalVerdict verdict) = run.Add(Token);
            Assert.Equal((again ? JournalVerdict.Send : JournalVerdict.Skip, again ? 0L : 1L), (verdict, run.Skipped));
            if (!again) return;
            Assert.Equal((id, inDoubt), (request.ApnsId, request.InDoubt));
            Assert.Equal(inDoubt, run.End(request, ApnsOutcome.Delivered, 200).PossibleDuplicate);
        }

        ApnsJournalSummary summary = ApnsJournal.Read(Path);
        Assert.Equal((1L, 1L, 0L, 0L, 0L), (summary.Inputs, summary.Delivered, summary.Rejected, summary.NotSent, summary.Unknown));
        Assert.Empty(summary.Reasons);
    }

    [Fact]
    public void A_doubt_is_not_forgotten_over_an_answer()
    {
        using (var run = new JournalRun(Path)) run.Add(Token);
        using (var run = new JournalRun(Path)) run.Finish(Token, ApnsOutcome.Rejected, 503, "ServiceUnavailable");
        using (var run = new JournalRun(Path) { Delivery = ApnsDelivery.AtMostOnce }) Assert.Equal(JournalVerdict.Skip, run.Add(Token).Verdict);
        using (var run = new JournalRun(Path)) Assert.True(run.Finish(Token, ApnsOutcome.Delivered, 200).PossibleDuplicate);
    }

    [Fact]
    public void What_may_have_been_sent_earlier_does_not_become_not_sent()
    {
        using (var run = new JournalRun(Path)) run.Add(Token);
        using (var run = new JournalRun(Path))
        {
            ApnsRequest request = run.Add(Token).Request;
            var pool = new PoolHarness();
            request.Sink = pool.Sink;
            pool.Dispatcher.Refuse(request);
            Assert.Equal(ApnsOutcome.Unknown, run.End(request).Outcome);
        }
    }

    [Fact]
    public void Equal_tokens_are_as_many_inputs()
    {
        using (var run = new JournalRun(Path))
        {
            for (int i = 0; i < 3; i++) run.Finish(Token, ApnsOutcome.Delivered, 200);
        }

        using (var run = new JournalRun(Path))
        {
            JournalVerdict[] verdicts = [.. Enumerable.Range(0, 5).Select(_ => run.Add(Token).Verdict)];
            Assert.Equal([JournalVerdict.Skip, JournalVerdict.Skip, JournalVerdict.Skip, JournalVerdict.Send, JournalVerdict.Send], verdicts);
        }

        Assert.Equal((5L, 2L), (ApnsJournal.Read(Path).Inputs, ApnsJournal.Read(Path).Unfinished));
    }

    [Fact]
    public void One_token_may_be_any_number_of_inputs()
    {
        const int Inputs = 30_000;
        List<Guid> unfinished = [];
        using (var run = new JournalRun(Path))
        {
            for (int i = 0; i < Inputs / 3; i++) run.Finish(Token, ApnsOutcome.Delivered, 200);
            for (int i = 0; i < Inputs / 3; i++) unfinished.Add(run.Add(Token).Request.ApnsId);
        }

        using (var run = new JournalRun(Path))
        {
            for (int i = 0; i < Inputs; i++)
            {
                (ApnsRequest request, JournalVerdict verdict) = run.Add(Token);
                Assert.Equal(i < Inputs / 3 ? JournalVerdict.Skip : JournalVerdict.Send, verdict);
                if (request.InDoubt) Assert.Equal(unfinished[i - (Inputs / 3)], request.ApnsId);
                if (verdict == JournalVerdict.Send) run.End(request, request.InDoubt ? ApnsOutcome.Unknown : ApnsOutcome.NotSent);
            }
        }

        using (var run = new JournalRun(Path))
        {
            for (int i = 0; i < Inputs; i++)
            {
                if (run.Add(Token) is (var request, JournalVerdict.Send)) run.End(request, ApnsOutcome.Delivered, 200);
            }
        }

        ApnsJournalSummary summary = ApnsJournal.Read(Path);
        Assert.Equal((Inputs, Inputs, Inputs / 3, 0), (summary.Inputs, summary.Delivered, summary.PossibleDuplicates, summary.Unfinished));
        Assert.Equal(Inputs, ApnsJournal.ReadResults(Path).Select(result => result.ApnsId).Distinct().Count());
    }

    [Fact]
    public void A_token_is_the_same_in_capitals()
    {
        string token = "ab" + Token[2..];
        using (var run = new JournalRun(Path)) run.Finish(token, ApnsOutcome.Delivered, 200);
        using (var run = new JournalRun(Path)) Assert.Equal(JournalVerdict.Skip, run.Add(token.ToUpperInvariant()).Verdict);
    }

    [Fact]
    public void The_order_of_the_inputs_does_not_matter()
    {
        string[] tokens = [.. Enumerable.Range(0, 1000).Select(i => Samples.Token(i / 2))];
        var random = new Random(3);
        random.Shuffle(tokens);
        using (var run = new JournalRun(Path))
        {
            foreach (string token in tokens.Take(600)) run.Finish(token, ApnsOutcome.Delivered, 200);
        }

        random.Shuffle(tokens);
        using (var run = new JournalRun(Path))
        {
            Assert.Equal(400, tokens.Count(token => run.Add(token).Verdict == JournalVerdict.Send));
            Assert.Equal(600, run.Skipped);
        }
    }

    [Fact]
    public void The_same_token_with_another_text_is_another_input()
    {
        RequestTemplate[] templates = [.. Enumerable.Range(0, 3).Select(i => RequestTemplate.Compile(Samples.Notification(40 + i), Samples.Topic, Samples.Key))];
        using (var run = new JournalRun(Path))
        {
            foreach (RequestTemplate template in templates[..2]) run.End(run.Add(Token, template).Request, ApnsOutcome.Delivered, 200);
        }

        using (var run = new JournalRun(Path)) Assert.Equal([JournalVerdict.Send, JournalVerdict.Skip, JournalVerdict.Skip], templates.Reverse().Select(template => run.Add(Token, template).Verdict));
    }

    [Fact]
    public void A_journal_of_something_else_is_refused()
    {
        var label = new ApnsJournalOptions { Path = Path, Label = "autumn" };
        using (new JournalRun(Path, label, environment: ApnsEnvironment.Production))
        {
        }

        Refused(() => new JournalRun(Path, label with { Label = "spring" }, environment: ApnsEnvironment.Production));
        Refused(() => new JournalRun(Path, label, environment: ApnsEnvironment.Development));
        Refused(() => new JournalRun(Path, label, RequestTemplate.Compile(Samples.Notification(41), Samples.Topic, Samples.Key), ApnsEnvironment.Production));
        Refused(() => new JournalRun(Path, label, RequestTemplate.Compile(Samples.Notification(), "com.example.other", Samples.Key), ApnsEnvironment.Production));
        Refused(() => new JournalRun(Path, label, RequestTemplate.Compile(Samples.Notification() with { CollapseId = "x" }, Samples.Topic, Samples.Key), ApnsEnvironment.Production));
        using (new JournalRun(Path, label, environment: ApnsEnvironment.Production))
        {
        }

        void Refused(Func<JournalRun> open) => Assert.Equal(ApnsErrorKind.JournalMismatch, Assert.Throws<ApnsException>(open).Kind);
    }

    [Theory]
    [InlineData("""{"aps":{"alert":"Hi"},"a":{"x":1,"y":[1,2]}}""", """{ "a": {"y":[1,2], "x":1}, "aps":{"alert":"Hi"} }""", true)]
    [InlineData("""{"aps":{"event":"update","timestamp":1,"stale-date":2,"dismissal-date":3}}""", """{"aps":{"event":"update","timestamp":4}}""", true)]
    [InlineData("""{"aps":{"alert":"Hi"},"timestamp":1}""", """{"aps":{"alert":"Hi"},"timestamp":2}""", false)]
    [InlineData("""{"aps":{"x":{"timestamp":1}}}""", """{"aps":{"x":{"timestamp":2}}}""", false)]
    [InlineData("""{"aps":{"alert":"Hi"}}""", """{"aps":{"alert":"Ho"}}""", false)]
    [InlineData("""{"aps":{},"a":[1,2]}""", """{"aps":{},"a":[2,1]}""", false)]
    [InlineData("""{"aps":{},"a":"1"}""", """{"aps":{},"a":1}""", false)]
    [InlineData("""{"aps":{},"a":{"b":1}}""", """{"aps":{},"a":{},"b":1}""", false)]
    public void A_notification_is_the_same_whatever_the_clock_and_hashtables_make_of_it(string one, string other, bool same)
    {
        Assert.Equal(same, Fingerprint(one).SequenceEqual(Fingerprint(other)));
        Assert.Equal(Fingerprint(one), Fingerprint(one, DateTimeOffset.UnixEpoch));

        static byte[] Fingerprint(string json, DateTimeOffset? expiration = null) =>
            NotificationFingerprint.Of(RequestTemplate.Compile(new ApnsNotification { Payload = Encoding.UTF8.GetBytes(json), Expiration = expiration }, Samples.Topic, Samples.Key));
    }

    [Fact]
    public void A_summary_counts_the_last_result_of_each()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow.AddMilliseconds(-1);
        var options = new ApnsJournalOptions { Path = Path, Notification = Samples.Notification() };
        using (var run = new JournalRun(Path, options))
        {
            run.Finish(Samples.Token(1), ApnsOutcome.Delivered, 200);
            run.Finish(Samples.Token(2), ApnsOutcome.Rejected, 410, "Unregistered");
            run.Finish(Samples.Token(3), ApnsOutcome.Rejected, 503, "ServiceUnavailable");
            run.Finish(Samples.Token(4), ApnsOutcome.Unknown);
            run.Finish(Samples.Token(5), ApnsOutcome.NotSent);
            run.Add(Samples.Token(6));
        }

        Check(1, delivered: 1, rejected: 2, unknown: 1, notSent: 1, unfinished: 1, duplicates: 0, "ServiceUnavailable 1, Unregistered 1");
        using (var run = new JournalRun(Path, options))
        {
            run.Finish(Samples.Token(3), ApnsOutcome.Rejected, 410, "Unregistered");
            run.Finish(Samples.Token(4), ApnsOutcome.Delivered, 200);
            run.Add(Samples.Token(5));
            run.Finish(Samples.Token(6), ApnsOutcome.Delivered, 200);
        }

        Check(2, delivered: 3, rejected: 2, unknown: 0, notSent: 0, unfinished: 1, duplicates: 2, "Unregistered 2");

        void Check(int runs, long delivered, long rejected, long unknown, long notSent, long unfinished, long duplicates, string reasons)
        {
            ApnsJournalSummary summary = ApnsJournal.Read(Path);
            Assert.Equal((runs, 6L, delivered, rejected, unknown, notSent, unfinished), (summary.Runs, summary.Inputs, summary.Delivered, summary.Rejected, summary.Unknown, summary.NotSent, summary.Unfinished));
            Assert.Equal(duplicates, summary.PossibleDuplicates);
            Assert.Equal(reasons, string.Join(", ", summary.Reasons.Select(pair => $"{pair.Key} {pair.Value}")));
            Assert.Equal(options.Notification!.ToString(), summary.Notification);
            Assert.InRange(summary.Started!.Value, before, summary.Ended!.Value);
            List<ApnsResult> results = [.. ApnsJournal.ReadResults(Path)];
            Assert.Equal(Enumerable.Range(0, 6).Select(i => (long)i), results.Select(result => result.Index));
            Assert.Equal(Enumerable.Range(1, 6).Select(Samples.Token), results.Select(result => result.Token).Order(StringComparer.Ordinal));
            Assert.Equal(delivered, results.Count(result => result.Outcome == ApnsOutcome.Delivered));
            Assert.Equal(unknown + unfinished, results.Count(result => result.Outcome == ApnsOutcome.Unknown));
        }
    }
}
