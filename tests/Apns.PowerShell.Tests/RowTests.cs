using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Notifications that differ from input to input: by columns, by script blocks, by results sent again.</summary>
public sealed class RowTests : IClassFixture<ConnectedEngine>
{
    private readonly Engine _engine;

    public RowTests(ConnectedEngine connected) => _engine = connected.Fresh();

    [Fact]
    public void Columns_are_bound_row_by_row()
    {
        _engine["rows"] = Rows($"Token,Name,Title,Badge,Sound,PushType,Priority,CollapseId\n{Engine.Token(1)},Ann,One,1,a.caf,,,\n{Engine.Token(2)},Bob,Two,0,,alert,5,x\n{Engine.Token(3)},Cyd,Three,,,,,");
        Send("$rows | Send-ApnsNotification -Body Hi");
        Assert.Equal(
            [
                """{"aps":{"alert":{"title":"One","body":"Hi"},"badge":1,"sound":"a.caf"}} - -""",
                """{"aps":{"alert":{"title":"Two","body":"Hi"},"badge":0}} 5 x""",
                """{"aps":{"alert":{"title":"Three","body":"Hi"}}} - -""",
            ],
            Received().Select(static r => $"{r.Text("Payload")} {r.Text("Priority") ?? "-"} {r.Text("CollapseId") ?? "-"}"));
    }

    [Fact]
    public void The_command_line_wins_over_a_column()
    {
        Send("[pscustomobject]@{ Token = $t; Alert = 'column'; Title = 'column' } | Send-ApnsNotification -Alert line");
        Assert.Equal("""{"aps":{"alert":{"title":"column","body":"line"}}}""", Assert.Single(Received()).Text("Payload"));
    }

    [Fact]
    public void Rows_that_say_the_same_share_one_notification()
    {
        Send("1..5 | ForEach-Object { [pscustomobject]@{ DeviceToken = $tokens[$_]; Name = \"n$_\"; Title = 'same' } } | Send-ApnsNotification -Alert hi");
        PSObject[] results = [.. _engine.Output("$results")];
        Assert.Equal(5, results.Length);
        Assert.Single(results.Select(static r => r.Get("Notification")).Distinct(ReferenceEqualityComparer.Instance));
    }

    [Theory]
    [InlineData("Alert", "{ \"Hi $($_.Name)\" }", """{"aps":{"alert":"Hi Ann"}}""")]
    [InlineData("Title", "{ $_.Name }", """{"aps":{"alert":{"title":"Ann"}}}""")]
    [InlineData("Badge", "{ $_.Count + 1 }", """{"aps":{"badge":8}}""")]
    [InlineData("LocArgs", "{ $_.Name; $_.Count } -LocKey K", """{"aps":{"alert":{"loc-key":"K","loc-args":["Ann","7"]}}}""")]
    [InlineData("Data", "{ @{ n = $_.Count } }", """{"aps":{},"n":7}""")]
    [InlineData("Payload", "{ @{ aps = @{ alert = $_.Name } } }", """{"aps":{"alert":"Ann"}}""")]
    [InlineData("Payload", "{ '{\"n\":' + $_.Count + '}' }", """{"n":7}""")]
    [InlineData("RelevanceScore", "{ 0.5 } -Alert x", """{"aps":{"alert":"x","relevance-score":0.5}}""")]
    [InlineData("InterruptionLevel", "{ if ($_.Count -gt 5) { 'TimeSensitive' } } -Alert x", """{"aps":{"alert":"x","interruption-level":"time-sensitive"}}""")]
    [InlineData("Sound", "{ } -Alert x", """{"aps":{"alert":"x"}}""")]
    [InlineData("Notification", "{ New-ApnsNotification -Alert $PSItem.Name }", """{"aps":{"alert":"Ann"}}""")]
    public void A_script_block_is_given_the_input(string parameter, string script, string payload)
    {
        Send($"[pscustomobject]@{{ Token = $t; Name = 'Ann'; Count = 7 }} | Send-ApnsNotification -{parameter} {script}");
        Assert.Equal(payload, Assert.Single(Received()).Text("Payload"));
    }

