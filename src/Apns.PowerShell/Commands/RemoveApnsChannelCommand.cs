using System.Management.Automation;

namespace Apns.PowerShell.Commands;

/// <summary>Deletes broadcast channels: their subscribers get nothing more.</summary>
[Cmdlet(VerbsCommon.Remove, "ApnsChannel", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveApnsChannelCommand : ApnsChannelCmdlet
{
    /// <summary>The channels' ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] ChannelId { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string id in ChannelId)
        {
            if (!ShouldProcess($"{id} of {App}", "Delete the broadcast channel")) continue;
            TryAsk(
                async channels =>
                {
                    await channels.DeleteAsync(App, id, StoppingToken).ConfigureAwait(false);
                    return true;
                },
                id,
                out bool _);
        }
    }
}
