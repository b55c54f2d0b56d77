using System;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Credentials;

/// <summary>After TooManyProviderTokenUpdates no connection of the credential makes another token for 20 minutes.</summary>
public class ProviderTokenSourceTests
{
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private int _signed;

    private static TimeSpan Minute => TimeSpan.FromMinutes(1);

    [Fact]
    public void Each_connection_takes_a_token_of_its_own()
    {
        ProviderTokenSource source = Source();
        Assert.NotSame(source.Take(_now), source.Take(_now));
        Assert.Equal(2, _signed);
    }

    [Fact]
    public void Held_the_newest_serves_all_for_20_minutes()
    {
        ProviderTokenSource source = Source();
        source.Take(_now);
        ProviderToken? newest = source.Take(_now);
        source.Hold(_now);
        for (int minute = 0; minute < 20; minute++)
        {
            Assert.Same(newest, source.Take(_now));
            _now += Minute;
        }

        Assert.NotSame(newest, source.Take(_now));
        Assert.NotSame(source.Take(_now), source.Take(_now));
    }

    [Fact]
    public void Held_again_the_time_begins_anew()
    {
        ProviderTokenSource source = Source();
        ProviderToken? newest = source.Take(_now);
        source.Hold(_now);
        _now += 15 * Minute;
        source.Hold(_now);
        _now += 15 * Minute;
        Assert.Same(newest, source.Take(_now));
    }

    [Fact]
    public void A_token_that_apns_would_find_too_old_is_not_shared()
    {
        ProviderTokenSource source = Source();
        ProviderToken? old = source.Take(_now);
        _now += 54 * Minute;
        source.Hold(_now);
        Assert.Same(old, source.Take(_now));
        _now += Minute;
        Assert.NotSame(old, source.Take(_now));
    }

    [Fact]
    public void With_a_certificate_there_is_none()
    {
        Samples.Certificate.ProviderTokens.Hold(_now);
        Assert.Null(Samples.Certificate.ProviderTokens.Take(_now));
    }

    [Fact]
    public void A_connection_that_shares_a_held_token_keeps_it_and_renews_it_when_the_hold_is_over()
    {
        using ApnsKeyCredential credential = Samples.NewKey();
        long now = 0;
        var first = new ProviderTokenKeeper(credential, () => _now);
        Pass(24);
        first.Hold();
        var second = new ProviderTokenKeeper(credential, () => _now);
        Assert.Same(first.Authorization, second.Authorization);

        // Not used yet and 25 minutes old it would be replaced, were it not held.
        Pass(1);
        Assert.False(second.Refresh(now));
        Assert.False(second.IsSpent);
        second.Use(now);
        Pass(19);
        Assert.False(second.Refresh(now));
        Pass(1);
        Assert.True(second.Refresh(now));
        Assert.NotEqual(first.Authorization, second.Authorization);

        void Pass(int minutes)
        {
            _now += minutes * Minute;
            now += (minutes * Minute).Ticks;
        }
    }

    [Fact]
    public void Too_many_updates_retire_the_connection_and_the_next_begins_with_the_same_token()
    {
        using ApnsKeyCredential credential = Samples.NewKey();
        EngineHarness harness = EngineHarness.With(credential);
        harness.Peer.Settings();
        harness.Pump();
        harness.Post();
        harness.Pump();
        string token = harness.Peer.Last["authorization"]!;
        harness.Peer.Reject(harness.Peer.Last, 429, "TooManyProviderTokenUpdates");
        harness.Pump();
        Assert.Equal((ApnsConnectionState.Closing, ApnsErrorKind.ConnectionLost), (harness.Engine.State, harness.Engine.CloseReason!.Kind));
        Assert.Equal(token, NextToken(credential));
        Assert.NotEqual(NextToken(Samples.NewKey()), NextToken(Samples.NewKey()));
    }

    [Fact]
    public void Too_many_updates_said_by_goaway_do_the_same()
    {
        using ApnsKeyCredential credential = Samples.NewKey();
        EngineHarness harness = EngineHarness.With(credential);
        harness.Peer.Settings();
        harness.Pump();
        harness.Post();
        harness.Pump();
        string token = harness.Peer.Last["authorization"]!;
        harness.Peer.GoAway(0, debugData: """{"reason":"TooManyProviderTokenUpdates"}""");
        harness.Pump();
        Assert.Equal(token, NextToken(credential));
    }

    private static string NextToken(ApnsKeyCredential credential)
    {
        EngineHarness harness = EngineHarness.With(credential);
        harness.Peer.Settings();
        harness.Pump();
        harness.Post();
        harness.Pump();
        return harness.Peer.Last["authorization"]!;
    }

    private ProviderTokenSource Source() => new(now => new ProviderToken(Encoding.ASCII.GetBytes($"bearer {++_signed}"), now));
}
