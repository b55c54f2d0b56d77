using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;

namespace Apns.LoadTest.Bench;

/// <summary>
/// The plots of <c>docs/performance.md</c>: rates against connections, payload size and round trip. The other side is the
/// emulator, in a process of its own and with the window that HTTP/2 begins with.
/// </summary>
internal sealed class PlotSuite : IDisposable
{
    private const int Window = 65_535;
    private const int HelloSize = 81;

    private readonly EmulatorProcess _emulator;
    private readonly string _folder;

    private PlotSuite(EmulatorProcess emulator, string folder) => (_emulator, _folder) = (emulator, folder);

    /// <summary>Measures, prints each run as a JSON line, and writes one SVG file for each plot.</summary>
    public static async Task RunAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        using var suite = new PlotSuite(await EmulatorProcess.StartAsync(Window), folder);
        await suite.PlotAsync("connections", "connections, at a round trip of 50 ms", [1, 2, 4, 8], x => suite.MeasureAsync(x, HelloSize, 50));
        await suite.PlotAsync("payload", "bytes of payload, over one connection at a round trip of 50 ms", [81, 500, 1000, 2000, 4096], x => suite.MeasureAsync(1, x, 50));
        await suite.PlotAsync("round-trip", "ms of round trip, over one connection", [10, 25, 50, 100], x => suite.MeasureAsync(1, HelloSize, x));
    }

    public void Dispose() => _emulator.Dispose();

    private async Task PlotAsync(string name, string axis, int[] at, Func<int, Task<double>> measure)
    {
        var points = new List<(int X, double Rate)>();
        foreach (int x in at) points.Add((x, await measure(x)));
        await File.WriteAllTextAsync(Path.Combine(_folder, $"{name}.svg"), Plot.Draw(axis, points));
    }

    private async Task<double> MeasureAsync(int connections, int size, int roundTripMs)
    {
        using var payload = new PayloadFile(size);
        using var relay = new DelayRelay(_emulator.Port, TimeSpan.FromMilliseconds(roundTripMs / 2.0));

        // Some seconds each: what the window lets through by a rough estimate, or what the processor can do.
        int count = (int)Math.Clamp(5.0 * connections * Math.Min(1000, Window / size) * 1000 / roundTripMs, 1000, 300_000);
        string line = await Child.RunSelfAsync([.. _emulator.ClientArguments(relay.Port), "--payload", payload.Path, "--connections", $"{connections}", "--count", $"{count}", "--warm-up", $"{Math.Max(1, count / 2)}"]);
        Console.WriteLine(line.TrimEnd());
        return JsonElement.Parse(line).GetProperty("rate").GetDouble();
    }
}
