using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Faults;

/// <summary>A batch sent to a server that misbehaves, and what both sides have to say about it.</summary>
internal sealed class FaultRun
{
    // For what is found out by nothing but silence.
    private static readonly ConnectionOptions Hasty = new() { ProbeAfterSilence = TimeSpan.FromMilliseconds(200), PingTimeout = TimeSpan.FromMilliseconds(200) };

    // A client's own pauses would make a test as long as themselves, and tell no more.
    private static readonly PoolOptions HastyPool = new()
    {
        FirstBackOff = TimeSpan.FromMilliseconds(20),
        FirstReconnect = TimeSpan.FromMilliseconds(5),
        LongestBackOff = TimeSpan.FromMilliseconds(200),
    };

    private readonly Dictionary<Guid, int> _accepted = [];

    private FaultRun(int count, List<ApnsResult> results, ApnsException? stopReason)
    {
        Count = count;
        Results = results;
        StopReason = stopReason;
    }

    /// <summary>Inputs.</summary>
    public int Count { get; }

    public List<ApnsResult> Results { get; }

    public ApnsException? StopReason { get; }

    /// <summary>A client that is as hasty as its fault allows.</summary>
    public static async Task<ApnsClient> ConnectAsync(
        ApnsEmulator emulator, FaultCase fault, int connections, Func<ApnsClientOptions, TlsConnector>? connector = null)
    {
        ApnsClientOptions options = Clients.Options(emulator) with { Proxy = emulator.Proxy is { } proxy ? ApnsProxy.At(proxy.ToString()) : ApnsProxy.None };
        TlsConnector tls = connector?.Invoke(options) ?? new TlsConnector(options);
        ConnectionOptions times = (fault.TakesSilence ? Hasty : new ConnectionOptions()) with { ConnectTimeout = fault.ConnectTimeout };
        var pool = new ApnsConnectionPool(
            options.Endpoint,
            HastyPool with { Connections = connections },
            (number, owner) => new ApnsConnection(options.Endpoint, tls, options.Credential, times, number, owner).Start());
        var client = new ApnsClient(options, pool);
        await pool.ConnectAsync().Soon();
        return client;
    }

    /// <summary>Sends; when it returns all connections are gone on both sides.</summary>
    /// <param name="emulator">The server, which keeps all that it gets; it is stopped.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="options">How the batch sends.</param>
    /// <param name="connections">How many connections to have.</param>
    /// <param name="connector">Makes the connections; null means in the usual way.</param>
    public static async Task<FaultRun> SendAsync(
        ApnsEmulator emulator, FaultCase fault, ApnsBatchOptions options, int connections, Func<ApnsClientOptions, TlsConnector>? connector = null)
    {
        FaultRun run;
        await using (ApnsClient client = await ConnectAsync(emulator, fault, connections, connector))
        {
            using ApnsBatch batch = client.StartBatch(options);
            List<ApnsResult> results = batch.Send(Enumerable.Range(0, fault.Count).Select(Samples.Token), Samples.Notification(fault.Payload));
            run = new FaultRun(fault.Count, results, batch.StopReason);
        }

        // One that was told to read no more does not notice that its client has gone.
        bool deaf = emulator.Options.Faults.Any(static fault => fault is { Kind: EmulatorFaultKind.StopReading, Duration: null });
        if (!deaf) await Eventually.True(() => emulator.Connections == 0, "the end of the connections");
        emulator.Dispose();
        await Eventually.True(() => emulator.Connections == 0, "the end of the server");
        run.ReadLedger(emulator);
        return run;
    }

    /// <summary>Whether what the results say is what the server did: each input once, and the truth about each.</summary>
    public void CheckTruth(ApnsDelivery delivery)
    {
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), Results.Select(result => result.Index).Order());
        foreach (ApnsResult result in Results)
        {
            int times = _accepted.GetValueOrDefault(result.ApnsId);
            bool right = result.Outcome switch
            {
                ApnsOutcome.Delivered => result.PossibleDuplicate ? times >= 1 : times == 1,
                ApnsOutcome.Rejected => result.PossibleDuplicate || times == 0,
                ApnsOutcome.NotSent => times == 0,
                _ => result.PossibleDuplicate || times <= 1,
            };
            right &= times <= 1 || delivery == ApnsDelivery.AtLeastOnce;
            Assert.True(right, $"{result}, processed {times} times, PossibleDuplicate {result.PossibleDuplicate}, {result.Attempts} attempts: {result.Error}");
        }
    }

    /// <summary>Whether nothing came of it but delivery, and what its fault may lead to.</summary>
    public void CheckOutcomes(FaultCase fault, ApnsDelivery delivery)
    {
        ApnsOutcome[] lost = fault.Loses && delivery == ApnsDelivery.AtMostOnce ? [ApnsOutcome.Unknown] : [];
        ApnsOutcome[] possible = [ApnsOutcome.Delivered, .. lost, .. fault.Also];
        List<ApnsResult> wrong = Results.FindAll(result => !possible.Contains(result.Outcome));
        Assert.True(wrong.Count == 0, $"{wrong.Count} went wrong, among them {wrong.FirstOrDefault()}: {wrong.FirstOrDefault()?.Error}");
        Assert.True(StopReason is null || fault.Also.Contains(ApnsOutcome.NotSent), StopReason?.Message);
    }

    private void ReadLedger(ApnsEmulator emulator)
    {
        foreach (ReceivedNotification received in emulator.GetReceived().Where(received => received.Status == 200))
        {
            var id = Guid.Parse(received.ApnsId);
            _accepted[id] = _accepted.GetValueOrDefault(id) + 1;
        }
    }
}
