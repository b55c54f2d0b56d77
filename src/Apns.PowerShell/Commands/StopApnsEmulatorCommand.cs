using System.Management.Automation;
using System.Net;
using Apns.Emulator;

namespace Apns.PowerShell.Commands;

/// <summary>Stops emulators. Stopping twice does no harm.</summary>
[Cmdlet(VerbsLifecycle.Stop, "ApnsEmulator", SupportsShouldProcess = true)]
public sealed class StopApnsEmulatorCommand : ApnsCmdlet
{
    /// <summary>The emulators; left out, all of this runspace.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public ApnsEmulator[]? Emulator { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (ApnsEmulator emulator in Emulator ?? RunspaceResources.Current.Emulators)
        {
            if (ShouldProcess($"{new IPEndPoint(emulator.Options.Address, emulator.Port)}", "Stop the APNs emulator")) emulator.Dispose();
        }
    }
}