    [Fact]
    public void Script_blocks_serve_headers_and_tokens_too()
    {
        Send("[pscustomobject]@{ Device = $t; Name = 'Ann' } | Send-ApnsNotification -Token { $_.Device } -Alert x -CollapseId { \"c-$($_.Name)\" } -Priority { 5 } -Topic { 'com.other' } -Expiration { 0 } -ApnsId { '11111111-2222-4333-8444-555555555555' }");
        PSObject received = Assert.Single(Received());
        Assert.Equal(
            (Engine.Token(1), "c-Ann", "5", "com.other", "0", "11111111-2222-4333-8444-555555555555"),
            (received.Text("Token"), received.Text("CollapseId"), received.Text("Priority"), received.Text("Topic"), received.Text("Expiration"), received.Text("ApnsId")));
    }

    [Fact]
    public void A_script_block_works_on_plain_tokens_and_sees_the_scripts_variables()
    {
        Send("$greeting = 'Hello'; $tokens[0, 1] | Send-ApnsNotification -Alert { \"$greeting $($_.Substring(62))\" }");
        Assert.Equal(["Hello 01", "Hello 02"], Received().Select(static r => r.Text("Payload")![17..25]));
    }

    [Theory]
    [InlineData("-Alert { throw 'no luck' }", "-Alert: the script block failed: no luck")]
    [InlineData("-Alert x -Badge { 'many' }", "-Badge: 'many' is not a whole number.")]
    [InlineData("-Alert x -PushType { 'fax' }", "-PushType: 'fax' is none of Alert, Background")]
    [InlineData("-Alert x -PushType { 'Alert,Background' }", "-PushType: 'Alert,Background' is none of Alert, Background")]
    [InlineData("-Alert x -PushType { '+1' }", "-PushType: '+1' is none of Alert, Background")]
    [InlineData("-Data { '{\"x\":{\"y\":\"\\ud83d\"}}' }", "it holds a text with half a character")]
    [InlineData("-Alert { 'x' * 5000 }", "5020 bytes, 924 more than the 4096")]
    [InlineData("-Alert { }", "There is nothing to send.")]
    public void What_is_wrong_with_one_input_is_its_result_and_the_rest_goes_on(string parameters, string error)
    {
        _engine["wrong"] = error;
        EngineResult run = _engine.Run($"$tokens[0], [pscustomobject]@{{ Token = $tokens[1] }} | Send-ApnsNotification {parameters}");
        Assert.Null(run.Failure);
        Assert.Equal("NotAllDelivered,Apns.PowerShell.Commands.SendApnsNotificationCommand", Assert.Single(run.Errors).FullyQualifiedErrorId);
        Assert.Equal(2, run.Output.Count);
        Assert.All(run.Output, r => Assert.Contains(error, r.Text("Error")!, StringComparison.Ordinal));
        Assert.All(run.Output, r => Assert.Equal(("NotSent", "FixRequest"), (r.Text("Outcome"), r.Text("Advice"))));
        Assert.Empty(Received());
    }

    [Fact]
    public void A_bad_cell_is_its_rows_result_and_the_other_rows_go_on()
    {
        _engine["rows"] = Rows($"Token,Badge\n{Engine.Token(1)},1\n{Engine.Token(2)},x\n{Engine.Token(3)},3");
        EngineResult run = _engine.Run("$rows | Send-ApnsNotification -Alert hi");
        Assert.Null(run.Failure);
        Assert.Equal(["Delivered", "NotSent", "Delivered"], run.Output.OrderBy(static r => r.Get<int>("Index")).Select(static r => r.Text("Outcome")));
        Assert.Equal(2, Received().Count);
    }

    [Fact]
    public void Switches_come_from_columns()
    {
        _engine["rows"] = Rows($"Token,MutableContent,ContentAvailable\n{Engine.Token(1)},true,1\n{Engine.Token(2)},no,");
        Send("$rows | Send-ApnsNotification -Alert hi");
        Assert.Equal(
            ["""{"aps":{"alert":"hi","content-available":1,"mutable-content":1}}""", """{"aps":{"alert":"hi"}}"""],
            Received().Select(static r => r.Text("Payload")));
    }

