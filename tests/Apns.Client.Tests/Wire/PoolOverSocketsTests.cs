using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>What takes minutes with the client's times: the pool itself, with short ones.</summary>
public class PoolOverSocketsTests
{
    private static readonly ConnectionOptions Hasty = new()
    {
        ConnectTimeout = Eventually.Patience,
        ProbeAfterIdle = TimeSpan.FromMilliseconds(300),
        PingTimeout = TimeSpan.FromMilliseconds(500),
    };

    [Fact]
    public async Task An_idle_connection_is_asked_before_it_is_used_and_replaced_when_it_is_dead()
    {
        using var over = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            if (connection.Number > 0)
            {
                connection.AnswerAll();
                return;
            }

            // One answer, then it is as good as gone: nothing is read, nothing is said.
            connection.Peer.Answer(connection.AwaitRequests(1));
            connection.Send();
            over.Wait(Eventually.Patience);
        });
        using var sink = new Sink();
        using ApnsConnectionPool pool = await sink.ConnectAsync(peer, Hasty);
        Assert.Equal((ApnsOutcome.Delivered, 1), await sink.SendAsync(pool, 1));
        await Task.Delay(400, TestContext.Current.CancellationToken);

        // Not an attempt: it never went out on the dead one.
        Assert.Equal((ApnsOutcome.Delivered, 1), await sink.SendAsync(pool, 2));
        Assert.Equal(2, peer.Connections.Length);
        Assert.Single(peer.Connections[1].Peer.Requests);
        over.Set();
        await pool.CloseAsync(Eventually.Patience).Soon();
    }

    [Fact]
    public async Task An_idle_connection_that_lives_is_used_again()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.AnswerAll();
        });
        using var sink = new Sink();
        using ApnsConnectionPool pool = await sink.ConnectAsync(peer, Hasty with { PingTimeout = Eventually.Patience });
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((ApnsOutcome.Delivered, 1), await sink.SendAsync(pool, i));
            await Task.Delay(400, TestContext.Current.CancellationToken);
        }

        PeerConnection connection = Assert.Single(peer.Connections);

        // On a machine that stands still, before the first as well.
        Assert.InRange(connection.Peer.Pings.Count, 2, 3);
        await pool.CloseAsync(Eventually.Patience).Soon();
    }

    [Fact]
    public async Task A_connection_on_which_deadlines_pass_and_no_ping_is_answered_is_replaced()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Peer.AnswersPings = connection.Number > 0;
            connection.Greet();
            if (connection.Number > 0) connection.AnswerAll();
            else connection.AwaitEnd();
        });
        using var sink = new Sink();
        using ApnsConnectionPool pool = await sink.ConnectAsync(peer, Hasty with { ProbeAfterIdle = TimeSpan.FromHours(1) });
        Task<(ApnsOutcome, int)>[] timedOut = [.. Enumerable.Range(0, 2).Select(i => sink.SendAsync(pool, i, TimeSpan.FromMilliseconds(200)))];
        Task<(ApnsOutcome, int)> survivor = sink.SendAsync(pool, 2);
        Assert.All(await Task.WhenAll(timedOut).Soon(), result => Assert.Equal((ApnsOutcome.Unknown, 1), result));
        Assert.Equal((ApnsOutcome.Delivered, 2), await survivor.Soon());
        Assert.True(peer.Connections[0].Peer.FramesOf(FrameType.Ping).Any());
        await pool.CloseAsync(Eventually.Patience).Soon();
    }

    private sealed class Sink : IRequestSink, IDisposable
    {
        private readonly ConcurrentDictionary<ApnsRequest, TaskCompletionSource<(ApnsOutcome, int)>> _waiting = new();
        private readonly RequestTemplate _template = Samples.Template();

        public bool Withdrawn { get; private set; }

        public async Task<ApnsConnectionPool> ConnectAsync(ScriptedPeer peer, ConnectionOptions options)
        {
            ApnsClientOptions client = Clients.Options(peer.Endpoint);
            var connector = new TlsConnector(client);
            var pool = new ApnsConnectionPool(
                client.Endpoint, new PoolOptions(), (number, owner) => new ApnsConnection(client.Endpoint, connector, client.Credential, options, number, owner).Start());
            await pool.ConnectAsync().Soon();
            return pool;
        }

        public Task<(ApnsOutcome Outcome, int Attempts)> SendAsync(ApnsConnectionPool pool, int number, TimeSpan? timeout = null)
        {
            long now = MonotonicClock.Now;
            var request = new ApnsRequest
            {
                Sink = this,
                Token = Samples.Token(number),
                Template = _template,
                ApnsId = Guid.NewGuid(),
                TakenAt = now,
                Deadline = now + (timeout ?? Eventually.Patience).Ticks,
            };
            var completion = new TaskCompletionSource<(ApnsOutcome, int)>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[request] = completion;
            pool.Submit(request);
            return completion.Task.Soon();
        }

        public void Post(ApnsRequest request) => _waiting[request].SetResult((request.Outcome, request.Attempts));

        public void Wake()
        {
        }

        public void Dispose() => Withdrawn = true;
    }
}
