using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>Updates or ends the Live Activities of all that are subscribed to channels; one result for each channel.</summary>
[Cmdlet(VerbsCommunications.Send, "ApnsBroadcast", DefaultParameterSetName = AlertSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ApnsBroadcastResult))]
public sealed class SendApnsBroadcastCommand : ContentCmdlet
{
    // The app is no part of what is sent: it has a binder of its own, so that rows that only name apps are told from those that say more.
    private static readonly IReadOnlyDictionary<string, NotificationParameter> Contents = ParametersOf(isApp: false);
    private static readonly IReadOnlyDictionary<string, NotificationParameter> Apps = ParametersOf(isApp: true);

    private ApnsSession? _session;
    private NotificationBinder? _contents;
    private NotificationBinder? _apps;
    private InputReader? _inputs;
    private ApnsBroadcastBatch? _batch;
    private ApnsBroadcast? _broadcast;
    private bool _ownApp;
    private int _failed;
    private string? _firstError;

    /// <summary>
    /// The channels' ids, or a script block that finds them in each input; left out, they are the input, or its property
    /// ChannelId. To a blank or malformed one nothing is sent, and its result says so.
    /// </summary>
    [Parameter(Position = 0)]
    [AllowNull]
    public object? ChannelId { get; set; }

    /// <summary>The input: a channel's id, or an object that has one, for script blocks and properties.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The app's bundle id, without a suffix; left out, the session's topic.</summary>
    [Parameter]
    [NotificationValue(typeof(string))]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public object? BundleId { get; set; }

    /// <summary>The session to send through, or its name; left out, the runspace's default.</summary>
    [Parameter]
    [SessionTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public ApnsSession? Session { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _session = ChooseSession(Session);
        _contents = MakeBinder(Contents);
        _apps = MakeBinder(Apps);
        _inputs = new InputReader(ChooseRecipients(nameof(ChannelId), "ids"), InputChannel.Find, InputChannel.Read, Bind, Submit);
        try
        {
            _batch = _session.Client.StartBroadcasts(StoppingToken);
        }
        catch (ApnsException e)
        {
            ThrowTerminatingError(e.ToErrorRecord(_session));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (MyInvocation.ExpectingInput) _inputs!.TakeInput(InputObject);
        else _inputs!.TakeArgument(eachApart: _contents!.HasScripts || _apps!.HasScripts);
        while (_batch!.HasResult && !Stopping) EmitFirst();

        // Nothing that follows could be taken: results for all that was added, then the error.
        if (_batch.StopReason is not null) Finish();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Finish();
        if (_failed == 0) return;
        WriteError(ErrorRecords.NotAllDelivered(string.Create(CultureInfo.InvariantCulture, $"{_failed:N0} of {_batch!.Added:N0} broadcasts were not taken. The first: {_firstError}")));
    }

    private static Dictionary<string, NotificationParameter> ParametersOf(bool isApp)
    {
        var some = new Dictionary<string, NotificationParameter>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, NotificationParameter parameter) in NotificationParameter.Of(typeof(SendApnsBroadcastCommand)))
        {
            if (parameter.Name == nameof(BundleId) == isApp) some.Add(name, parameter);
        }

        return some;
    }

    /// <summary>Finds out what to send for the input at hand; gives back what is wrong with it, or null.</summary>
    private ApnsException? Bind(PSObject? input)
    {
        NotificationValues? content = null;
        try
        {
            NotificationValues app = _apps!.Bind(input);
            _ownApp = app.BundleId is not null && !ReferenceEquals(app, _apps.Constant);
            if ((app.BundleId ?? _session!.Topic) is not { } bundleId) return MissingApp(app);
            content = _contents!.Bind(input);
            _broadcast = content.ToBroadcast(bundleId);
            if (EndsPipeline(content)) (_ownApp ? _broadcast with { BundleId = "any" } : _broadcast).Validate();
            return null;
        }
        catch (ApnsException e)
        {
            if (EndsPipeline(content)) ThrowTerminatingError(e.ToErrorRecord(Payload ?? ContentState));
            return e;
        }
    }

    private ApnsException MissingApp(NotificationValues app)
    {
        ErrorRecord missing = ErrorRecords.MissingBundleId(_session!);
        if (EndsPipeline(app)) ThrowTerminatingError(missing);
        return new ApnsException(ApnsErrorKind.InvalidNotification, missing.Exception.Message) { Reason = ApnsReasons.MissingTopic };
    }

    /// <summary>
    /// Whether a fault of these values is an error that ends the pipeline: what is wrong with the command line alone is
    /// said at once, as long as no results are lost by it.
    /// </summary>
    private bool EndsPipeline(NotificationValues? values) =>
        (ReferenceEquals(values, _contents!.Constant) || ReferenceEquals(values, _apps!.Constant)) && _batch!.Added == 0;

    private void Submit(string? channel, ApnsException? wrong)
    {
        if (!ShouldProcess(channel ?? "", "Send broadcast")) return;
        while (_batch!.IsFull && !Stopping) EmitFirst();
        if (Stopping) return;
        if (wrong is null) _batch.Add(channel, _broadcast!, _ownApp);
        else _batch.AddInvalid(channel, wrong);
    }

    /// <summary>Waits for all that was added.</summary>
    private void Finish()
    {
        while (_batch!.UnderWay > 0 && !Stopping) EmitFirst();
        if (_batch.StopReason is { } reason) ThrowTerminatingError(reason.ToErrorRecord(_session));
    }

    private void EmitFirst()
    {
        ApnsBroadcastResult result;
        try
        {
            result = _batch!.TakeAsync().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (Stopping)
        {
            // Ctrl+C: what was sent may still be delivered.
            return;
        }

        if (result.Outcome != ApnsOutcome.Delivered)
        {
            _failed++;
            _firstError ??= $"{result}. {result.Error}";
        }

        WriteObject(result);
    }
}
