using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Answers that are asked for: every row of Apple's tables, and what Apple may invent.</summary>
public sealed class ReasonTests
{
    // "Handling notification responses from APNs"
    private static readonly (int Status, string Reason)[] OfDevices =
    [
        (400, "BadCollapseId"), (400, "BadDeviceToken"), (400, "BadExpirationDate"), (400, "BadMessageId"), (400, "BadPriority"),
        (400, "BadTopic"), (400, "DeviceTokenNotForTopic"), (400, "DuplicateHeaders"), (400, "IdleTimeout"), (400, "InvalidPushType"),
        (400, "MissingDeviceToken"), (400, "MissingTopic"), (400, "PayloadEmpty"), (400, "TopicDisallowed"),
        (403, "BadCertificate"), (403, "BadCertificateEnvironment"), (403, "ExpiredProviderToken"), (403, "Forbidden"),
        (403, "InvalidProviderToken"), (403, "MissingProviderToken"), (403, "UnrelatedKeyIdInToken"), (403, "BadEnvironmentKeyIdInToken"),
        (403, "BadEnvironmentKeyInToken"), (404, "BadPath"), (405, "MethodNotAllowed"), (410, "ExpiredToken"), (410, "Unregistered"),
        (413, "PayloadTooLarge"), (429, "TooManyProviderTokenUpdates"), (429, "TooManyRequests"), (500, "InternalServerError"),
        (503, "ServiceUnavailable"), (503, "Shutdown"),
    ];

    // "Handling error responses from Apple Push Notification service"
    private static readonly (int Status, string Reason)[] OfChannels =
    [
        (400, "FeatureNotEnabled"), (400, "MissingChannelId"), (400, "BadChannelId"), (400, "ChannelNotRegistered"), (400, "BadRequestParams"),
        (400, "BadRequestPayload"), (400, "PayloadEmpty"), (400, "BadMessageId"), (400, "MissingPushType"), (400, "InvalidPushType"),
        (400, "CannotCreateChannelConfig"), (400, "BadExpirationDate"), (400, "TopicDisallowed"), (400, "BadPriority"),
        (400, "MissingChannelQueueSize"), (403, "BadCertificate"), (403, "BadCertificateEnvironment"), (403, "TopicMismatch"),
        (403, "MissingProviderToken"), (403, "ExpiredProviderToken"), (403, "InvalidProviderToken"), (404, "BadPath"), (405, "MethodNotAllowed"),
        (413, "PayloadTooLarge"), (429, "TooManyRequests"), (429, "TooManyProviderTokenUpdates"), (500, "InternalServerError"),
        (503, "ServiceUnavailable"), (503, "Shutdown"),
    ];

