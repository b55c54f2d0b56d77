using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Broadcasts whose inputs differ or are bad: one result for each channel, whatever is wrong with another.</summary>
public sealed class BroadcastRowTests : IDisposable
{
    private readonly Engine _engine = new Engine().Connected();

    public BroadcastRowTests() =>
        _engine.Run("$a = (New-ApnsChannel).ChannelId; $b = (New-ApnsChannel).ChannelId; $other = New-ApnsChannel -BundleId com.other; $emulator.ClearReceived()").Clean();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Hashtables_are_rows_too()
    {
        _engine.Output("@{ channelid = $a; Alert = 'one' }, [ordered]@{ ChannelId = $other.ChannelId; BUNDLEID = 'com.other' } | Send-ApnsBroadcast -Event End -Timestamp 9");
        Assert.Equal(
            ["/4/broadcasts/apps/com.example.app {\"aps\":{\"timestamp\":9,\"event\":\"end\",\"alert\":{\"body\":\"one\"}}}", "/4/broadcasts/apps/com.other {\"aps\":{\"timestamp\":9,\"event\":\"end\"}}"],
            _engine.Received().Select(static r => $"{r.Text("Path")} {r.Text("Payload")}").Order());
    }

    [Fact]
    public void Ids_given_as_an_argument_are_what_script_blocks_look_at()
    {
        _engine.Output("Send-ApnsBroadcast $a, $b -Event End -Data { @{ id = $_ } }");
        Assert.All(_engine.Received(), static r => Assert.Contains($"\"id\":\"{r.Text("ChannelId")}\"", r.Text("Payload"), StringComparison.Ordinal));
        Assert.Equal(2, _engine.Received().Count);
    }

    [Fact]
    public void The_app_comes_from_script_blocks_and_an_empty_cell_says_nothing()
    {
        _engine.Output("$other | Send-ApnsBroadcast -Event End -BundleId { $_.BundleId.ToUpper().ToLower() }; [pscustomobject]@{ ChannelId = $a; BundleId = '' } | Send-ApnsBroadcast -Event End");
        Assert.Equal(["/4/broadcasts/apps/com.other", "/4/broadcasts/apps/com.example.app"], _engine.Received().Select(static r => r.Text("Path")));
    }

