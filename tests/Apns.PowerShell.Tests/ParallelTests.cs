using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>One session, several runspaces.</summary>
public sealed class ParallelTests : IDisposable
{
    private readonly Engine _engine = new Engine().Connected("", "-Topic com.example.app -Connections 2");

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Eight_runspaces_send_through_one_session()
    {
        IReadOnlyList<PSObject> results = _engine.Output(
            """
            1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module $using:manifest
                $n = $_
                1..500 | ForEach-Object { '{0:x32}{1:x32}' -f $n, $_ } | Send-ApnsNotification -Alert hi -Session $using:session
            }
            """);
        Assert.Equal(4000, results.Count);
        Assert.All(results, static r => Assert.Equal("Delivered", r.Text("Outcome")));
        Assert.Equal(4000, results.Select(static r => r.Text("Token")).Distinct().Count());
        Assert.Equal(4000, results.Select(static r => r.Text("ApnsId")).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 500).SelectMany(static i => Enumerable.Repeat((long)i, 8)), results.Select(static r => r.Get<long>("Index")).Order());
        Assert.Equal(4000, _engine.Value<int>("$emulator.Accepted"));

        // Their runspaces have closed; the session was not theirs.
        Assert.Equal("Open", _engine.Value<string>("$session.State"));
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
    }

    [Fact]
    public void The_default_session_is_the_runspaces_own()
    {
        using var other = new Engine();
        Assert.StartsWith("NotConnected,", other.Failure("$t | Send-ApnsNotification -Alert hi").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(other.Output("Get-ApnsSession"));
        other["session"] = _engine["session"];
        Assert.Equal("Delivered", Assert.Single(other.Output("$t | Send-ApnsNotification -Alert hi -Session $session")).Text("Outcome"));
    }
}
