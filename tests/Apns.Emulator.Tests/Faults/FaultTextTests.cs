using System;
using System.Linq;
using System.Threading;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Faults as text, and faults that cannot be.</summary>
public sealed class FaultTextTests
{
    [Theory]
    [InlineData("CutConnection", "CutConnection")]
    [InlineData("goaway:every=10000", "GoAway:every=10000")]
    [InlineData(" GoAwayTwice : Reason = Shutdown , After = 5 ", "GoAwayTwice:after=5,reason=Shutdown")]
    [InlineData("Refuse:probability=0.01,seed=7,duration=00:00:05,reason=418 Some Thing", "Refuse:probability=0.01,seed=7,duration=00:00:05,reason=418 Some Thing")]
    public void A_fault_is_read_from_text_and_says_itself(string text, string said)
    {
        EmulatorFault fault = EmulatorFault.Parse(text);
        Assert.Equal(said, fault.ToString());
        Assert.Equal(fault, EmulatorFault.Parse(said));
    }

    [Fact]
    public void All_that_is_given_arrives()
    {
        Assert.Equal(
            new EmulatorFault { Kind = EmulatorFaultKind.Throttle, After = 1, Every = 2, Probability = 0.5, Seed = -3, Duration = TimeSpan.FromMilliseconds(250), Reason = "Forbidden" },
            EmulatorFault.Parse("Throttle:after=1,every=2,probability=0.5,seed=-3,duration=00:00:00.250,reason=Forbidden"));
    }

    [Theory]
    [InlineData("", "'' is not a fault. There are CutHandshake, TlsAlert,")]
    [InlineData("Explode:every=5", "'Explode' is not a fault.")]
    [InlineData("3", "'3' is not a fault.")]
    [InlineData("+3", "'+3' is not a fault.")]
    [InlineData("GoAway,Refuse", "'GoAway,Refuse' is not a fault.")]
    [InlineData("GoAway:", "A fault has no ''; it has after, every,")]
    [InlineData("GoAway:often=5", "A fault has no 'often'")]
    [InlineData("GoAway:every", "'' cannot be the every of a fault.")]
    [InlineData("GoAway:every=x", "'x' cannot be the every of a fault.")]
    [InlineData("GoAway:every=99999999999", "'99999999999' cannot be the every of a fault.")]
    [InlineData("GoAway:duration=soon", "'soon' cannot be the duration of a fault.")]
    public void What_is_no_fault_is_refused_in_words(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => EmulatorFault.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("GoAway:after=-1", "The fault GoAway:after=-1 cannot be: After is at least 0.")]
    [InlineData("GoAway:every=0", "The fault GoAway:every=0 cannot be: Every is at least 1.")]
    [InlineData("GoAway:probability=0", "The fault GoAway:probability=0 cannot be: Probability is more than 0 and at most 1.")]
    [InlineData("GoAway:probability=1.5", "The fault GoAway:probability=1.5 cannot be: Probability is more")]
    [InlineData("GoAway:duration=-00:00:01", "The fault GoAway:duration=-00:00:01 cannot be: Duration is at most a day.")]
    [InlineData("GoAway:duration=5", "The fault GoAway:duration=5.00:00:00 cannot be: Duration is at most a day.")]
    [InlineData("Refuse", "The fault Refuse cannot be: Reason has to be given.")]
    [InlineData("Refuse:reason=Whatever", "'Whatever' is not a reason of APNs.")]
    [InlineData("Throttle:reason=200", "'200' is not a reason of APNs.")]
    public void A_fault_that_cannot_be_is_refused_by_the_emulator(string text, string message) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(() => ApnsEmulator.Start(new ApnsEmulatorOptions { Faults = [EmulatorFault.Parse(text)] })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_fault_needs_a_kind() =>
        Assert.StartsWith(
            "The fault 0 cannot be: Kind has to be given.",
            Assert.Throws<ArgumentOutOfRangeException>(() => ApnsEmulator.Start(new ApnsEmulatorOptions { Faults = [new EmulatorFault()] })).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("GoAway", "1")]
    [InlineData("GoAway:after=4", "5")]
    [InlineData("GoAway:every=4", "4 8 12 16 20")]
    [InlineData("GoAway:every=4,after=6", "10 14 18")]
    [InlineData("GoAway:every=1,after=17", "18 19 20")]
    [InlineData("GoAway:probability=1,after=17", "18 19 20")]
    public void A_fault_strikes_when_it_is_told_to(string text, string when)
    {
        var plan = new FaultPlan([EmulatorFault.Parse(text)]);
        Assert.Equal(when, string.Join(' ', Enumerable.Range(1, 20).Where(_ => plan.NextRequest() is not null)));
        Assert.Null(plan.NextConnection());
    }

    [Fact]
    public void Chance_is_the_same_for_the_same_seed_and_another_for_another()
    {
        int[] Strikes(int seed)
        {
            var plan = new FaultPlan([new EmulatorFault { Kind = EmulatorFaultKind.GoAway, Probability = 0.1, Seed = seed }]);
            return [.. Enumerable.Range(1, 1000).Where(_ => plan.NextRequest() is not null)];
        }

        Assert.Equal(Strikes(1), Strikes(1));
        Assert.NotEqual(Strikes(1), Strikes(2));
        Assert.InRange(Strikes(1).Length, 50, 150);
    }

    [Theory]
    [InlineData("Refuse:every=2,reason=Shutdown,duration=00:00:00.010")]
    [InlineData("RefuseTunnel:every=2,duration=00:00:00.010")]
    public void What_comes_while_a_fault_lasts_does_not_prolong_it(string text)
    {
        EmulatorFault fault = EmulatorFault.Parse(text);
        var plan = new FaultPlan([fault]);
        FaultStrike? Next() => fault.StrikesTunnels ? plan.NextTunnel() : plan.NextRequest();
        Next();
        Assert.NotNull(Next());
        Assert.True(SpinWait.SpinUntil(() => Next() is null, TimeSpan.FromSeconds(30)));
        Assert.True(plan.CountStrikes(fault.Kind) > 1);
    }

    [Fact]
    public void Of_two_that_are_due_at_once_the_second_waits_for_the_next_request()
    {
        var plan = new FaultPlan([EmulatorFault.Parse("GoAway:after=1"), EmulatorFault.Parse("Silence:after=1"), EmulatorFault.Parse("NoSettings")]);
        Assert.Equal(
            [null, EmulatorFaultKind.GoAway, EmulatorFaultKind.Silence, null],
            Enumerable.Range(0, 4).Select(_ => plan.NextRequest()?.Fault.Kind));
        Assert.Equal(EmulatorFaultKind.NoSettings, plan.NextConnection()?.Fault.Kind);
    }
}
