using System;
using System.Globalization;
using System.Threading.Tasks;
using Apns.Emulator;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>Errors and reports are English, and so are the numbers in them, whatever the culture.</summary>
public class CultureTests
{
    [Fact]
    public void Numbers_of_a_payload()
    {
        Assert.Contains("The volume is 1.5;", Refusal(new ApnsPayload { Critical = true, Volume = 1.5 }), StringComparison.Ordinal);
        Assert.Contains("The relevance-score is 1.5;", Refusal(new ApnsPayload { Alert = "x", RelevanceScore = 1.5 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_of_a_connection()
    {
        EngineHarness harness = EngineHarness.Active(options: new ConnectionOptions { PingTimeout = TimeSpan.FromSeconds(1.5) });
        harness.Post();
        harness.Pump();
        InGerman(() =>
        {
            for (int i = 0; i < 20; i++) harness.Advance(TimeSpan.FromSeconds(1));
        });
        Assert.Equal("The server did not answer a PING within 1.5 s.", harness.Engine.CloseReason!.Message);
    }

    [Fact]
    public void Times_of_a_report()
    {
        var report = new ConnectionReport(Clients.Options(new ApnsEndpoint("api.example", 443), Samples.Key), 0);
        report.Begin(ApnsTestStep.Dns, 0);
        InGerman(() => report.Close(TimeSpan.FromSeconds(2.5).Ticks));
        Assert.Equal("No end within 2.5 s.", report.Build().Steps[0].Detail);
    }

    [Fact]
    public async Task Ranges_of_options()
    {
        using ApnsEmulator emulator = ApnsEmulator.Start();
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(emulator));
        InGerman(() =>
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => client.StartBatch(new ApnsBatchOptions { RatePerSecond = -1 }));
            Assert.Contains("from 0.001 to 1000000.", error.Message, StringComparison.Ordinal);
        });
    }

    private static string Refusal(ApnsPayload payload)
    {
        string message = "";
        InGerman(() => message = Assert.Throws<ApnsException>(() => payload.ToUtf8Json(ApnsPushType.Alert)).Message);
        return message;
    }

    private static void InGerman(Action act)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            act();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
