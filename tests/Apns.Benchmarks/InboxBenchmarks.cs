using System;
using Apns.Client;
using BenchmarkDotNet.Attributes;

namespace Apns.Benchmarks;

/// <summary>
/// The way into a batch and out of it without a connection: a token is checked, its request refused as the batch is
/// stopped, handed over by the inbox, and made a result.
/// </summary>
[MemoryDiagnoser]
public class InboxBenchmarks
{
    private const int Requests = 100;

    private readonly string _token = new('a', 64);
    private readonly ApnsNotification _notification = new() { Payload = """{"aps":{"alert":"Hi"}}"""u8.ToArray() };
    private ApnsBatch _batch = null!;

    [GlobalSetup]
    public void Setup()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var options = new ApnsClientOptions
        {
            Credential = new ApnsKeyCredential(key.ExportPkcs8PrivateKeyPem(), "BENCHKEY01", "BENCHTEAM1"),
            Endpoint = new ApnsEndpoint("localhost", 443),
            Topic = "com.example.app",
        };
        var pool = new ApnsConnectionPool(options.Endpoint, new PoolOptions(), static (_, _) => throw new InvalidOperationException("Nothing is sent."));
        _batch = new ApnsClient(options, pool).StartBatch();
        _batch.Stop();
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public int HandOver()
    {
        for (int i = 0; i < Requests; i++) _batch.Add(_token, _notification);
        int taken = 0;
        while (_batch.TryTake(out _)) taken++;
        return taken == Requests ? taken : throw new InvalidOperationException($"{taken} results came of {Requests} requests.");
    }
}
