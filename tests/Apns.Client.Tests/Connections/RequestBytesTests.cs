using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>What a request looks like on the wire: every header, the payload, and the header compression.</summary>
public class RequestBytesTests
{
    private static readonly ApnsNotification Full = new()
    {
        Payload = Encoding.UTF8.GetBytes("""{"aps":{"alert":"Grüße 🎉","badge":0}}"""),
        Topic = "com.example.app.voip",
        PushType = ApnsPushType.Voip,
        Priority = 10,
        Expiration = DateTimeOffset.UnixEpoch,
        CollapseId = "game-ü",
    };

    [Fact]
    public void A_server_gets_exactly_what_the_notification_says()
    {
        var server = new ServerRecorder(new Http2Settings { MaxConcurrentStreams = 100 });
        var engine = new ConnectionEngine("api.push.apple.com:2197", Samples.Key, new ConnectionOptions(), () => DateTimeOffset.UtcNow, 0);
        var expected = new List<(List<string> Headers, byte[] Body)>();
        Exchange(engine, server);
        for (int i = 0; i < 50; i++)
        {
            ApnsNotification notification = (i % 3) switch
            {
                0 => Full,
                1 => new ApnsNotification { Payload = Samples.Payload(100 + i), PushType = ApnsPushType.Background },
                _ => new ApnsNotification { Payload = Samples.Payload(4096), Expiration = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000 + i) },
            };
            var request = new ApnsRequest
            {
                Token = (i % 2 == 0 ? "00FF" : "abCD") + Samples.Token(i),
                Template = RequestTemplate.Compile(notification, Samples.Topic, Samples.Key),
                ApnsId = Guid.NewGuid(),
                Deadline = long.MaxValue,
            };
            Assert.True(engine.TryPost(request, 0));
            expected.Add((Expected(request, notification), notification.Payload.ToArray()));
            Exchange(engine, server);
        }

        Assert.Equal(50, server.Requests.Count);
        for (int i = 0; i < 50; i++)
        {
            // What the token itself must be is tested with the credential.
            Assert.Equal(expected[i].Headers, server.Requests[i].Headers.Select(line => line.StartsWith("authorization: ", StringComparison.Ordinal) ? "authorization" : line));
            Assert.Equal(expected[i].Body, server.Requests[i].Body);
            Assert.StartsWith("authorization: bearer eyJ", server.Requests[i].Headers.Single(line => line.StartsWith("auth", StringComparison.Ordinal)), StringComparison.Ordinal);
        }

