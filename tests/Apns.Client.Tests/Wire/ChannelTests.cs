using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>Broadcasts and channels as they go over the wire to Kestrel, which knows nothing of them.</summary>
public class ChannelTests
{
    private const string App = "com.example.app";
    private const string Channel = "dHN0LXNyY2gtY2hubA==";
    private static readonly Guid UniqueId = Guid.NewGuid();

    [Fact]
    public async Task A_broadcast_carries_the_headers_of_Apples_table()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(static (_, response) =>
        {
            response.Headers["apns-unique-id"] = UniqueId.ToString();
            response.Headers["apns-request-id"] = "0f47ac10-58cc-4372-a567-0e02b2c3d479";
            return Task.CompletedTask;
        });
        await using ApnsClient client = await Connect(server);
        var broadcast = new ApnsBroadcast { BundleId = App, Payload = """{"aps":{"event":"update"}}"""u8.ToArray() };
        ApnsBroadcastResult result = await client.SendBroadcastAsync(Channel, broadcast, TestContext.Current.CancellationToken).Soon();
        Assert.Equal((ApnsOutcome.Delivered, 200, Channel), (result.Outcome, result.Status, result.ChannelId));
        Assert.Equal((Guid.Parse("0f47ac10-58cc-4372-a567-0e02b2c3d479"), UniqueId.ToString()), (result.RequestId, result.UniqueId));

