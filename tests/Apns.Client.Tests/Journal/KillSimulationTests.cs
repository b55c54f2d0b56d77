using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Journal;

/// <summary>
/// Runs that are killed at any instant: the file ends at any byte of the write under way, and the world is as it was
/// before that write ended, since nothing leaves before. The next run has the inputs in another order.
/// </summary>
public sealed class KillSimulationTests : IDisposable
{
    private const int Inputs = 60;
    private const int Kills = 8;

    // Fifty, and in CI 150; a fiftieth of the sessions that the nightly set simulates, and from its seed on.
    private static readonly int Runs = Setting.Of("APNS_SIMULATION_RUNS", 2500) / 50;
    private static readonly int FirstSeed = Setting.Of("APNS_SIMULATION_SEED", 0);

    private readonly JournalRun.Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ApnsDelivery.AtLeastOnce)]
    [InlineData(ApnsDelivery.AtMostOnce)]
    public void Every_input_is_accounted_for_and_every_repetition_marked(ApnsDelivery delivery)
    {
        for (int seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            File.Delete(_folder.Journal);
            new Simulation(_folder.Journal, delivery, seed).Run();
        }
    }

    /// <summary>The world while the file grew from one length to another.</summary>
    private sealed record Moment(long From, long To, Dictionary<Guid, int> Processed, Dictionary<Guid, ApnsResult> Results);

    private sealed class Simulation(string path, ApnsDelivery delivery, int seed)
    {
        private readonly Random _random = new(seed);

        // A third of the tokens come twice or more.
        private readonly string[] _tokens = [.. Enumerable.Range(0, Inputs).Select(i => Samples.Token(i % (Inputs * 2 / 3)))];

        // By apns-id, which stays an input's own through all runs.
        private Dictionary<Guid, int> _processed = [];
        private Dictionary<Guid, ApnsResult> _results = [];

        public void Run()
        {
            for (int i = 0; i < Kills; i++) RunAndKill();
            RunToTheEnd();
            string which = $"seed {seed}";
            ApnsJournalSummary summary = ApnsJournal.Read(path);
            Assert.True((Inputs, 0) == (summary.Inputs, summary.Unfinished), which);
            List<ApnsResult> results = [.. ApnsJournal.ReadResults(path)];
            Assert.Equal(_tokens.Order(StringComparer.Ordinal), results.Select(result => result.Token).Order(StringComparer.Ordinal));
            foreach (ApnsResult result in results)
            {
                int processed = _processed.GetValueOrDefault(result.ApnsId);
                Assert.True(processed < 2 || result.PossibleDuplicate, $"{which}: processed {processed} times without a mark");
                Assert.True(processed < 2 || delivery == ApnsDelivery.AtLeastOnce, $"{which}: processed {processed} times");
                Assert.True(processed > 0 || result.Outcome != ApnsOutcome.Delivered, $"{which}: delivered, but never processed");
                Assert.True(result.Outcome == ApnsOutcome.Delivered || delivery == ApnsDelivery.AtMostOnce, $"{which}: {result.Outcome}");
                Assert.Equal(result.Outcome, _results[result.ApnsId].Outcome);
            }

            Assert.Equal(Inputs, results.Select(result => result.ApnsId).Distinct().Count());
            Assert.All(_processed.Keys, id => Assert.Contains(results, result => result.ApnsId == id));
        }

        private void RunAndKill()
        {
            List<Moment> moments = [];
            using (var run = new JournalRun(path) { Delivery = delivery }) Play(run, moments);
            Moment last = moments[_random.Next(moments.Count)];
            using (FileStream file = File.OpenWrite(path)) file.SetLength(_random.NextInt64(last.From, last.To + 1));
            (_processed, _results) = (last.Processed, last.Results);
        }

        /// <summary>Once more without a kill, until all is delivered or may not be sent again.</summary>
        private void RunToTheEnd()
        {
            using (var run = new JournalRun(path) { Delivery = delivery })
            {
                foreach (string token in _tokens) Add(run, token, []);
                foreach (ApnsRequest request in run.Flush())
                {
                    Process(request);
                    End(run, request, ApnsOutcome.Delivered, 200);
                }

                Assert.Equal(0, run.ReleasedEarly);
            }
        }

        private void Play(JournalRun run, List<Moment> moments)
        {
            _random.Shuffle(_tokens);
            List<ApnsRequest> inFlight = [];
            Flush(run, moments);
            foreach (string token in _tokens)
            {
                Add(run, token, inFlight);
                if (_random.Next(4) > 0) continue;

                // Nothing has left before this is over.
                foreach (ApnsRequest request in Flush(run, moments))
                {
                    if (_random.Next(10) == 0)
                    {
                        // What an earlier run may have sent cannot end as not sent.
                        End(run, request, request.Attempts > 0 ? ApnsOutcome.Unknown : ApnsOutcome.NotSent, 0);
                        continue;
                    }

                    if (_random.Next(4) > 0) Process(request);
                    inFlight.Add(request);
                }

                while (inFlight.Count > 0 && _random.Next(3) > 0)
                {
                    Answer(run, inFlight);
                    Flush(run, moments);
                }
            }
        }

        private ApnsRequest[] Flush(JournalRun run, List<Moment> moments)
        {
            (Dictionary<Guid, int> processed, Dictionary<Guid, ApnsResult> results) = (new(_processed), new(_results));
            ApnsRequest[] released = run.Flush();
            long to = new FileInfo(path).Length;
            moments.Add(new Moment(moments.Count == 0 ? to : moments[^1].To, to, processed, results));
            return released;
        }

        private void Add(JournalRun run, string token, List<ApnsRequest> inFlight)
        {
            (ApnsRequest request, JournalVerdict verdict) = run.Add(token);
            Assert.DoesNotContain(request, inFlight);
            if (verdict == JournalVerdict.LeaveUnknown) _results[request.ApnsId] = run.End(request);
        }

        private void Answer(JournalRun run, List<ApnsRequest> inFlight)
        {
            int which = _random.Next(inFlight.Count);
            ApnsRequest request = inFlight[which];
            inFlight.RemoveAt(which);
            if (!_processed.ContainsKey(request.ApnsId)) Process(request);
            switch (_random.Next(8))
            {
                case 0:
                    End(run, request, ApnsOutcome.Unknown, 0);
                    break;
                case 1 when _processed[request.ApnsId] == 1 && !request.InDoubt:
                    // What is refused was not processed.
                    _processed.Remove(request.ApnsId);
                    End(run, request, ApnsOutcome.Rejected, 503);
                    break;
                default:
                    End(run, request, ApnsOutcome.Delivered, 200);
                    break;
            }
        }

        private void Process(ApnsRequest request) => _processed[request.ApnsId] = _processed.GetValueOrDefault(request.ApnsId) + 1;

        private void End(JournalRun run, ApnsRequest request, ApnsOutcome outcome, int status) => _results[request.ApnsId] = run.End(request, outcome, status);
    }
}
