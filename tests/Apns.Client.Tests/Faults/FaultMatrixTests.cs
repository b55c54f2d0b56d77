using System;
using System.Linq;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Faults;

/// <summary>
/// Every fault of the emulator, with one connection and with four, and both kinds of delivery: nothing is lost, nothing
/// is delivered twice without being marked so, and what the results say is what the server did.
/// </summary>
public abstract class FaultMatrixTests(int connections)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(25);

    public static TheoryData<string> Cases => [.. FaultCase.All.Select(static fault => fault.Name)];

    /// <summary>The seed is 1 unless the environment says otherwise.</summary>
    private static int Seed => Setting.Of("APNS_FAULT_SEED", 1);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Results_tell_what_happened_whatever_happens(string name)
    {
        FaultCase fault = FaultCase.Of(name);
        int seed = Seed;

        // Each fault meets both kinds of delivery, one with one connection and the other with four; the next seed has them the other way round.
        bool once = (Array.IndexOf([.. FaultCase.All], fault) + seed + connections / 4) % 2 == 0;
        ApnsDelivery delivery = once ? ApnsDelivery.AtMostOnce : ApnsDelivery.AtLeastOnce;
        EmulatorFault[] faults = [.. fault.Draw(seed)];
        try
        {
            ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 10 * fault.Count, Faults = faults });
            var options = new ApnsBatchOptions { Delivery = delivery, Timeout = fault.Timeout, Deadline = DateTimeOffset.UtcNow + Deadline };
            FaultRun run = await FaultRun.SendAsync(emulator, fault, options, connections);
            run.CheckTruth(delivery);

            // In time, too: what was not would be Unknown or NotSent.
            run.CheckOutcomes(fault, delivery);

            // When it is everything at once, chance leaves some of it out.
            if (faults.Length <= 2) Assert.All(faults, fault => Assert.True(emulator.CountStrikes(fault.Kind) > 0, $"{fault} did not strike"));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"APNS_FAULT_SEED={seed}, {delivery}, {string.Join(" and ", faults.Take(3))}: {e.Message}", e);
        }
    }

    public sealed class WithOneConnection() : FaultMatrixTests(1);

    public sealed class WithFourConnections() : FaultMatrixTests(4);
}
