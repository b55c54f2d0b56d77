using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Faults;

/// <summary>What is left behind when everything went wrong: nothing.</summary>
[Collection(nameof(Alone))]
public class FaultResourceTests
{
    public static TheoryData<string> Cases { get; } = [.. FaultCase.All.Select(fault => fault.Name)];

    [Fact]
    public async Task Neither_threads_nor_sockets_survive_any_fault()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/task"), "threads and sockets are counted by /proc, which only Linux has");
        int sockets = Resources.Sockets();
        foreach (FaultCase fault in FaultCase.All)
        {
            FaultCase few = fault with { Count = 300 };
            ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Faults = few.Draw(1) });
            await FaultRun.SendAsync(emulator, few, new ApnsBatchOptions { Timeout = TimeSpan.FromSeconds(1) }, connections: 2);
        }

        await Eventually.True(() => Resources.Threads("apns read", "apns write", "apns clock", "apns emulator", "apns emulator a", "apns emulator p") == 0, "the end of the threads");
        await Eventually.True(() => Resources.Sockets() <= sockets, "the end of the sockets");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Memory_stays_flat_whatever_happens(string name)
    {
        FaultCase fault = FaultCase.Of(name) with { Count = 1000 };
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 0, Faults = fault.Draw(1) });
        await using ApnsClient client = await FaultRun.ConnectAsync(emulator, fault, connections: 2);

        // Objects that are kept for the next request become as many as were ever in use at once, and then no more. What a
        // fault leaves behind would grow each time: it strikes ten times in 3,000, and a connection holds a hundred KiB.
        long before = 0;
        List<long> grown = [];
        do
        {
            Send(client, fault, 3000);
            long after = Resources.LiveBytes();
            grown.Add(after - before);
            before = after;
        }
        while (grown.Count < 8 && grown[^1] >= 256 * 1024);
        Assert.True(grown[^1] < 256 * 1024, $"{string.Join(", ", grown[1..].Select(bytes => bytes / 1024))} KiB more each time");
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_number_of_faults()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 0, Faults = [EmulatorFault.Parse("CutConnection:every=2000")] });
        await using ApnsClient client = await FaultRun.ConnectAsync(emulator, FaultCase.Of("cut anywhere"), connections: 2);
        using ApnsBatch batch = client.StartBatch();
        ApnsNotification notification = Samples.Notification();
        Send(batch, notification, 20_000);
        long before = Resources.LiveBytes();
        Send(batch, notification, 60_000);
        long after = Resources.LiveBytes();
        Assert.True(after - before < 1 << 20, $"{(after - before) / 1024} KiB more");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Send(ApnsClient client, FaultCase fault, int count)
    {
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { Timeout = fault.Timeout });
        Assert.Equal(count, batch.Send(Enumerable.Range(0, count).Select(Samples.Token), Samples.Notification(fault.Payload)).Count);
    }

    /// <summary>Apart, so that nothing of the results is still in a register or on the stack when memory is measured.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Send(ApnsBatch batch, ApnsNotification notification, int count) =>
        Assert.Equal(count, batch.Send(Enumerable.Range(0, count).Select(Samples.Token), notification).Count);
}
