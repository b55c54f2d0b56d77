using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>Memory and threads of a long run.</summary>
[Collection(nameof(Alone))]
public class ResourceTests
{
    [Fact]
    public async Task Memory_does_not_grow_with_the_number_of_notifications()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 0 });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 1 });
        using ApnsBatch batch = client.StartBatch();
        ApnsNotification notification = Samples.Notification();
        string[] tokens = [.. Enumerable.Range(0, 1000).Select(Samples.Token)];
        Send(batch, tokens, notification, 20_000);
        long before = Resources.LiveBytes();
        Send(batch, tokens, notification, 300_000);
        long after = Resources.LiveBytes();

        Assert.Equal(320_000, emulator.Accepted);
        Assert.True(after - before < 1 << 20, $"{(after - before) / 1024} KiB more");
    }

    [Fact]
    public async Task What_was_sent_is_not_held_on_to()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = 0 });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        using ApnsBatch batch = client.StartBatch();
        WeakReference[] sent = SendOwn(batch);
        for (int i = 0; i < 10 && sent.Any(reference => reference.IsAlive); i++) GC.Collect(2, GCCollectionMode.Forced, blocking: true);

        // The last few may still be in somebody's hands.
        Assert.InRange(sent.Count(reference => reference.IsAlive), 0, 8);
    }

    [Fact]
    public async Task Closed_clients_leave_neither_threads_nor_connections()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/task"), "threads are counted by /proc, which only Linux has");
        using ApnsEmulator emulator = ApnsEmulator.Start();
        for (int round = 0; round < 5; round++)
        {
            ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Connections = 4 });
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.SendAsync(i))).Soon();
            Assert.InRange(Resources.Threads("apns read", "apns write"), 2, 8);
            Assert.Equal(1, Resources.Threads("apns clock"));
            await client.DisposeAsync();
            await Eventually.True(() => Resources.Threads("apns read", "apns write", "apns clock") == 0, "the end of the threads");
            await Eventually.True(() => emulator.Connections == 0, "the end of the connections");
        }
    }

    [Fact]
    public async Task Failed_attempts_to_connect_leave_no_threads()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/task"), "threads are counted by /proc, which only Linux has");
        using var peer = new ScriptedPeer(connection => connection.AwaitEnd(), new PeerTls { Certificate = new TestCertificates("A stranger's root").Server });
        for (int round = 0; round < 5; round++) await Clients.FailToConnectAsync(Clients.Options(peer.Endpoint) with { Connections = 4 });
        await Eventually.True(() => Resources.Threads("apns read", "apns write", "apns clock") == 0, "the end of the threads");
    }

    private static void Send(ApnsBatch batch, string[] tokens, ApnsNotification notification, int count)
    {
        int taken = 0;
        for (int i = 0; i < count; i++)
        {
            while (batch.IsFull)
            {
                Assert.True(batch.Wait(Eventually.Patience));
                taken += Take(batch);
            }

            batch.Add(tokens[i % tokens.Length], notification);
        }

        while (taken < count)
        {
            Assert.True(batch.Wait(Eventually.Patience));
            taken += Take(batch);
        }
    }

    private static int Take(ApnsBatch batch)
    {
        int count = 0;
        while (batch.TryTake(out ApnsResult? result))
        {
            if (result.Outcome != ApnsOutcome.Delivered) Assert.Fail($"{result}: {result.Error}");
            count++;
        }

        return count;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference[] SendOwn(ApnsBatch batch)
    {
        var sent = new WeakReference[200];
        for (int i = 0; i < sent.Length; i++)
        {
            var notification = Samples.Notification();
            sent[i] = new WeakReference(notification);
            batch.Add(Samples.Token(i), notification, inputObject: new object());
        }

        Assert.Equal(sent.Length, batch.TakeAll().Count);
        return sent;
    }
}
