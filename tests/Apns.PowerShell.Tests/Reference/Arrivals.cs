using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests.Reference;

/// <summary>Sends by the cmdlets and shows what arrives, byte by byte.</summary>
internal static class Arrivals
{
    extension(Engine engine)
    {
        /// <summary>Sends to one token, which must be delivered, and gives what arrived.</summary>
        public PSObject Arrival(string parameters)
        {
            engine.Run("$emulator.ClearReceived()").Clean();
            PSObject result = Assert.Single(engine.Output($"$t | Send-ApnsNotification {parameters}"));
            Assert.Equal("Delivered", result.Text("Outcome"));
            PSObject received = Assert.Single(engine.Received());
            Assert.Empty((IEnumerable<string>)received.Get("PayloadProblems")!);
            return received;
        }
    }

    /// <summary>The headers that arrived, in their order, without those that every request has or that differ each time.</summary>
    public static string OwnHeaders(this PSObject received) => string.Join(
        "; ",
        ((IReadOnlyDictionary<string, string>)received.Get("Headers")!)
            .Where(static h => h.Key is not (":method" or ":scheme" or ":authority" or ":path" or "authorization" or "apns-id" or "apns-request-id"))
            .Select(static h => $"{h.Key}: {h.Value}"));

    public static string Header(this PSObject received, string name) => ((IReadOnlyDictionary<string, string>)received.Get("Headers")!)[name];
}
