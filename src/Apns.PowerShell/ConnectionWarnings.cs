using System.Linq;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>Warns, while a batch runs, of what its results do not tell: APNs slows the sender down, or the clock is off. Each once.</summary>
internal sealed class ConnectionWarnings
{
    private readonly Cmdlet _cmdlet;
    private readonly ApnsClient _client;
    private readonly long _throttledBefore;
    private bool _toldOfThrottle;
    private bool _toldOfClock;

    public ConnectionWarnings(Cmdlet cmdlet, ApnsClient client)
    {
        _cmdlet = cmdlet;
        _client = client;
        _throttledBefore = client.GetStatistics().Throttled;
    }

    /// <summary>Looks, and warns; on the pipeline's thread.</summary>
    public void Look()
    {
        if (!_toldOfThrottle) LookForThrottle();
        if (!_toldOfClock) LookAtClock();
    }

    private void LookForThrottle()
    {
        if (_client.GetStatistics().Throttled == _throttledBefore) return;
        _toldOfThrottle = true;
        _cmdlet.WriteWarning("APNs slows this sender down: it lowered a connection's stream limit after it had rejected notifications. Take dead tokens out of the list (those of results with Advice Drop), and send no more than it takes with -RatePerSecond.");
    }

    private void LookAtClock()
    {
        if (_client.GetConnections().FirstOrDefault(static connection => connection.IsClockOff)?.ClockDifference is not { } difference) return;
        _toldOfClock = true;
        _cmdlet.WriteWarning($"The clock of this machine is {difference}, by that of the server. Set it right: APNs refuses provider tokens of another time, and -Expiration counts from it.");
    }
}
