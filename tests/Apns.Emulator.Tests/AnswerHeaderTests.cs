using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>What answers say besides status and id, when it is asked for; and the clock that can be set.</summary>
public sealed class AnswerHeaderTests
{
    private static readonly Dictionary<string, string> Reasons = new()
    {
        [Push.NumberedToken(1)] = "TooManyRequests",
        [Push.NumberedToken(2)] = "ServiceUnavailable",
        [Push.NumberedToken(3)] = "InternalServerError",
        [Push.NumberedToken(4)] = "503",
        [Push.NumberedToken(5)] = "BadDeviceToken",
    };

    [Fact]
    public async Task Nothing_is_said_unasked()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = Reasons });
        using Stranger client = Stranger.WithToken(emulator);
        for (int token = 0; token < 6; token++) Assert.Equal(["apns-id"], (await client.SendAsync(Push.To(Push.NumberedToken(token)))).Headers.Keys);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.2, "1")]
    [InlineData(30, "30")]
    [InlineData(900, "900")]
    public async Task Retry_after_goes_with_429_and_503_only(double seconds, string expected)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = Reasons, RetryAfter = TimeSpan.FromSeconds(seconds) });
        using Stranger client = Stranger.WithToken(emulator);

        List<string?> values = [];
        for (int token = 0; token < 6; token++) values.Add((await client.SendAsync(Push.To(Push.NumberedToken(token))))["retry-after"]);

        Assert.Equal([null, expected, expected, null, expected, null], values);
    }

    [Fact]
    public void Its_name_is_in_lower_case()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = Reasons, RetryAfter = TimeSpan.FromSeconds(7), ClockOffset = TimeSpan.Zero });
        using RawClient client = RawClient.Greet(emulator);
        Reply reply = client.Exchange(1, Push.To(Push.NumberedToken(1)).Authorized(Jwt.Good(emulator))).Reply;
        Assert.Equal(["apns-id", "date", "retry-after"], reply.Headers.Keys.Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    [InlineData(-90)]
    [InlineData(60 * 24 * 30)]
    public async Task A_clock_that_is_set_tells_its_time(int minutes)
    {
        TimeSpan offset = TimeSpan.FromMinutes(minutes);
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Reasons = Reasons, ClockOffset = offset });
        using var client = new Stranger(emulator, Jwt.Issued(emulator, DateTimeOffset.UtcNow + offset));
        using Stranger manager = new(emulator, Jwt.Issued(emulator, DateTimeOffset.UtcNow + offset), port: emulator.ManagementPort);
        DateTimeOffset before = DateTimeOffset.UtcNow + offset;

        Reply[] replies = [await client.SendAsync(), await client.SendAsync(Push.To(Push.NumberedToken(3))), await manager.SendAsync(Push.Manage("POST"))];

        Assert.Equal([200, 500, 201], replies.Select(reply => reply.Status));
        Assert.All(replies, reply => Assert.InRange(
            DateTimeOffset.ParseExact(reply["date"]!, "R", CultureInfo.InvariantCulture), before.AddSeconds(-1), DateTimeOffset.UtcNow + offset));
        Assert.InRange(emulator.GetReceived()[0].Time, before, DateTimeOffset.UtcNow + offset);
        Assert.InRange(Assert.Single(emulator.GetChannels()).Created, before, DateTimeOffset.UtcNow + offset);
    }

    [Theory]
    [InlineData(90, "ExpiredProviderToken")]
    [InlineData(-90, "InvalidProviderToken")]
    [InlineData(50, null)]
    [InlineData(-50, null)]
    public async Task Provider_tokens_are_judged_by_that_clock(int minutes, string? reason)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { ClockOffset = TimeSpan.FromMinutes(minutes) });
        using Stranger client = Stranger.WithToken(emulator);
        using Stranger manager = Stranger.Manager(emulator);
        Assert.Equal(reason, (await client.SendAsync()).Reason);
        Assert.Equal(reason, (await manager.SendAsync(Push.Manage("POST"))).Reason);
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(false, EmulatedEnvironment.Production, false)]
    [InlineData(false, EmulatedEnvironment.Development, true)]
    [InlineData(true, null, true)]
    [InlineData(true, EmulatedEnvironment.Production, true)]
    public async Task Unique_ids_come_in_the_development_environment_or_when_asked_for(bool asked, EmulatedEnvironment? environment, bool told)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { UniqueIds = asked, Environment = environment });
        using Stranger client = Stranger.WithToken(emulator);
        using Stranger manager = Stranger.Manager(emulator);

        Reply[] replies = [await client.SendAsync(), await client.SendAsync(), await client.SendAsync("body: 0")];

        Assert.Equal([200, 200, 400], replies.Select(reply => reply.Status));
        Assert.All(replies, reply => Assert.Equal(told, Guid.TryParseExact(reply.UniqueId, "D", out _)));
        Assert.Equal(told ? 6 : 4, replies.SelectMany(reply => new[] { reply.Id, reply.UniqueId }).Distinct().Count());
        Assert.Null((await manager.SendAsync(Push.Manage("POST"))).UniqueId);
    }
}
