using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Threading.Tasks;

namespace Apns.LoadTest.Bench;

/// <summary>
/// The rows of <c>docs/performance.md</c>, each measured side by side: the runs of what is compared take turns, the client
/// is pinned to core 0 and nginx to core 1, and what counts is the median of the ratios within a turn.
/// </summary>
internal sealed class Suite : IDisposable
{
    private const int ClientCpu = 0;
    private const int ServerCpu = 1;

    // The module as it was staged by the build of this program.
    private static readonly string ModuleManifest = typeof(Suite).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static data => data.Key == "ModuleManifest").Value!;

    private readonly NginxServer _server;
    private readonly int _runs;
    private readonly List<Row> _rows = [];

    private Suite(NginxServer server, int runs)
    {
        _server = server;
        _runs = runs;
    }

    private Dictionary<string, Func<Task>> Measurements => new()
    {
        ["engine"] = EngineAsync,
        ["memory"] = MemoryAsync,
        ["latency"] = LatencyAsync,
        ["connections"] = ConnectionsAsync,
        ["pipeline"] = PipelineAsync,
        ["journal"] = JournalAsync,
        ["emit"] = EmitAsync,
        ["parallel"] = ParallelAsync,
        ["startup"] = StartupAsync,
        ["window"] = WindowAsync,
    };

    /// <summary>Measures rows and prints each as a JSON line, and in the end all as a table.</summary>
    /// <param name="rows">Their names, separated by commas, or <c>all</c>.</param>
    /// <param name="runs">Turns.</param>
    /// <exception cref="FormatException">There is no such row.</exception>
    public static async Task RunAsync(string rows, int runs)
    {
        using var suite = new Suite(await NginxServer.StartAsync(ServerCpu), runs);
        Dictionary<string, Func<Task>> measurements = suite.Measurements;
        string[] names = rows == "all" ? [.. measurements.Keys] : rows.Split(',');
        if (names.FirstOrDefault(name => !measurements.ContainsKey(name)) is { } wrong) throw new FormatException($"There is no row {wrong}; there are {string.Join(", ", measurements.Keys)}.");
        foreach (string name in names)
        {
            try
            {
                await measurements[name]();
            }
            catch (BenchException e)
            {
                await Console.Error.WriteLineAsync($"{name} was not measured: {e.Message}");
            }
        }

        Console.WriteLine("\n| row | figure | median | goal | holds | behind it |\n|---|---|---|---|---|---|");
        foreach (Row row in suite._rows) Console.WriteLine(row.ToMarkdown());
    }

    public void Dispose() => _server.Dispose();

    /// <summary>The engine, h2load and SocketsHttpHandler on one connection.</summary>
    private async Task EngineAsync()
    {
        List<double> engine = [], yardstick = [], http = [], allocated = [];
        for (int i = 0; i < _runs; i++)
        {
            yardstick.Add(await Yardstick.RunAsync(ClientCpu, _server, 300_000, Workload.Hello));
            JsonElement run = await LoadAsync("--count", "1000000");
            engine.Add(Number(run, "per_cpu_s"));
            allocated.Add(Number(run, "alloc_bytes_per_notification"));
            http.Add(Number(await LoadAsync("--client", "httpclient", "--count", "100000"), "per_cpu_s"));
        }

        Add(Row.AtLeast("engine", "per CPU-second ÷ h2load's", Ratio(engine, yardstick), 3, $"{Show(engine)} and {Show(yardstick)} a CPU-second"));
        Add(Row.AtLeast("engine", "per CPU-second ÷ SocketsHttpHandler's", Ratio(engine, http), 14, $"{Show(engine)} and {Show(http)} a CPU-second"));
        Add(Row.AtMost("engine", "bytes allocated for a notification, with its result object", Median(allocated), 400, ""));
    }

    private async Task MemoryAsync()
    {
        // Once: it is the largest of a whole run, and hardly scatters.
        double few = Number(await LoadAsync("--count", "100000", "--stream"), "peak_rss_mb");
        double many = Number(await LoadAsync("--count", "10000000", "--stream"), "peak_rss_mb");
        Add(Row.AtMost("memory", "MiB at the peak, 10,000,000 notifications − 100,000", many - few, 32, $"{Row.Show(many)} and {Row.Show(few)} MiB"));
    }

    private async Task LatencyAsync()
    {
        List<double> beyond = [], engine = [], raw = [];
        for (int i = 0; i < _runs; i++)
        {
            // Not pinned: that threads hand over to each other on different cores is part of it.
            JsonElement run = await LoadOnAsync(null, "--client", "latency", "--count", "5000");
            engine.Add(Number(run, "engine_us"));
            raw.Add(Number(run, "raw_us"));
            beyond.Add(engine[^1] - raw[^1]);
        }

        Add(Row.AtMost("latency", "µs beyond the same request on a bare TLS stream", Median(beyond), 100, $"{Show(engine)} and {Show(raw)} µs"));
    }

    private async Task ConnectionsAsync()
    {
        (List<double> one, List<double> four) = await TurnsAsync(
            async () => Number(await LoadAsync("--count", "1000000"), "rate"),
            async () => Number(await LoadAsync("--count", "1000000", "--connections", "4"), "rate"));
        Add(Row.AtLeast("connections", "notifications a second over four connections ÷ over one", Ratio(four, one), 1, $"{Show(four)} and {Show(one)} a second"));
    }

    /// <summary>The cmdlet in a whole PowerShell process, beside h2load.</summary>
    private async Task PipelineAsync()
    {
        List<double> yardstick = [], lines = [], lists = [];
        for (int i = 0; i < _runs; i++)
        {
            yardstick.Add(await Yardstick.RunAsync(ClientCpu, _server, 300_000, Workload.Hello));
            lines.Add(Number(await ShellAsync(ClientCpu, "ReadLines", 1_000_000), "per_cpu_s"));
            lists.Add(Number(await ShellAsync(ClientCpu, "Lists", 1_000_000), "per_cpu_s"));
        }

        Add(Row.AtLeast("pipeline", "ReadLines | Send-ApnsNotification | Out-Null, per CPU-second ÷ h2load's", Ratio(lines, yardstick), 1.2, $"{Show(lines)} and {Show(yardstick)} a CPU-second"));
        Add(Row.AtLeast("pipeline", "Get-Content -ReadCount 1000 | Send-ApnsNotification | Out-Null, per CPU-second ÷ h2load's", Ratio(lists, yardstick), 1.2, $"{Show(lists)} and {Show(yardstick)} a CPU-second"));
    }

    /// <summary>What a journal takes of the rate, on the pinned core: of the cmdlet's, and of the engine's alone.</summary>
    private async Task JournalAsync()
    {
        List<double> lines = [], journalled = [], engine = [], journalledEngine = [];
        for (int i = 0; i < _runs; i++)
        {
            lines.Add(Number(await ShellAsync(ClientCpu, "ReadLines", 1_000_000), "per_cpu_s"));
            journalled.Add(Number(await ShellAsync(ClientCpu, "Journal", 1_000_000), "per_cpu_s"));
            string journal = Path.GetTempFileName();
            engine.Add(Number(await LoadAsync("--count", "1000000"), "per_cpu_s"));
            journalledEngine.Add(Number(await LoadAsync("--count", "1000000", "--journal", journal), "per_cpu_s"));
            File.Delete(journal);
        }

        Add(Row.AtLeast("journal", "ReadLines | Send-ApnsNotification | Out-Null with -Journal, per CPU-second ÷ without", Ratio(journalled, lines), 0.95, $"{Show(journalled)} and {Show(lines)} a CPU-second"));
        Add(Row.AtLeast("journal", "the same of the engine alone", Ratio(journalledEngine, engine), 0.95, $"{Show(journalledEngine)} and {Show(engine)} a CPU-second"));
    }

    /// <summary>The server is the emulator, since nginx needs longer for a notification than PowerShell does.</summary>
    private async Task EmitAsync()
    {
        using EmulatorProcess emulator = await EmulatorProcess.StartAsync();
        (List<double> emit, List<double> send) = await TurnsAsync(
            async () => Number(await ShellAsync(null, "Emit", 1_000_000, emulator), "wall_s"),
            async () => Number(await ShellAsync(null, "GetContent", 1_000_000, emulator), "wall_s"));
        Add(Row.AtMost("emit", "Get-Content | Send-ApnsNotification, seconds ÷ those of a cmdlet that only emits a result", Ratio(send, emit), 1.3, $"{Show(send)} and {Show(emit)} s"));
    }

    private async Task ParallelAsync()
    {
        using EmulatorProcess emulator = await EmulatorProcess.StartAsync();

        // In the first million the runtime is still compiling, and for four pipelines that takes longer.
        foreach (int count in (int[])[1_000_000, 4_000_000])
        {
            (List<double> one, List<double> parallel) = await TurnsAsync(
                async () => Number(await ShellAsync(null, "ReadLines", count, emulator), "rate"),
                async () => Number(await ShellAsync(null, "Parallel", count, emulator), "rate"));
            Add(Row.AtLeast("parallel", string.Create(CultureInfo.InvariantCulture, $"{count:n0} through ForEach-Object -Parallel over one session, notifications a second ÷ one pipeline's"), Ratio(parallel, one), 1, $"{Show(parallel)} and {Show(one)} a second"));
        }
    }

    private async Task StartupAsync()
    {
        List<double> import = [], first = [];
        for (int i = 0; i < 2 * _runs; i++)
        {
            JsonElement run = await ShellAsync(null, "Startup", 1);
            import.Add(Number(run, "import_ms"));
            first.Add(Number(run, "first_ms"));
        }

        Add(Row.AtMost("startup", "ms for Import-Module Apns", Median(import), 60, ""));
        Add(Row.AtMost("startup", "ms from import to the first delivered notification", Median(first), 250, ""));
    }

    /// <summary>The largest payloads over a long way, into the window that HTTP/2 begins with: one connection, and as many as the pool makes.</summary>
    private async Task WindowAsync()
    {
        const int Window = 65_535;
        const int Payload = 4096;
        TimeSpan roundTrip = TimeSpan.FromMilliseconds(50);
        List<double> one = [], grown = [], connections = [];
        using EmulatorProcess emulator = await EmulatorProcess.StartAsync(Window);
        using var payload = new PayloadFile(Payload);
        for (int i = 0; i < _runs; i++)
        {
            one.Add(Number(await FarAsync(emulator, roundTrip, payload, "--count", "3000", "--warm-up", "1000"), "rate"));
            JsonElement run = await FarAsync(emulator, roundTrip, payload, "--count", "20000", "--warm-up", "5000", "--max-connections", "8");
            grown.Add(Number(run, "rate"));
            connections.Add(Number(run, "connections"));
        }

        double limit = Window / (double)Payload / roundTrip.TotalSeconds;
        Add(Row.AtLeast("window", "share of what a window of 65,535 bytes lets through at a round trip of 50 ms, payloads of 4096 bytes", Median([.. one.Select(rate => rate / limit)]), 0.95, $"{Show(one)} of {Row.Show(limit)} a second"));
        Add(Row.AtLeast("window", "the same when the pool grows by itself, rate ÷ that of one connection", Ratio(grown, one), 2, $"{Show(grown)} a second over {Show(connections)} connections"));
    }

    private static async Task<JsonElement> FarAsync(EmulatorProcess emulator, TimeSpan roundTrip, PayloadFile payload, params string[] arguments)
    {
        using var relay = new DelayRelay(emulator.Port, roundTrip / 2);
        return Tell(await Child.RunSelfAsync([.. emulator.ClientArguments(relay.Port), "--payload", payload.Path, .. arguments]));
    }

    /// <summary>Two measurements in turn, so that both see the machine in the same mood.</summary>
    private async Task<(List<double> First, List<double> Second)> TurnsAsync(Func<Task<double>> measureFirst, Func<Task<double>> measureSecond)
    {
        List<double> first = [], second = [];
        for (int i = 0; i < _runs; i++)
        {
            first.Add(await measureFirst());
            second.Add(await measureSecond());
        }

        return (first, second);
    }

    private Task<JsonElement> LoadAsync(params string[] arguments) => LoadOnAsync(ClientCpu, arguments);

    private async Task<JsonElement> LoadOnAsync(int? cpu, params string[] arguments) =>
        Tell(await Child.RunSelfAsync([.. cpu is null ? (string[])[] : ["--cpu", $"{cpu}"], "--endpoint", $"https://localhost:{_server.Port}", "--root", _server.Root, "--key", _server.Key, .. arguments]));

    /// <summary>Runs <c>tests/Apns.LoadTest/pipeline.ps1</c> in pwsh, which pins itself when the cmdlets are loaded and connected.</summary>
    private async Task<JsonElement> ShellAsync(int? cpu, string what, int count, EmulatorProcess? emulator = null)
    {
        string pwsh = Child.Find("pwsh") ?? throw new BenchException("pwsh is missing: dotnet tool install --global PowerShell");
        string here = AppContext.BaseDirectory;
        string[] server = emulator is null
            ? ["-Port", $"{_server.Port}", "-Root", _server.Root, "-Key", _server.Key]
            : ["-Port", $"{emulator.Port}", "-Root", emulator.Root, "-Key", emulator.Key, "-KeyId", Emulator.ApnsEmulator.KeyId, "-TeamId", Emulator.ApnsEmulator.TeamId];
        string[] pinned = cpu is null ? [] : ["-Cpu", $"{cpu}"];
        return Tell(await Child.RunAsync(
            null,
            pwsh,
            ["-NoProfile", "-NonInteractive", "-File", Path.Combine(here, "pipeline.ps1"), "-What", what, "-Count", $"{count}", .. server, .. pinned, "-Module", ModuleManifest]));
    }

    private static JsonElement Tell(string output)
    {
        string line = output.TrimEnd().Split('\n')[^1];
        Console.WriteLine(line);
        try
        {
            return JsonElement.Parse(line);
        }
        catch (JsonException)
        {
            throw new BenchException($"This is no JSON line of figures: {output}");
        }
    }

    private void Add(Row row)
    {
        _rows.Add(row);
        Console.WriteLine(row);
    }

    private static double Number(JsonElement run, string name) => run.GetProperty(name).GetDouble();

    private static double Ratio(List<double> these, List<double> those) => Median([.. these.Zip(those, static (a, b) => a / b)]);

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Show(List<double> values) => Row.Show(Median(values)).ToString(CultureInfo.InvariantCulture);
}
