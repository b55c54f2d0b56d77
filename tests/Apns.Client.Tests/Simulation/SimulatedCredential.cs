using System;
using System.Text;

namespace Apns.Client.Tests.Simulation;

/// <summary>A credential whose provider tokens are the same in each run, as real signatures are not: a seed replays to the byte.</summary>
internal sealed class SimulatedCredential : ApnsCredential
{
    private int _issued;

    internal override ProviderToken IssueProviderToken(DateTimeOffset now) => new(Encoding.ASCII.GetBytes($"bearer simulated.{++_issued:d4}.{new string('x', 150)}"), now);

    protected override void Dispose(bool disposing)
    {
    }
}
