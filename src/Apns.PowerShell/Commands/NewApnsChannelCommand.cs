using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>Makes a broadcast channel for an app's Live Activities.</summary>
[Cmdlet(VerbsCommon.New, "ApnsChannel", SupportsShouldProcess = true)]
[OutputType(typeof(ApnsChannel))]
public sealed class NewApnsChannelCommand : ApnsChannelCmdlet
{
    /// <summary>What the channel keeps for devices that are offline; it cannot be changed later.</summary>
    [Parameter(Position = 0)]
    public ApnsMessageStoragePolicy MessageStoragePolicy { get; set; } = ApnsMessageStoragePolicy.None;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(App, "Create a broadcast channel")) return;
        if (TryAsk(channels => channels.CreateAsync(App, MessageStoragePolicy, StoppingToken), App, out ApnsChannel? channel)) WriteObject(channel);
    }
}
