using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>One in, one out: what a result says about its input.</summary>
public sealed class ResultTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Each_token_of_the_pipeline_has_one_result_duplicates_included()
    {
        _engine.Connected();
        PSObject[] results = InOrder("@($tokens) + $tokens | Send-ApnsNotification -Alert hi");
        Assert.Equal([.. Engine.Tokens(10), .. Engine.Tokens(10)], results.Select(static r => r.Text("Token")));
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => (long)i), results.Select(static r => r.Get<long>("Index")));
        Assert.Equal(20, _engine.Received().Count);
    }

    [Fact]
    public void A_delivered_result_says_so()
    {
        _engine.Connected();
        PSObject result = Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi"));
        Assert.Equal("Apns.Client.ApnsResult", result.TypeNames[0]);
        Assert.Equal("Delivered", result.Text("Outcome"));
        Assert.Equal(200, result.Get<int>("Status"));
        Assert.Equal("None", result.Text("Advice"));
        Assert.Equal(1, result.Get<int>("Attempts"));
        Assert.False(result.Get<bool>("PossibleDuplicate"));
        Assert.Null(result.Get("Reason"));
        Assert.Null(result.Get("Error"));
        Assert.Null(result.Get("InvalidSince"));
        Assert.NotEqual(TimeSpan.Zero, result.Get<TimeSpan>("Duration"));
    }

    [Fact]
    public void Exported_results_are_found_by_the_same_names()
    {
        _engine.Connected("-Unregistered @{ $tokens[2] = [datetime]::UtcNow }");
        _engine.Run("$carried = $tokens | Send-ApnsNotification -Alert hi | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) }").Clean();
        Assert.Equal(9, _engine.Value<int>("@($carried | Where-Object Outcome -EQ Delivered).Count"));
        Assert.Equal(Engine.Token(3), _engine.Value<string>("($carried | Where-Object Advice -EQ Drop).Token"));
    }

    [Fact]
    public void A_token_that_is_no_longer_registered_is_to_be_dropped()
    {
        var since = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        _engine["since"] = since;
        _engine.Connected("-Unregistered @{ $t = $since }");
        PSObject result = Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi"));
        Assert.Equal("Rejected", result.Text("Outcome"));
        Assert.Equal(410, result.Get<int>("Status"));
        Assert.Equal("Unregistered", result.Text("Reason"));
        Assert.Equal("Drop", result.Text("Advice"));
        Assert.Equal(since, result.Get("InvalidSince"));
        Assert.False(string.IsNullOrEmpty(result.Text("Error")));
    }

    [Theory]
    [InlineData("BadDeviceToken", 400, "FixRequest")]
    [InlineData("DeviceTokenNotForTopic", 400, "FixRequest")]
    [InlineData("ExpiredToken", 410, "Drop")]
    public void A_reason_of_APNs_comes_with_its_advice(string reason, int status, string advice)
    {
        _engine["reason"] = reason;
        _engine.Connected("-Reason @{ $t = $reason }");
        PSObject result = Assert.Single(_engine.Run("$t | Send-ApnsNotification -Alert hi").Output);
        Assert.Equal("Rejected", result.Text("Outcome"));
        Assert.Equal(reason, result.Text("Reason"));
        Assert.Equal(status, result.Get<int>("Status"));
        Assert.Equal(advice, result.Text("Advice"));
    }

    [Fact]
    public void What_APNs_asks_to_send_later_is_tried_until_the_deadline_and_to_be_retried()
    {
        _engine.Connected("-Reason @{ $t = 'TooManyRequests' }", "-Topic com.example.app -TimeoutSec 3");
        PSObject result = Assert.Single(_engine.Run("$t | Send-ApnsNotification -Alert hi").Output);
        Assert.Equal("Rejected", result.Text("Outcome"));
        Assert.Equal(429, result.Get<int>("Status"));
        Assert.Equal("Retry", result.Text("Advice"));
        Assert.Equal(_engine.Received().Count, result.Get<int>("Attempts"));
        Assert.True(result.Get<int>("Attempts") > 1);
    }

    [Fact]
    public void Without_an_answer_in_time_the_outcome_is_unknown()
    {
        _engine.Connected("-Latency 01:00:00", "-Topic com.example.app -TimeoutSec 2");
        EngineResult run = _engine.Run("$t | Send-ApnsNotification -Alert hi");
        PSObject result = Assert.Single(run.Output);
        Assert.Equal("Unknown", result.Text("Outcome"));
        Assert.Equal("Retry", result.Text("Advice"));
        Assert.Equal(0, result.Get<int>("Status"));
        Assert.Equal(1, result.Get<int>("Attempts"));
        Assert.True(result.Get<TimeSpan>("Duration") >= TimeSpan.FromSeconds(2));
        Assert.StartsWith("NotAllDelivered", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        _engine.Run("Stop-ApnsEmulator").Clean();
    }

    [Fact]
    public void A_plain_token_is_its_own_input_object()
    {
        _engine.Connected();
        PSObject result = Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi"));
        Assert.Equal(Engine.Token(1), Assert.IsType<string>(result.Get("InputObject")));
    }

    [Theory]
    [InlineData("Token")]
    [InlineData("DeviceToken")]
    [InlineData("TOKEN")]
    public void An_object_with_a_token_goes_through_to_its_result(string property)
    {
        _engine["property"] = property;
        _engine.Connected();
        IReadOnlyList<PSObject> output = _engine.Output("$row = [pscustomobject]@{ User = 'anna'; $property = $t }; $row; $row | Send-ApnsNotification -Alert hi");
        Assert.Equal(Engine.Token(1), output[1].Text("Token"));
        Assert.Equal("Delivered", output[1].Text("Outcome"));
        Assert.Equal("anna", Assert.IsType<PSObject>(output[1].Get("InputObject")).Text("User"));
    }

    [Fact]
    public void An_object_with_several_tokens_has_a_result_for_each_and_goes_through_to_all()
    {
        _engine.Connected();
        PSObject[] results = InOrder("[pscustomobject]@{ User = 'anna'; Token = $tokens[0..2] } | Send-ApnsNotification -Alert hi");
        Assert.Equal(Engine.Tokens(3), results.Select(static r => r.Text("Token")));
        Assert.All(results, static r => Assert.Equal("anna", Assert.IsType<PSObject>(r.Get("InputObject")).Text("User")));
    }

    [Theory]
    [InlineData("$null")]
    [InlineData("''")]
    public void An_object_without_its_token_goes_through_to_its_result(string token)
    {
        _engine.Connected();
        EngineResult run = _engine.Run($"[pscustomobject]@{{ User = 'anna'; Token = {token} }} | Send-ApnsNotification -Alert hi");
        PSObject result = Assert.Single(run.Output);
        Assert.Equal("NotSent", result.Text("Outcome"));
        Assert.Equal("anna", Assert.IsType<PSObject>(result.Get("InputObject")).Text("User"));
    }

    [Fact]
    public void Several_tokens_in_one_record_have_a_result_each()
    {
        _engine.Connected();
        PSObject[] results = InOrder(", $tokens | Send-ApnsNotification -Alert hi");
        Assert.Equal(Engine.Tokens(10), results.Select(static r => r.Text("Token")));
        Assert.Equal(Engine.Tokens(10), results.Select(static r => Assert.IsType<string>(r.Get("InputObject"))));
    }

    [Fact]
    public void Tokens_may_be_an_argument()
    {
        _engine.Connected();
        Assert.Equal(Engine.Tokens(10), InOrder("Send-ApnsNotification -Token $tokens -Alert hi").Select(static r => r.Text("Token")));
        Assert.Equal(Engine.Token(1), Assert.Single(_engine.Output("Send-ApnsNotification $t hi")).Text("Token"));
        Assert.Empty(_engine.Output("Send-ApnsNotification -Token @() -Alert hi"));
    }

    [Fact]
    public void No_input_gives_no_result_and_no_error()
    {
        _engine.Connected();
        Assert.Empty(_engine.Output("@() | Send-ApnsNotification -Alert hi"));
    }

    [Fact]
    public void Every_notification_has_an_apns_id_of_its_own()
    {
        _engine.Connected();
        IReadOnlyList<PSObject> results = _engine.Output("$tokens | Send-ApnsNotification -Alert hi");
        Assert.Equal(10, results.Select(static r => r.Get<Guid>("ApnsId")).Distinct().Count());
        Dictionary<string, string?> received = _engine.Received().ToDictionary(static n => n.Text("Token")!, static n => n.Text("ApnsId"));
        Assert.All(results, r => Assert.Equal(r.Get<Guid>("ApnsId").ToString(), received[r.Text("Token")!]));
    }

    [Fact]
    public void An_apns_id_is_sent_as_given()
    {
        _engine.Connected();
        const string Id = "11111111-2222-4333-8444-abcdefabcdef";
        PSObject result = Assert.Single(_engine.Output($"$t | Send-ApnsNotification -Alert hi -ApnsId {Id.ToUpperInvariant()}"));
        Assert.Equal(Guid.Parse(Id), result.Get("ApnsId"));
        Assert.Equal(Id, Assert.Single(_engine.Received()).Text("ApnsId"));
    }

    [Fact]
    public void A_result_piped_in_again_is_sent_again_under_its_apns_id()
    {
        _engine.Connected();
        IReadOnlyList<PSObject> output = _engine.Output("$first = $t | Send-ApnsNotification -Alert hi; $first; $first | Send-ApnsNotification -Alert hi");
        Assert.Equal(output[0].Get("ApnsId"), output[1].Get("ApnsId"));
        Assert.Equal(output[0].Get("InputObject"), output[1].Get("InputObject"));
    }

    [Fact]
    public void A_token_is_sent_without_the_blanks_around_it_and_in_lower_case()
    {
        _engine.Connected();
        _engine.Output("\"  $($t.ToUpperInvariant())`r`n\" | Send-ApnsNotification -Alert hi");
        Assert.Equal(Engine.Token(1), Assert.Single(_engine.Received()).Text("Token"));
    }

    private PSObject[] InOrder(string script) => [.. _engine.Output(script).OrderBy(static r => r.Get<long>("Index"))];
}
