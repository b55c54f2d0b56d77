using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Faults;

/// <summary>What goes wrong on the way to a server that is in order.</summary>
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

        FaultRun run = await FaultRun.SendAsync(Start(fault), fault, new ApnsBatchOptions { Delivery = delivery }, connections, options => new TlsConnector(options, Resolve));
        run.CheckTruth(delivery);
        run.CheckOutcomes(fault, delivery);
        Assert.True(asked >= connections + 3, $"{asked} times was asked for the address");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_proxy_that_drops_connections_anywhere_makes_nobody_lie(int connections, ApnsDelivery delivery)
    {
        // Each connection carries more answers than it may have streams: somebody has to get through.
        var fault = new FaultCase("proxy drops") { Loses = true };
        ApnsEmulator emulator = Start(fault);
        var random = new Random(1);
        using var proxy = new ScriptedPeer(
            connection =>
            {
                int left;
                lock (random) left = random.Next(60_000, 150_000);
                connection.ReadHead();
                connection.Say(ProxyScripts.Established);
                connection.Relay(emulator.Port, left);
            },
            null);
        FaultRun run = await FaultRun.SendAsync(
            emulator, fault, new ApnsBatchOptions { Delivery = delivery }, connections, options => new TlsConnector(options with { Proxy = ApnsProxy.At(proxy.Address()) }));
        run.CheckTruth(delivery);
        run.CheckOutcomes(fault, delivery);
        Assert.True(proxy.Accepted > connections, "the proxy dropped nothing");
    }

    private static ApnsEmulator Start(FaultCase fault) => ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 10 * fault.Count, Faults = fault.Draw(1) });
}
