using System;
using System.IO;
using System.Threading.Tasks;
using Apns.Client;
using Apns.LoadTest.Bench;

namespace Apns.LoadTest;

/// <summary>Measures the whole engine against a server: see <see cref="LoadOptions.Usage"/>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        try
        {
            LoadOptions options = LoadOptions.Parse(args);
            if (options.Serve)
            {
                await EmulatorProcess.ServeAsync(options.Window);
                return 0;
            }

            if (options.Bench is not null)
            {
                await Suite.RunAsync(options.Bench, options.Runs);
                return 0;
            }

            if (options.Plots is not null)
            {
                await PlotSuite.RunAsync(options.Plots);
                return 0;
            }

            if (options.Kills > 0) return Kills.Run(options) ? 0 : 1;

            using EmulatorProcess? emulator = options.Endpoint is null ? await EmulatorProcess.StartAsync() : null;
            Target target = Target.Of(options, emulator);
            if (options.Client == "latency")
            {
                Console.WriteLine(await MeasureLatencyAsync(options, target));
                return 0;
            }

            if (options.GoOn > 0)
            {
                await using ApnsClient client = await EngineClient.ConnectAsync(options, target);
                EngineClient.Run(client, new Workload(options.Count, 1, await PayloadAsync(options), stream: true, skip: options.GoOn * 7919), options);
                return 0;
            }

            Figures figures = await RunAsync(options, target);
            Console.WriteLine(figures);
            return figures.Complete ? 0 : 1;
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n\n{LoadOptions.Usage}");
            return 2;
        }
        catch (Exception e) when (e is ApnsException or IOException or BenchException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<string> MeasureLatencyAsync(LoadOptions options, Target target)
    {
        await using ApnsClient client = await EngineClient.ConnectAsync(options, target);
        (double engine, double raw) = Latency.Measure(client, target, new Workload(int.MaxValue, 1, await PayloadAsync(options), stream: true), options.Count);
        return FormattableString.Invariant($$"""{"client":"latency","count":{{options.Count}},"engine_us":{{engine:0.0}},"raw_us":{{raw:0.0}}}""");
    }

    private static async Task<byte[]> PayloadAsync(LoadOptions options) => options.Payload is null ? Workload.Hello : await File.ReadAllBytesAsync(options.Payload);

    private static async Task<Figures> RunAsync(LoadOptions options, Target target)
    {
        byte[] payload = await PayloadAsync(options);
        var warmUp = new Workload(options.WarmUp, ulong.MaxValue / 2, payload);
        var workload = new Workload(options.Count, 1, payload, options.Stream);
        if (options.Client == "httpclient")
        {
            using var http = new HttpClientClient(options, target);
            await Child.PinSelfAsync(options.Cpu);
            http.Run(warmUp);
            return Figures.Measure(options.Client, options.Count, options.Connections, () => http.Run(workload));
        }

        await using ApnsClient client = await EngineClient.ConnectAsync(options, target);
        await Child.PinSelfAsync(options.Cpu);
        EngineClient.Run(client, warmUp, options);
        Figures figures = Figures.Measure(options.Client, options.Count, options.Connections, () => EngineClient.Run(client, workload, options));
        return figures with { Connections = client.GetStatistics().Connections };
    }
}
