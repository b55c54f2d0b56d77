using System;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>The time that a server tells, and what it says of the clock here.</summary>
public class ServerClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly long Start = TimeSpan.FromDays(3).Ticks;

    [Theory]
    [InlineData("Sun, 01 Mar 2026 12:00:00 GMT")]
    [InlineData("Sunday, 01-Mar-26 12:00:00 GMT")]
    [InlineData("Sun Mar  1 12:00:00 2026")]
    public void Dates_are_read_in_each_form_of_HTTP(string date)
    {
        // RFC 9110 section 5.6.7.
        ServerClock clock = Noted(date);
        Assert.Equal(Noon, clock.At(Start));
        Assert.Equal(Noon.AddSeconds(90), clock.At(Start + TimeSpan.FromSeconds(90).Ticks));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("Sun, 01 Mar 2026 12:00:00 CET")]
    [InlineData("2026-03-01T12:00:00Z")]
    [InlineData("Sun, 32 Mar 2026 12:00:00 GMT")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData("Sun, 01 Mar 2026 12:00:00 GMT, Sun, 01 Mar 2026 12:00:00 GMT")]
    [InlineData("\u00ff\u00ff")]
    public void What_is_no_date_tells_no_time(string date) => Assert.Null(Noted(date).At(Start));

    [Fact]
    public void A_server_that_says_nothing_tells_no_time() => Assert.Null(new ServerClock().At(Start));

    [Fact]
    public void The_last_date_counts()
    {
        ServerClock clock = Noted("Sun, 01 Mar 2026 11:00:00 GMT");
        long later = Start + TimeSpan.FromHours(1).Ticks;
        clock.Note("Sun, 01 Mar 2026 12:00:00 GMT"u8, later);
        Assert.Equal(Noon, clock.At(later));
    }

    [Theory]
    [InlineData(59, "The clock of this machine is right: it agrees with that of the server.")]
    [InlineData(-59, "The clock of this machine is right: it agrees with that of the server.")]
    [InlineData(60, "The clock of this machine says 2026-03-01 12:01:00Z, that of the server 2026-03-01 12:00:00Z: it is 1 min 0 s ahead. Set it right.")]
    [InlineData(-3725, "The clock of this machine says 2026-03-01 10:57:55Z, that of the server 2026-03-01 12:00:00Z: it is 1 h 2 min behind. Set it right.")]
    [InlineData(90_000, "The clock of this machine says 2026-03-02 13:00:00Z, that of the server 2026-03-01 12:00:00Z: it is 1 d 1 h ahead. Set it right.")]
    public void A_difference_of_a_minute_or_more_is_told(int seconds, string hint) =>
        Assert.Equal(hint, Noted("Sun, 01 Mar 2026 12:00:00 GMT").Hint(Noon.AddSeconds(seconds), Start, Noon));

    [Fact]
    public void Without_the_servers_time_the_times_here_are_told() => Assert.Equal(
        "The clock of this machine says 2026-03-01 12:00:00Z, and the token was issued at 2026-03-01 11:30:00Z; is that UTC?",
        new ServerClock().Hint(Noon.ToOffset(TimeSpan.FromHours(5)), Start, Noon.AddMinutes(-30)));

    [Fact]
    public void Noting_a_date_allocates_nothing()
    {
        var clock = new ServerClock();
        clock.Note("Sun, 01 Mar 2026 12:00:00 GMT"u8, Start);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) clock.Note("Sun, 01 Mar 2026 12:00:00 GMT"u8, Start);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static ServerClock Noted(string date)
    {
        var clock = new ServerClock();
        clock.Note(Encoding.Latin1.GetBytes(date), Start);
        return clock;
    }
}
