using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>A script that is killed (SIGKILL) at random instants and run again until it is done.</summary>
public sealed class JournalKillTests : IDisposable
{
    private const int Kills = 5;
    private const int Count = 3000;

    private const string Script = """
        $ErrorActionPreference = 'Stop'
        Import-Module '{0}'
        $null = Connect-Apns -KeyPath key.p8 -KeyId EMULATOR01 -TeamId TEAM000001 -Endpoint localhost:{1} -TrustedRoot root.pem -Topic com.example.app
        Get-Content tokens.txt | Send-ApnsNotification -Alert Hi -Journal run.journal | Out-Null
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("apns-kill-").FullName;
    private readonly Engine _engine = new Engine().Connected("-Latency 00:00:00.020");
    private readonly Random _random = new(11);

    private long Accepted => _engine.Object("emulator").Accepted;

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Every_token_is_accounted_for_and_every_repetition_marked()
    {
        File.WriteAllText(Path.Combine(_folder, "key.p8"), _engine.Value<string>("$emulator.ExportSigningKey()"));
        File.WriteAllText(Path.Combine(_folder, "root.pem"), _engine.Value<string>("$emulator.RootCertificate.ExportCertificatePem()"));
        string[] tokens = [.. Engine.Tokens(Count), .. Engine.Tokens(100)];
        string script = Path.Combine(_folder, "send.ps1");
        File.WriteAllText(script, Script.Replace("{0}", StagedModule.Manifest, StringComparison.Ordinal).Replace("{1}", _engine.Value<string>("$emulator.Port"), StringComparison.Ordinal));
        var finished = new Dictionary<string, int>();
        int killed = 0;
        for (int run = 0; ; run++)
        {
            _random.Shuffle(tokens);
            File.WriteAllLines(Path.Combine(_folder, "tokens.txt"), tokens);
            using Process process = Start(script);
            using Timer watchdog = Processes.EndInTime(process);
            if (run < Kills && Kill(process)) killed++;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (run < Kills)
            {
                Note(finished);
                continue;
            }

            Assert.True(process.ExitCode == 0, errors);
            break;
        }

        Assert.True(killed > 0, "Nothing was killed.");
        Dictionary<string, int> received = Received();
        PSObject[] results = Results();
        Assert.Equal(tokens.Order(), results.Select(result => result.Text("Token")).Order());
        Assert.All(results, result => Assert.Equal("Delivered", result.Text("Outcome")));
        foreach (PSObject result in results)
        {
            int times = received[result.Text("ApnsId")!];
            Assert.True(times == 1 || result.Get<bool>("PossibleDuplicate"), $"It was delivered {times} times without a mark.");
        }

        Assert.Equal(received.Count, results.Length);
        Assert.NotEmpty(finished);
        Assert.All(finished, one => Assert.Equal(one.Value, received[one.Key]));
    }

    /// <summary>What the journal calls delivered must not be sent again, so that the emulator's count of it stays.</summary>
    private void Note(Dictionary<string, int> finished)
    {
        if (!File.Exists(Path.Combine(_folder, "run.journal"))) return;
        dynamic emulator = _engine.Object("emulator");
        Eventually.True(() => emulator.InFlight == 0, "what was under way is processed");
        Dictionary<string, int> received = Received();
        foreach (PSObject result in Results().Where(static r => r.Text("Outcome") == "Delivered"))
        {
            string id = result.Text("ApnsId")!;
            finished.TryAdd(id, received[id]);
        }
    }

    private PSObject[] Results() => [.. _engine.Output($"Get-ApnsJournal '{_folder}/run.journal' -Result")];

    private Dictionary<string, int> Received() => _engine.Received().GroupBy(r => r.Text("ApnsId")!).ToDictionary(group => group.Key, group => group.Count());

    /// <summary>Kills a run when it has sent a random part of the whole, if it does not end before.</summary>
    private bool Kill(Process process)
    {
        long until = Accepted + _random.Next(2 * Count / Kills);
        while (!process.HasExited && Accepted < until) Thread.Sleep(1);
        bool alive = !process.HasExited;
        process.Kill();
        return alive;
    }

    private Process Start(string script) => Process.Start(new ProcessStartInfo("dotnet", [Processes.Host, script])
    {
        WorkingDirectory = _folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
