using System;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>
/// Tests a connection step by step, from the name of the server to the credential and the clock, and says what to do
/// about a step that fails. A step that fails is no error.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "ApnsConnection", DefaultParameterSetName = SessionSet)]
[OutputType(typeof(ApnsConnectionTest), typeof(bool))]
public sealed class TestApnsConnectionCommand : ApnsConnectionCmdlet
{
    private const string SessionSet = "Session";

    /// <summary>A session, or its name: what it was connected with is tested, over a connection of its own. Left out, the runspace's default.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = SessionSet)]
    [SessionTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public ApnsSession? Session { get; set; }

    /// <summary>Only whether no step failed.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == SessionSet)
        {
            if (Session is null && RunspaceResources.Current.DefaultSession is null) ThrowTerminatingError(ErrorRecords.NothingToTest);
            Test(OptionsOf(ChooseSession(Session)));
            return;
        }

        ApnsEndpoint endpoint = ChooseEndpoint();
        ApnsCredential? credential = null;
        try
        {
            credential = ReadCredential();
            Test(BuildOptions(endpoint, credential));
        }
        catch (ApnsException e)
        {
            ThrowTerminatingError(e.ToErrorRecord(endpoint));
        }
        finally
        {
            credential?.Dispose();
        }
    }

    private void Test(ApnsClientOptions options)
    {
        WriteVerbose($"Testing {options.Endpoint} with {options.Credential}.");
        try
        {
            ApnsConnectionTest test = ApnsClient.TestAsync(options, StoppingToken).GetAwaiter().GetResult();
            WriteObject(Quiet ? test.Succeeded : test);
        }
        catch (OperationCanceledException) when (Stopping)
        {
            // Ctrl+C: the test ends by itself.
        }
    }

    private ApnsClientOptions OptionsOf(ApnsSession session)
    {
        ApnsClientOptions options = session.Client.Options;
        if (options.Simulator is not null) ThrowTerminatingError(ErrorRecords.NotWithSimulator("Simulators are reached without a connection, so there is none to test; Connect-Apns looks for the simulator, and fails without it.", session));
        if (Topic is not null) options = options with { Topic = Topic };
        return MyInvocation.BoundParameters.ContainsKey(nameof(TimeoutSec)) ? WithTimeout(options) : options;
    }
}
