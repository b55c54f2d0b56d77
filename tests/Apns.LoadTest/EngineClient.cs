using System;
using System.IO;
using System.Threading.Tasks;
using Apns.Client;

namespace Apns.LoadTest;

/// <summary>This engine, through its streaming bulk send.</summary>
internal static class EngineClient
{
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(10);

    public static async Task<ApnsClient> ConnectAsync(LoadOptions options, Target target)
    {
        ApnsCredential credential = options.Certificate is not null
            ? ApnsCertificateCredential.FromFile(options.Certificate)
            : ApnsKeyCredential.FromFile(target.Key!, target.KeyId, target.TeamId);
        return await ApnsClient.ConnectAsync(new ApnsClientOptions
        {
            Credential = credential,
            Endpoint = new ApnsEndpoint(target.Host, target.Port),
            TrustedRoots = target.Roots,
            Topic = options.Topic,
            Connections = options.MaxConnections is null ? options.Connections : null,
            MaxConnections = options.MaxConnections,
        });
    }

    /// <summary>Sends it all.</summary>
    /// <param name="client">Through what.</param>
    /// <param name="workload">What.</param>
    /// <param name="options">With the journal that these name, if they do.</param>
    public static Tally Run(ApnsClient client, Workload workload, LoadOptions options)
    {
        var notification = new ApnsNotification { Payload = workload.Payload, Priority = 10 };
        var tally = new Tally();
        var journal = options.Journal is null ? null : new ApnsJournalOptions { Path = options.Journal, Notification = notification, Durable = options.Durable };
        if (journal is not null && options.GoOn == 0) File.Delete(journal.Path);
        using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { Journal = journal });
        foreach (string token in workload.Tokens)
        {
            while (batch.IsFull)
            {
                batch.Wait(LongWait);
                Take(batch, tally);
            }

            batch.Add(token, notification);
        }

        while (batch.Taken < batch.Added)
        {
            batch.Wait(LongWait);
            Take(batch, tally);
        }

        return tally;
    }

    private static void Take(ApnsBatch batch, Tally tally)
    {
        while (batch.TryTake(out ApnsResult? result))
        {
            if (result.Outcome == ApnsOutcome.Delivered) tally.Delivered++;
            else if (result.Outcome == ApnsOutcome.Rejected) tally.Rejected++;
            else tally.Unknown++;
            if (result.ApnsId != default) tally.Ids++;
        }
    }
}
