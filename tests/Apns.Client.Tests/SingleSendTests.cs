using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests;

/// <summary><see cref="ApnsClient.SendAsync"/> at its ends: cancelled, and closed under.</summary>
public class SingleSendTests
{
    [Fact]
    public async Task Closing_the_client_takes_no_result_away()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        Task<ApnsResult>[] sends = [.. Enumerable.Range(0, 5000).Select(i => client.SendAsync(Samples.Token(i), Samples.Notification(), CancellationToken.None))];
        await client.DisposeAsync();
        ApnsResult[] results = await Task.WhenAll(sends);
        Assert.All(results, result => Assert.NotEqual(ApnsOutcome.Rejected, result.Outcome));
        Assert.Equal(emulator.Accepted, results.Count(result => result.Outcome == ApnsOutcome.Delivered));
    }

    [Fact]
    public async Task A_cancelled_send_that_waits_is_not_sent_and_gives_its_place_back()
    {
        // The answer is held back, so that one is in flight and all others wait for the only stream.
        using var givenUp = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection => connection.AnswerAllAfter(givenUp, streams: 1));
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        using var giveUp = new CancellationTokenSource();
        Task<ApnsResult>[] sends = [.. Enumerable.Range(0, 500).Select(i => client.SendAsync(Samples.Token(i), Samples.Notification(), giveUp.Token))];
        await giveUp.CancelAsync();
        foreach (Task<ApnsResult> send in sends) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send);
        givenUp.Set();

        ApnsResult last = await client.SendAsync(9999);
        Assert.Equal(ApnsOutcome.Delivered, last.Outcome);
        Assert.Equal(0, client.Waiting);
        Assert.Equal(2, peer.Connections[0].Peer.Requests.Count);
    }

    [Fact]
    public async Task A_send_that_fails_before_it_begins_gives_its_place_back()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        ApnsNotification notification = Samples.Notification() with { Headers = new ThrowingHeaders() };
        for (int i = 0; i < ApnsClient.MaxSingleSends; i++)
        {
            await Assert.ThrowsAsync<NotSupportedException>(() => client.SendAsync(Samples.Token(i), notification, CancellationToken.None));
        }

        Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1)).Outcome);
    }

    [Fact]
    public async Task A_push_type_that_is_none_is_a_result_like_any_bad_notification()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        ApnsNotification notification = Samples.Notification() with { PushType = (ApnsPushType)99 };
        ApnsResult result = await client.SendAsync(Samples.Token(1), notification, TestContext.Current.CancellationToken);
        Assert.Equal((ApnsOutcome.NotSent, "InvalidPushType"), (result.Outcome, result.Reason));
    }

    /// <summary>Headers of a caller's own making that cannot be read.</summary>
    private sealed class ThrowingHeaders : IReadOnlyDictionary<string, string>
    {
        public int Count => throw new NotSupportedException();

        public IEnumerable<string> Keys => throw new NotSupportedException();

        public IEnumerable<string> Values => throw new NotSupportedException();

        public string this[string key] => throw new NotSupportedException();

        public bool ContainsKey(string key) => throw new NotSupportedException();

        public bool TryGetValue(string key, out string value) => throw new NotSupportedException();

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => throw new NotSupportedException();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
