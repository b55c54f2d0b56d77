using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>The whole client against a server that does what no proper one would, over real sockets and TLS.</summary>
public class ConversationTests
{
    [Fact]
    public async Task Nothing_is_sent_on_a_connection_before_its_settings()
    {
        using var submitted = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection =>
        {
            if (connection.Number == 0)
            {
                connection.Greet(streams: 1);
            }
            else
            {
                // It sees the client's side open, and work waits; still nothing may come.
                connection.Await(raw => raw.FramesOf(FrameType.Settings).Any(), "the client's settings");
                Assert.True(submitted.Wait(Eventually.Patience));
                connection.Greet();
                connection.Await(raw => raw.Requests.Count > 0, "a request");
                List<PeerFrame> frames = connection.Peer.Frames;
                int acknowledgement = frames.FindIndex(frame => frame.Type == FrameType.Settings && frame.Flags.HasFlag(FrameFlags.Acknowledge));
                Assert.True(acknowledgement >= 0 && acknowledgement < frames.FindIndex(frame => frame.Type == FrameType.Headers));
            }

            connection.AnswerAll();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Connections = 2 });
        Task<ApnsResult>[] sends = [.. Enumerable.Range(0, 500).Select(i => client.SendAsync(i))];
        await Eventually.True(() => peer.Connections.Length == 2, "a second connection");
        submitted.Set();
        ApnsResult[] results = await Task.WhenAll(sends).Soon();
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 1), (result.Outcome, result.Attempts)));
    }

    [Fact]
    public async Task A_single_notification_arrives_with_all_that_it_says()
    {
        PeerRequest? received = null;
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            received = connection.AwaitRequests(1);
            connection.Peer.Answer(1, 200, null, ("apns-id", received["apns-id"]!.ToUpperInvariant()), ("apns-unique-id", "unique"));
            connection.Send();
            connection.AwaitEnd();
            Assert.True(connection.SawGoAway, "the client left without a goodbye");
        });
        var notification = new ApnsNotification
        {
            Payload = new ApnsPayload { Alert = "Grüße 🎉", Badge = 0 }.ToUtf8Json(),
            PushType = ApnsPushType.Voip,
            Topic = "com.example.app.voip",
            Priority = 5,
            Expiration = DateTimeOffset.UnixEpoch,
            CollapseId = "c",
        };
        ApnsResult result;
        await using (ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint, Samples.Key)))
        {
            result = await client.SendAsync("AB" + Samples.Token(1), notification, TestContext.Current.CancellationToken).Soon();
        }

        Assert.Equal((ApnsOutcome.Delivered, 200, "unique"), (result.Outcome, result.Status, result.UniqueId));
        Assert.Equal("AB" + Samples.Token(1), result.Token);
        Assert.Equal(received!.ApnsId, result.ApnsId);
        Assert.Equal(
            [
                (":method", "POST"), (":scheme", "https"), (":authority", $"localhost:{peer.Port}"), (":path", "/3/device/ab" + Samples.Token(1)),
                ("authorization", received["authorization"]!), ("apns-topic", "com.example.app.voip"), ("apns-push-type", "voip"),
                ("apns-priority", "5"), ("apns-expiration", "0"), ("apns-collapse-id", "c"), ("apns-id", result.ApnsId.ToString()),
            ],
            received.Fields);
        Assert.Equal(notification.Payload.ToArray(), received.Body);
    }

    [Fact]
    public async Task Answers_in_all_forms_find_their_way()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.AwaitRequests(6);
            RawPeer raw = connection.Peer;
            int[] ids = [.. raw.Requests.OrderBy(request => request.Token).Select(request => request.StreamId)];
            raw.Answer(ids[0], 400);
            raw.Headers(ids[1], endStream: false, (":status", "410"));
            connection.Send();
            foreach (char c in """{"reason":"Unregistered","timestamp":1771934400123}""")
            {
                raw.Data(ids[1], $"{c}", endStream: false);
                connection.Send();
            }

            raw.Data(ids[1], "", endStream: true);
            raw.Headers(ids[2], endStream: false, (":status", "103"));
            raw.SplitHeaders(ids[2], endStream: true, (":status", "200"), ("x-one", "two"));
            raw.Headers(ids[3], endStream: false, (":status", "400"));
            raw.Data(ids[3], """{"reason":"NobodyKnowsIt"}""", endStream: false);
            raw.Headers(ids[3], endStream: true, ("trailer", "x"));
            raw.Answer(ids[4], 403, "<html>proxy</html>");
            raw.ResetStream(ids[5], Http2ErrorCode.RefusedStream);
            connection.Send();
            connection.Peer.Answer(connection.AwaitRequests(7));
            connection.Send();
            connection.AwaitEnd();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        ApnsResult[] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => client.SendAsync(i))).Soon();

        Assert.Equal([(400, null), (410, "Unregistered"), (200, null), (400, "NobodyKnowsIt"), (403, null), (200, (string?)null)], results.Select(result => (result.Status, result.Reason)));
        Assert.Equal(new DateTimeOffset(2026, 2, 24, 12, 0, 0, 123, TimeSpan.Zero), results[1].InvalidSince);
        Assert.Equal([ApnsAdvice.FixRequest, ApnsAdvice.Drop, ApnsAdvice.None, ApnsAdvice.FixRequest, ApnsAdvice.FixCredentials, ApnsAdvice.None], results.Select(result => result.Advice));
        Assert.All(results, result => Assert.Equal((1, false), (result.Attempts, result.PossibleDuplicate)));
    }

    [Fact]
    public async Task Silence_ends_in_unknown_when_the_time_is_over_and_the_stream_is_cancelled()
    {
        using var cancelled = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.Await(raw => raw.Requests.Any(request => request.Reset == Http2ErrorCode.Cancel), "a cancelled stream");
            cancelled.Set();
            connection.AwaitEnd();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Timeout = TimeSpan.FromMilliseconds(300) });
        ApnsResult result = await client.SendAsync(1);

        Assert.Equal((ApnsOutcome.Unknown, ApnsAdvice.Retry, 0, 1, false), (result.Outcome, result.Advice, result.Status, result.Attempts, result.PossibleDuplicate));
        Assert.Equal("No answer came before the deadline.", result.Error);
        Assert.True(result.Duration >= TimeSpan.FromMilliseconds(300));
        Assert.NotEqual(Guid.Empty, result.ApnsId);
        await Eventually.True(() => cancelled.IsSet, "the cancel");
    }

    [Fact]
    public async Task What_was_in_flight_when_the_wire_was_cut_goes_again_with_the_same_id_and_marked()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            if (connection.Number == 0)
            {
                connection.AwaitRequests(10);
                connection.Cut();
            }
            else
            {
                connection.AnswerAll();
            }
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        ApnsResult[] results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => client.SendAsync(i))).Soon();

        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 2, true), (result.Outcome, result.Attempts, result.PossibleDuplicate)));
        Assert.Equal(2, peer.Connections.Length);
        HashSet<Guid> first = [.. peer.Connections[0].Peer.Requests.Select(request => request.ApnsId)];
        Assert.Equal(first, [.. peer.Connections[1].Peer.Requests.Select(request => request.ApnsId)]);
        Assert.Equal(first, [.. results.Select(result => result.ApnsId)]);
    }

    [Fact]
    public async Task With_at_most_once_what_was_in_flight_is_unknown_and_is_not_sent_again()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            if (connection.Number == 0)
            {
                connection.AwaitRequests(10);
                connection.Peer.Answer(connection.Peer.Requests[4]);
                connection.Send();
                connection.Dispose();
            }
            else
            {
                connection.AnswerAll();
            }
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Delivery = ApnsDelivery.AtMostOnce });
        ApnsResult[] results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => client.SendAsync(i))).Soon();

        Assert.Equal(9, results.Count(result => result is { Outcome: ApnsOutcome.Unknown, Attempts: 1, PossibleDuplicate: false, Advice: ApnsAdvice.Retry }));
        Assert.Equal(1, results.Count(result => result.Outcome == ApnsOutcome.Delivered));

        // The client goes on, on another connection, with what is new only.
        ApnsResult next = await client.SendAsync(99);
        Assert.Equal((ApnsOutcome.Delivered, 1), (next.Outcome, next.Attempts));
        Assert.Equal([Samples.Token(99)], peer.Connections[1].Peer.Requests.Select(request => request.Token));
    }

    [Theory]
    [InlineData(ApnsDelivery.AtLeastOnce)]
    [InlineData(ApnsDelivery.AtMostOnce)]
    public async Task Goaway_sends_again_only_what_is_above_its_last_stream(ApnsDelivery delivery)
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            if (connection.Number > 0)
            {
                connection.AnswerAll();
                return;
            }

            connection.AwaitRequests(10);
            connection.Peer.GoAway(int.MaxValue, debugData: """{"reason":"Shutdown"}""");
            connection.Peer.GoAway(lastStreamId: 11);
            connection.Send();
            foreach (PeerRequest request in connection.Peer.Requests.Take(6)) connection.Peer.Answer(request);
            connection.Send();
            connection.AwaitEnd();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Delivery = delivery });
        ApnsResult[] results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => client.SendAsync(i))).Soon();

        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 1, false), (result.Outcome, result.Attempts, result.PossibleDuplicate)));
        HashSet<Guid> above = [.. peer.Connections[0].Peer.Requests.Skip(6).Select(request => request.ApnsId)];
        Assert.Equal(above, [.. peer.Connections[1].Peer.Requests.Select(request => request.ApnsId)]);
    }

    [Fact]
    public async Task A_certificate_of_the_other_environment_stops_the_batch_instead_of_knocking_for_ever()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            connection.AwaitRequests(1);
            connection.Peer.GoAway(0, Http2ErrorCode.NoError, """{"reason":"BadCertificateEnvironment"}""");
            connection.Send();
            connection.AwaitEnd();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        using ApnsBatch batch = client.StartBatch();
        for (int i = 0; i < 100; i++) batch.Add(Samples.Token(i), Samples.Notification());
        List<ApnsResult> results = batch.TakeAll();

        Assert.Equal((ApnsErrorKind.Refused, "BadCertificateEnvironment"), (batch.StopReason!.Kind, batch.StopReason.Reason));
        Assert.Equal(100, results.Select(result => result.Index).Distinct().Count());
        Assert.All(results, result => Assert.Equal((ApnsOutcome.NotSent, ApnsAdvice.FixCredentials, 0), (result.Outcome, result.Advice, result.Attempts)));

        batch.Add(Samples.Token(1), Samples.Notification());
        ApnsResult after = Assert.Single(batch.TakeAll());
        Assert.Equal((ApnsOutcome.NotSent, ApnsAdvice.FixCredentials), (after.Outcome, after.Advice));
        Assert.InRange(peer.Accepted, 1, 3);
    }

    [Fact]
    public async Task A_limit_lowered_in_mid_flight_is_kept()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            RawPeer raw = connection.Peer;
            connection.Greet(streams: 50);
            connection.AwaitRequests(50);
            raw.Settings((Http2SettingId.MaxConcurrentStreams, 1));
            connection.Send();
            connection.Await(peer => peer.FramesOf(FrameType.Settings).Count(frame => frame.Flags.HasFlag(FrameFlags.Acknowledge)) == 2, "the acknowledgement");
            Assert.Equal(50, raw.Requests.Count);
            foreach (PeerRequest request in raw.Requests) raw.Answer(request);
            connection.Send();
            for (int i = 51; i <= 100; i++)
            {
                connection.AwaitRequests(i);

                // A PING to and fro: had the client sent more than one, it would be here.
                raw.Ping((ulong)i);
                connection.Send();
                connection.Await(peer => peer.FramesOf(FrameType.Ping).Count(frame => frame.Flags.HasFlag(FrameFlags.Acknowledge)) == i - 50, "the answer to a PING");
                Assert.Equal(i, raw.Requests.Count);
                raw.Answer(raw.Last);
                connection.Send();
            }

            connection.AwaitEnd();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        ApnsResult[] results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.SendAsync(i))).Soon();
        Assert.All(results, result => Assert.Equal(ApnsOutcome.Delivered, result.Outcome));
    }

    [Fact]
    public async Task An_exhausted_window_holds_back_all_but_the_one_that_has_begun()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            RawPeer raw = connection.Peer;
            connection.Greet();
            for (int round = 1; round <= 5; round++)
            {
                // 65,535 bytes hold sixteen payloads of 4000 and the beginning of another; the rest must not even have begun.
                connection.AwaitRequests(16 * round);
                raw.Ping(1);
                connection.Send();
                connection.Await(peer => peer.FramesOf(FrameType.Ping).Count(frame => frame.Flags.HasFlag(FrameFlags.Acknowledge)) == round, "the answer to a PING");
                Assert.Equal(Math.Min(80, (16 * round) + 1), raw.Requests.Count);
                Assert.All(raw.Requests.Take(16 * round), request => Assert.True(request.Ended));
                raw.WindowUpdate(0, 64_000);
                foreach (PeerRequest request in raw.Requests.Skip(16 * (round - 1)).Take(16)) raw.Answer(request);
                connection.Send();
            }

            connection.AwaitEnd();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        ApnsNotification large = Samples.Notification(4000);
        ApnsResult[] results = await Task.WhenAll(Enumerable.Range(0, 80).Select(i => client.SendAsync(i, large))).Soon();
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 1), (result.Outcome, result.Attempts)));
    }

    [Fact]
    public async Task Garbage_in_mid_flight_costs_the_connection_and_nothing_else()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            if (connection.Number > 0)
            {
                connection.AnswerAll();
                return;
            }

            connection.AwaitRequests(5);
            connection.Stream.Write("HTTP/1.1 400 Bad Request\r\nServer: proxy\r\n\r\n"u8);
            connection.AwaitEnd();
            Assert.True(connection.SawGoAway, "the client did not say what was wrong");
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        ApnsResult[] results = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => client.SendAsync(i))).Soon();
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, 2, true), (result.Outcome, result.Attempts, result.PossibleDuplicate)));
    }

    [Fact]
    public async Task A_refused_provider_token_goes_again_on_a_connection_with_another_one()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            if (connection.Number > 0)
            {
                connection.AnswerAll();
                return;
            }

            connection.Peer.Reject(connection.AwaitRequests(1), 403, "ExpiredProviderToken");
            connection.Send();
            connection.AwaitEnd();
            Assert.True(connection.SawGoAway, "the client left without a goodbye");
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint, Samples.Key));
        ApnsResult result = await client.SendAsync(1);
        Assert.Equal((ApnsOutcome.Delivered, 2, false), (result.Outcome, result.Attempts, result.PossibleDuplicate));
        string[] tokens = [.. peer.Connections.Select(connection => connection.Peer.Requests[0]["authorization"]!)];
        Assert.Equal(2, tokens.Distinct().Count());
    }

    [Fact]
    public async Task A_provider_token_that_changed_too_often_is_held_and_goes_again_on_another_connection()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            if (connection.Number > 0)
            {
                connection.AnswerAll();
                return;
            }

            connection.Peer.Reject(connection.AwaitRequests(1), 429, "TooManyProviderTokenUpdates");
            connection.Send();
            connection.AwaitEnd();
            Assert.True(connection.SawGoAway, "the client left without a goodbye");
        });
        using ApnsKeyCredential key = Samples.NewKey();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint, key));
        ApnsResult result = await client.SendAsync(1);
        Assert.Equal((ApnsOutcome.Delivered, 2, false), (result.Outcome, result.Attempts, result.PossibleDuplicate));
        string[] tokens = [.. peer.Connections.Select(connection => connection.Peer.Requests[0]["authorization"]!)];
        Assert.Equal((2, 1), (tokens.Length, tokens.Distinct().Count()));
    }

    [Fact]
    public async Task A_connection_that_only_fails_is_left_and_what_waits_goes_to_the_next()
    {
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet(streams: 5);
            if (connection.Number > 0)
            {
                connection.AnswerAll();
                return;
            }

            connection.AwaitRequests(5);
            foreach (PeerRequest request in connection.Peer.Requests.ToArray()) connection.Peer.Reject(request, 500, "InternalServerError");
            connection.Send();
            connection.AwaitEnd();
            Assert.True(connection.SawGoAway, "the client left without a goodbye");
            Assert.Equal(5, connection.Peer.Requests.Count);
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint) with { Connections = 1 });
        ApnsResult[] results = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => client.SendAsync(i))).Soon();
        Assert.All(results, result => Assert.Equal((ApnsOutcome.Delivered, false), (result.Outcome, result.PossibleDuplicate)));
        Assert.Equal(5, results.Count(result => result.Attempts == 2));
        Assert.Equal(2, peer.Connections.Length);
    }

    [Fact]
    public async Task Many_are_packed_into_few_writes()
    {
        int reads = 0;
        using var go = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Greet();
            Assert.True(go.Wait(Eventually.Patience));
            connection.Await(raw =>
            {
                reads++;
                return raw.Requests.Count(request => request.Ended) == 400;
            }, "400 requests");
            connection.AnswerAll();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint));
        using ApnsBatch batch = client.StartBatch();
        for (int i = 0; i < 400; i++) batch.Add(Samples.Token(i), Samples.Notification());
        batch.Flush();
        go.Set();
        Assert.Equal(400, batch.TakeAll().Count);

        // 400 of about 180 bytes are five records of 16 KiB; two writes for each notification would be hundreds.
        Assert.InRange(reads, 2, 150);
    }
}