    [Fact]
    public void Switches_take_script_blocks()
    {
        _engine["rows"] = Rows($"Token,Rich\n{Engine.Token(1)},yes\n{Engine.Token(2)},\n{Engine.Token(3)},maybe");
        EngineResult run = _engine.Run("$rows | Send-ApnsNotification -Alert hi -MutableContent:{ $_.Rich } -ContentAvailable -Critical:$false");
        Assert.Equal(
            ["""{"aps":{"alert":"hi","content-available":1,"mutable-content":1}}""", """{"aps":{"alert":"hi","content-available":1}}"""],
            Received().Select(static r => r.Text("Payload")));
        Assert.Contains("-MutableContent: 'maybe' is neither true nor false", Assert.Single(run.Output, static r => r.Text("Outcome") == "NotSent").Text("Error")!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_s_script_block_is_not_another_switch_s()
    {
        _engine.Run("$t | Send-ApnsNotification -Alert hi -MutableContent:{ $false } | Send-ApnsNotification -Alert again -MutableContent -ContentChanged:$false").Clean();
        Assert.Equal(
            ["""{"aps":{"alert":"hi"}}""", """{"aps":{"alert":"again","mutable-content":1}}"""],
            Received().Select(static r => r.Text("Payload")));
    }

    [Fact]
    public void Results_can_be_sent_again_as_what_they_were()
    {
        Send("[pscustomobject]@{ Token = $t; Id = 5 } | Send-ApnsNotification -Alert first -Priority 5 -CollapseId c");
        string id = Assert.Single(_engine.Output("$results")).Text("ApnsId")!;
        Send("$results | Send-ApnsNotification");
        IReadOnlyList<PSObject> received = Received();
        Assert.Equal(2, received.Count);
        Assert.All(received, r => Assert.Equal((id, "5", "c", """{"aps":{"alert":"first"}}"""), (r.Text("ApnsId"), r.Text("Priority"), r.Text("CollapseId"), r.Text("Payload"))));
        PSObject again = Assert.Single(_engine.Output("$results"));
        Assert.Equal("5", ((PSObject)again.Properties["InputObject"].Value).Text("Id"));
    }

    [Fact]
    public void Results_can_be_sent_something_else()
    {
        Send("$t | Send-ApnsNotification -Alert first");
        Send("$results | Send-ApnsNotification -Alert second");
        IReadOnlyList<PSObject> received = Received();
        Assert.Equal(["""{"aps":{"alert":"first"}}""", """{"aps":{"alert":"second"}}"""], received.Select(static r => r.Text("Payload")));
        Assert.Equal(received[0].Text("ApnsId"), received[1].Text("ApnsId"));
    }

    [Fact]
    public void Tokens_given_as_an_argument_are_what_script_blocks_look_at()
    {
        Send("Send-ApnsNotification -Token $tokens[0, 1] -Alert { $_.Substring(62) }");
        Assert.Equal(["""{"aps":{"alert":"01"}}""", """{"aps":{"alert":"02"}}"""], Received().Select(static r => r.Text("Payload")));
    }

    [Fact]
    public void Hashtables_are_rows_too()
    {
        Send("@{ token = $t; Alert = 'one' }, [ordered]@{ DeviceToken = $t; alert = 'two' } | Send-ApnsNotification -Sound s");
        Assert.Equal(["""{"aps":{"alert":"one","sound":"s"}}""", """{"aps":{"alert":"two","sound":"s"}}"""], Received().Select(static r => r.Text("Payload")));
    }

    [Fact]
    public void A_result_without_a_notification_says_that_it_has_none()
    {
        EngineResult first = _engine.Run("$results = @([pscustomobject]@{ Token = $t } | Send-ApnsNotification -Alert { 'x' * 5000 } -ErrorAction Ignore); $results[0].Notification; $bad = @([pscustomobject]@{ Token = $t } | Send-ApnsNotification -Alert { throw 'x' } -ErrorAction Ignore); $bad | Send-ApnsNotification");
        Assert.Contains("carries no notification", first.Output[^1].Text("Error")!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_a_token_has_a_result_that_says_so()
    {
        EngineResult run = _engine.Run("[pscustomobject]@{ Name = 'Ann' } | Send-ApnsNotification -Alert hi");
        PSObject result = Assert.Single(run.Output);
        Assert.Equal(("NotSent", "MissingDeviceToken"), (result.Text("Outcome"), result.Text("Reason")));
        Assert.Contains("has no property Token", result.Text("Error")!, StringComparison.Ordinal);
    }

    /// <summary>The rows of a table as Import-Csv makes them: every cell is text.</summary>
    private static PSObject[] Rows(string csv)
    {
        string[][] lines = [.. csv.Split('\n').Select(static line => line.Split(','))];
        return [.. lines.Skip(1).Select(cells =>
        {
            var row = new PSObject();
            foreach ((string name, string cell) in lines[0].Zip(cells)) row.Properties.Add(new PSNoteProperty(name, cell));
            return row;
        })];
    }

    private void Send(string script) => _engine.Run($"$results = @({script})").Clean();

    private IReadOnlyList<PSObject> Received() => _engine.Received();
}
