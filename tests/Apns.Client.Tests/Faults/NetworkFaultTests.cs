using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Faults;

/// <summary>What goes wrong before there is a way to the server.</summary>
public class NetworkFaultTests
{
    public static TheoryData<int, ApnsDelivery> Cases { get; } = new()
    {
        { 1, ApnsDelivery.AtLeastOnce },
        { 1, ApnsDelivery.AtMostOnce },
        { 4, ApnsDelivery.AtLeastOnce },
        { 4, ApnsDelivery.AtMostOnce },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Names_that_cannot_be_resolved_for_a_while_hold_up_and_lose_nothing(int connections, ApnsDelivery delivery)
    {
        var fault = new FaultCase("DNS fails and comes back", "GoAway:every={often}");
        int asked = 0;
        IPAddress[] Resolve(string host)
        {
            int turn = Interlocked.Increment(ref asked) - connections;
            return turn <= 0 || turn % 3 == 0 ? [IPAddress.Loopback] : throw new SocketException((int)SocketError.TryAgain);
        }

        ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 10 * fault.Count, Faults = fault.Draw(1) });
        FaultRun run = await FaultRun.SendAsync(emulator, fault, new ApnsBatchOptions { Delivery = delivery }, connections, options => new TlsConnector(options, Resolve));
        run.CheckTruth(delivery);
        run.CheckOutcomes(fault, delivery);
        Assert.True(asked >= connections + 3, $"{asked} times was asked for the address");
    }
}
