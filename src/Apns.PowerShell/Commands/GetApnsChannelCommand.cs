using System.Collections.Generic;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>Asks for broadcast channels: those named, with their policies, or all of an app, by id only.</summary>
[Cmdlet(VerbsCommon.Get, "ApnsChannel")]
[OutputType(typeof(ApnsChannel))]
public sealed class GetApnsChannelCommand : ApnsChannelCmdlet
{
    /// <summary>The channels' ids; left out, all of the app are listed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[]? ChannelId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ChannelId is null)
        {
            if (TryAsk(channels => channels.ListAsync(App, StoppingToken), App, out IReadOnlyList<ApnsChannel>? all)) WriteObject(all, enumerateCollection: true);
            return;
        }

        foreach (string id in ChannelId)
        {
            if (TryAsk(channels => channels.GetAsync(App, id, StoppingToken), id, out ApnsChannel? channel)) WriteObject(channel);
        }
    }
}
