using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Many requests at once.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Many_requests_at_once_on_one_connection_are_all_answered()
    {
        const int Count = 2000;
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using Stranger client = Stranger.WithToken(emulator);

        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => client.SendAsync(Push.To(Push.NumberedToken(i)))));

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Equal(Count, replies.Select(reply => reply.Id).Distinct().Count());
        Assert.Equal((Count, 0), (emulator.Accepted, emulator.Rejected));
        Assert.Equal(
            Enumerable.Range(0, Count),
            emulator.GetReceived().Select(received => Convert.ToInt32(received.Token, 16)).Order());
    }

    [Fact]
    public async Task Each_answer_belongs_to_its_request()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { MaxConcurrentStreams = 25 });
        Stranger[] clients = [.. Enumerable.Range(0, 8).Select(_ => Stranger.WithToken(emulator))];

        await Task.WhenAll(Enumerable.Range(0, 800).Select(async i =>
        {
            string id = Guid.NewGuid().ToString();
            (int status, string? reason, string change) = (i % 4) switch
            {
                0 => (200, (string?)null, "apns-priority: 5"),
                1 => (400, "BadPriority", "apns-priority: 3"),
                2 => (413, "PayloadTooLarge", "body: 5000"),
                _ => (400, "BadDeviceToken", ":path: /3/device/0"),
            };
            Reply reply = await clients[i % clients.Length].SendAsync($"apns-id: {id}", change);
            Assert.Equal((status, reason, id), (reply.Status, reply.Reason, reply.Id));
        }));

        foreach (Stranger client in clients) client.Dispose();
        Assert.Equal((200, 600), (emulator.Accepted, emulator.Rejected));
        Assert.Equal(8, emulator.GetReceived().Select(received => received.Connection).Distinct().Count());
    }
}
