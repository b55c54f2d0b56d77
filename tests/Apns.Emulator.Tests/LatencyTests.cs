using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Answers that are held back. Nothing here says how late they may come at most: machines can be busy.</summary>
public sealed class LatencyTests
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(200);

    // The emulator counts in the system's ticks, which may lag behind the stopwatch by up to 16 ms.
    private static readonly TimeSpan Least = Latency - TimeSpan.FromMilliseconds(40);

    [Fact]
    public async Task No_answer_comes_before_the_latency()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = Latency });
        using Stranger client = Stranger.WithToken(emulator);

        Assert.True(await Time(client) >= Least);
        TimeSpan[] times = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Time(client)));
        Assert.All(times, time => Assert.True(time >= Least, $"an answer came after {time}"));
    }

    [Fact]
    public async Task Each_request_has_its_own_time_to_be_answered()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = Latency });
        using Stranger client = Stranger.WithToken(emulator);
        await Time(client);

        Task<TimeSpan> first = Time(client);
        await Task.Delay(Latency / 2, TestContext.Current.CancellationToken);
        Task<TimeSpan> second = Time(client);
        Assert.All(await Task.WhenAll(first, second), time => Assert.True(time >= Least, $"an answer came after {time}"));
    }

    [Fact]
    public void Answers_come_in_the_order_of_the_requests()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = Latency });
        using RawClient client = RawClient.Greet(emulator, certificate);
        for (int i = 0; i < 50; i++) client.Request((2 * i) + 1, Push.To(Push.NumberedToken(i)));
        var watch = Stopwatch.StartNew();
        client.Flush();

        var answered = new List<int>();
        while (answered.Count < 50)
        {
            ReceivedFrame frame = client.ReadUntil(frame => frame.Header.Type == FrameType.Headers);
            Assert.True(watch.Elapsed >= Least, $"an answer came after {watch.Elapsed}");
            answered.Add(frame.Header.StreamId);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (2 * i) + 1), answered);
        Assert.Equal(Enumerable.Range(0, 50), emulator.GetReceived().Select(received => Convert.ToInt32(received.Token, 16)));
        Assert.Equal(0, emulator.InFlight);
    }

    [Fact]
    public void A_reset_stream_gets_no_answer_and_the_others_do()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = Latency });
        using RawClient client = RawClient.Greet(emulator, certificate);
        for (int i = 0; i < 5; i++) client.Request((2 * i) + 1, Push.To(Push.NumberedToken(i)));
        client.Reset(3);
        client.Reset(9);
        client.Request(11, Push.To(Push.NumberedToken(5)));
        client.Flush();

        int[] answered = [.. Enumerable.Range(0, 4).Select(_ => client.ReadUntil(frame => frame.Header.StreamId != 0).Header.StreamId)];
        Assert.Equal([1, 5, 7, 11], answered);
        Assert.Equal([0, 2, 3, 5], emulator.GetReceived().Select(received => Convert.ToInt32(received.Token, 16)));
    }

    [Fact]
    public async Task A_refusal_by_a_fault_waits_as_well()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = Latency, Faults = [EmulatorFault.Parse("Refuse:reason=Shutdown")] });
        using Stranger client = Stranger.WithToken(emulator);
        Assert.True(await Time(client, 503) >= Least);
    }

    [Fact]
    public void Other_frames_are_answered_at_once()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = TimeSpan.FromHours(1) });
        using RawClient client = RawClient.Greet(emulator, certificate);
        client.Request(1, Push.With());
        client.Ping(42);
        client.Flush();
        client.ReadUntil(frame => frame.Header.Type == FrameType.Ping && frame.Header.Has(FrameFlags.Acknowledge));
        Assert.Empty(emulator.GetReceived());
        Assert.Equal(1, emulator.InFlight);

        // Nor does what is held back hold up the end.
        emulator.Dispose();
        ReceivedFrame goodbye = client.ReadUntil(frame => frame.Header.Type == FrameType.GoAway);
        Assert.Equal(Http2ErrorCode.NoError, goodbye.ErrorCode);
        Assert.Null(client.Read());
    }

    private static async Task<TimeSpan> Time(Stranger client, int status = 200)
    {
        var watch = Stopwatch.StartNew();
        Reply reply = await client.SendAsync();
        Assert.Equal(status, reply.Status);
        return watch.Elapsed;
    }
}
