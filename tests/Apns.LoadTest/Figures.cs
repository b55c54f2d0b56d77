using System;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Apns.LoadTest;

/// <summary>How the notifications ended.</summary>
internal sealed record Tally
{
    public int Delivered { get; set; }

    public int Rejected { get; set; }

    public int Unknown { get; set; }

    /// <summary>apns-ids read from answers.</summary>
    public int Ids { get; set; }
}

/// <summary>One run's figures.</summary>
internal sealed record Figures
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required string Client { get; init; }

    public required int Count { get; init; }

    public required int Delivered { get; init; }

    public required int Rejected { get; init; }

    public required int Unknown { get; init; }

    public required double WallS { get; init; }

    /// <summary>Processor time of this process, after warm-up.</summary>
    public required double CpuS { get; init; }

    public required double Rate { get; init; }

    public required double PerCpuS { get; init; }

    public required double PeakRssMb { get; init; }

    public required double AllocBytesPerNotification { get; init; }

    public required int Connections { get; init; }

    [JsonIgnore]
    public bool Complete => Delivered == Count;

    public override string ToString() => JsonSerializer.Serialize(this, Json);

    /// <summary>Runs the work and measures it.</summary>
    public static Figures Measure(string client, int count, int connections, Func<Tally> work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using Process process = Process.GetCurrentProcess();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        Tally tally = work();
        double wall = watch.Elapsed.TotalSeconds;
        process.Refresh();
        double cpuSeconds = (process.TotalProcessorTime - cpu).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return new Figures
        {
            Client = client,
            Count = count,
            Delivered = tally.Delivered,
            Rejected = tally.Rejected,
            Unknown = tally.Unknown,
            WallS = Math.Round(wall, 3),
            CpuS = Math.Round(cpuSeconds, 3),
            Rate = Math.Round(count / wall),
            PerCpuS = Math.Round(count / cpuSeconds),
            PeakRssMb = Math.Round(process.PeakWorkingSet64 / 1048576.0),
            AllocBytesPerNotification = Math.Round((double)allocated / count, 1),
            Connections = connections,
        };
    }
}