    [Fact]
    public async Task Every_reason_of_device_pushes_can_be_had_with_its_status()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            Reasons = OfDevices.Index().ToDictionary(row => Push.NumberedToken(row.Index), row => row.Item.Reason),
        });
        using Stranger client = Stranger.WithToken(emulator);

        foreach ((int index, (int status, string reason)) in OfDevices.Index())
        {
            Reply reply = await client.SendAsync(Push.To(Push.NumberedToken(index)));
            Assert.Equal((status, reason), (reply.Status, reply.Reason));
            Assert.Equal(["apns-id"], reply.Headers.Keys);

            // A timestamp goes with 410 only.
            if (status == 410) Assert.InRange(reply.Timestamp!.Value, 1_600_000_000_000, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            else Assert.Null(reply.Timestamp);
        }

        Assert.Equal((0, OfDevices.Length), (emulator.Accepted, emulator.Rejected));
    }

    [Fact]
    public async Task Every_reason_of_broadcasts_and_channels_can_be_had_by_bundle_id()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            Reasons = OfChannels.Index().ToDictionary(row => App(row.Index), row => row.Item.Reason),
            ReasonSequences = new Dictionary<string, IReadOnlyList<string>> { [Push.Topic] = ["InternalServerError"] },
        });
        using Stranger client = Stranger.WithToken(emulator);
        using Stranger manager = Stranger.Manager(emulator);

        foreach ((int index, (int status, string reason)) in OfChannels.Index())
        {
            Reply made = await manager.SendAsync(Push.Manage("POST", $":path: /1/apps/{App(index)}/channels"));
            Reply listed = await manager.SendAsync(Push.Manage("GET", $":path: /1/apps/{App(index)}/all-channels"));
            Assert.Equal((status, reason), (made.Status, made.Reason));
            Assert.Equal((status, reason), (listed.Status, listed.Reason));
            Assert.Equal(["apns-request-id"], made.Headers.Keys);
        }

        // For these a channel is needed first.
        Assert.Equal("InternalServerError", (await manager.SendAsync(Push.Manage("POST"))).Reason);
        string channel = (await manager.SendAsync(Push.Manage("POST"))).ChannelId!;
        Assert.Equal(200, (await client.SendAsync(Push.Broadcast(channel))).Status);
        Assert.Equal(200, (await client.SendAsync()).Status);
        Assert.Equal(channel, Assert.Single(emulator.GetChannels()).ChannelId);

        static string App(int number) => $"com.example.app{number}";
    }

    [Fact]
    public async Task Reasons_by_bundle_id_keep_a_broadcast_from_having_effect()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            ReasonSequences = new Dictionary<string, IReadOnlyList<string>> { [Push.Topic] = ["TooManyRequests", "503 ServiceUnavailable", "Shutdown", "500"] },
        });
        using Stranger client = Stranger.WithToken(emulator);
        using Stranger manager = Stranger.Manager(emulator);
        Assert.Equal(429, (await manager.SendAsync(Push.Manage("POST"))).Status);
        Assert.Empty(emulator.GetChannels());
        Assert.Equal(503, (await manager.SendAsync(Push.Manage("POST"))).Status);

        // What is wrong with the request comes first and uses no answer up; which channels there are plays no part.
        Assert.Equal("BadChannelId", (await client.SendAsync(Push.Broadcast("no base64"))).Reason);
        Assert.Equal("Shutdown", (await client.SendAsync(Push.Broadcast("QUJD"))).Reason);
        Assert.Equal((500, ""), Both(await manager.SendAsync(Push.Manage("GET", $":path: /1/apps/{Push.Topic}/all-channels"))));
        string channel = (await manager.SendAsync(Push.Manage("POST"))).ChannelId!;
        Assert.Equal(204, (await manager.SendAsync(Push.Manage("DELETE", "apns-channel-id: " + channel))).Status);
    }

    [Theory]
    [InlineData("418 SomethingNew", 418, """{"reason":"SomethingNew"}""")]
    [InlineData("400 BadTopic", 400, """{"reason":"BadTopic"}""")]
    [InlineData("403 BadTopic", 403, """{"reason":"BadTopic"}""")]
    [InlineData("599 two words", 599, """{"reason":"two words"}""")]
    [InlineData("400 a \"quoted\" one", 400, """{"reason":"a \u0022quoted\u0022 one"}""")]
    [InlineData("500", 500, "")]
    [InlineData("503 ", 503, "")]
    public async Task A_status_with_any_reason_or_none_can_be_had(string text, int status, string body)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = new Dictionary<string, string> { [Push.Token] = text } });
        using Stranger client = Stranger.WithToken(emulator);
        Assert.Equal((status, body), Both(await client.SendAsync()));
        Assert.Equal((status, body), Both(await client.SendAsync()));
        Assert.Equal(2, emulator.Rejected);
    }

    [Fact]
    public async Task An_unknown_reason_with_410_has_a_timestamp_too()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = new Dictionary<string, string> { [Push.Token] = "410 Vanished" } });
        using Stranger client = Stranger.WithToken(emulator);
        Reply reply = await client.SendAsync();
        Assert.Equal((410, "Vanished"), (reply.Status, reply.Reason));
        Assert.NotNull(reply.Timestamp);
    }

    [Fact]
    public async Task Reasons_in_a_list_are_used_up_one_by_one()
    {
        string other = Push.NumberedToken(0xab);
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            Reasons = new Dictionary<string, string> { [other] = "BadDeviceToken" },
            ReasonSequences = new Dictionary<string, IReadOnlyList<string>>
            {
                [Push.Token] = ["TooManyRequests", "500", "TooManyRequests"],
                [other] = ["Unregistered"],
            },
        });
        using Stranger client = Stranger.WithToken(emulator);

        var statuses = new List<int>();
        for (int i = 0; i < 5; i++) statuses.Add((await client.SendAsync(Push.To(i == 1 ? Push.Token.ToUpperInvariant() : Push.Token))).Status);
        Assert.Equal([429, 500, 429, 200, 200], statuses);

        // Used up, they leave what the token gets always.
        Assert.Equal("Unregistered", (await client.SendAsync(Push.To(other))).Reason);
        Assert.Equal("BadDeviceToken", (await client.SendAsync(Push.To(other.ToUpperInvariant()))).Reason);
        Assert.Equal("BadDeviceToken", (await client.SendAsync(Push.To(other))).Reason);
    }

    [Fact]
    public async Task Each_of_them_is_given_once_however_many_connections_ask()
    {
        const int Count = 200;
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            ReasonSequences = new Dictionary<string, IReadOnlyList<string>> { [Push.Token] = [.. Enumerable.Repeat("TooManyRequests", Count)] },
        });
        Stranger[] clients = [.. Enumerable.Range(0, 4).Select(_ => Stranger.WithToken(emulator))];
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 2 * Count).Select(i => clients[i % clients.Length].SendAsync()));
        foreach (Stranger client in clients) client.Dispose();

        Assert.Equal((Count, Count), (replies.Count(reply => reply.Status == 429), replies.Count(reply => reply.Status == 200)));
    }

    [Fact]
    public async Task An_unregistered_token_gets_410_and_since_when_in_milliseconds()
    {
        DateTimeOffset since = new(2025, 3, 4, 5, 6, 7, 89, TimeSpan.FromHours(2));
        string token = Push.NumberedToken(0xab);
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
        {
            Unregistered = new Dictionary<string, DateTimeOffset> { [token] = since },
        });
        using Stranger client = Stranger.WithToken(emulator);

        Reply gone = await client.SendAsync(Push.To(token));
        Reply there = await client.SendAsync(Push.To(Push.NumberedToken(2)));
        Reply upperCase = await client.SendAsync(Push.To(token.ToUpperInvariant()));
        Assert.Equal((gone.Status, gone.Body), (upperCase.Status, upperCase.Body));

        Assert.Equal((410, "Unregistered", 1741057567089), (gone.Status, gone.Reason, gone.Timestamp));
        Assert.Equal("""{"reason":"Unregistered","timestamp":1741057567089}""", gone.Body);
        Assert.Equal(JsonValueKind.Number, gone.Json().GetProperty("timestamp").ValueKind);
        Assert.False(string.IsNullOrEmpty(gone.Id));
        Assert.Equal(200, there.Status);
    }

    private static (int Status, string Body) Both(Reply reply) => (reply.Status, reply.Body);
}
