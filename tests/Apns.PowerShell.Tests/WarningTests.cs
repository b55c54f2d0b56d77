using System;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>What Send-ApnsNotification warns of although every result is right.</summary>
public sealed class WarningTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_throttled_connection_is_warned_of_once()
    {
        _engine.Connected("-Fault 'Throttle:after=3'");
        string warning = Assert.Single(_engine.Run("$tokens | Send-ApnsNotification -Alert hi -RatePerSecond 100").Clean().Warnings);
        Assert.Contains("slows this sender down", warning, StringComparison.Ordinal);
        Assert.Empty(_engine.Run("$t | Send-ApnsNotification -Alert hi").Clean().Warnings);
    }

    [Theory]
    [InlineData("00:20:00", "behind")]
    [InlineData("-00:20:00", "ahead")]
    public void A_clock_that_is_off_is_warned_of_before_APNs_refuses_tokens(string offset, string direction)
    {
        _engine.Connected($"-ClockOffset {offset}");
        string warning = Assert.Single(_engine.Run("$tokens | Send-ApnsNotification -Alert hi").Clean().Warnings);
        Assert.Matches($"^The clock of this machine is (19 min 5|20 min )\\d s {direction}, by that of the server\\. Set it right", warning);
        TimeSpan ahead = _engine.Value<TimeSpan>("$session.ConnectionList[0].ClockAhead");
        Assert.InRange(ahead.Duration(), TimeSpan.FromMinutes(19.9), TimeSpan.FromMinutes(20.1));
    }

    [Fact]
    public void A_clock_that_is_right_needs_no_warning()
    {
        _engine.Connected("-ClockOffset 00:02:00");
        Assert.Empty(_engine.Run("$tokens | Send-ApnsNotification -Alert hi").Clean().Warnings);
    }
}