        var later = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);
        await client.SendBroadcastAsync(Channel, broadcast with { Priority = 1, Expiration = later, Headers = new Dictionary<string, string> { ["X-New"] = "v" } }, TestContext.Current.CancellationToken).Soon();

        KestrelRequest[] requests = [.. server.Requests];
        Assert.All(requests, static r => Assert.Equal(("POST", $"/4/broadcasts/apps/{App}", """{"aps":{"event":"update"}}"""), (r.Method, r.Path, Encoding.UTF8.GetString(r.Body))));
        Assert.Equal(["apns-channel-id", "apns-expiration", "apns-priority", "apns-push-type", "apns-request-id"], Names(requests[0]));
        Assert.Equal((Channel, "0", "10", "Liveactivity"), Values(requests[0]));
        Assert.Equal(["apns-channel-id", "apns-expiration", "apns-priority", "apns-push-type", "apns-request-id", "x-new"], Names(requests[1]));
        Assert.Equal((Channel, "1900000000", "1", "Liveactivity"), Values(requests[1]));
        Assert.NotEqual(requests[0].Headers["apns-request-id"], requests[1].Headers["apns-request-id"]);
    }

    [Fact]
    public async Task Closing_does_not_wait_longer_than_told_for_a_management_host_that_says_nothing()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(static (_, _) => Task.CompletedTask);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        ApnsClient client = await Clients.ConnectAsync(Clients.Options(server.Endpoint, Samples.Key) with
        {
            ManagementEndpoint = new ApnsEndpoint("localhost", ((IPEndPoint)silent.LocalEndPoint!).Port),
            ConnectTimeout = TimeSpan.FromHours(1),
        });
        Task<IReadOnlyList<ApnsChannel>> listing = client.Channels.ListAsync(App, TestContext.Current.CancellationToken);
        await client.CloseAsync(TimeSpan.FromMilliseconds(100)).Soon();
        Assert.Equal(ApnsErrorKind.Closed, (await Assert.ThrowsAsync<ApnsException>(() => listing.Soon())).Kind);
    }

    [Theory]
    [InlineData(400, "FeatureNotEnabled")]
    [InlineData(400, "MissingChannelId")]
    [InlineData(400, "BadChannelId")]
    [InlineData(400, "ChannelNotRegistered")]
    [InlineData(400, "BadRequestParams")]
    [InlineData(400, "BadRequestPayload")]
    [InlineData(400, "PayloadEmpty")]
    [InlineData(400, "BadMessageId")]
    [InlineData(400, "MissingPushType")]
    [InlineData(400, "InvalidPushType")]
    [InlineData(400, "CannotCreateChannelConfig")]
    [InlineData(400, "MissingChannelQueueSize")]
    [InlineData(400, "BadExpirationDate")]
    [InlineData(400, "TopicDisallowed")]
    [InlineData(400, "BadPriority")]
    [InlineData(403, "BadCertificate")]
    [InlineData(403, "BadCertificateEnvironment")]
    [InlineData(403, "TopicMismatch")]
    [InlineData(403, "MissingProviderToken")]
    [InlineData(403, "InvalidProviderToken")]
    [InlineData(404, "BadPath")]
    [InlineData(405, "MethodNotAllowed")]
    [InlineData(413, "PayloadTooLarge")]
    public async Task A_refused_broadcast_is_a_result(int status, string reason)
    {
        await using KestrelServer server = await KestrelServer.StartAsync((_, response) => Refuse(response, status, reason));
        await using ApnsClient client = await Connect(server);
        ApnsBroadcastResult result = await client.SendBroadcastAsync(Channel, new ApnsBroadcast { BundleId = App, Payload = "{}"u8.ToArray() }, TestContext.Current.CancellationToken).Soon();
        ApnsAdvice advice = status == 403 ? ApnsAdvice.FixCredentials : ApnsAdvice.FixRequest;
        Assert.Equal((ApnsOutcome.Rejected, status, reason, advice), (result.Outcome, result.Status, result.Reason, result.Advice));
    }

    [Theory]
    [InlineData("com.example.app/../x", Channel, 10, "is no bundle id")]
    [InlineData("", Channel, 10, "is no bundle id")]
    [InlineData(App, "", 10, "is no id of a channel")]
    [InlineData(App, "a\r\nb: c", 10, "is no id of a channel")]
    [InlineData(App, Channel, 7, "The priority is 7")]
    public async Task A_broadcast_that_cannot_be_sent_is_refused_before_the_wire(string app, string channel, int priority, string message)
    {
        await using KestrelServer server = await KestrelServer.StartAsync(static (_, _) => Task.CompletedTask);
        await using ApnsClient client = await Connect(server);
        var broadcast = new ApnsBroadcast { BundleId = app, Payload = "{}"u8.ToArray(), Priority = priority };
        var error = await Assert.ThrowsAsync<ApnsException>(() => client.SendBroadcastAsync(channel, broadcast, TestContext.Current.CancellationToken));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("TopicDisallowed", false, true)]
    [InlineData("TopicDisallowed", true, false)]
    [InlineData("BadCertificate", true, true)]
    [InlineData("ChannelNotRegistered", false, false)]
    public async Task A_batch_has_one_result_for_each_and_stops_at_what_dooms_all(string reason, bool ownApp, bool stops)
    {
        await using KestrelServer server = await KestrelServer.StartAsync((_, response) => Refuse(response, 400, reason));
        await using ApnsClient client = await Connect(server);
        ApnsBroadcastBatch batch = client.StartBroadcasts(TestContext.Current.CancellationToken);
        var broadcast = new ApnsBroadcast { BundleId = App, Payload = "{}"u8.ToArray() };
        batch.Add(null, broadcast);
        batch.AddInvalid(Channel, new ApnsException(ApnsErrorKind.InvalidNotification, "no good") { Reason = "BadPriority" });
        batch.Add(Channel, broadcast, ownApp);
        Assert.Equal("MissingChannelId", (await batch.TakeAsync().Soon()).Reason);
        ApnsBroadcastResult invalid = await batch.TakeAsync().Soon();
        Assert.Equal((ApnsOutcome.NotSent, "BadPriority", "no good", Channel), (invalid.Outcome, invalid.Reason, invalid.Error, invalid.ChannelId));
        Assert.Null(batch.StopReason);
        ApnsBroadcastResult refused = await batch.TakeAsync().Soon();
        Assert.Equal((ApnsOutcome.Rejected, reason), (refused.Outcome, refused.Reason));
        Assert.Equal(stops ? reason : null, batch.StopReason?.Reason);

        batch.Add(Channel, broadcast, ownApp);
        Assert.Equal(stops ? ApnsOutcome.NotSent : ApnsOutcome.Rejected, (await batch.TakeAsync().Soon()).Outcome);
        Assert.Equal((4, 0), (batch.Added, batch.UnderWay));
    }

    [Fact]
    public void A_broadcast_may_have_5120_bytes_and_starts_nothing()
    {
        var payload = new ApnsPayload { Event = ApnsActivityEvent.End, Timestamp = DateTimeOffset.UnixEpoch, Alert = new string('x', 6000) };
        Assert.Equal(5120, ApnsBroadcast.ToUtf8Json(payload, truncate: true).Length);
        var error = Assert.Throws<ApnsException>(() => new ApnsBroadcast { BundleId = App, Payload = ApnsBroadcast.ToUtf8Json(payload) }.Compile(Channel));
        Assert.Contains("more than the 5120 that a broadcast may have", error.Message, StringComparison.Ordinal);
        Assert.Throws<ApnsException>(() => ApnsBroadcast.ToUtf8Json(payload with { Event = ApnsActivityEvent.Start }));
    }

    [Fact]
    public async Task Channels_are_made_asked_for_listed_and_deleted()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(static (request, response) => Manage(request, response));
        await using ApnsClient client = await Connect(server);
        ApnsChannels channels = client.Channels;
        Assert.Equal(new ApnsChannel(App, Channel, ApnsMessageStoragePolicy.MostRecent, "LiveActivity"), await channels.CreateAsync(App, ApnsMessageStoragePolicy.MostRecent, TestContext.Current.CancellationToken).Soon());
        Assert.Equal(new ApnsChannel(App, Channel, ApnsMessageStoragePolicy.MostRecent, "LiveActivity"), await channels.GetAsync(App, Channel, TestContext.Current.CancellationToken).Soon());
        IReadOnlyList<ApnsChannel> all = await channels.ListAsync(App, TestContext.Current.CancellationToken).Soon();
        Assert.Equal(10_000, all.Count);
        Assert.Equal(new ApnsChannel(App, "aWQ9999"), all[^1]);
        await channels.DeleteAsync(App, Channel, TestContext.Current.CancellationToken).Soon();

        Assert.Equal(
            [
                $"POST /1/apps/{App}/channels - {{\"message-storage-policy\":1,\"push-type\":\"LiveActivity\"}}",
                $"GET /1/apps/{App}/channels {Channel} ",
                $"GET /1/apps/{App}/all-channels - ",
                $"DELETE /1/apps/{App}/channels {Channel} ",
            ],
            server.Requests.Select(static r => $"{r.Method} {r.Path} {r.Headers.GetValueOrDefault("apns-channel-id", "-")} {Encoding.UTF8.GetString(r.Body)}"));
        Assert.All(server.Requests, static r => Assert.True(Guid.TryParse(r.Headers["apns-request-id"], out _)));
        Assert.All(server.Requests, static r => Assert.DoesNotContain("apns-topic", r.Headers.Keys));
    }

    [Theory]
    [InlineData(400, "FeatureNotEnabled")]
    [InlineData(400, "CannotCreateChannelConfig")]
    [InlineData(403, "TopicMismatch")]
    [InlineData(404, "BadPath")]
    public async Task A_refusal_about_channels_is_an_error_with_Apples_reason(int status, string reason)
    {
        await using KestrelServer server = await KestrelServer.StartAsync((_, response) => Refuse(response, status, reason));
        await using ApnsClient client = await Connect(server);
        var error = await Assert.ThrowsAsync<ApnsException>(() => client.Channels.CreateAsync(App, ApnsMessageStoragePolicy.None, TestContext.Current.CancellationToken).Soon());
        Assert.Equal((ApnsErrorKind.Rejected, reason), (error.Kind, error.Reason));
        Assert.Contains($"{status} {reason}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_an_answer_in_time_is_an_error_that_says_so()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(static (_, response) => Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted));
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(server.Endpoint, Samples.Key) with { ManagementEndpoint = server.Endpoint, Timeout = TimeSpan.FromMilliseconds(100) });
        var error = await Assert.ThrowsAsync<ApnsException>(() => client.Channels.ListAsync(App, TestContext.Current.CancellationToken).Soon());
        Assert.Equal((ApnsErrorKind.TimedOut, false), (error.Kind, error.IsPermanent));
        Assert.Contains("before the deadline", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_with_endless_patience_waits_for_requests_about_channels_too()
    {
        var answering = new TaskCompletionSource();
        await using KestrelServer server = await KestrelServer.StartAsync(async (_, response) =>
        {
            await answering.Task.Soon();
            await response.WriteAsync("""{"channels":[]}""");
        });
        await using ApnsClient client = await Connect(server);
        Task<IReadOnlyList<ApnsChannel>> listing = client.Channels.ListAsync(App, TestContext.Current.CancellationToken);
        await Eventually.True(() => !server.Requests.IsEmpty, "the request is there");
        Task closing = client.CloseAsync(Timeout.InfiniteTimeSpan);
        answering.SetResult();
        Assert.Empty(await listing.Soon());
        await closing.Soon();
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(86_400_001)]
    public async Task A_patience_that_is_none_is_refused_and_closes_nothing(int milliseconds)
    {
        await using KestrelServer server = await KestrelServer.StartAsync(static (_, _) => Task.CompletedTask);
        await using ApnsClient client = await Connect(server);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.CloseAsync(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.False(client.IsClosed);
    }

    [Fact]
    public async Task A_request_that_the_closing_of_the_client_cuts_off_is_an_error_of_that_kind()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(static (_, response) => Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted));
        await using ApnsClient client = await Connect(server);
        Task<IReadOnlyList<ApnsChannel>> listing = client.Channels.ListAsync(App, TestContext.Current.CancellationToken);
        await Eventually.True(() => !server.Requests.IsEmpty, "the request is there");
        await client.CloseAsync(TimeSpan.Zero).Soon();
        var error = await Assert.ThrowsAsync<ApnsException>(() => listing.Soon());
        Assert.Equal((ApnsErrorKind.Closed, true), (error.Kind, error.IsPermanent));
        Assert.Equal(ApnsErrorKind.Closed, Assert.IsType<ApnsException>(error.InnerException).Kind);
    }

    [Fact]
    public async Task An_id_of_any_length_stays_whole()
    {
        string longest = new('A', 512);
        await using KestrelServer server = await KestrelServer.StartAsync((request, response) =>
        {
            response.StatusCode = request.Method == "POST" ? 201 : 200;
            if (request.Method == "POST") response.Headers["apns-channel-id"] = longest;
            return request.Method == "POST" ? Task.CompletedTask : response.WriteAsync($$"""{"channels":["{{longest}}"]}""");
        });
        await using ApnsClient client = await Connect(server);
        Assert.Equal(longest, (await client.Channels.CreateAsync(App, ApnsMessageStoragePolicy.None, TestContext.Current.CancellationToken).Soon()).ChannelId);
        Assert.Equal(longest, Assert.Single(await client.Channels.ListAsync(App, TestContext.Current.CancellationToken).Soon()).ChannelId);
    }

    [Theory]
    [InlineData("no id")]
    [InlineData("")]
    [InlineData("AAA=;x")]
    public async Task An_id_that_is_none_is_not_given_out(string id)
    {
        await using KestrelServer server = await KestrelServer.StartAsync((_, response) =>
        {
            response.StatusCode = 201;
            response.Headers["apns-channel-id"] = id;
            return Task.CompletedTask;
        });
        await using ApnsClient client = await Connect(server);
        var error = await Assert.ThrowsAsync<ApnsException>(() => client.Channels.CreateAsync(App, ApnsMessageStoragePolicy.None, TestContext.Current.CancellationToken).Soon());
        Assert.Equal(ApnsErrorKind.Rejected, error.Kind);
        Assert.Contains("List the channels.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(false, "[]")]
    [InlineData(false, "{}")]
    [InlineData(false, """{"channels":5}""")]
    [InlineData(false, """{"channels":[5]}""")]
    [InlineData(false, """{"channels":[null]}""")]
    [InlineData(false, """{"channels":["no id"]}""")]
    [InlineData(false, """{"channels":[""]}""")]
    [InlineData(false, """{"channels":["\ud800"]}""")]
    [InlineData(false, """{"\ud800":1,"channels":5}""")]
    [InlineData(true, "")]
    [InlineData(true, "[]")]
    [InlineData(true, "5")]
    [InlineData(true, """{"message-storage-policy":"1"}""")]
    [InlineData(true, """{"message-storage-policy":null}""")]
    [InlineData(true, """{"message-storage-policy":1.5}""")]
    [InlineData(true, """{"message-storage-policy":99999999999}""")]
    [InlineData(true, """{"message-storage-policy":1,"push-type":5}""")]
    [InlineData(true, """{"message-storage-policy":1,"push-type":null}""")]
    [InlineData(true, """{"message-storage-policy":1,"push-type":"\ud800"}""")]
    public async Task An_answer_that_cannot_be_read_says_so(bool one, string body)
    {
        await using KestrelServer server = await KestrelServer.StartAsync((_, response) => response.WriteAsync(body));
        await using ApnsClient client = await Connect(server);
        Func<Task> ask = one
            ? () => client.Channels.GetAsync(App, Channel, TestContext.Current.CancellationToken).Soon()
            : () => client.Channels.ListAsync(App, TestContext.Current.CancellationToken).Soon();
        var error = await Assert.ThrowsAsync<ApnsException>(ask);
        Assert.Equal((ApnsErrorKind.Rejected, "APNs's answer about channels cannot be read."), (error.Kind, error.Message));
    }

    [Theory]
    [InlineData("{}", null, null)]
    [InlineData("""{"message-storage-policy":7,"push-type":"Tomorrow\u0007"}""", 7, "Tomorrow")]
    public async Task What_an_answer_leaves_out_or_says_anew_is_told_as_it_is(string body, int? policy, string? type)
    {
        await using KestrelServer server = await KestrelServer.StartAsync((_, response) => response.WriteAsync(body));
        await using ApnsClient client = await Connect(server);
        ApnsChannel channel = await client.Channels.GetAsync(App, Channel, TestContext.Current.CancellationToken).Soon();
        Assert.Equal(new ApnsChannel(App, Channel, (ApnsMessageStoragePolicy?)policy, type), channel);
    }

    [Fact]
    public async Task Without_a_management_endpoint_the_error_says_where_to_name_it()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(static (_, _) => Task.CompletedTask);
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(server.Endpoint));
        var error = await Assert.ThrowsAsync<ApnsException>(() => client.Channels.ListAsync(App, TestContext.Current.CancellationToken));
        Assert.Equal(ApnsErrorKind.NotSupported, error.Kind);
        Assert.Contains("-ManagementEndpoint", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apples_management_hosts_are_known()
    {
        Assert.Equal(new ApnsEndpoint("api-manage-broadcast.push.apple.com", 2196), Beside(ApnsEndpoint.For(ApnsEnvironment.Production, ApnsEndpoint.AlternatePort)));
        Assert.Equal(new ApnsEndpoint("api-manage-broadcast.sandbox.push.apple.com", 2195), Beside(ApnsEndpoint.For(ApnsEnvironment.Development)));
        Assert.Null(Beside(new ApnsEndpoint("localhost", 443)));
    }

    private static ApnsEndpoint? Beside(ApnsEndpoint endpoint) => Clients.Options(endpoint).ManagementEndpoint;

    private static Task<ApnsClient> Connect(KestrelServer server) => Clients.ConnectAsync(Clients.Options(server.Endpoint, Samples.Key) with { ManagementEndpoint = server.Endpoint });

    private static string[] Names(KestrelRequest request) => [.. request.Headers.Keys.Where(static n => n != "Authorization").Order(StringComparer.Ordinal)];

    private static (string, string, string, string) Values(KestrelRequest request) =>
        (request.Headers["apns-channel-id"], request.Headers["apns-expiration"], request.Headers["apns-priority"], request.Headers["apns-push-type"]);

    private static Task Refuse(HttpResponse response, int status, string reason)
    {
        response.StatusCode = status;
        return response.WriteAsync($$"""{"reason":"{{reason}}"}""");
    }

    private static Task Manage(KestrelRequest request, HttpResponse response)
    {
        switch (request.Method)
        {
            case "POST":
                response.StatusCode = 201;
                response.Headers["apns-channel-id"] = Channel;
                return Task.CompletedTask;
            case "DELETE":
                response.StatusCode = 204;
                return Task.CompletedTask;
            default:
                bool one = request.Path.EndsWith("/channels", StringComparison.Ordinal);
                string list = string.Join(',', Enumerable.Range(0, 10_000).Select(static i => $"\"aWQ{i}\""));
                return response.WriteAsync(one ? """{"message-storage-policy":1,"push-type":"LiveActivity"}""" : $$"""{"channels":[{{list}}]}""");
        }
    }
}
