using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests.Simulation;

/// <summary>
/// Many simulated sessions, each from its own seed: 1,500 of either kind, or as many as APNS_SIMULATION_RUNS says, from
/// the seed APNS_SIMULATION_SEED on.
/// </summary>
public class SessionSimulationTests
{
    private static readonly int Runs = Setting.Of("APNS_SIMULATION_RUNS", 1500);
    private static readonly int FirstSeed = Setting.Of("APNS_SIMULATION_SEED", 1);

    [Theory]
    [InlineData(ApnsDelivery.AtLeastOnce)]
    [InlineData(ApnsDelivery.AtMostOnce)]
    public void What_is_told_about_a_notification_agrees_with_what_the_servers_did(ApnsDelivery delivery)
    {
        int[] outcomes = new int[Enum.GetValues<ApnsOutcome>().Length];
        int twice = 0;
        int halves = 0;
        Parallel.For(FirstSeed, FirstSeed + Runs, seed =>
        {
            var session = new SimulatedSession(delivery, seed);
            try
            {
                session.Run();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"APNS_SIMULATION_SEED={seed}: {e.Message}", e);
            }

            foreach (ApnsRequest request in session.Requests) Interlocked.Increment(ref outcomes[(int)request.Outcome]);
            Interlocked.Add(ref twice, session.DeliveredTwice);
            Interlocked.Add(ref halves, session.Halves);
        });

        // The sessions must be eventful enough to prove something.
        if (Runs < 1000) return;
        Assert.All(outcomes, count => Assert.True(count > Runs, string.Join(", ", outcomes)));
        Assert.Equal(delivery == ApnsDelivery.AtLeastOnce, twice > Runs / 2);
        Assert.True(halves > Runs / 2, $"{halves} payloads began with what was left of a window");
    }

    [Fact]
    public void A_seed_replays()
    {
        for (int seed = 1; seed <= 10; seed++) Assert.Equal(Story(seed), Story(seed));
    }

    private static IEnumerable<string> Story(int seed)
    {
        var session = new SimulatedSession(ApnsDelivery.AtLeastOnce, seed);
        session.Run();
        return session.Requests.Select(request => $"{request.Outcome} {request.Status} {request.Attempts} {request.PossibleDuplicate} {request.FinishedAt}");
    }
}
