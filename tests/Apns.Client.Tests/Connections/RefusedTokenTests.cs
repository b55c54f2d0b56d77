using System;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>Answers that speak against the provider token, and the token's age counted from its first use.</summary>
public class RefusedTokenTests
{
    [Theory]
    [InlineData(403, "InvalidProviderToken", ApnsErrorKind.Refused)]
    [InlineData(403, "MissingProviderToken", ApnsErrorKind.Refused)]
    [InlineData(403, "UnrelatedKeyIdInToken", ApnsErrorKind.ConnectionLost)]
    [InlineData(403, "BadEnvironmentKeyIdInToken", ApnsErrorKind.Refused)]
    [InlineData(403, "BadEnvironmentKeyInToken", ApnsErrorKind.Refused)]
    [InlineData(403, "ExpiredProviderToken", ApnsErrorKind.ConnectionLost)]
    [InlineData(429, "TooManyProviderTokenUpdates", ApnsErrorKind.ConnectionLost)]
    public void Ends_the_connection_before_a_second_request(int status, string reason, ApnsErrorKind kind)
    {
        EngineHarness harness = Answered(status, reason);
        Assert.Equal(ApnsConnectionState.Closing, harness.Engine.State);
        Assert.Equal(kind, harness.Engine.CloseReason!.Kind);
        Assert.Equal(reason, harness.Engine.CloseReason.Reason);
        Assert.False(harness.TryPost(harness.NewRequest()));
    }

    [Theory]
    [InlineData(403, "Forbidden")]
    [InlineData(403, null)]
    public void Another_403_does_not_show_that_the_token_was_accepted(int status, string? reason)
    {
        EngineHarness harness = Answered(status, reason);
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
        Assert.Equal(1, harness.PostAll());
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(400, "BadDeviceToken")]
    [InlineData(410, "Unregistered")]
    [InlineData(503, "ServiceUnavailable")]
    public void Any_other_answer_does(int status, string? reason) => Assert.Equal(1000, Answered(status, reason).PostAll());

    [Fact]
    public void A_stream_that_timed_out_may_still_be_open_at_the_server_and_counts_as_the_one()
    {
        EngineHarness harness = EngineHarness.WithKey();
        harness.Peer.Settings();
        harness.Pump();
        harness.Post(timeout: TimeSpan.FromSeconds(1));
        harness.Advance(TimeSpan.FromSeconds(1));
        Assert.False(harness.TryPost(harness.NewRequest()));
        Assert.Single(harness.Peer.Requests);
    }

    [Fact]
    public void A_token_that_was_not_used_is_not_renewed_within_20_minutes_of_its_first_use()
    {
        EngineHarness harness = EngineHarness.WithKey();
        harness.Peer.Settings();
        harness.Pump();

        // Connected long ago; APNs sees a token for the first time now.
        harness.Pass(TimeSpan.FromMinutes(44.5));
        string first = Authorization(harness);
        for (int minute = 0; minute < 20; minute++)
        {
            harness.Pass(TimeSpan.FromMinutes(1));
            Assert.Equal(first, Authorization(harness));
        }

        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
    }

    private static EngineHarness Answered(int status, string? reason)
    {
        EngineHarness harness = EngineHarness.WithKey();
        harness.Peer.Settings((Http2.Http2SettingId.MaxConcurrentStreams, 1000));
        harness.Pump();
        harness.Post();
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Last, status, reason is null ? null : $$"""{"reason":"{{reason}}"}""");
        harness.Pump();
        return harness;
    }

    private static string Authorization(EngineHarness harness)
    {
        harness.Peer.Ping(1);
        harness.Pump();
        harness.Post();
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Last);
        harness.Pump();
        return harness.Peer.Last["authorization"]!;
    }
}
