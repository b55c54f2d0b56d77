using System;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Clients that go away while answers are held back for them: no concern of the emulator or of others.</summary>
public class VanishingClientTests
{
    [Fact]
    public async Task Clients_that_vanish_before_their_answers_leave_the_emulator_unharmed()
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Latency = TimeSpan.FromMilliseconds(3) });
        for (int i = 0; i < 60; i++)
        {
            using RawClient client = RawClient.Greet(emulator, certificate);
            for (int stream = 0; stream < 100; stream++) client.Request((2 * stream) + 1, Push.To(Push.NumberedToken(stream)));
            client.Flush();
        }

        // The connections' threads ended by themselves, and another client is served.
        using Stranger other = Stranger.WithToken(emulator);
        Assert.Equal(200, (await other.SendAsync(Push.To(Push.Token))).Status);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (emulator.Connections > 1) await Task.Delay(5, patience.Token);
    }
}
