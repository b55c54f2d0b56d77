using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>
/// The real dispatcher over real engines and a simulated network with hostile servers, under virtual time. What the
/// client says about each notification is held against what the servers did.
/// </summary>
public class EngineSimulationTests
{
    [Theory]
    [InlineData(ApnsDelivery.AtLeastOnce, 1)]
    [InlineData(ApnsDelivery.AtMostOnce, 50_000)]
    public void What_is_told_about_a_notification_agrees_with_what_the_servers_did(ApnsDelivery delivery, int firstSeed)
    {
        var outcomes = new Dictionary<ApnsOutcome, int>();
        int twice = 0;
        int halves = 0;
        for (int seed = firstSeed; seed < firstSeed + 150; seed++)
        {
            try
            {
                var life = new Life(delivery, seed);
                life.Run();
                foreach (ApnsRequest request in life.Requests) outcomes[request.Outcome] = outcomes.GetValueOrDefault(request.Outcome) + 1;
                twice += life.DeliveredTwice;
                halves += life.Halves;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }

        Assert.Equal(4, outcomes.Count);
        Assert.All(outcomes.Values, count => Assert.True(count > 50, string.Join(", ", outcomes)));
        Assert.Equal(delivery == ApnsDelivery.AtLeastOnce, twice > 0);
        Assert.True(halves > 50, $"{halves} payloads began with what was left of a window");
    }

    private sealed class Life
    {
        private const double LongestStep = 0.5;

        private readonly Random _random;
        private readonly ApnsDelivery _delivery;
        private readonly ServerLog _log = new();
        private readonly RecordingSink _sink = new();
        private readonly List<SimulatedConnection> _connections = [];
        private readonly Dispatcher _dispatcher;
        private readonly ApnsCredential _credential;
        private readonly RequestTemplate[] _templates = [Samples.Template(40), Samples.Template(500), Samples.Template(4096)];
        private readonly int _count;
        private DateTimeOffset _utcNow = new(2026, 5, 5, 5, 5, 5, TimeSpan.Zero);
        private long _now = TimeSpan.FromDays(1).Ticks;

        public Life(ApnsDelivery delivery, int seed)
        {
            _delivery = delivery;
            _random = new Random(seed);
            _count = _random.Next(5, 60);

            // Some lives use up the connections' windows.
            if (_random.Next(3) == 0) (_templates, _count) = (_templates[2..], 3 * _count);
            _credential = _random.Next(2) == 0 ? Samples.Key : Samples.Certificate;
            _dispatcher = new Dispatcher(new PoolOptions { Connections = _random.Next(1, 4), MaxConnections = _random.Next(1, 6) }, Open, _random);
        }

        public List<ApnsRequest> Requests { get; } = [];

        public int Halves => _log.Halves;

        public int DeliveredTwice => _log.Delivered.Values.Count(count => count > 1);

        public void Run()
        {
            _dispatcher.Start(_now);
            for (int step = 0; step < 600; step++)
            {
                if (Requests.Count < _count && _random.Next(3) == 0) Submit(1 + (_random.NextDouble() * 40));
                if (_random.Next(50) == 0)
                {
                    int min = _random.Next(1, 4);
                    _dispatcher.SetLimits(min, _random.Next(min, 6), _now);
                }

                Pass(_random.Next(20) == 0 ? LongestStep : 0.05, calm: false);
            }

            while (Requests.Count < _count) Submit(30);

            // Whatever was broken is repaired now, and all must end well before the last deadline; else time ends it.
            foreach (SimulatedConnection connection in _connections) connection.Server.CalmDown();
            for (int i = 0; i < 2000 && _sink.Ended.Count < _count; i++) Pass(0.05, calm: true);

            Assert.Equal(_count, _sink.Ended.Count);
            Assert.Equal(0, _dispatcher.Waiting);
            foreach (ApnsRequest request in Requests) Check(request);
        }

        private void Submit(double seconds)
        {
            var request = new ApnsRequest
            {
                Sink = _sink,
                Index = Requests.Count,
                Token = Samples.Token(Requests.Count),
                Template = _templates[_random.Next(_templates.Length)],
                ApnsId = Guid.NewGuid(),
                TakenAt = _now,
                Deadline = _now + TimeSpan.FromSeconds(seconds).Ticks,
                Delivery = _delivery,
            };
            Requests.Add(request);
            _dispatcher.Submit(request, _now);
        }

        private void Pass(double seconds, bool calm)
        {
            _now += TimeSpan.FromSeconds(seconds).Ticks;
            _utcNow += TimeSpan.FromSeconds(seconds);
            foreach (SimulatedConnection connection in _connections.ToArray())
            {
                if (connection.State == ApnsConnectionState.Closed && connection.Reported) continue;
                if (calm) connection.Server.CalmDown();
                connection.Server.Peer.AnswersPings |= calm;
                connection.Write();
                if (!calm && _random.Next(150) == 0)
                {
                    connection.Cut();
                }
                else
                {
                    connection.Carry(all: calm, _now);
                    connection.Server.Act();
                }

                connection.Sweep(_now);
                _dispatcher.OnProgress(connection, connection.TakeFinished(), _now);
            }

            _dispatcher.Tick(_now);
        }

        private SimulatedConnection Open(int number)
        {
            var connection = new SimulatedConnection(_random, _log, _credential, () => _utcNow, _now);
            connection.Server.SendSettings();
            _connections.Add(connection);
            return connection;
        }

        private void Check(ApnsRequest request)
        {
            int delivered = _log.Delivered.GetValueOrDefault(request.ApnsId);
            int arrived = _log.Arrived.GetValueOrDefault(request.ApnsId);
            string story = $"{request.Outcome} {request.Status} after {request.Attempts} attempts, {request.LastEnd}, {TimeSpan.FromTicks(request.FinishedAt - request.Deadline).TotalSeconds:0.00} s after the deadline, duplicate {request.PossibleDuplicate}; arrived {arrived}, delivered {delivered}";
            Assert.True(delivered <= request.Attempts, story);
            Assert.True(delivered <= 1 || request.PossibleDuplicate, story);
            Assert.True(delivered <= 1 || _delivery == ApnsDelivery.AtLeastOnce, story);
            Assert.True(request.FinishedAt <= request.Deadline + TimeSpan.FromSeconds(LongestStep).Ticks, story);
            switch (request.Outcome)
            {
                case ApnsOutcome.Delivered:
                    Assert.True(delivered >= 1 && request.Status == 200 && request.AnsweredId == request.ApnsId, story);
                    break;
                case ApnsOutcome.Rejected:
                    Assert.True(request.Status >= 400 && (delivered == 0 || request.PossibleDuplicate), story);
                    break;
                case ApnsOutcome.Unknown:
                    Assert.True(request.Attempts > 0 && request.Status == 0, story);
                    break;
                default:
                    Assert.True(request.Attempts == 0 && delivered == 0, story);
                    break;
            }
        }
    }
}
