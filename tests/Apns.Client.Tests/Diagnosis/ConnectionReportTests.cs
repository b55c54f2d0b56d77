using System;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests.Diagnosis;

/// <summary>What a test's report holds, step by step, when all goes well, when a step fails, and when time runs out.</summary>
public class ConnectionReportTests
{
    private static readonly ApnsClientOptions Options = Clients.Options(new ApnsEndpoint("api.example", 443), Samples.Key);

    private long _now = TimeSpan.FromDays(3).Ticks;

    [Fact]
    public void When_every_step_succeeds_the_test_does()
    {
        var report = new ConnectionReport(Options, _now);
        foreach (ApnsTestStep step in Enum.GetValues<ApnsTestStep>().Where(static s => s != ApnsTestStep.Proxy)) Take(report, step, StepVerdict.Good($"{step} is fine"));
        report.Close(_now);
        ApnsConnectionTest test = report.Build();
        Assert.True(test.Succeeded);
        Assert.Equal(("api.example:443", $"key {Samples.KeyId} of team {Samples.TeamId}", null), (test.Endpoint, test.Credential, test.Proxy));
        Assert.Equal("Dns Tcp Tls Alpn Settings Ping Credential Clock", string.Join(' ', test.Steps.Select(static s => s.Step)));
        Assert.All(test.Steps, step => Assert.Equal((true, $"{step.Step} is fine", null, TimeSpan.FromMilliseconds(5)), (step.Succeeded, step.Detail, step.Remedy, step.Duration)));
        Assert.Equal(TimeSpan.FromMilliseconds(40), test.Duration);
        Assert.Equal("api.example:443: all is well", test.ToString());
    }

    [Fact]
    public void What_comes_after_a_step_that_failed_was_not_tried()
    {
        var report = new ConnectionReport(Options, _now);
        Take(report, ApnsTestStep.Dns, StepVerdict.Good("an address"));
        Take(report, ApnsTestStep.Tcp, StepVerdict.Bad("refused", "Try another."));
        report.Close(_now);
        ApnsConnectionTest test = report.Build();
        Assert.False(test.Succeeded);
        Assert.Equal([true, false, null, null, null, null, null, null], test.Steps.Select(static s => s.Succeeded));
        Assert.Equal(("refused", "Try another."), (test.Steps[1].Detail, test.Steps[1].Remedy));
        Assert.Equal(("Not tried.", null, TimeSpan.Zero), (test.Steps[2].Detail, test.Steps[2].Remedy, test.Steps[2].Duration));
        Assert.Equal("api.example:443: Tcp failed", test.ToString());
        Assert.Equal(["Dns succeeded", "Tcp failed", "Tls not tried"], test.Steps.Take(3).Select(static s => s.ToString()));
    }

    [Fact]
    public void When_time_runs_out_between_two_steps_the_test_has_not_succeeded()
    {
        var report = new ConnectionReport(Options, _now);
        Take(report, ApnsTestStep.Dns, StepVerdict.Good("an address"));
        report.Close(_now);
        Assert.False(report.Build().Succeeded);
    }

    [Fact]
    public void A_step_that_was_left_out_is_no_failure()
    {
        var report = new ConnectionReport(Options, _now);
        foreach (ApnsTestStep step in Enum.GetValues<ApnsTestStep>().Where(static s => s is not (ApnsTestStep.Proxy or ApnsTestStep.Clock))) Take(report, step, StepVerdict.Good($"{step} is fine"));
        Take(report, ApnsTestStep.Clock, StepVerdict.Skipped("nobody told", "Ask."));
        report.Close(_now);
        ApnsConnectionTest test = report.Build();
        Assert.True(test.Succeeded);
        Assert.Equal((null, "Not tried: nobody told", "Ask.", "Clock not tried"), (test.Steps[^1].Succeeded, test.Steps[^1].Detail, test.Steps[^1].Remedy, test.Steps[^1].ToString()));
    }

    [Fact]
    public void The_proxy_is_a_step_when_there_is_one_or_its_settings_are_wrong()
    {
        var report = new ConnectionReport(Options, _now);
        report.Through("http://proxy:80");
        report.Close(_now);
        ApnsConnectionTest test = report.Build();
        Assert.Equal("http://proxy:80", test.Proxy);
        Assert.Equal(ApnsTestStep.Proxy, test.Steps[2].Step);

        report = new ConnectionReport(Options, _now);
        Take(report, ApnsTestStep.Proxy, StepVerdict.Bad("unreadable", null));
        report.Close(_now);
        Assert.Equal((9, false), (report.Build().Steps.Count, report.Build().Steps[2].Succeeded));
    }

    [Fact]
    public void A_step_under_way_when_time_runs_out_has_failed_and_what_it_comes_to_later_does_not_count()
    {
        var report = new ConnectionReport(Options, _now);
        report.Begin(ApnsTestStep.Dns, _now);
        _now += TimeSpan.FromSeconds(20).Ticks;
        report.Close(_now);
        report.End(StepVerdict.Good("at last"), _now + 1);
        report.Begin(ApnsTestStep.Tcp, _now + 1);
        report.End(StepVerdict.Good("go on"), _now + 2);
        ApnsConnectionTest test = report.Build();
        Assert.Equal((false, "No end within 20 s.", TimeSpan.FromSeconds(20)), (test.Steps[0].Succeeded, test.Steps[0].Detail, test.Steps[0].Duration));
        Assert.NotNull(test.Steps[0].Remedy);
        Assert.Null(test.Steps[1].Succeeded);
    }

    private void Take(ConnectionReport report, ApnsTestStep step, StepVerdict verdict)
    {
        report.Begin(step, _now);
        _now += TimeSpan.FromMilliseconds(5).Ticks;
        report.End(verdict, _now);
    }
}
