using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Threading.Tasks;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>Updates or ends the Live Activities of all that are subscribed to channels; one result for each channel.</summary>
[Cmdlet(VerbsCommunications.Send, "ApnsBroadcast", DefaultParameterSetName = AlertSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ApnsBroadcastResult))]
public sealed class SendApnsBroadcastCommand : ContentCmdlet
{
    // Broadcasts under way at once; APNs fans them out, so their number is small.
    private const int Window = 100;

    private static readonly IReadOnlyDictionary<string, NotificationParameter> Parameters = NotificationParameter.Of(typeof(SendApnsBroadcastCommand));

    private readonly Queue<Task<ApnsBroadcastResult>> _underWay = new();
    private NotificationBinder? _binder;
    private int _sent;
    private int _failed;
    private string? _firstError;

    /// <summary>The channels' ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] ChannelId { get; set; } = [];

    /// <summary>The object that a channel's id was taken from, for script blocks and properties.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The app's bundle id, without a suffix; left out, the session's topic.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? BundleId { get; set; }

    /// <summary>The session to send through, or its name; left out, the runspace's default.</summary>
    [Parameter]
    [SessionTransformation]
    [ValidateNotNull]
    public ApnsSession? Session { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        ChooseSession(Session);
        _binder = MakeBinder(Parameters);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string channel in ChannelId)
        {
            if (!ShouldProcess(channel, "Send broadcast")) continue;
            _sent++;
            Send(channel);
            while (_underWay.Count >= Window || (_underWay.TryPeek(out Task<ApnsBroadcastResult>? first) && first.IsCompleted)) EmitFirst();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        while (_underWay.Count > 0 && !Stopping) EmitFirst();
        if (_failed == 0) return;
        WriteError(ErrorRecords.NotAllDelivered(string.Create(CultureInfo.InvariantCulture, $"{_failed:N0} of {_sent:N0} broadcasts were not taken. The first: {_firstError}")));
    }

    private void Send(string channel)
    {
        NotificationValues? values = null;
        try
        {
            ApnsSession session = ChooseSession(Session);
            values = _binder!.Bind(InputObject);
            ApnsBroadcast broadcast = values.ToBroadcast(ChooseBundleId(BundleId, session));
            broadcast.Validate();
            _underWay.Enqueue(session.Client.SendBroadcastAsync(channel, broadcast, StoppingToken));
        }
        catch (ApnsException e)
        {
            // What is wrong with the command line is wrong for every channel.
            if (ReferenceEquals(values, _binder!.Constant)) ThrowTerminatingError(e.ToErrorRecord(channel));
            Fail(e, channel);
        }
    }

    private void Fail(ApnsException error, string? channel)
    {
        _failed++;
        _firstError ??= error.Message;
        WriteError(error.ToErrorRecord(channel));
    }

    private void EmitFirst()
    {
        Task<ApnsBroadcastResult> first = _underWay.Dequeue();
        try
        {
            ApnsBroadcastResult result = first.GetAwaiter().GetResult();
            if (result.Outcome != ApnsOutcome.Delivered)
            {
                _failed++;
                _firstError ??= $"{result}. {result.Error}";
            }

            WriteObject(result);
        }
        catch (ApnsException e)
        {
            Fail(e, null);
        }
        catch (OperationCanceledException) when (Stopping)
        {
            // Ctrl+C: what was sent may still be delivered.
        }
    }
}
