using System;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>The emulator is measured against: what it does with a request that is right must cost no memory.</summary>
public sealed class JudgeAllocationTests
{
    private const int Count = 1000;

    public static TheoryData<string, string[]?> Emulators => new()
    {
        { "any topic", null },
        { "one topic", [Push.Topic] },
        { "several topics", ["com.example.one", "com.example.two", Push.Topic] },
    };

    [Theory]
    [MemberData(nameof(Emulators))]
    public void A_push_that_is_right_is_judged_without_allocating(string name, string[]? topics)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var key = ECDsa.Create();
        key.ImportFromPem(emulator.ExportSigningKey());
        var caller = new Caller(new ProviderTokenVerifier(key, ApnsEmulator.KeyId, ApnsEmulator.TeamId, TimeSpan.FromHours(1)));
        var planned = new PlannedAnswers(new ApnsEmulatorOptions());
        TopicList? allowed = topics is null ? null : new TopicList(topics);
        var apps = new BroadcastApps(allowed, capable: null);
        var rules = new PushRules(new DeviceRules(allowed, planned), new BroadcastRules(apps, new ChannelTable(1), planned));
        var request = new EmulatorRequest(keepsHeaders: false);
        byte[] authorization = Encoding.ASCII.GetBytes(Jwt.Good(emulator));
        byte[] path = Encoding.ASCII.GetBytes("/3/device/" + Push.Token);
        byte[][] bodies = ["{\"aps\":{\"alert\":\"Hello\"}}"u8.ToArray(), "{\"aps\":{\"badge\":1}}"u8.ToArray()];
        DateTimeOffset now = DateTimeOffset.UtcNow;

        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated == 0, $"{name}: {allocated} bytes for {Count} requests.");

        void Run()
        {
            for (int i = 0; i < Count; i++)
            {
                request.Add(":method"u8, "POST"u8);
                request.Add(":path"u8, path);
                request.Add("authorization"u8, authorization);
                request.Add("apns-topic"u8, "com.example.app.voip"u8);
                request.Add("apns-push-type"u8, "voip"u8);
                request.Add("apns-priority"u8, "10"u8);
                request.Add("apns-expiration"u8, "0"u8);
                request.Add("apns-id"u8, "123e4567-e89b-12d3-a456-426614174000"u8);
                request.Add("apns-collapse-id"u8, "news"u8);
                request.Add("user-agent"u8, "test"u8);
                request.AddBody(bodies[i % 2]);
                if (rules.Judge(request, caller, now).Status != 200) throw new InvalidOperationException("It is refused.");
                request.Clear();
            }
        }
    }
}