    [Theory]
    [InlineData("[pscustomobject]@{ ChannelId = $b; BundleId = 'no such' }", "BadTopic", "is no bundle id")]
    [InlineData("[pscustomobject]@{ ChannelId = $b; BundleId = 'no such'; Alert = 'x' }", "BadTopic", "is no bundle id")]
    [InlineData("[pscustomobject]@{ ChannelId = $b; ContentState = 'no json' }", null, "-ContentState")]
    [InlineData("[pscustomobject]@{ ChannelId = $b; Priority = 7 }", "BadPriority", "The priority is 7")]
    [InlineData("[pscustomobject]@{ Name = 'no id' }", "MissingChannelId", "has no property ChannelId")]
    [InlineData("@{ Name = 'no id' }", "MissingChannelId", "has no property ChannelId")]
    [InlineData("''", "MissingChannelId", "is no id of a channel")]
    [InlineData("$null", "MissingChannelId", "is no id of a channel")]
    [InlineData("'not base64'", "BadChannelId", "is no id of a channel")]
    public void What_is_wrong_with_one_input_is_its_result(string bad, string? reason, string error)
    {
        EngineResult run = _engine.Run($"$a, {bad}, $b | Send-ApnsBroadcast -Event End");
        Assert.Null(run.Failure);
        Assert.Equal(["Delivered", "NotSent", "Delivered"], run.Output.Select(static r => r.Text("Outcome")));
        Assert.Equal((reason, "FixRequest", 0), (run.Output[1].Text("Reason"), run.Output[1].Text("Advice"), run.Output[1].Get<int>("Attempts")));
        Assert.Contains(error, run.Output[1].Text("Error"), StringComparison.Ordinal);
        ErrorRecord problem = Assert.Single(run.Errors);
        Assert.Equal("NotAllDelivered,Apns.PowerShell.Commands.SendApnsBroadcastCommand", problem.FullyQualifiedErrorId);
        Assert.StartsWith("1 of 3 broadcasts were not taken.", problem.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_app_in_the_first_row_ends_nothing()
    {
        EngineResult run = _engine.Run("[pscustomobject]@{ ChannelId = $b; BundleId = 'no such' }, $a | Send-ApnsBroadcast -Event End");
        Assert.Equal(["NotSent", "Delivered"], run.Output.Select(static r => r.Text("Outcome")));
        Assert.Null(run.Failure);
    }

    [Fact]
    public void A_command_line_that_does_not_suffice_alone_is_the_inputs_fault_once_others_were_taken()
    {
        EngineResult run = _engine.Run("& { [pscustomobject]@{ ChannelId = $a; ContentState = @{ n = 1 } }; $b } | Send-ApnsBroadcast -Event Update");
        Assert.Null(run.Failure);
        Assert.Equal(["Delivered", "NotSent"], run.Output.Select(static r => r.Text("Outcome")));
        Assert.Contains("needs content-state", run.Output[1].Text("Error"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_topic_a_row_that_names_no_app_is_its_own_fault()
    {
        EngineResult run = _engine.Run("$session = Connect-Apns -Emulator $emulator; $other, $a | Send-ApnsBroadcast -Event End -Session $session");
        Assert.Null(run.Failure);
        Assert.Equal([null, "MissingTopic"], run.Output.Select(static r => r.Text("Reason")));
    }

    [Fact]
    public void When_the_session_is_closed_on_the_way_each_channel_has_its_result()
    {
        EngineResult run = _engine.Run("& { $a; Disconnect-Apns $session; $b; $b } | Send-ApnsBroadcast -Event End");
        Assert.Null(run.Failure);
        Assert.Equal(["Delivered", "NotSent", "NotSent"], run.Output.Select(static r => r.Text("Outcome")));
        Assert.Contains("closed", run.Output[1].Text("Error"), StringComparison.Ordinal);
        Assert.Single(run.Errors);
    }

    [Theory]
    [InlineData("403 InvalidProviderToken", "FixCredentials")]
    [InlineData("403 BadCertificate", "FixCredentials")]
    [InlineData("403 TopicMismatch", "FixCredentials")]
    [InlineData("400 TopicDisallowed", "FixRequest")]
    [InlineData("400 FeatureNotEnabled", "FixRequest")]
    public void What_dooms_all_stops_the_pipeline_after_the_results_of_all_that_was_taken(string answer, string advice)
    {
        EngineResult run = _engine.Run($"$doomed = Start-ApnsEmulator -Reason @{{ 'com.example.app' = '{answer}' }}; $session = Connect-Apns -Emulator $doomed -Topic com.example.app; 1..500 | ForEach-Object {{ $script:n = $_; $a }} | Send-ApnsBroadcast -Event End");
        Assert.Empty(run.Errors);
        Assert.Equal("Refused,Apns.PowerShell.Commands.SendApnsBroadcastCommand", run.Failure!.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.PermissionDenied, run.Failure.CategoryInfo.Category);
        Assert.StartsWith("No broadcast can succeed: ", run.Failure.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(answer.Split(' ')[1], run.Failure.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(_engine.Value<int>("$n"), run.Output.Count);
        Assert.InRange(run.Output.Count, 1, 499);
        Assert.Equal(("Rejected", advice), (run.Output[0].Text("Outcome"), run.Output[0].Text("Advice")));
    }

    [Fact]
    public void Ids_given_as_an_argument_all_have_their_results_when_the_batch_stops()
    {
        EngineResult run = _engine.Run("$doomed = Start-ApnsEmulator -Reason @{ 'com.example.app' = '403 InvalidProviderToken' }; $session = Connect-Apns -Emulator $doomed -Topic com.example.app; Send-ApnsBroadcast (@($a) * 300) -Event End");
        Assert.StartsWith("Refused,", run.Failure!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(300, run.Output.Count);
        Assert.All(run.Output, static r => Assert.Equal("FixCredentials", r.Text("Advice")));
        Assert.Contains(run.Output, static r => r.Text("Outcome") == "NotSent");
    }

    [Theory]
    [InlineData("400 TopicDisallowed")]
    [InlineData("400 FeatureNotEnabled")]
    [InlineData("403 TopicMismatch")]
    public void What_is_wrong_with_a_rows_own_app_stops_nothing(string answer)
    {
        EngineResult run = _engine.Run($"$picky = Start-ApnsEmulator -Reason @{{ 'com.bad' = '{answer}' }}; $session = Connect-Apns -Emulator $picky -Topic com.example.app; $good = New-ApnsChannel; $(1..200 | ForEach-Object {{ @{{ ChannelId = $a; BundleId = 'com.bad' }} }}; $good) | Send-ApnsBroadcast -Event End");
        Assert.Null(run.Failure);
        Assert.Equal(201, run.Output.Count);
        Assert.Equal("Delivered", run.Output[^1].Text("Outcome"));
        Assert.Single(run.Errors);
    }
}
