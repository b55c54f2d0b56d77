using System;
using System.Globalization;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>The headers that the emulator received.</summary>
public sealed class HeaderTests : IClassFixture<ConnectedEngine>
{
    private readonly Engine _engine;

    public HeaderTests(ConnectedEngine connected) => _engine = connected.Fresh();

    [Fact]
    public void What_is_not_given_is_left_out()
    {
        PSObject received = Send("");
        Assert.Equal(Engine.Topic, received.Text("Topic"));
        Assert.Equal("alert", received.Text("PushType"));
        Assert.Null(received.Get("Priority"));
        Assert.Null(received.Get("Expiration"));
        Assert.Null(received.Get("CollapseId"));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("'0'", "0")]
    [InlineData("1893456000", "1893456000")]
    [InlineData("([long]1893456000)", "1893456000")]
    [InlineData("([datetime]::new(2030, 1, 1, 0, 0, 0, [DateTimeKind]::Utc))", "1893456000")]
    [InlineData("([datetime]::new(2030, 1, 1, 0, 0, 0, [DateTimeKind]::Utc).ToLocalTime())", "1893456000")]
    [InlineData("([datetimeoffset]::new(2030, 1, 1, 2, 0, 0, [timespan]::FromHours(2)))", "1893456000")]
    [InlineData("'2030-01-01T00:00:00Z'", "1893456000")]
    [InlineData("$null", null)]
    public void An_expiration_may_be_a_date_or_seconds(string expiration, string? header) =>
        Assert.Equal(header, Send($"-Expiration {expiration}").Text("Expiration"));

    [Theory]
    [InlineData("([timespan]::FromHours(4))")]
    [InlineData("'4:00:00'")]
    public void An_expiration_may_be_a_time_span_from_now(string expiration)
    {
        long before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        long sent = long.Parse(Send($"-Expiration {expiration}").Text("Expiration")!, CultureInfo.InvariantCulture);
        Assert.InRange(sent, before + 4 * 3600, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 4 * 3600);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(10)]
    public void A_priority_is_sent(int priority) =>
        Assert.Equal(priority.ToString(CultureInfo.InvariantCulture), Send($"-Priority {priority}").Text("Priority"));

    [Fact]
    public void A_collapse_id_is_sent()
    {
        Assert.Equal("news-1", Send("-CollapseId news-1").Text("CollapseId"));
        Assert.Equal(new string('x', 64), Send("-CollapseId ('x' * 64)").Text("CollapseId"));
    }

    [Fact]
    public void A_topic_takes_the_place_of_the_sessions()
    {
        Assert.Equal("com.example.app.voip", Send("-PushType Voip -Topic com.example.app.voip").Text("Topic"));
        Assert.Equal(Engine.Topic, Send("").Text("Topic"));
    }

    private PSObject Send(string parameters)
    {
        _engine.Run("$emulator.ClearReceived()").Clean();
        PSObject result = Assert.Single(_engine.Output($"$t | Send-ApnsNotification -Alert hi {parameters}"));
        Assert.Equal("Delivered", result.Text("Outcome"));
        return Assert.Single(_engine.Received());
    }
}
