using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>A refused token is data; one error at the end says what needs attention, and what dooms everything stops.</summary>
public sealed class ErrorTests : IDisposable
{
    private const string NotAllDelivered = "NotAllDelivered,Apns.PowerShell.Commands.SendApnsNotificationCommand";
    private const string Refused = "Refused,Apns.PowerShell.Commands.SendApnsNotificationCommand";

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Deliveries_and_dead_tokens_are_no_error()
    {
        _engine.Connected("-Unregistered @{ $tokens[1] = [datetime]::UtcNow } -Reason @{ $tokens[2] = 'ExpiredToken' }");
        EngineResult run = _engine.Run("$tokens | Send-ApnsNotification -Alert hi; $ok = $?").Clean();
        Assert.Equal(2, run.Output.Count(static r => r.Text("Advice") == "Drop"));
        Assert.True(_engine.Value<bool>("$ok"));
    }

    [Fact]
    public void Anything_else_is_one_error_at_the_end()
    {
        _engine.Connected("-Unregistered @{ $tokens[1] = [datetime]::UtcNow } -Reason @{ $tokens[2] = 'DeviceTokenNotForTopic'; $tokens[3] = 'DeviceTokenNotForTopic' }");
        EngineResult run = _engine.Run("@($tokens) + '' | Send-ApnsNotification -Alert hi -ErrorVariable problems; $ok = $?; $count = $problems.Count");
        Assert.Null(run.Failure);
        Assert.Equal(11, run.Output.Count);
        ErrorRecord error = Assert.Single(run.Errors);
        Assert.Equal(NotAllDelivered, error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidResult, error.CategoryInfo.Category);
        Assert.StartsWith("3 of 11 notifications were not delivered (", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("2 Rejected DeviceTokenNotForTopic", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("1 NotSent MissingDeviceToken", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("), besides 1 to dead tokens. The first: ", error.Exception.Message, StringComparison.Ordinal);
        Assert.False(_engine.Value<bool>("$ok"));
        Assert.Equal(1, _engine.Value<int>("$count"));
    }

    [Fact]
    public void The_error_can_be_made_to_stop_after_all_results()
    {
        _engine.Connected("-Reason @{ $tokens[2] = 'DeviceTokenNotForTopic' }");
        EngineResult run = _engine.Run("$tokens | Send-ApnsNotification -Alert hi -ErrorAction Stop; 'not reached'");
        Assert.Equal(10, run.Output.Count);
        Assert.Equal(NotAllDelivered, run.Failure?.FullyQualifiedErrorId);
    }

    [Fact]
    public void The_error_can_be_silenced()
    {
        _engine.Connected("-Reason @{ $tokens[2] = 'DeviceTokenNotForTopic' }");
        EngineResult run = _engine.Run("$tokens | Send-ApnsNotification -Alert hi -ErrorAction SilentlyContinue -ErrorVariable problems").Clean();
        Assert.Equal(10, run.Output.Count);
        Assert.StartsWith("1 of 10 notifications was not delivered (1 Rejected DeviceTokenNotForTopic). The first: ", _engine.Value<string>("$problems[0].Exception.Message"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_key_stops_the_batch_after_the_results_of_what_was_taken_in()
    {
        using var folder = new TempFolder();
        _engine["key"] = folder.Write("key.p8", Secrets.NewKey());
        _engine.Run("$emulator = Start-ApnsEmulator; $session = Connect-Apns -KeyPath $key -KeyId EMULATOR01 -TeamId TEAM000001 -Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app").Clean();
        EngineResult run = Stops("InvalidProviderToken", "Check the key file, -KeyId, -TeamId and the clock");

        // A connection that was refused is replaced at once: another notification may have been answered on the next.
        PSObject[] answered = [.. run.Output.Where(static r => r.Text("Outcome") == "Rejected")];
        Assert.NotEmpty(answered);
        Assert.All(answered, static r => Assert.Equal((403, "FixCredentials"), (r.Get<int>("Status"), r.Text("Advice"))));
    }

    [Fact]
    public void A_topic_that_is_not_allowed_stops_the_batch()
    {
        _engine.Connected("-Topic com.example.other");
        EngineResult run = Stops("TopicDisallowed", "may not push to the topic");
        Assert.Contains(run.Output, static r => r.Text("Outcome") == "Rejected");
    }

    [Theory]
    [InlineData("BadCertificateEnvironment", "-Environment")]
    [InlineData("BadEnvironmentKeyInToken", "-Environment")]
    [InlineData("BadTopic", "bundle id")]
    [InlineData("ExpiredProviderToken", "clock")]
    public void What_dooms_every_notification_stops_the_batch(string reason, string message)
    {
        _engine["reason"] = reason;
        _engine.Connected("-Reason @{ $tokens[0] = $reason }");
        Stops(reason, message);
    }

    [Fact]
    public void A_batch_that_stopped_leaves_the_session_usable()
    {
        _engine.Connected("-Topic com.example.app");
        Assert.Equal(Refused, _engine.Run("$tokens | Send-ApnsNotification -Alert hi -Topic com.example.other").Failure?.FullyQualifiedErrorId);
        Assert.Equal(10, _engine.Output("$tokens | Send-ApnsNotification -Alert hi").Count(static r => r.Text("Outcome") == "Delivered"));
    }

    [Theory]
    [InlineData("$t | Send-ApnsNotification -Alert hi -Topic com.example.other")]
    [InlineData("$t | Send-ApnsNotification -Alert { 'hi' } -Topic com.example.other")]
    [InlineData("$t | Send-ApnsNotification -Notification (New-ApnsNotification -Alert hi -Topic com.example.other)")]
    public void A_topic_of_the_command_line_stops_the_batch_with_the_first_answer(string command)
    {
        _engine.Connected("-Topic com.example.app");
        EngineResult run = _engine.Run(command);
        Assert.Equal(Refused, run.Failure?.FullyQualifiedErrorId);
        Assert.Single(run.Output);
    }

    [Fact]
    public void A_topic_of_a_row_stops_nothing()
    {
        _engine.Connected("-Topic com.example.app");
        EngineResult run = _engine.Run("[pscustomobject]@{ Token = $t; Topic = 'com.example.other' } | Send-ApnsNotification -Alert hi");
        Assert.Null(run.Failure);
        Assert.Equal("TopicDisallowed", Assert.Single(run.Output).Text("Reason"));
    }

    [Fact]
    public void All_tokens_of_a_record_have_results_though_the_batch_stops()
    {
        _engine["many"] = Engine.Tokens(3000);
        _engine.Connected("-Topic com.example.other");
        EngineResult run = _engine.Run("Send-ApnsNotification -Token $many -Alert hi");
        Assert.Equal(Refused, run.Failure?.FullyQualifiedErrorId);
        Assert.Equal(Engine.Tokens(3000), run.Output.OrderBy(static r => r.Get<long>("Index")).Select(static r => r.Text("Token")));
    }

    [Fact]
    public void Tokens_that_are_all_of_the_other_environment_stop_the_batch()
    {
        _engine["many"] = Engine.Tokens(5000);
        _engine.Connected("-Reason $($reasons = @{}; $many | ForEach-Object { $reasons[$_] = 'BadDeviceToken' }; $reasons)");
        EngineResult run = _engine.Run("$taken = 0; $many | ForEach-Object { $taken++; $_ } | Send-ApnsNotification -Alert hi");
        Assert.Equal(Refused, run.Failure?.FullyQualifiedErrorId);
        Assert.Contains("Check -Environment", run.Failure!.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("no token was found to be dead", run.Failure.Exception.Message, StringComparison.Ordinal);
        Assert.True(run.Output.Count < 5000, "It stops early.");
        Assert.Equal(_engine.Value<int>("$taken"), run.Output.Count);
        Assert.True(run.Output.Count(static r => r.Text("Outcome") == "Rejected") >= 50);
        Assert.DoesNotContain(run.Output, static r => r.Text("Advice") == "Drop");
    }

    [Fact]
    public void Bad_tokens_after_a_good_one_do_not_stop_the_batch()
    {
        _engine["many"] = Engine.Tokens(200);
        _engine.Connected("-Reason $($reasons = @{}; $many[1..199] | ForEach-Object { $reasons[$_] = 'BadDeviceToken' }; $reasons)");
        EngineResult run = _engine.Run("$many | Send-ApnsNotification -Alert hi");
        Assert.Null(run.Failure);
        Assert.Equal(200, run.Output.Count);
        Assert.Equal(NotAllDelivered, Assert.Single(run.Errors).FullyQualifiedErrorId);
    }

    private EngineResult Stops(string reason, string message)
    {
        EngineResult run = _engine.Run("$taken = 0; $tokens | ForEach-Object { $taken++; $_ } | Send-ApnsNotification -Alert hi; 'not reached'");
        Assert.NotNull(run.Failure);
        Assert.Equal(Refused, run.Failure.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.PermissionDenied, run.Failure.CategoryInfo.Category);
        Assert.Contains(reason, run.Failure.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, run.Failure.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(run.Errors);
        Assert.Equal(_engine.Value<int>("$taken"), run.Output.Count);
        Assert.Equal(Enumerable.Range(0, run.Output.Count).Select(static i => (long)i), run.Output.Select(static r => r.Get<long>("Index")).Order());
        Assert.Contains(run.Output, r => r.Text("Reason") == reason);
        return run;
    }
}
