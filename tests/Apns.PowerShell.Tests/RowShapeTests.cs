using System;
using System.Collections.Generic;
using System.Data;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Inputs of every shape: rows of databases, bytes, numbers, objects that fail, results that were exported.</summary>
public sealed class RowShapeTests : IClassFixture<ConnectedEngine>
{
    // A row with a property whose value fails.
    private const string Failing = """
        function New-Failing([hashtable]$values, [string]$property) {
            $row = [pscustomobject]$values
            $row.PSObject.Properties.Add([psscriptproperty]::new($property, { throw 'no value' }))
            $row
        }
        """;

    // A result as Export-Csv and Import-Csv leave it: all of it is text.
    private const string Exported = """
        $row = $t | Send-ApnsNotification -Alert first | ForEach-Object {
            $text = [ordered]@{}
            foreach ($property in $_.PSObject.Properties) { $text[$property.Name] = "$($property.Value)" }
            [pscustomobject]$text
        }
        """;

    private readonly Engine _engine;

    public RowShapeTests(ConnectedEngine connected) => _engine = connected.Fresh();

    [Theory]
    [InlineData("$tokens[8]", null)]
    [InlineData("@{ Token = $tokens[8] }", null)]
    [InlineData("[pscustomobject]@{ DeviceToken = $tokens[8]; Title = 'other' }", null)]
    [InlineData("$nulls", null)]
    [InlineData("$blank", "blank")]
    [InlineData("@{ Token = [DBNull]::Value }", "blank")]
    [InlineData("[pscustomobject]@{ Token = $null }", "blank")]
    [InlineData("$null", "blank")]
    [InlineData("@{ Name = 'Ann' }", "no property Token")]
    [InlineData("[pscustomobject]@{ Token = 5 }", "is no device token")]
    [InlineData("[pscustomobject]@{ Token = @{ a = 1 } }", "is no device token")]
    [InlineData("[pscustomobject]@{ Token = $tokens[8]; Badge = 'many' }", "not a whole number")]
    [InlineData("[pscustomobject]@{ Token = $tokens[8]; Expiration = [timespan]::MaxValue }", "no point in time")]
    [InlineData("[pscustomobject]@{ Token = $tokens[8]; Title = @{ a = 1 } }", "is no text")]
    [InlineData("[pscustomobject]@{ Token = $tokens[8]; Data = @{ x = New-Failing @{} 'y' } }", "no value")]
    [InlineData("New-Failing @{ Token = $tokens[8] } Title", "no value")]
    [InlineData("New-Failing @{ Token = $tokens[8] } Notification", "no value")]
    [InlineData("New-Failing @{ Token = $tokens[8] } Other", null)]
    [InlineData("@(, [Convert]::FromHexString($tokens[8]))", null)]
    [InlineData("@(, @('a', 'b'))", "is no device token")]
    [InlineData("New-Failing @{} Token", "no value")]
    [InlineData("1234567890", "is no device token")]
    [InlineData("[datetime]::UnixEpoch", "is no device token")]
    [InlineData("[Text.StringBuilder]::new('x.y')", "no property Token")]
    [InlineData("[Text.StringBuilder]::new($tokens[8])", null)]
    [InlineData("[Convert]::FromHexString($tokens[8])", null)]
    [InlineData("[object[]][Convert]::FromHexString($tokens[8])", null)]
    [InlineData("[pscustomobject]@{ Token = [Convert]::FromHexString($tokens[8]) }", null)]
    [InlineData("@{ Token = [Convert]::FromHexString($tokens[8]) }", null)]
    [InlineData("@{ Token = , $tokens[8] }", null)]
    public void Each_of_the_inputs_has_exactly_one_result(string last, string? error)
    {
        using Engine engine = new Engine().Connected("-Latency 00:00:00.020");
        engine["blank"] = Row(DBNull.Value);
        engine["nulls"] = Row(Engine.Token(9));
        EngineResult run = engine.Run($"{Failing}; $last = {last}; $(foreach ($x in 1) {{ $tokens[0]; [pscustomobject]@{{ Token = $tokens[1]; Title = 'row' }}; , $last }}) | Send-ApnsNotification -Alert hi");
        Assert.Null(run.Failure);
        PSObject[] results = [.. run.Output.OrderBy(static r => r.Get<long>("Index"))];
        Assert.Equal([0, 1, 2], results.Select(static r => r.Get<long>("Index")));
        Assert.Equal(["Delivered", "Delivered", error is null ? "Delivered" : "NotSent"], results.Select(static r => r.Text("Outcome")));
        if (error is not null) Assert.Contains(error, results[2].Text("Error")!, StringComparison.Ordinal);
        string[] received = error is null ? [Engine.Token(1), Engine.Token(2), Engine.Token(9)] : [Engine.Token(1), Engine.Token(2)];
        Assert.Equal(received, engine.Received().Select(static n => n.Text("Token")!).Order());
    }

