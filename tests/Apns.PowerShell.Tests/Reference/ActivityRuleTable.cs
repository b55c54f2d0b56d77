using System;
using Xunit;

namespace Apns.PowerShell.Tests.Reference;

/// <summary>The rules of Live Activities, row by row (Apple, "Starting and updating Live Activities with ActivityKit push notifications").</summary>
public sealed class ActivityRuleTable : IClassFixture<ConnectedEngine>
{
    private readonly Engine _engine;

    public ActivityRuleTable(ConnectedEngine connected) => _engine = connected.Fresh();

    [Theory]
    [InlineData("-PushType LiveActivity -ContentState @{ a = 1 }", "needs an event")]
    [InlineData("-Event Start -AttributesType T -Attributes @{ a = 1 } -ContentState @{ a = 1 }", "needs an alert")]
    [InlineData("-Event Start -Alert x -Attributes @{ a = 1 } -ContentState @{ a = 1 }", "needs attributes-type")]
    [InlineData("-Event Start -Alert x -AttributesType T -ContentState @{ a = 1 }", "needs attributes.")]
    [InlineData("-Event Start -Alert x -AttributesType T -Attributes @{ a = 1 }", "needs content-state")]
    [InlineData("-Event Start -Alert x -AttributesType T -Attributes @{ a = 1 } -ContentState @{ a = 1 } -InputPushToken -InputPushChannel c", "exclude each other")]
    [InlineData("-Event Update", "needs content-state")]
    [InlineData("-Event Update -ContentState @{ a = 1 } -DismissalDate 0", "belongs to the end")]
    [InlineData("-Event Update -ContentState @{ a = 1 } -AttributesType T", "belongs to the start")]
    [InlineData("-Event End -InputPushToken", "belongs to the start")]
    [InlineData("-Alert x -ContentState @{ a = 1 }", "belongs to Live Activities")]
    [InlineData("-Alert x -StaleDate 0", "belongs to Live Activities")]
    [InlineData("-Event End -Sound x", "part of its alert")]
    public void What_breaks_a_rule_is_refused_by_its_name(string parameters, string message) =>
        Assert.Contains(message, _engine.Failure($"$t | Send-ApnsNotification {parameters}").Exception.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("10")]
    [InlineData("5")]
    public void Both_priorities_are_the_callers_choice(string priority) =>
        Assert.Equal(priority, _engine.Arrival($"-Event Update -ContentState @{{ a = 1 }} -Priority {priority}").Header("apns-priority"));
}
