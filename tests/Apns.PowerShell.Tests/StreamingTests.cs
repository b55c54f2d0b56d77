using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Results come out while input still goes in, and memory does not grow with the input.</summary>
public sealed class StreamingTests : IDisposable
{
    private readonly Engine _engine = new Engine().Connected();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void The_first_result_comes_out_long_before_the_last_token_goes_in()
    {
        EngineResult run = _engine.Run(
            """
            $in = 0; $out = 0; $atFirst = 0; $mostOpen = 0
            1..20000 | ForEach-Object { $in++; $_.ToString('x64') } | Send-ApnsNotification -Alert hi | ForEach-Object {
                if ($out++ -eq 0) { $atFirst = $in }
                if ($in - $out -gt $mostOpen) { $mostOpen = $in - $out }
            }
            $in; $out; $atFirst; $mostOpen
            """).Clean();
        int[] figures = [.. run.Output.Select(static o => (int)o.BaseObject)];
        Assert.Equal([20_000, 20_000], figures[..2]);

        // A window of twice the stream limit is what may be outstanding.
        Assert.InRange(figures[2], 1, 2001);
        Assert.InRange(figures[3], 1, 2001);
    }

    [Fact]
    public void A_slow_source_has_its_results_as_it_goes()
    {
        // Each token is held back until the one before was answered; the results must not wait for the end.
        EngineResult run = _engine.Run(
            """
            $until = [datetime]::UtcNow.AddSeconds(30)
            $in = 0; $out = 0
            . {
                while ($out -eq 0 -and $in -lt 200 -and [datetime]::UtcNow -lt $until) {
                    $in++
                    $in.ToString('x64')
                    while ($emulator.Accepted -lt $in -and [datetime]::UtcNow -lt $until) { [Threading.Thread]::Sleep(1) }
                }
            } | Send-ApnsNotification -Alert hi | ForEach-Object { $out++ }
            $in; $out; $emulator.Accepted
            """).Clean();
        int[] figures = [.. run.Output.Select(LanguagePrimitives.ConvertTo<int>)];
        Assert.InRange(figures[0], 1, 199);
        Assert.Equal(figures[0], figures[1]);
        Assert.Equal(figures[0], figures[2]);
    }

    [Fact]
    public void Downstream_cmdlets_take_results_as_any_objects()
    {
        Assert.Equal(
            Engine.Tokens(5),
            _engine.Output("$tokens | Send-ApnsNotification -Alert hi | Where-Object Index -LT 5 | ForEach-Object Token").Select(static o => o.ToString()).Order());
    }
}
