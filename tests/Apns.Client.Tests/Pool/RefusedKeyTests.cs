using System;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Pool;

/// <summary>A key that APNs refuses: one connection and one refusal, not one for each notification.</summary>
public class RefusedKeyTests
{
    [Fact]
    public void A_refused_key_fails_what_waits_and_makes_the_pool_pause()
    {
        PoolHarness pool = PoolHarness.Ready();
        pool[0].StreamLimit = 1;
        ApnsRequest first = pool.Submit();
        ApnsRequest[] waiting = pool.Submit(20);

        pool[0].CloseReason = new ApnsException(ApnsErrorKind.Refused, "refused") { Reason = "InvalidProviderToken" };
        pool[0].State = ApnsConnectionState.Closing;
        pool.Answer(first, 403, "InvalidProviderToken");

        Assert.Equal(ApnsOutcome.Rejected, first.Outcome);
        Assert.All(waiting, request => Assert.Equal(ApnsOutcome.NotSent, request.Outcome));
        Assert.All(waiting, request => Assert.Equal(ApnsErrorKind.Refused, request.Failure!.Kind));
        pool.Submit();
        Assert.Single(pool.Connections);
    }

    [Fact]
    public void A_connection_that_cannot_be_begun_is_a_failure_like_another()
    {
        int tries = 0;
        var dispatcher = new Dispatcher(new PoolOptions(), _ => throw new InvalidOperationException($"no thread {++tries}"), new Random(1));
        var sink = new RecordingSink();
        var request = new ApnsRequest { Sink = sink, Template = Samples.Template(), Deadline = TimeSpan.FromSeconds(5).Ticks };
        dispatcher.Submit(request, 0);
        for (long now = 0; now < TimeSpan.FromSeconds(6).Ticks; now += TimeSpan.FromMilliseconds(50).Ticks) dispatcher.Tick(now);

        Assert.Same(request, Assert.Single(sink.Ended));
        Assert.Equal(ApnsOutcome.NotSent, request.Outcome);
        Assert.Contains("no thread", request.Failure!.Message, StringComparison.Ordinal);
        Assert.InRange(tries, 2, 20);
    }

    [Fact]
    public async Task A_thousand_sends_with_a_wrong_key_make_few_connections()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator) with { Credential = Samples.Key });
        var sends = new Task<ApnsResult>[1000];
        for (int i = 0; i < sends.Length; i++) sends[i] = client.SendAsync(Samples.Token(i), Samples.Notification(), CancellationToken.None);
        ApnsResult[] results = await Task.WhenAll(sends);

        Assert.All(results, result => Assert.Equal(ApnsAdvice.FixCredentials, result.Advice));
        Assert.InRange(emulator.Rejected, 1, 20);
    }
}
