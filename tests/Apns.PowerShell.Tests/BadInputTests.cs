using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Bad input: it is named, nothing is sent for it, the rest goes on, nothing is lost.</summary>
public sealed class BadInputTests : IClassFixture<ConnectedEngine>
{
    private readonly Engine _engine;

    public BadInputTests(ConnectedEngine connected) => _engine = connected.Fresh();

    [Theory]
    [InlineData("''", "MissingDeviceToken")]
    [InlineData("'   '", "MissingDeviceToken")]
    [InlineData("\"`t`r`n\"", "MissingDeviceToken")]
    [InlineData("$null", "MissingDeviceToken")]
    [InlineData("@()", "MissingDeviceToken")]
    [InlineData("'not a token'", "BadDeviceToken")]
    [InlineData("'abc'", "BadDeviceToken")]
    [InlineData("($t + '/../x')", "BadDeviceToken")]
    [InlineData("($t + \"`r`nx: y\")", "BadDeviceToken")]
    [InlineData("('a' * 402)", "BadDeviceToken")]
    [InlineData("(\"$t,anna\")", "BadDeviceToken")]
    [InlineData("([pscustomobject]@{ Name = 'no token here' })", "MissingDeviceToken")]
    public void A_bad_token_among_good_ones_has_a_result_and_is_not_sent(string bad, string reason)
    {
        EngineResult run = _engine.Run($"$bad = {bad}; $(foreach ($x in 1) {{ $tokens[0]; , $bad; $tokens[1] }}) | Send-ApnsNotification -Alert hi");
        Assert.Null(run.Failure);
        PSObject[] results = [.. run.Output.OrderBy(static r => r.Get<long>("Index"))];
        Assert.Equal(["Delivered", "NotSent", "Delivered"], results.Select(static r => r.Text("Outcome")));
        Assert.Equal(reason, results[1].Text("Reason"));
        Assert.Equal("FixRequest", results[1].Text("Advice"));
        Assert.Equal(0, results[1].Get<int>("Status"));
        Assert.Equal(0, results[1].Get<int>("Attempts"));
        Assert.StartsWith("Input 1:", results[1].Text("Error"), StringComparison.Ordinal);
        Assert.Equal(Engine.Tokens(2), _engine.Received().Select(static n => n.Text("Token")).Order());
        Assert.Contains("1 of 3 notifications", Assert.Single(run.Errors).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_with_an_apns_id_that_is_none_has_a_result_and_is_not_sent()
    {
        const string Rows = """
            $rows = [pscustomobject]@{ Token = $tokens[0]; ApnsId = '0f47ac10-58cc-4372-a567-0e02b2c3d479' },
                [pscustomobject]@{ Token = $tokens[1]; ApnsId = 'order 17' },
                [pscustomobject]@{ Token = $tokens[2]; ApnsId = '' }
            $rows | Send-ApnsNotification -Alert hi
            """;
        EngineResult run = _engine.Run(Rows);
        Assert.Null(run.Failure);
        PSObject[] results = [.. run.Output.OrderBy(static r => r.Get<long>("Index"))];
        Assert.Equal(["Delivered", "NotSent", "Delivered"], results.Select(static r => r.Text("Outcome")));
        Assert.Equal("BadMessageId", results[1].Text("Reason"));
        Assert.Equal("Input 1: -ApnsId: 'order 17' is not a UUID.", results[1].Text("Error"));
        Assert.Equal("FixRequest", results[1].Text("Advice"));
        Assert.Equal(2, _engine.Received().Count);
    }

    [Fact]
    public void Bad_tokens_however_many_do_not_stop_the_batch()
    {
        EngineResult run = _engine.Run("$(1..200 | ForEach-Object { 'bad' }; $t) | Send-ApnsNotification -Alert hi");
        Assert.Null(run.Failure);
        Assert.Equal(201, run.Output.Count);
        Assert.Equal("Delivered", run.Output.Single(static r => r.Get<long>("Index") == 200).Text("Outcome"));
        Assert.Contains("200 of 201 notifications were not delivered (200 NotSent BadDeviceToken)", Assert.Single(run.Errors).Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Payload '{\"aps\":'", "not valid JSON")]
    [InlineData("-Payload '{\"aps\":{}} x'", "not valid JSON")]
    [InlineData("-Payload \"{'aps':{}}\"", "not valid JSON")]
    [InlineData("-Payload '[1]'", "not a JSON object")]
    [InlineData("-Payload ''", "empty")]
    [InlineData("-Payload 5", "neither a hashtable nor a custom object nor the JSON text of one")]
    [InlineData("-Payload @{ x = { 1 } }", "ScriptBlock")]
    [InlineData("-Payload @{ x = [double]::NaN }", "NaN")]
    [InlineData("-Payload $loop", "contains itself")]
    [InlineData("-Alert hi -Data $loop", "contains itself")]
    [InlineData("-Alert hi -Data @{ aps = 1 }", "'aps'")]
    [InlineData("-Alert ('x' * 4077)", "4097 bytes")]
    [InlineData("-Alert ('é' * 3000)", "6020 bytes")]
    [InlineData("-Payload ('{\"x\":\"' + 'x' * 4096 + '\"}')", "4104 bytes")]
    [InlineData("-Alert ('x' * 5101) -PushType Voip", "5121 bytes")]
    [InlineData("-Alert a -Body b", "Give one of them")]
    [InlineData("", "nothing to send")]
    [InlineData("-Alert hi -Topic 'com example'", "com example")]
    [InlineData("-Alert hi -CollapseId ('x' * 65)", "65 bytes")]
    [InlineData("-Alert hi -CollapseId ''", "collapse id is empty")]
    [InlineData("-Alert hi -PushType Background -Priority 10", "background")]
    public void A_notification_that_cannot_be_sent_is_one_error_before_anything_is(string parameters, string message)
    {
        EngineResult run = _engine.Run($"$loop = @{{}}; $loop.x = $loop; $tokens | Send-ApnsNotification {parameters}");
        ErrorRecord error = NotNull(run);
        Assert.Equal("InvalidNotification,Apns.PowerShell.Commands.SendApnsNotificationCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(run.Output);
        Assert.Empty(_engine.Received());
    }

    [Theory]
    [InlineData("@{ Token = $t }", "", "There is nothing to send")]
    [InlineData("[pscustomobject]@{ Token = $t }", "", "There is nothing to send")]
    [InlineData("$null", "", "There is nothing to send")]
    [InlineData("$t", "-LocArgs x", "loc-key, which is missing")]
    public void A_command_line_that_does_not_suffice_alone_is_the_inputs_fault_once_others_were_taken(string last, string parameters, string error)
    {
        EngineResult run = _engine.Run($"& {{ 1..300 | ForEach-Object {{ @{{ Token = '{{0:x64}}' -f $_; LocKey = \"n$_\" }} }}; {last} }} | Send-ApnsNotification {parameters}");
        Assert.Null(run.Failure);
        Assert.Equal(301, run.Output.Count);
        PSObject wrong = Assert.Single(run.Output, static r => r.Text("Outcome") != "Delivered");
        Assert.Equal((300, "NotSent", "FixRequest"), (wrong.Get<int>("Index"), wrong.Text("Outcome"), wrong.Text("Advice")));
        Assert.Contains(error, wrong.Text("Error")!, StringComparison.Ordinal);
        Assert.Equal("NotAllDelivered,Apns.PowerShell.Commands.SendApnsNotificationCommand", Assert.Single(run.Errors).FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("-Priority 7", "InvalidNotification")]
    [InlineData("-Badge -1", "InvalidNotification")]
    [InlineData("-Expiration soon", "ParameterArgumentTransformationError")]
    [InlineData("-Expiration (-5)", "ParameterArgumentTransformationError")]
    [InlineData("-Expiration ([long]::MaxValue)", "ParameterArgumentTransformationError")]
    [InlineData("-Expiration ([timespan]::MaxValue)", "ParameterArgumentTransformationError")]
    [InlineData("-ApnsId x", "ParameterArgumentTransformationError")]
    [InlineData("-PushType Nonsense", "ParameterArgumentTransformationError")]
    [InlineData("-TotalCount 0", "ParameterArgumentValidationError")]
    [InlineData("-Payload '{}'", "AmbiguousParameterSet")]
    public void A_parameter_that_makes_no_sense_is_refused(string parameters, string errorId)
    {
        EngineResult run = _engine.Run($"$tokens | Send-ApnsNotification -Alert hi {parameters}");
        Assert.Equal($"{errorId},Apns.PowerShell.Commands.SendApnsNotificationCommand", NotNull(run).FullyQualifiedErrorId);
        Assert.Empty(run.Output);
        Assert.Empty(_engine.Received());
    }

    [Fact]
    public void An_unusable_expiration_is_named_with_what_is_usable()
    {
        string message = _engine.Failure("$t | Send-ApnsNotification -Alert hi -Expiration soon").Exception.Message;
        Assert.Contains("'soon' is no point in time. Give a date, a time span", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_topic_anywhere_the_error_says_where_to_give_it()
    {
        _engine.Run("$topicless = Connect-Apns -Emulator $emulator").Clean();
        ErrorRecord error = _engine.Failure("$t | Send-ApnsNotification -Alert hi -Session $topicless");
        Assert.StartsWith("InvalidNotification,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Give -Topic, here or with Connect-Apns", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi -Session $topicless -Topic com.example.app")).Text("Outcome"));
        _engine.Run("Disconnect-Apns $topicless").Clean();
    }

    [Fact]
    public void A_lone_half_of_a_character_does_no_harm()
    {
        IReadOnlyList<PSObject> results = _engine.Output("$t | Send-ApnsNotification -Alert \"a$([char]0xD83D)b\"");
        Assert.Equal("Delivered", Assert.Single(results).Text("Outcome"));
    }

    private static ErrorRecord NotNull(EngineResult run)
    {
        Assert.Empty(run.Errors);
        Assert.NotNull(run.Failure);
        return run.Failure;
    }
}
