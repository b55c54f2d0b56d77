using System;
using System.Linq;
using System.Net.Sockets;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>-WhatIf and -Confirm.</summary>
public sealed class ShouldProcessTests : IDisposable
{
    private readonly Engine _engine = new Engine().Connected();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("$tokens | Send-ApnsNotification -Alert hi -WhatIf")]
    [InlineData("$WhatIfPreference = $true; $tokens | Send-ApnsNotification -Alert hi")]
    public void WhatIf_says_what_would_be_sent_and_sends_nothing(string script)
    {
        EngineResult run = _engine.Run(script).Clean();
        Assert.Empty(run.Output);
        Assert.Equal(10, run.HostText.Split("What if: Performing the operation \"Send notification\" on target \"aaaaaaaa…\".").Length - 1);
        Assert.Empty(_engine.Received());
    }

    [Fact]
    public void WhatIf_still_finds_what_is_wrong_with_the_notification() =>
        Assert.StartsWith("InvalidNotification,", _engine.Failure("$tokens | Send-ApnsNotification -Payload '{' -WhatIf").FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void Confirm_asks_for_each_token()
    {
        foreach (string answer in (string[])["Yes", "No", "Yes", "No to All"]) _engine.Host.Answers.Enqueue(answer);
        EngineResult run = _engine.Run("$tokens | Send-ApnsNotification -Alert hi -Confirm").Clean();
        Assert.Equal(4, _engine.Host.Questions.Count);
        Assert.All(_engine.Host.Questions, static q => Assert.Contains("Send notification", q, StringComparison.Ordinal));
        Assert.Equal([Engine.Token(1), Engine.Token(3)], run.Output.Select(static r => r.Text("Token")).Order());
        Assert.Equal([Engine.Token(1), Engine.Token(3)], _engine.Received().Select(static n => n.Text("Token")).Order());
    }

    [Fact]
    public void Yes_to_all_asks_no_more()
    {
        _engine.Host.Answers.Enqueue("Yes to All");
        Assert.Equal(10, _engine.Run("$ConfirmPreference = 'Medium'; $tokens | Send-ApnsNotification -Alert hi").Clean().Output.Count);
        Assert.Single(_engine.Host.Questions);
    }

    [Fact]
    public void Nothing_is_asked_by_default()
    {
        Assert.Equal(10, _engine.Output("$tokens | Send-ApnsNotification -Alert hi").Count);
        Assert.Equal(10, _engine.Output("$ConfirmPreference = 'Low'; $tokens | Send-ApnsNotification -Alert hi -Confirm:$false").Count);
        Assert.Empty(_engine.Host.Questions);
    }

    [Theory]
    [InlineData("Disconnect-Apns -WhatIf")]
    [InlineData("Stop-ApnsEmulator -WhatIf")]
    [InlineData("Start-ApnsEmulator -WhatIf")]
    public void WhatIf_changes_nothing(string command)
    {
        EngineResult run = _engine.Run(command).Clean();
        Assert.Empty(run.Output);
        Assert.StartsWith("What if: ", run.HostText, StringComparison.Ordinal);
        Assert.Equal("Open False", _engine.Value<string>("\"$($session.State) $($emulator.IsStopped)\""));
    }

    [Fact]
    public void An_emulator_is_named_by_where_it_listens()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "There is no IPv6 here.");
        EngineResult run = _engine.Run("$other = Start-ApnsEmulator -Address ::1; Stop-ApnsEmulator $other -WhatIf").Clean();
        Assert.Contains($"on target \"[::1]:{_engine.Value<int>("$other.Port")}\"", run.HostText, StringComparison.Ordinal);
    }
}
