using System;
using System.IO;
using System.Threading.Tasks;
using Apns.Client;

namespace Apns.LoadTest;

/// <summary>Measures the whole engine against a server: see <see cref="LoadOptions.Usage"/>.</summary>
internal static class Program
{
    // Enough for the runtime to have compiled the hot path in its final form.
    private const int WarmUp = 60_000;

    public static async Task<int> Main(string[] args)
    {
        try
        {
            LoadOptions options = LoadOptions.Parse(args);
            if (options.Serve)
            {
                await EmulatorProcess.ServeAsync();
                return 0;
            }

            using EmulatorProcess? emulator = options.Endpoint is null ? await EmulatorProcess.StartAsync() : null;
            Figures figures = await RunAsync(options, Target.Of(options, emulator));
            Console.WriteLine(figures);
            return figures.Complete ? 0 : 1;
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n\n{LoadOptions.Usage}");
            return 2;
        }
        catch (Exception e) when (e is ApnsException or IOException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<Figures> RunAsync(LoadOptions options, Target target)
    {
        byte[] payload = options.Payload is null
            ? """{"aps":{"alert":{"title":"Hello","body":"Hi there"},"sound":"default","badge":1}}"""u8.ToArray()
            : await File.ReadAllBytesAsync(options.Payload);
        var warmUp = new Workload(WarmUp, ulong.MaxValue / 2, payload);
        var workload = new Workload(options.Count, 1, payload);
        if (options.Client == "httpclient")
        {
            using var http = new HttpClientClient(options, target);
            http.Run(warmUp);
            return Figures.Measure(options.Client, options.Count, options.Connections, () => http.Run(workload));
        }

        await using ApnsClient client = await EngineClient.ConnectAsync(options, target);
        EngineClient.Run(client, warmUp);
        return Figures.Measure(options.Client, options.Count, options.Connections, () => EngineClient.Run(client, workload));
    }
}
