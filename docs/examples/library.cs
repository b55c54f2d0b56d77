#!/usr/bin/env dotnet
#:project ../../src/Apns.Client/Apns.Client.csproj
#:project ../../src/Apns.Emulator/Apns.Emulator.csproj

// The engine from C#, without PowerShell: dotnet run docs/examples/library.cs
// It connects to an emulator in this process, so it needs no account; for Apple take the lines in comments instead.

using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;
using Apns.Client;
using Apns.Emulator;

using ApnsEmulator emulator = ApnsEmulator.Start();

// using var credential = ApnsKeyCredential.FromFile("AuthKey_ABC123DEFG.p8", "ABC123DEFG", "DEF123GHIJ");
using var credential = new ApnsKeyCredential(emulator.ExportSigningKey(), ApnsEmulator.KeyId, ApnsEmulator.TeamId);
await using ApnsClient client = await ApnsClient.ConnectAsync(new ApnsClientOptions
{
    Credential = credential,

    // Endpoint = ApnsEndpoint.For(ApnsEnvironment.Production),
    Endpoint = new ApnsEndpoint(emulator.Host, emulator.Port),
    TrustedRoots = [emulator.RootCertificate],
    Topic = "com.example.app",
});

// What OpenTelemetry would pick up by .AddMeter("Apns") and .AddSource("Apns").
var measured = new Dictionary<string, long>();
using var listener = new MeterListener();
listener.InstrumentPublished = (instrument, it) =>
{
    if (instrument.Meter.Name == "Apns") it.EnableMeasurementEvents(instrument);
};
listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
{
    lock (measured) measured[instrument.Name] = measured.GetValueOrDefault(instrument.Name) + value;
});
listener.Start();

// One notification to one device.
var hello = new ApnsNotification { Payload = new ApnsPayload { Title = "Hello", Body = "Hi there", Badge = 1 }.ToUtf8Json(ApnsPushType.Alert) };
ApnsResult one = await client.SendAsync(new string('a', 64), hello);
Console.WriteLine(one);

// The same to many, as fast as the connection allows: inputs go in while results come out, one for each.
using ApnsBatch batch = client.StartBatch(new ApnsBatchOptions { Deadline = DateTimeOffset.UtcNow.AddMinutes(5) });
int delivered = 0;
foreach (string token in Enumerable.Range(1, 10_000).Select(static number => $"{number:x64}"))
{
    while (batch.IsFull) Take(TimeSpan.FromSeconds(1));
    batch.Add(token, hello);
}

while (batch.Taken < batch.Added) Take(TimeSpan.FromSeconds(1));

await client.CloseAsync();
lock (measured)
{
    Console.WriteLine($"{delivered:N0} of {batch.Added:N0} delivered; the meter Apns told of {string.Join(", ", measured.Keys.Order())}.");
}

return one.Outcome == ApnsOutcome.Delivered && delivered == batch.Added ? 0 : 1;

void Take(TimeSpan patience)
{
    batch.Wait(patience);
    while (batch.TryTake(out ApnsResult? result))
    {
        if (result.Outcome == ApnsOutcome.Delivered) delivered++;
        else Console.WriteLine($"{result.Index}: {result}. {result.Error}");
    }
}
