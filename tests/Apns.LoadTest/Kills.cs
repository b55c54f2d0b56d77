using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Apns.Client;
using Apns.Emulator;

namespace Apns.LoadTest;

/// <summary>
/// Kills a process that sends with a journal, at random instants, and starts it again until all is sent. Then every token
/// must have its one result, and every notification that the emulator got twice its mark.
/// </summary>
internal sealed class Kills : IDisposable
{
    // Enough for what arrives between two looks.
    private const int Kept = 200_000;

    private readonly ApnsEmulator _emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Keep = Kept, Latency = TimeSpan.FromMilliseconds(10) });
    private readonly string _folder = Directory.CreateTempSubdirectory("apns-kills-").FullName;
    private readonly Dictionary<Guid, int> _received = [];
    private readonly Random _random = new(1);
    private ReceivedNotification? _last;
    private volatile bool _over;

    private string Journal => Path.Combine(_folder, "run.journal");

    /// <summary>Runs it, and prints one JSON line.</summary>
    /// <returns>Whether all is as promised.</returns>
    public static bool Run(LoadOptions options)
    {
        using var kills = new Kills();
        return kills.RunAll(options);
    }

    public void Dispose()
    {
        _emulator.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool RunAll(LoadOptions options)
    {
        File.WriteAllText(Path.Combine(_folder, "root.pem"), _emulator.RootCertificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.p8"), _emulator.ExportSigningKey());
        var watch = Stopwatch.StartNew();
        var ledger = new Thread(Look);
        ledger.Start();
        int killed = 0;
        int code;
        for (int run = 0; ; run++)
        {
            using Process process = Start(options, run);
            if (run < options.Kills && Kill(process, 2 * options.Count / (options.Kills + 1))) killed++;
            process.WaitForExit();
            code = process.ExitCode;
            if (run >= options.Kills) break;
        }

        _over = true;
        ledger.Join();
        return Judge(options, killed, watch.Elapsed) && code == 0;
    }

    /// <summary>Kills a run once it has sent a random number; one in four while it starts.</summary>
    private bool Kill(Process process, int most)
    {
        if (_random.Next(4) == 0)
        {
            Thread.Sleep(_random.Next(1000));
        }
        else
        {
            long until = _emulator.Accepted + _random.Next(most);
            while (!process.HasExited && _emulator.Accepted < until) Thread.Sleep(1);
        }

        bool alive = !process.HasExited;
        process.Kill();
        return alive;
    }

    private Process Start(LoadOptions options, int run)
    {
        string program = Environment.ProcessPath!;
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(Kills).Assembly.Location] : [];
        string[] arguments =
        [
            .. self, "--go-on", $"{run + 1}", "--endpoint", $"https://{_emulator.Host}:{_emulator.Port}", "--root", Path.Combine(_folder, "root.pem"), "--key", Path.Combine(_folder, "key.p8"),
            "--key-id", ApnsEmulator.KeyId, "--team-id", ApnsEmulator.TeamId, "--count", options.Count.ToString(CultureInfo.InvariantCulture), "--journal", Journal,
        ];
        return Process.Start(program, options.Durable ? [.. arguments, "--durable"] : arguments);
    }

    /// <summary>Counts what arrives, by apns-id.</summary>
    private void Look()
    {
        bool last;
        do
        {
            last = _over;
            IReadOnlyList<ReceivedNotification> received = _emulator.GetReceived();
            int next = received.Count;
            while (next > 0 && !ReferenceEquals(received[next - 1], _last)) next--;
            if (next == 0 && received.Count >= Kept) throw new InvalidOperationException("More arrived than was looked at.");
            for (; next < received.Count; next++)
            {
                _last = received[next];
                var id = Guid.Parse(_last.ApnsId);
                _received[id] = _received.GetValueOrDefault(id) + 1;
            }

            Thread.Sleep(last ? 0 : 100);
        }
        while (!last);
    }

    private bool Judge(LoadOptions options, int killed, TimeSpan elapsed)
    {
        var tokens = new HashSet<string>(new Workload(options.Count, 1, [], stream: true).Tokens, StringComparer.Ordinal);
        int unmarked = 0, lost = 0, results = 0;
        foreach (ApnsResult result in ApnsJournal.ReadResults(Journal))
        {
            results++;
            int times = _received.GetValueOrDefault(result.ApnsId);
            if (times > 1 && !result.PossibleDuplicate) unmarked++;
            if (times == 0 || result.Outcome != ApnsOutcome.Delivered || !tokens.Remove(result.Token)) lost++;
        }

        ApnsJournalSummary summary = ApnsJournal.Read(Journal);
        int repeated = _received.Values.Count(static times => times > 1);
        bool held = unmarked == 0 && lost == 0 && results == options.Count && tokens.Count == 0 && _received.Count == options.Count && summary.Unfinished == 0;
        Console.WriteLine(FormattableString.Invariant(
            $$"""{"kills":{{killed}},"count":{{options.Count}},"delivered":{{summary.Delivered}},"unaccounted":{{tokens.Count + lost}},"repeated":{{repeated}},"marked":{{summary.PossibleDuplicates}},"repeated_unmarked":{{unmarked}},"runs":{{summary.Runs}},"journal_bytes_per_input":{{(double)new FileInfo(Journal).Length / options.Count:0.0}},"wall_s":{{elapsed.TotalSeconds:0.0}},"held":{{(held ? "true" : "false")}}}"""));
        return held;
    }
}
