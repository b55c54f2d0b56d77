using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>
/// Thousands of random lives of a pool under virtual time: connections come, answer, refuse, lose and end as they like, and
/// the pool grows and shrinks, of itself and because it is told to.
/// What must hold whatever happens is checked for each request.
/// </summary>
public class DispatcherSimulationTests
{
    private static readonly (int Status, string? Reason)[] Answers =
    [
        (200, null), (200, null), (200, null), (200, null), (400, "BadDeviceToken"), (410, "Unregistered"), (429, "TooManyRequests"),
        (500, null), (503, "ServiceUnavailable"), (403, "ExpiredProviderToken"), (403, "InvalidProviderToken"), (418, "Unheard"),
    ];

    [Theory]
    [InlineData(ApnsDelivery.AtLeastOnce, 1)]
    [InlineData(ApnsDelivery.AtLeastOnce, 100_000)]
    [InlineData(ApnsDelivery.AtMostOnce, 200_000)]
    [InlineData(ApnsDelivery.AtMostOnce, 300_000)]
    public void Whatever_happens_every_request_ends_once_and_what_is_told_about_it_is_true(ApnsDelivery delivery, int firstSeed)
    {
        var outcomes = new Dictionary<ApnsOutcome, int>();
        int duplicates = 0;
        for (int seed = firstSeed; seed < firstSeed + 800; seed++)
        {
            try
            {
                var life = new Life(delivery, seed);
                life.Run();
                foreach (ApnsRequest request in life.Submitted)
                {
                    outcomes[request.Outcome] = outcomes.GetValueOrDefault(request.Outcome) + 1;
                    if (request.PossibleDuplicate) duplicates++;
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }

        // The lives must be eventful enough to prove something.
        Assert.Equal(4, outcomes.Count);
        Assert.All(outcomes.Values, count => Assert.True(count > 500, string.Join(", ", outcomes)));
        Assert.Equal(delivery == ApnsDelivery.AtLeastOnce, duplicates > 500);
    }

    private sealed class Life
    {
        private const double LongestStep = 2;

        private readonly Random _random;
        private readonly ApnsDelivery _delivery;
        private readonly PoolHarness _pool;
        private readonly RecordingSink _second = new();
        private readonly Dictionary<ApnsRequest, List<(AttemptEnd End, int Status)>> _history = [];

        // How many connections there had been when a request's provider token was first found too old, and which found so since.
        private readonly Dictionary<ApnsRequest, (int Before, List<int> Since)> _refusals = [];
        private readonly int _count;
        private readonly bool _mayFailForGood;
        private bool _closed;

        public Life(ApnsDelivery delivery, int seed)
        {
            _random = new Random(seed);
            _delivery = delivery;
            _pool = new PoolHarness(new PoolOptions { Connections = _random.Next(1, 5), MaxConnections = _random.Next(1, 8), MaxLosses = _random.Next(1, 6) }, seed) { Delivery = delivery };
            _count = _random.Next(1, 40);
            _mayFailForGood = _random.Next(4) == 0;
        }

        public IReadOnlyCollection<ApnsRequest> Submitted => _history.Keys;

        private int Ended => _pool.Sink.Ended.Count + _second.Ended.Count;

        public void Run()
        {
            _pool.Dispatcher.Start(_pool.Now);
            bool closesEarly = _random.Next(5) == 0;
            for (int step = 0; step < 300 && (_history.Count < _count || Ended < _count); step++)
            {
                Step();
                if (closesEarly && !_closed && step > 100) Close();
            }

            // Time alone must end everything, without anybody closing; but only connections that still answer deadlines.
            if (_random.Next(2) == 0)
            {
                for (int i = 0; i < 200 && Ended < _history.Count; i++) Pass(1);
            }
            else
            {
                Close();
                foreach (FakeConnection connection in _pool.Connections.ToArray()) Lose(connection, ApnsErrorKind.Closed);
            }

            Assert.Equal(_history.Count, Ended);
            Assert.Equal(0, _pool.Dispatcher.Waiting);
            foreach (ApnsRequest request in _history.Keys) Check(request);
        }

        private void Step()
        {
            switch (_random.Next(17))
            {
                case 0 or 1 or 2 when _history.Count < _count:
                    RecordingSink sink = _random.Next(3) == 0 ? _second : _pool.Sink;
                    ApnsRequest request = _pool.NewRequest(seconds: 1 + (_random.NextDouble() * 60), payload: _random.Next(30, 200), sink: sink);
                    _history.Add(request, []);
                    _pool.Dispatcher.Submit(request, _pool.Now);
                    break;
                case 3 or 4 when Pick(ApnsConnectionState.Connecting) is { } connecting:
                    if (_random.Next(4) == 0) Lose(connecting, _mayFailForGood && _random.Next(2) == 0 ? ApnsErrorKind.ServerNotTrusted : ApnsErrorKind.ConnectFailed);
                    else _pool.Activate(connecting);
                    break;
                case 5 or 6 or 7 or 8:
                    EndSome(AttemptEnd.Answered);
                    break;
                case 9:
                    EndSome(AttemptEnd.NotProcessed);
                    break;
                case 10:
                    EndSome(AttemptEnd.Lost);
                    break;
                case 11 when Pick(ApnsConnectionState.Active) is { } active:
                    if (_random.Next(3) == 0) Lose(active, ApnsErrorKind.ConnectionLost);
                    else GoAway(active);
                    break;
                case 12 when Pick(ApnsConnectionState.Active) is { } active:
                    active.Blocked = !active.Blocked;
                    active.StreamLimit = _random.Next(1, 8);
                    active.Window = _random.Next(10, 300);
                    _pool.Progress(active);
                    break;
                case 13 when Pick(ApnsConnectionState.Closing) is { InFlight: 0 } drained:
                    Lose(drained, ApnsErrorKind.ConnectionLost);
                    break;
                case 14 when _random.Next(60) == 0 && !_second.Withdrawn:
                    _second.Withdrawn = true;
                    _pool.Dispatcher.Withdraw(_second, new ApnsException(ApnsErrorKind.Stopped, "stopped"), _pool.Now);
                    break;
                case 15 when _random.Next(3) == 0:
                    int min = _random.Next(1, 6);
                    _pool.Dispatcher.SetLimits(min, _random.Next(min, 8), _pool.Now);
                    break;
                default:
                    Pass(_random.NextDouble() * (_random.Next(10) == 0 ? LongestStep : 0.2));
                    break;
            }

            int usable = _pool.Connections.Count(connection => connection.State < ApnsConnectionState.Closing);
            Assert.True(usable <= _pool.Dispatcher.Limits.Max, $"{usable} connections where {_pool.Dispatcher.Limits.Max} are allowed");
        }

        private FakeConnection? Pick(ApnsConnectionState state)
        {
            FakeConnection[] of = [.. _pool.Connections.Where(connection => connection.State == state)];
            return of.Length == 0 ? null : of[_random.Next(of.Length)];
        }

        private void EndSome(AttemptEnd end)
        {
            FakeConnection[] busy = [.. _pool.Connections.Where(connection => connection.InFlight > 0)];
            if (busy.Length == 0) return;
            FakeConnection connection = busy[_random.Next(busy.Length)];
            ApnsRequest[] some = [.. connection.Requests.Where(_ => _random.Next(3) == 0)];
            var finished = new List<ApnsRequest>();
            foreach (ApnsRequest request in some)
            {
                if (end == AttemptEnd.Answered)
                {
                    (request.Status, request.Reason) = Answers[_random.Next(Answers.Length)];
                    request.RetryAfter = _random.Next(10) == 0 ? TimeSpan.FromSeconds(_random.Next(100)) : null;
                }

                finished.Add(End(connection, request, end));
            }

            // With its provider token refused a connection takes no more.
            if (end == AttemptEnd.Answered && finished.Exists(request => request.Status == 403) && connection.State == ApnsConnectionState.Active)
            {
                connection.State = ApnsConnectionState.Closing;
                connection.CloseReason = new ApnsException(ApnsErrorKind.ConnectionLost, "refused");
            }

            _pool.Progress(connection, finished);
        }

        private void GoAway(FakeConnection connection)
        {
            connection.State = ApnsConnectionState.Closing;
            connection.CloseReason = _random.Next(3) switch
            {
                0 => null,
                1 when _mayFailForGood => new ApnsException(ApnsErrorKind.Refused, "goaway") { Reason = "BadCertificate" },
                _ => new ApnsException(ApnsErrorKind.ConnectionLost, "goaway"),
            };
            ApnsRequest[] above = [.. connection.Requests.Where(_ => _random.Next(2) == 0)];
            _pool.Progress(connection, [.. above.Select(request => End(connection, request, AttemptEnd.NotProcessed))]);
        }

        private void Lose(FakeConnection connection, ApnsErrorKind kind)
        {
            if (connection.State == ApnsConnectionState.Closed) return;
            connection.State = ApnsConnectionState.Closed;
            connection.CloseReason ??= new ApnsException(kind, "lost");
            ApnsRequest[] all = [.. connection.Requests];
            _pool.Progress(connection, [.. all.Select(request => End(connection, request, _random.Next(3) == 0 ? AttemptEnd.NotProcessed : AttemptEnd.Lost))]);
        }

        private void Close()
        {
            _closed = true;
            _pool.Dispatcher.Close(_pool.Now);
        }

        /// <summary>Time passes; connections keep their requests' deadlines.</summary>
        private void Pass(double seconds)
        {
            _pool.Advance(seconds);
            foreach (FakeConnection connection in _pool.Connections.ToArray())
            {
                ApnsRequest[] late = [.. connection.Requests.Where(request => request.Deadline <= _pool.Now)];
                if (late.Length > 0) _pool.Progress(connection, [.. late.Select(request => End(connection, request, AttemptEnd.TimedOut))]);
            }
        }

        private ApnsRequest End(FakeConnection connection, ApnsRequest request, AttemptEnd end)
        {
            _history[request].Add((end, end == AttemptEnd.Answered ? request.Status : 0));
            if (end == AttemptEnd.Answered && request.Reason == "ExpiredProviderToken")
            {
                if (_refusals.TryGetValue(request, out var refusals)) refusals.Since.Add(connection.Number);
                else _refusals.Add(request, (_pool.Connections.Count, []));
            }

            return connection.End(request, end);
        }

        private void Check(ApnsRequest request)
        {
            List<(AttemptEnd End, int Status)> history = _history[request];
            string story = $"{request.Outcome}, {request.Attempts} attempts, duplicate {request.PossibleDuplicate}: {string.Join(", ", history)}";
            (AttemptEnd End, int Status)[] reached = [.. history.Where(attempt => attempt.End != AttemptEnd.NotProcessed)];
            Assert.True(request.Attempts == reached.Length, story);

            int firstDoubt = Array.FindIndex(reached, attempt => attempt.End is AttemptEnd.Lost or AttemptEnd.TimedOut);
            bool sentAgainInDoubt = firstDoubt >= 0 && firstDoubt < reached.Length - 1;
            Assert.True(request.PossibleDuplicate == sentAgainInDoubt, story);
            if (_delivery == ApnsDelivery.AtMostOnce)
            {
                // In doubt, it is not even tried again, not to speak of reaching APNs.
                int doubt = history.FindIndex(attempt => attempt.End is AttemptEnd.Lost or AttemptEnd.TimedOut);
                Assert.True(doubt < 0 || doubt == history.Count - 1, story);
            }

            int answered = history.FindIndex(attempt => attempt.Status is 200 or 400 or 410 or 418);
            Assert.True(answered < 0 || answered == history.Count - 1, story);

            // Connections that were there at the first refusal may be as old, and refuse once each; one that was opened since
            // has the last word.
            if (_refusals.TryGetValue(request, out var refusals))
            {
                Assert.True(refusals.Since.SkipLast(1).All(number => number < refusals.Before), story);
                Assert.Equal(refusals.Since.Distinct(), refusals.Since);
                if (refusals.Since.Exists(number => number >= refusals.Before)) Assert.Equal((ApnsOutcome.Rejected, "ExpiredProviderToken"), (request.Outcome, request.Reason));
            }

            switch (request.Outcome)
            {
                case ApnsOutcome.Delivered:
                    Assert.True(reached[^1].Status == 200 && history[^1].Status == 200, story);
                    break;
                case ApnsOutcome.Rejected:
                    Assert.True(reached[^1].Status == request.Status && request.Status >= 400, story);
                    break;
                case ApnsOutcome.Unknown:
                    Assert.True(request.Attempts > 0, story);
                    Assert.True(history[^1].Status == 0, story);
                    break;
                default:
                    Assert.True(request.Attempts == 0, story);
                    break;
            }

            Assert.InRange(request.FinishedAt, request.TakenAt, request.Deadline + TimeSpan.FromSeconds(LongestStep).Ticks);
        }
    }
}
