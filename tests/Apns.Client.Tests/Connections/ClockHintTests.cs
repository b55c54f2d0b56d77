using System;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>When a provider token is refused, the error says what is known of the clock.</summary>
public class ClockHintTests
{
    private const string Behind = "The clock of this machine says 2026-03-01 12:00:00Z, that of the server 2026-03-01 14:00:00Z: it is 2 h 0 min behind.";

    [Theory]
    [InlineData("InvalidProviderToken")]
    [InlineData("ExpiredProviderToken")]
    public void The_difference_is_told_with_the_reason_and_with_the_result(string reason)
    {
        EngineHarness harness = Refused(reason, ("date", "Sun, 01 Mar 2026 14:00:00 GMT"));
        ApnsException error = harness.Engine.CloseReason!;
        Assert.Contains(reason, error.What, StringComparison.Ordinal);
        Assert.Contains(Behind, error.Remedy, StringComparison.Ordinal);

        ApnsRequest request = harness.OneFinished();
        request.Outcome = ApnsOutcome.Rejected;
        Assert.Equal(error.Message, ResultBuilder.Build(request).Error);
    }

    [Fact]
    public void Without_a_date_the_tokens_time_of_issue_is_told_and_nothing_else_of_it()
    {
        EngineHarness harness = Refused("InvalidProviderToken");
        string message = harness.Engine.CloseReason!.Message;
        Assert.Contains("says 2026-03-01 12:00:00Z, and the token was issued at 2026-03-01 12:00:00Z", message, StringComparison.Ordinal);
        Assert.DoesNotContain("bearer", message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("eyJ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_is_right_is_told_to_be()
    {
        EngineHarness harness = Refused("InvalidProviderToken", ("date", "Sun, 01 Mar 2026 12:00:01 GMT"));
        Assert.Contains("is right", harness.Engine.CloseReason!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BadEnvironmentKeyIdInToken")]
    [InlineData("MissingProviderToken")]
    [InlineData("TooManyProviderTokenUpdates")]
    public void Other_reasons_have_nothing_to_do_with_the_clock(string reason)
    {
        EngineHarness harness = Refused(reason, ("date", "Sun, 01 Mar 2026 14:00:00 GMT"));
        Assert.DoesNotContain("The clock of this machine", harness.Engine.CloseReason!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_date_of_an_earlier_answer_will_do()
    {
        EngineHarness harness = EngineHarness.Accepted();
        harness.Post();
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Last.StreamId, 200, null, ("date", "Sun, 01 Mar 2026 14:00:00 GMT"));
        harness.Pump();
        harness.Finished.Clear();
        harness.Pass(TimeSpan.FromSeconds(30));
        harness.Post();
        harness.Pump();
        harness.Peer.Reject(harness.Peer.Last, 403, "InvalidProviderToken");
        harness.Pump();
        Assert.Contains("says 2026-03-01 12:00:30Z, that of the server 2026-03-01 14:00:30Z", harness.Engine.CloseReason!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reason_of_a_GOAWAY_has_the_hint_too()
    {
        EngineHarness harness = EngineHarness.Accepted();
        harness.Peer.GoAway(1, Http2ErrorCode.NoError, """{"reason":"ExpiredProviderToken"}""");
        harness.Pump();
        Assert.Contains("the token was issued at 2026-03-01 12:00:00Z", harness.Engine.CloseReason!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_by_certificate_has_no_token_to_speak_of()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Peer.GoAway(0, Http2ErrorCode.NoError, """{"reason":"ExpiredProviderToken"}""");
        harness.Pump();
        Assert.DoesNotContain("The clock of this machine says", harness.Engine.CloseReason!.Message, StringComparison.Ordinal);
    }

    private static EngineHarness Refused(string reason, params (string Name, string Value)[] fields)
    {
        EngineHarness harness = EngineHarness.WithKey();
        harness.Peer.Settings();
        harness.Pump();
        harness.Post();
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Last.StreamId, 403, $$"""{"reason":"{{reason}}"}""", fields);
        harness.Pump();
        return harness;
    }
}
