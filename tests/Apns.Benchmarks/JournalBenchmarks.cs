using System;
using System.Globalization;
using System.IO;
using Apns.Client;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace Apns.Benchmarks;

/// <summary>What a journal adds to a notification, over a million of them: the look into the index, and all of it.</summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 2, iterationCount: 8)]
public class JournalBenchmarks
{
    private const int Inputs = 1_000_000;
    private const int InFlight = 1000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly JournalHash _hash = new();
    private readonly ApnsRequest[] _requests = new ApnsRequest[InFlight];
    private readonly ApnsResult _result = new() { Index = 0, Token = "", ApnsId = Guid.Empty, Outcome = ApnsOutcome.Delivered, Status = 200, Attempts = 1 };
    private readonly string[] _tokens = new string[Inputs];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        byte[] token = new byte[32];
        for (int i = 0; i < Inputs; i++)
        {
            random.NextBytes(token);
            _tokens[i] = Convert.ToHexStringLower(token);
        }

        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var credential = new ApnsKeyCredential(key.ExportPkcs8PrivateKeyPem(), "BENCHKEY01", "BENCHTEAM1");
        var template = RequestTemplate.Compile(new ApnsNotification { Payload = """{"aps":{"alert":"Hi"}}"""u8.ToArray() }, "com.example.app", credential);
        for (int i = 0; i < InFlight; i++) _requests[i] = new ApnsRequest { Template = template, ApnsId = Guid.NewGuid() };
    }

    [Benchmark(OperationsPerInvoke = Inputs)]
    public long Index()
    {
        var index = new JournalIndex();
        Span<byte> token = stackalloc byte[32];
        for (int i = 0; i < Inputs; i++)
        {
            DeviceToken.Read(_tokens[i], token);
            index.GetOrAdd(_hash.Of(token, 1, 0)).Set(JournalState.Seen, 1);
        }

        return index.Get(_hash.Of(token, 1, 0)).Value;
    }

    /// <summary>With a thousand in flight, as with one connection: each is begun, released, and ended.</summary>
    [Benchmark(OperationsPerInvoke = Inputs)]
    public long Journal()
    {
        long released = 0;
        using (BatchJournal journal = BatchJournal.Open(new ApnsJournalOptions { Path = _path }, _requests[0].Template, null, _ => released++))
        {
            for (int i = 0; i < Inputs; i++)
            {
                ApnsRequest request = _requests[i % InFlight];
                if (i >= InFlight) journal.End(request, _result);
                request.Token = _tokens[i];
                request.TakenAt = MonotonicClock.Now;
                if (journal.Recall(request) != JournalVerdict.Send) throw new InvalidOperationException("It should be new.");
                journal.Begin(request);
            }
        }

        File.Delete(_path);
        return released == Inputs ? released : throw new InvalidOperationException($"{released.ToString(CultureInfo.InvariantCulture)} were released.");
    }
}
