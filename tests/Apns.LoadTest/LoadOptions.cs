using System;
using System.Globalization;

namespace Apns.LoadTest;

/// <summary>The command line.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        Apns.LoadTest: sends notifications and prints one JSON line of figures.

          --endpoint https://HOST:PORT   server to send to; without it an emulator is started in a second process
          --root FILE                    PEM file with the root to trust
          --count N                      notifications to send (100000)
          --connections C                connections to use (1)
          --max-connections C            begin with one and grow by itself to as many
          --cpu C                        core to keep to, once connected
          --warm-up N                    notifications to send before (400000)
          --client apns|httpclient|latency  this engine, SocketsHttpHandler doing the same work, or one notification at a
                                         time by this engine and by a bare TLS stream in turn (apns)
          --stream                       make tokens as they are sent, not before
          --journal FILE                 keep a journal in this file, begun anew; --durable flushes it to the disk
          --key FILE --key-id K --team-id T   signing key
          --certificate FILE             client certificate, instead of a key
          --topic T                      topic (com.example.app)
          --payload FILE                 payload (81 bytes of JSON)

        Apns.LoadTest --kills N [--count N] [--durable]: sends with a journal from a process that is killed N times at
        random instants, and looks whether every token has its result and every repetition its mark.

        Apns.LoadTest --bench all|ROW,ROW… [--runs N]: measures the rows of docs/performance.md against nginx, beside
        h2load, as one table (5 runs). Rows: engine, memory, latency, connections, pipeline, emit, parallel, startup, window.

        Apns.LoadTest --plots FOLDER: measures rates against connections, payload size and round trip, and draws them.
        """;

    public string? Journal { get; init; }

    /// <summary>How often to kill a process that sends with a journal.</summary>
    public int Kills { get; init; }

    /// <summary>Run as such a process: go on with the journal, beginning with another token each time.</summary>
    public int GoOn { get; init; }

    public bool Durable { get; init; }

    public Uri? Endpoint { get; init; }

    public string? Root { get; init; }

    public int Count { get; init; } = 100_000;

    public int Connections { get; init; } = 1;

    /// <summary>How far the pool may grow; null keeps <see cref="Connections"/>.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>The core to keep to, from 0; null is any.</summary>
    public int? Cpu { get; init; }

    /// <summary>
    /// What is sent before the measuring: enough for the runtime to have compiled the hot path in its final form. What a process needs that has just begun is measured by the rows pipeline and startup.
    /// </summary>
    public int WarmUp { get; init; } = 400_000;

    public string Client { get; init; } = "apns";

    public string? Key { get; init; }

    public string KeyId { get; init; } = "BENCHKEY01";

    public string TeamId { get; init; } = "BENCHTEAM1";

    public string? Certificate { get; init; }

    public string Topic { get; init; } = "com.example.app";

    public string? Payload { get; init; }

    /// <summary>Whether tokens are made as they are sent, for counts whose tokens should not be held.</summary>
    public bool Stream { get; init; }

    /// <summary>Rows to measure, instead of one load.</summary>
    public string? Bench { get; init; }

    public int Runs { get; init; } = 5;

    /// <summary>Where to write plots, instead of one load.</summary>
    public string? Plots { get; init; }

    /// <summary>Run as the emulator of another LoadTest.</summary>
    public bool Serve { get; init; }

    /// <summary>That emulator's window in bytes; null leaves its own.</summary>
    public int? Window { get; init; }

    /// <exception cref="FormatException">The command line is not understood.</exception>
    public static LoadOptions Parse(string[] args)
    {
        var options = new LoadOptions();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            if (name is "--serve" or "--stream" or "--durable")
            {
                options = name switch
                {
                    "--serve" => options with { Serve = true },
                    "--stream" => options with { Stream = true },
                    _ => options with { Durable = true },
                };
                continue;
            }

            if (i + 1 == args.Length) throw new FormatException($"{name} is unknown or lacks its value.");
            string value = args[++i];
            options = name switch
            {
                "--endpoint" => options with { Endpoint = new Uri(value) },
                "--root" => options with { Root = value },
                "--count" => options with { Count = Number(name, value) },
                "--max-connections" => options with { MaxConnections = Number(name, value) },
                "--cpu" => options with { Cpu = int.Parse(value, CultureInfo.InvariantCulture) },
                "--warm-up" => options with { WarmUp = Number(name, value) },
                "--window" => options with { Window = Number(name, value) },
                "--plots" => options with { Plots = value },
                "--connections" => options with { Connections = Number(name, value) },
                "--client" when value is "apns" or "httpclient" or "latency" => options with { Client = value },
                "--key" => options with { Key = value },
                "--key-id" => options with { KeyId = value },
                "--team-id" => options with { TeamId = value },
                "--certificate" => options with { Certificate = value },
                "--topic" => options with { Topic = value },
                "--bench" => options with { Bench = value },
                "--runs" => options with { Runs = Number(name, value) },
                "--kills" => options with { Kills = Number(name, value) },
                "--go-on" => options with { GoOn = Number(name, value) },
                "--journal" => options with { Journal = value },
                "--payload" => options with { Payload = value },
                _ => throw new FormatException($"{name} {value} is not understood."),
            };
        }

        return options;
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new FormatException($"{name} takes a whole number from 1, not '{value}'.");
}
