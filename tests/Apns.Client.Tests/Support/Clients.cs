using System;
using System.Collections.Generic;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>Clients for servers on this machine.</summary>
internal static class Clients
{
    /// <summary>Options for a server with a certificate of <see cref="TestCertificates.Shared"/>.</summary>
    public static ApnsClientOptions Options(ApnsEndpoint endpoint, ApnsCredential? credential = null) => new()
    {
        Credential = credential ?? Samples.Certificate,
        Endpoint = endpoint,
        TrustedRoots = TestCertificates.Shared.Roots,
        Topic = Samples.Topic,
        ConnectTimeout = Eventually.Patience,
        Timeout = Eventually.Patience,
    };

    public static ApnsClientOptions Options(ApnsEmulator emulator) => new()
    {
        Credential = new ApnsKeyCredential(emulator.ExportSigningKey(), ApnsEmulator.KeyId, ApnsEmulator.TeamId),
        Endpoint = new ApnsEndpoint(emulator.Host, emulator.Port),
        TrustedRoots = [X509CertificateLoader.LoadCertificate(emulator.RootCertificate.RawData)],
        Topic = Samples.Topic,
        ConnectTimeout = Eventually.Patience,
        Timeout = Eventually.Patience,
    };

    public static Task<ApnsClient> ConnectAsync(ApnsClientOptions options) => ApnsClient.ConnectAsync(options, TestContext.Current.CancellationToken).Soon();

    public static async Task<ApnsException> FailToConnectAsync(ApnsClientOptions options) =>
        await Assert.ThrowsAsync<ApnsException>(() => ConnectAsync(options));

    public static Task<ApnsResult> SendAsync(this ApnsClient client, int token, ApnsNotification? notification = null) =>
        client.SendAsync(Samples.Token(token), notification ?? Samples.Notification(), TestContext.Current.CancellationToken).Soon();

    /// <summary>Takes what the batch has until all added are taken; it must get there in reasonable time.</summary>
    public static List<ApnsResult> TakeAll(this ApnsBatch batch)
    {
        var results = new List<ApnsResult>();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (batch.Taken < batch.Added)
        {
            batch.Wait(TimeSpan.FromSeconds(1));
            while (batch.TryTake(out ApnsResult? result)) results.Add(result);
            Assert.True(watch.Elapsed < Eventually.Patience, $"{batch.Added - batch.Taken} results are missing");
        }

        return results;
    }

    /// <summary>Sends a notification to many tokens and gives the results as they came.</summary>
    public static List<ApnsResult> Send(this ApnsBatch batch, IEnumerable<string?> tokens, ApnsNotification notification)
    {
        var results = new List<ApnsResult>();
        foreach (string? token in tokens)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            while (batch.IsFull)
            {
                batch.Wait(Eventually.Patience);
                while (batch.TryTake(out ApnsResult? result)) results.Add(result);
                Assert.True(watch.Elapsed < Eventually.Patience, "no result in time");
            }

            batch.Add(token, notification);
        }

        results.AddRange(batch.TakeAll());
        return results;
    }
}
