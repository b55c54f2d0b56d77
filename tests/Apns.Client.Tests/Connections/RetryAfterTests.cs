using System;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>Retry-After and the dates of HTTP (RFC 9110 sections 10.2.3 and 5.6.7).</summary>
public class RetryAfterTests
{
    private static readonly DateTimeOffset Now = new(1994, 11, 6, 8, 49, 7, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("120", 120.0)]
    [InlineData("2147483647", 2147483647.0)]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", 30.0)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 30.0)]
    [InlineData("Sun Nov  6 08:49:37 1994", 30.0)]
    [InlineData("Tue, 15 Nov 1994 08:49:07 GMT", 777600.0)]
    [InlineData("Sun, 06 Nov 1994 08:49:06 GMT", 0.0)]
    [InlineData("Sat, 01 Jan 1994 00:00:00 GMT", 0.0)]
    public void Counts_in_seconds_or_names_a_date(string value, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Read(value));

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("7.5")]
    [InlineData("99999999999")]
    [InlineData("1 s")]
    [InlineData("soon")]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 CET")]
    [InlineData("1994-11-06T08:49:37Z")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT and some more of it")]
    public void What_cannot_be_understood_says_nothing(string value) => Assert.Null(Read(value));

    [Fact]
    public void A_date_on_the_wire_is_counted_from_this_machines_clock()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post();
        harness.Pump();
        harness.Peer.Answer(1, 503, null, ("retry-after", harness.UtcNow.AddSeconds(42).ToString("r", System.Globalization.CultureInfo.InvariantCulture)));
        harness.Pump();
        Assert.Equal(TimeSpan.FromSeconds(42), harness.OneFinished().RetryAfter);
    }

    [Theory]
    [InlineData("retry-after")]
    [InlineData("Retry-After")]
    [InlineData("RETRY-AFTER")]
    public void Its_name_may_be_in_any_case(string name)
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post();
        harness.Pump();
        harness.Peer.Answer(1, 429, """{"reason":"TooManyRequests"}""", (name, "7"));
        harness.Pump();
        ApnsRequest request = harness.OneFinished();
        Assert.Equal((AttemptEnd.Answered, 429, "TooManyRequests", TimeSpan.FromSeconds(7)), (request.LastEnd, request.Status, request.Reason, request.RetryAfter));
    }

    private static TimeSpan? Read(string value) => RetryAfter.Read(Encoding.ASCII.GetBytes(value), Now);
}
