using System;
using System.Linq;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>Answers that say more about the connection than about the notification.</summary>
public class RetiredConnectionTests
{
    private readonly EngineHarness _harness = EngineHarness.Active();

    [Theory]
    [InlineData("InternalServerError")]
    [InlineData(null)]
    public void Five_times_500_in_a_row_retire_the_connection_and_what_is_in_flight_is_still_answered(string? reason)
    {
        ApnsRequest last = _harness.Post();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(ApnsConnectionState.Active, _harness.Engine.State);
            Answer(500, reason);
        }

        Assert.Equal(ApnsConnectionState.Closing, _harness.Engine.State);
        Assert.Equal((ApnsErrorKind.ConnectionLost, reason), (_harness.Engine.CloseReason!.Kind, _harness.Engine.CloseReason.Reason));
        Assert.Contains($"APNs answered {reason ?? "status 500"} 5 times in a row.", _harness.Engine.CloseReason.Message, StringComparison.Ordinal);
        Assert.False(_harness.TryPost(_harness.NewRequest()));

        _harness.Peer.Answer(_harness.Peer.Requests[0]);
        _harness.Pump();
        Assert.Equal(200, last.Status);
    }

    [Fact]
    public void A_success_in_between_begins_the_count_anew()
    {
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < 4; i++) Answer(500, "InternalServerError");
            Answer(200, null);
        }

        Assert.Equal(ApnsConnectionState.Active, _harness.Engine.State);
    }

    [Fact]
    public void Other_errors_are_not_the_connections_fault()
    {
        for (int i = 0; i < 20; i++)
        {
            Answer(503, "ServiceUnavailable");
            Answer(429, "TooManyRequests");
            Answer(400, "BadDeviceToken");
            Answer(502, null);
        }

        Assert.Equal(ApnsConnectionState.Active, _harness.Engine.State);
    }

    [Theory]
    [InlineData(503, "Shutdown")]
    [InlineData(400, "IdleTimeout")]
    public void A_server_that_says_it_is_done_with_the_connection_gets_no_more(int status, string reason)
    {
        ApnsRequest[] others = _harness.Post(3);
        Answer(status, reason);
        Assert.Equal((ApnsConnectionState.Closing, ApnsErrorKind.ConnectionLost, reason), (_harness.Engine.State, _harness.Engine.CloseReason!.Kind, _harness.Engine.CloseReason.Reason));
        Assert.False(_harness.TryPost(_harness.NewRequest()));

        foreach (PeerRequest request in _harness.Peer.Requests.Take(3).ToArray()) _harness.Peer.Answer(request);
        _harness.Pump();
        Assert.All(others, request => Assert.Equal(200, request.Status));
    }

    [Fact]
    public void A_limit_lowered_after_a_rejection_is_noted_and_one_lowered_for_another_reason_is_not()
    {
        Limit(500);
        Assert.Equal((500, 0, false), Throttling());

        Answer(400, "BadDeviceToken");
        Limit(1);
        Assert.Equal((1, 1, true), Throttling());
        Limit(1);
        Assert.Equal((1, 1, true), Throttling());
        Limit(1000);
        Assert.Equal((1000, 1, false), Throttling());
        Limit(999);
        Limit(2);
        Assert.Equal((2, 3, true), Throttling());
    }

    [Fact]
    public void The_figures_tell_what_was_done()
    {
        EngineHarness harness = EngineHarness.WithCertificate();
        Assert.Equal((ApnsConnectionState.Connecting, 0, 0L, 0L), (harness.Engine.Figures.State, harness.Engine.Figures.StreamLimit, harness.Engine.Figures.Sent, harness.Engine.Figures.RoundTrip));
        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, 7));
        harness.Pump();
        ApnsRequest[] requests = harness.Post(4);
        byte[] bytes = harness.TakeOutput();
        harness.Peer.Receive(bytes);
        harness.Pass(TimeSpan.FromMilliseconds(30));
        harness.Peer.Answer(harness.Peer.Requests[0]);
        harness.Pump();
        ConnectionFigures first = harness.Engine.Figures;
        Assert.Equal((ApnsConnectionState.Active, 7, 4L, TimeSpan.FromMilliseconds(30).Ticks), (first.State, first.StreamLimit, first.Sent, first.RoundTrip));
        Assert.Equal(harness.Engine.Session.OutputPosition, first.BytesSent);
        Assert.InRange(first.BytesReceived, 20, 200);

        // The mean follows the latest answers, a sixteenth of the way each.
        harness.Pass(TimeSpan.FromMilliseconds(160));
        harness.Peer.Answer(harness.Peer.Requests[1]);
        harness.Pump();
        Assert.Equal(TimeSpan.FromMilliseconds(40).Ticks, harness.Engine.Figures.RoundTrip);
        Assert.Equal(4, requests.Length);
    }

    private (int Limit, int Throttles, bool IsThrottled) Throttling() =>
        (_harness.Engine.Figures.StreamLimit, _harness.Engine.Figures.Throttles, _harness.Engine.Figures.IsThrottled);

    private void Limit(int streams)
    {
        _harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, streams));
        _harness.Pump();
    }

    private void Answer(int status, string? reason)
    {
        _harness.Post();
        _harness.Pump();
        _harness.Peer.Answer(_harness.Peer.Last, status, reason is null ? null : $$"""{"reason":"{{reason}}"}""");
        _harness.Pump();
    }
}
