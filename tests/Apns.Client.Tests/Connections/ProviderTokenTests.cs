using System;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>One provider token for each connection: renewed in time, never too soon.</summary>
public class ProviderTokenTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly EngineHarness _harness = EngineHarness.Accepted();

    [Fact]
    public void The_token_is_renewed_at_45_minutes_and_later_requests_carry_the_new_one()
    {
        string first = Authorization();
        _harness.Advance(45 * Minute - TimeSpan.FromSeconds(1));
        Assert.Equal(first, Authorization());

        _harness.Advance(TimeSpan.FromSeconds(1));
        string second = Authorization();
        Assert.NotEqual(first, second);
        Assert.Equal(second, Authorization());
        Assert.Equal(ApnsConnectionState.Active, _harness.Engine.State);

        _harness.Advance(45 * Minute);
        Assert.DoesNotContain(Authorization(), new[] { first, second });
    }

    [Fact]
    public void An_idle_connection_renews_its_token_before_the_next_request()
    {
        string first = Authorization();
        _harness.Pass(50 * Minute);
        Assert.False(_harness.TryPost(_harness.NewRequest()));
        _harness.Pump();
        _harness.Peer.Ping(_harness.Peer.Pings[^1], acknowledge: true);
        _harness.Pump();
        Assert.NotEqual(first, Authorization());
    }

    [Fact]
    public void What_was_written_before_the_renewal_keeps_its_token()
    {
        _harness.Pass(44.99 * Minute);
        _harness.Peer.Ping(1);
        _harness.Pump();
        ApnsRequest inFlight = _harness.Post();
        _harness.Advance(0.01 * Minute);
        Assert.Equal(_harness.Peer.Requests[0]["authorization"], _harness.Peer.Last["authorization"]);

        _harness.Post();
        _harness.Pump();
        Assert.NotEqual(_harness.Peer.Requests[^2]["authorization"], _harness.Peer.Last["authorization"]);
        Assert.Equal(AttemptEnd.None, inFlight.LastEnd);
    }

    [Theory]
    [InlineData(+60)]
    [InlineData(-60)]
    public void A_clock_that_jumps_ends_the_connection_rather_than_renew_within_20_minutes(int minutes)
    {
        ApnsRequest request = _harness.Post();
        _harness.Pump();
        _harness.SetClock(minutes * Minute);
        _harness.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ApnsConnectionState.Closing, _harness.Engine.State);
        Assert.Null(_harness.Engine.CloseReason);
        Assert.False(_harness.TryPost(_harness.NewRequest()));
        _harness.Peer.Answer(_harness.Peer.Last);
        _harness.Pump();
        Assert.Same(request, _harness.OneFinished());
    }

    [Fact]
    public void A_clock_that_jumped_while_idle_is_noticed_at_the_next_request()
    {
        _harness.SetClock(60 * Minute);
        ApnsRequest request = _harness.NewRequest();
        Assert.False(_harness.TryPost(request));
        Assert.Equal(ApnsConnectionState.Closing, _harness.Engine.State);
        Assert.Equal(0, request.Attempts);
        _harness.Pump();
        Assert.Single(_harness.Peer.Requests);
    }

    [Fact]
    public void A_clock_that_jumps_20_minutes_after_the_last_renewal_renews()
    {
        string first = Authorization();
        _harness.Advance(20 * Minute);
        _harness.SetClock(30 * Minute);
        _harness.Advance(TimeSpan.Zero);

        Assert.Equal(ApnsConnectionState.Active, _harness.Engine.State);
        Assert.NotEqual(first, Authorization());
    }

    [Fact]
    public void No_two_renewals_are_closer_than_20_minutes_however_the_clock_jumps()
    {
        var random = new Random(11);
        for (int run = 0; run < 60; run++)
        {
            EngineHarness harness = EngineHarness.Accepted();
            long lastChange = harness.Now;
            string token = harness.Peer.Last["authorization"]!;
            while (harness.Engine.State == ApnsConnectionState.Active && harness.Now - lastChange < TimeSpan.FromHours(5).Ticks)
            {
                if (random.Next(30) == 0) harness.SetClock(random.Next(-40, 40) * Minute);
                harness.Advance(random.Next(1, 180) * TimeSpan.FromSeconds(1));
                harness.Peer.Ping(1);
                harness.Pump();
                if (!harness.TryPost(harness.NewRequest())) continue;
                harness.Pump();
                harness.Peer.Answer(harness.Peer.Last);
                harness.Pump();
                string now = harness.Peer.Last["authorization"]!;
                if (now == token) continue;
                Assert.True(harness.Now - lastChange >= (20 * Minute).Ticks, $"run {run}: a new token after {TimeSpan.FromTicks(harness.Now - lastChange)}");
                token = now;
                lastChange = harness.Now;
            }
        }
    }

    [Fact]
    public void A_key_that_was_disposed_of_ends_the_connection_when_its_token_is_to_be_renewed()
    {
        ApnsKeyCredential credential = Samples.NewKey();
        EngineHarness harness = EngineHarness.Accepted(credential: credential);
        ApnsRequest request = harness.Post(timeout: TimeSpan.FromHours(1));
        harness.Pump();
        credential.Dispose();
        harness.Advance(45 * Minute);

        Assert.Equal((ApnsConnectionState.Closing, ApnsErrorKind.InvalidKey), (harness.Engine.State, harness.Engine.CloseReason!.Kind));
        Assert.False(harness.TryPost(harness.NewRequest()));
        harness.Peer.Answer(harness.Peer.Last);
        harness.Pump();
        Assert.Equal(AttemptEnd.Answered, harness.OneFinished().LastEnd);
        Assert.Equal(200, request.Status);
    }

    [Fact]
    public void A_key_that_was_disposed_of_is_noticed_before_the_next_request_of_an_idle_connection()
    {
        ApnsKeyCredential credential = Samples.NewKey();
        EngineHarness harness = EngineHarness.Accepted(credential: credential);
        credential.Dispose();
        harness.Pass(50 * Minute);
        Assert.False(harness.TryPost(harness.NewRequest()));
        harness.Pump();
        harness.Peer.Ping(harness.Peer.Pings[^1], acknowledge: true);
        harness.Pump();

        Assert.False(harness.TryPost(harness.NewRequest()));
        Assert.Equal((ApnsConnectionState.Closing, ApnsErrorKind.InvalidKey), (harness.Engine.State, harness.Engine.CloseReason!.Kind));
    }

    [Fact]
    public void A_certificate_sends_no_token()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post();
        harness.Pump();
        Assert.DoesNotContain(harness.Peer.Last.Fields, field => field.Name == "authorization");
        harness.Advance(100 * Minute);
        Assert.Equal(ApnsConnectionState.Active, harness.Engine.State);
    }

    /// <summary>What the next request carries; it is answered.</summary>
    private string Authorization()
    {
        _harness.Peer.Ping(1);
        _harness.Pump();
        _harness.Post();
        _harness.Pump();
        _harness.Peer.Answer(_harness.Peer.Last);
        _harness.Pump();
        return _harness.Peer.Last.Fields.Single(field => field.Name == "authorization").Value;
    }
}