    [Fact]
    public void What_a_database_has_no_value_for_says_nothing()
    {
        _engine["nulls"] = Row(Engine.Token(1));
        _engine.Run("$nulls | Send-ApnsNotification -Alert hi").Clean();
        PSObject received = Assert.Single(_engine.Received());
        Assert.Equal(("""{"aps":{"alert":"hi"}}""", null, null), (received.Text("Payload"), received.Text("CollapseId"), received.Text("Expiration")));
    }

    [Fact]
    public void Bytes_given_as_an_argument_are_one_token()
    {
        _engine.Run("$bytes = [Convert]::FromHexString($t); Send-ApnsNotification -Token $bytes -Alert hi; $t | Send-ApnsNotification -Token { [Convert]::FromHexString($_) } -Alert hi").Clean();
        Assert.Equal([Engine.Token(1), Engine.Token(1)], _engine.Received().Select(static n => n.Text("Token")));
    }

    [Theory]
    [InlineData("Send-ApnsNotification -Alert hi", "MissingToken", "Give -Token, or pipe tokens")]
    [InlineData("Send-ApnsNotification -Token { $_ } -Alert hi", "MissingInput", "nothing is")]
    [InlineData("Send-ApnsBroadcast -Event Update -ContentState @{ a = 1 }", "MissingChannelId", "Give -ChannelId, or pipe ids")]
    public void Somebody_has_to_be_sent_to(string script, string id, string message)
    {
        ErrorRecord error = _engine.Failure(script);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_block_that_finds_no_token_is_its_input_s_result()
    {
        EngineResult run = _engine.Run("$tokens[0], 'x', 'y', $tokens[1] | Send-ApnsNotification -Token { if ($_ -eq 'x') { throw 'lost' }; if ($_ -ne 'y') { $_ } } -Alert hi");
        Assert.Null(run.Failure);
        PSObject[] results = [.. run.Output.OrderBy(static r => r.Get<long>("Index"))];
        Assert.Equal(["Delivered", "NotSent", "NotSent", "Delivered"], results.Select(static r => r.Text("Outcome")));
        Assert.Contains("-Token: the script block failed: lost", results[1].Text("Error")!, StringComparison.Ordinal);
        Assert.Contains("blank", results[2].Text("Error")!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_on_the_command_line_is_sent_to_for_each_input()
    {
        _engine.Run("[pscustomobject]@{ Title = 'a' }, [pscustomobject]@{ Title = 'b' } | Send-ApnsNotification -Token $t").Clean();
        Assert.Equal(
            [(Engine.Token(1), """{"aps":{"alert":{"title":"a"}}}"""), (Engine.Token(1), """{"aps":{"alert":{"title":"b"}}}""")],
            _engine.Received().Select(static n => (n.Text("Token")!, n.Text("Payload")!)));
    }

    [Fact]
    public void Numbers_may_be_what_tokens_are_found_by()
    {
        _engine.Run("0, 1 | Send-ApnsNotification -Token { $tokens[$_] } -Alert { \"number $_\" }").Clean();
        Assert.Equal(["""{"aps":{"alert":"number 0"}}""", """{"aps":{"alert":"number 1"}}"""], _engine.Received().Select(static n => n.Text("Payload")));
    }

    [Theory]
    [InlineData("-Alert again", """{"aps":{"alert":"again"}}""")]
    [InlineData("-Alert { \"again $($_.Index)\" }", """{"aps":{"alert":"again 0"}}""")]
    [InlineData("-Notification (New-ApnsNotification -Alert again)", """{"aps":{"alert":"again"}}""")]
    public void Exported_results_can_be_sent_something_else(string parameters, string payload)
    {
        _engine.Run($"{Exported}; $row | Send-ApnsNotification {parameters}").Clean();
        IReadOnlyList<PSObject> received = _engine.Received();
        Assert.Equal(["""{"aps":{"alert":"first"}}""", payload], received.Select(static n => n.Text("Payload")));
        Assert.Equal(received[0].Text("ApnsId"), received[1].Text("ApnsId"));
    }

    [Fact]
    public void A_column_says_what_to_send_to_exported_results()
    {
        _engine.Run($"{Exported}; $row | ForEach-Object {{ $_.PSObject.Properties.Add([psnoteproperty]::new('Title', 'again')); $_ }} | Send-ApnsNotification").Clean();
        Assert.Equal("""{"aps":{"alert":{"title":"again"}}}""", _engine.Received()[1].Text("Payload"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-CollapseId c")]
    [InlineData("-CollapseId { 'c' }")]
    public void Exported_results_do_not_say_what_was_sent(string parameters)
    {
        EngineResult run = _engine.Run($"{Exported}; $row | Send-ApnsNotification {parameters}");
        Assert.Null(run.Failure);
        PSObject result = Assert.Single(run.Output);
        Assert.Equal("NotSent", result.Text("Outcome"));
        Assert.Contains("Give -Alert or what else to send", result.Text("Error")!, StringComparison.Ordinal);
    }

    [Fact]
    public void An_apns_id_of_zeros_is_none()
    {
        _engine.Run("[pscustomobject]@{ Token = $t; ApnsId = '00000000-0000-0000-0000-000000000000' } | Send-ApnsNotification -Alert hi").Clean();
        Assert.NotEqual(Guid.Empty.ToString(), Assert.Single(_engine.Received()).Text("ApnsId"));
    }

    [Theory]
    [InlineData("$results | Send-ApnsNotification -CollapseId { \"c$($_.Index)\" }", """{"aps":{"alert":"first"}}""", "c0")]
    [InlineData("$results | Send-ApnsNotification -CollapseId { \"c$($_.Index)\" } -Alert { 'second' }", """{"aps":{"alert":"second"}}""", "c0")]
    [InlineData("$results | ForEach-Object { [pscustomobject]@{ Token = $_.Token; Notification = $_.Notification } } | Send-ApnsNotification -CollapseId d", """{"aps":{"alert":"first"}}""", "d")]
    [InlineData("$results | ForEach-Object { [pscustomobject]@{ Token = $_.Token; Notification = $_.Notification } } | Send-ApnsNotification -Alert second -CollapseId d", """{"aps":{"alert":"second"}}""", "d")]
    public void A_header_changes_what_is_sent_again_and_content_takes_its_place(string script, string payload, string collapseId)
    {
        _engine.Run($"$results = @($t | Send-ApnsNotification -Alert first); {script}").Clean();
        Assert.Equal((payload, collapseId), (_engine.Received()[1].Text("Payload"), _engine.Received()[1].Text("CollapseId")));
    }

    [Theory]
    [InlineData("Alert = 'hi'; Critical = ''; MutableContent = 'no'", """{"aps":{"alert":"hi"}}""")]
    [InlineData("Alert = ''; Critical = 'no'; MutableContent = 'no'", null)]
    [InlineData("Alert = ''", null)]
    [InlineData("Alert = [DBNull]::Value", null)]
    public void A_column_that_is_off_or_empty_says_nothing(string columns, string? payload)
    {
        EngineResult run = _engine.Run($"[pscustomobject]@{{ Token = $t; {columns} }} | Send-ApnsNotification");
        Assert.Null(run.Failure);
        if (payload is not null) Assert.Equal(payload, Assert.Single(_engine.Received()).Text("Payload"));
        else Assert.Contains("There is nothing to send.", Assert.Single(run.Output).Text("Error")!, StringComparison.Ordinal);
    }

    private static DataRow Row(object token)
    {
        using var table = new DataTable { Locale = System.Globalization.CultureInfo.InvariantCulture };
        foreach (string column in new[] { "Token", "Title", "CollapseId", "LocKey" }) table.Columns.Add(column, typeof(string));
        table.Columns.Add("Badge", typeof(int));
        table.Columns.Add("Expiration", typeof(DateTime));
        table.Columns.Add("MutableContent", typeof(bool));
        return table.Rows.Add(token, DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value);
    }
}
