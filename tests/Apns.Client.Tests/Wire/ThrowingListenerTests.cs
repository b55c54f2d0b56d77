using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>Who listens to the engine's figures does so on its threads; what he throws is his own affair.</summary>
public class ThrowingListenerTests
{
    [Fact]
    public async Task What_a_listener_throws_costs_no_result_and_no_connection()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        int thrown = 0;
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == ApnsTelemetry.Name) listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>((_, _, tags, _) => Throw(tags.ToArray()));
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) => Throw(tags.ToArray()));
        meters.Start();
        using var activities = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == ApnsTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => Throw(activity.TagObjects),
            ActivityStopped = activity => Throw(activity.TagObjects),
        };
        ActivitySource.AddActivityListener(activities);

        await using (ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator)))
        {
            Assert.Equal(ApnsOutcome.Delivered, (await client.SendAsync(1).Soon()).Outcome);
            using (ApnsBatch batch = client.StartBatch())
            {
                Assert.All(batch.Send(Enumerable.Range(0, 500).Select(Samples.Token), Samples.Notification()), result => Assert.Equal(ApnsOutcome.Delivered, result.Outcome));
            }

            await client.CloseAsync();
        }

        Assert.InRange(thrown, 502, int.MaxValue);

        void Throw(IEnumerable<KeyValuePair<string, object?>> tags)
        {
            if (!tags.Any(tag => tag.Key == "server.port" && tag.Value is int port && port == emulator.Port)) return;
            System.Threading.Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("A listener's fault.");
        }
    }
}
