using System;
using System.Globalization;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>Connects to APNs and makes the session the runspace's default.</summary>
[Cmdlet(VerbsCommunications.Connect, "Apns", DefaultParameterSetName = KeySet)]
[OutputType(typeof(ApnsSession))]
public sealed class ConnectApnsCommand : ApnsConnectionCmdlet
{
    private const string SimulatorSet = "Simulator";

    /// <summary>A simulator of Xcode on this Mac to push to instead of Apple: its UDID or name, or booted.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SimulatorSet)]
    [ValidateNotNullOrEmpty]
    public string? Simulator { get; set; }

    /// <summary>The server that manages broadcast channels, where -Endpoint is not Apple's: host, host:port, or https://host:port.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Parameter(ParameterSetName = KeyTextSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateStoreSet)]
    [ValidateNotNullOrEmpty]
    public string? ManagementEndpoint { get; set; }

    /// <summary>Connections to keep while there is work; their number, unless -MaxConnections is given too.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int? Connections { get; set; }

    /// <summary>Connections to grow to while notifications wait.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int? MaxConnections { get; set; }

    /// <summary>What happens to a notification whose connection was lost before its answer.</summary>
    [Parameter]
    public ApnsDelivery Delivery { get; set; } = ApnsDelivery.AtLeastOnce;

    /// <summary>A name for the session.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        RunspaceResources resources = RunspaceResources.Current;
        if (Name is not null && resources.FindSession(Name) is { } taken)
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument("SessionNameTaken", $"There is already a session named '{Name}'. Choose another name, or disconnect it first.", taken));
        }

        if (Simulator is not null) RefuseWithSimulator(nameof(Connections), nameof(MaxConnections), nameof(Delivery));
        if (ConnectionNumbers.Check(Connections, MaxConnections) is { } wrong) ThrowTerminatingError(wrong);
        object? target = Simulator;
        ApnsCredential? credential = null;
        using var trace = new ConnectionTrace(this);
        try
        {
            ApnsClient client;
            if (Simulator is not null)
            {
                client = ApnsClient.ConnectSimulatorAsync(Simulator, Topic, TimeSpan.FromSeconds(TimeoutSec), StoppingToken).GetAwaiter().GetResult();
            }
            else
            {
                ApnsEndpoint endpoint = ChooseEndpoint();
                target = endpoint;
                credential = ReadCredential();
                if (ExpiryWarning.For(credential, DateTimeOffset.UtcNow) is { } warning) WriteWarning(warning);
                WriteVerbose($"Connecting to {endpoint} with {credential}.");
                client = Connect(endpoint, credential);
            }

            // From here on the runspace ends it, whatever happens: to write anything may throw.
            var session = new ApnsSession(Name ?? resources.NextSessionName(), Simulator is null ? EnvironmentName : "Simulator", client);
            credential = null;
            resources.Add(session);
            foreach (ApnsConnectionInfo connection in client.GetConnections())
            {
                WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"Connection {connection.Number} to {connection.RemoteEndPoint} is {connection.State}, with a stream limit of {connection.StreamLimit:N0}."));
            }

            WriteObject(session);
        }
        catch (ApnsException e)
        {
            ThrowTerminatingError(e.ToErrorRecord(target));
        }
        catch (OperationCanceledException) when (Stopping)
        {
            // Ctrl+C while connecting: nothing was made, nothing is left.
        }
        finally
        {
            credential?.Dispose();
            trace.Write();
        }
    }

    /// <summary>Pushes to a simulator go through a program, without connections: what is about these would do nothing.</summary>
    private void RefuseWithSimulator(params ReadOnlySpan<string> parameters)
    {
        foreach (string parameter in parameters)
        {
            if (MyInvocation.BoundParameters.ContainsKey(parameter)) ThrowTerminatingError(ErrorRecords.Conflict("-Simulator", $"-{parameter}"));
        }
    }

    private ApnsEndpoint? ChooseManagementEndpoint() =>
        ParameterSetName == EmulatorSet ? new ApnsEndpoint(Emulator!.Host, Emulator.ManagementPort)
        : ManagementEndpoint is null ? null
        : ParseEndpoint(ManagementEndpoint);

    private ApnsClient Connect(ApnsEndpoint endpoint, ApnsCredential credential)
    {
        ApnsClientOptions options = BuildOptions(endpoint, credential) with
        {
            ManagementEndpoint = ChooseManagementEndpoint(),
            Connections = Connections,
            MaxConnections = MaxConnections,
            Delivery = Delivery,
        };
        return ApnsClient.ConnectAsync(options, StoppingToken).GetAwaiter().GetResult();
    }
}