        Assert.Empty(server.Resets);
    }

    [Fact]
    public void A_thousand_at_once_with_a_table_that_the_server_shrinks_are_all_understood()
    {
        var random = new Random(3);
        var server = new ServerRecorder(new Http2Settings { MaxConcurrentStreams = 1000 });
        var engine = new ConnectionEngine("localhost", Samples.Certificate, new ConnectionOptions(), () => DateTimeOffset.UtcNow, 0);
        RequestTemplate[] templates = [.. Enumerable.Range(0, 40).Select(i => RequestTemplate.Compile(
            Samples.Notification() with { Topic = $"com.example.app{i}", Expiration = i % 2 == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(1_790_000_000 + i), CollapseId = i % 3 == 0 ? $"id-{i}" : null }, null, Samples.Certificate))];
        Exchange(engine, server);
        var posted = new List<ApnsRequest>();
        for (int i = 0; i < 3000; i++)
        {
            if (random.Next(100) == 0)
            {
                int[] sizes = [0, 60, 255, 256, 300, 1000, 4096, 65_536];
                server.Session.ChangeSettings(server.Session.LocalSettings with { HeaderTableSize = sizes[random.Next(sizes.Length)] });
                Exchange(engine, server);
            }

            var request = new ApnsRequest { Token = Samples.Token(i), Template = templates[random.Next(random.Next(1, templates.Length))], ApnsId = Guid.NewGuid(), Deadline = long.MaxValue };
            if (!engine.TryPost(request, 0)) Exchange(engine, server);
            else posted.Add(request);
        }

        Exchange(engine, server);
        Assert.True(posted.Count > 2900);
        Assert.Equal(posted.Count, server.Requests.Count);
        for (int i = 0; i < posted.Count; i++)
        {
            List<string> headers = server.Requests[i].Headers;
            Assert.Contains($":path: /3/device/{posted[i].Token}", headers);
            Assert.Contains($"apns-id: {posted[i].ApnsId}", headers);
            foreach (TemplateHeader header in posted[i].Template!.Headers)
            {
                Assert.Contains($"{Encoding.UTF8.GetString(header.Name)}: {Encoding.UTF8.GetString(header.Value)}", headers);
            }

            Assert.Equal(5 + posted[i].Template!.Headers.Length, headers.Count);
        }
    }

    [Fact]
    public void Pseudo_headers_come_first()
    {
        EngineHarness harness = EngineHarness.Accepted();
        for (int i = 0; i < 3; i++) harness.Post();
        harness.Pump();
        Assert.All(harness.Peer.Requests, request => Assert.Equal([":method", ":scheme", ":authority", ":path"], request.Fields.Take(4).Select(field => field.Name)));
        Assert.All(harness.Peer.Requests, request => Assert.DoesNotContain(request.Fields.Skip(4), field => field.Name.StartsWith(':')));
        Assert.Equal((EngineHarness.Authority, "https", "POST"), (harness.Peer.Last[":authority"], harness.Peer.Last[":scheme"], harness.Peer.Last[":method"]));
    }

    [Fact]
    public void Later_requests_are_small_and_leave_nothing_in_the_table()
    {
        EngineHarness harness = EngineHarness.Accepted();
        RequestTemplate template = RequestTemplate.Compile(Full, null, Samples.Key);
        harness.Post(template);
        harness.Pump();
        long table = harness.Engine.Session.Encoder.Version;
        for (int i = 0; i < 500; i++)
        {
            harness.Post(template);
            harness.Pump();
            harness.Peer.Answer(harness.Peer.Last);
            harness.Pump();
        }

        Assert.Equal(table, harness.Engine.Session.Encoder.Version);
        foreach (PeerRequest request in harness.Peer.Requests.Skip(2))
        {
            List<FieldCoding> codings = HpackInspector.Inspect(request.Block.ToArray());
            Assert.Equal(request.Fields.Length, codings.Count);
            for (int i = 0; i < codings.Count; i++)
            {
                bool changes = request.Fields[i].Name is ":path" or "apns-id";

                // A name costs an index; what repeats costs one byte, what differs is a literal that is not kept.
                Assert.NotEqual(0, codings[i].Index);
                Assert.Equal(changes ? FieldForm.LiteralNotIndexed : FieldForm.Indexed, codings[i].Form);
            }

            // Path and id are most of it: 74 and 36 characters.
            Assert.InRange(request.Block.Length, 1, 120);
        }
    }

    [Fact]
    public void Path_and_ids_are_never_in_the_table_but_for_the_first_that_brings_the_name()
    {
        EngineHarness harness = EngineHarness.Accepted();
        for (int i = 0; i < 20; i++)
        {
            harness.Post(RequestTemplate.Compile(Full with { CollapseId = $"c{i}", Expiration = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000 + i) }, null, Samples.Key));
        }

        harness.Pump();
        var indexed = new List<string>();
        foreach (PeerRequest request in harness.Peer.Requests)
        {
            List<FieldCoding> codings = HpackInspector.Inspect(request.Block.ToArray());
            for (int i = 0; i < codings.Count; i++)
            {
                if (codings[i].Form == FieldForm.LiteralIndexed) indexed.Add(request.Fields[i].Name);
                if (request.Fields[i].Name == ":path") Assert.Equal(FieldForm.LiteralNotIndexed, codings[i].Form);
            }
        }

        // :authority, the token, and each header of the first plain request and of the first full one: once.
        Assert.Equal(
            [":authority", "authorization", "apns-topic", "apns-push-type", "apns-id", "apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id"],
            indexed);
    }

    [Fact]
    public void A_renewed_token_replaces_the_old_one_in_the_table()
    {
        EngineHarness harness = EngineHarness.Accepted();
        harness.Post();
        harness.Pump();
        string old = harness.Peer.Last["authorization"]!;
        harness.Advance(TimeSpan.FromMinutes(45));
        harness.Peer.Ping(1);
        harness.Pump();
        for (int i = 0; i < 3; i++) harness.Post();
        harness.Pump();

        PeerRequest[] renewed = [.. harness.Peer.Requests.TakeLast(3)];
        Assert.DoesNotContain(renewed, request => request["authorization"] == old);
        Assert.Single(renewed.Select(request => request["authorization"]).Distinct());
        Assert.Equal(FieldForm.LiteralIndexed, CodingOf(renewed[0], "authorization").Form);
        Assert.Equal(FieldForm.Indexed, CodingOf(renewed[1], "authorization").Form);
        Assert.Equal(FieldForm.Indexed, CodingOf(renewed[2], "authorization").Form);
    }

    [Fact]
    public void Tokens_go_out_in_lower_case()
    {
        EngineHarness harness = EngineHarness.Active();
        ApnsRequest request = harness.NewRequest();
        request.Token = "ABCDEF0123456789abcdef";
        Assert.True(harness.TryPost(request));
        harness.Pump();
        Assert.Equal("/3/device/abcdef0123456789abcdef", harness.Peer.Last[":path"]);
    }

    private static FieldCoding CodingOf(PeerRequest request, string name)
    {
        int i = request.Fields.Select(field => field.Name).ToList().IndexOf(name);
        return HpackInspector.Inspect(request.Block.ToArray())[i];
    }

    private static List<string> Expected(ApnsRequest request, ApnsNotification notification)
    {
        List<string> lines = [":method: POST", ":scheme: https", ":authority: api.push.apple.com:2197", $":path: /3/device/{request.Token.ToLowerInvariant()}", "authorization"];
        lines.Add($"apns-topic: {notification.Topic ?? Samples.Topic}");
        lines.Add(notification.PushType switch { ApnsPushType.Voip => "apns-push-type: voip", ApnsPushType.Background => "apns-push-type: background", _ => "apns-push-type: alert" });
        if (notification.PushType == ApnsPushType.Voip) lines.Add("apns-priority: 10");
        if (notification.PushType == ApnsPushType.Background) lines.Add("apns-priority: 5");
        if (notification.Expiration is { } expiration) lines.Add($"apns-expiration: {expiration.ToUnixTimeSeconds()}");
        if (notification.CollapseId is not null) lines.Add("apns-collapse-id: game-ü");
        lines.Add($"apns-id: {request.ApnsId:D}");
        return lines;
    }

    private static void Exchange(ConnectionEngine engine, ServerRecorder server)
    {
        while (engine.Session.Output.Length > 0 || server.Session.Output.Length > 0)
        {
            server.Session.Receive(engine.Session.SwapOutput(new ByteBuffer()).WrittenSpan, 0);
            engine.Receive(server.Session.SwapOutput(new ByteBuffer()).WrittenSpan, 0);
        }

        engine.TakeFinished([]);
    }
}
