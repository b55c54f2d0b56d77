using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>
/// Sends a notification to each token of the pipeline and emits one result for each, as they come, while input still
/// goes in. At most a window of notifications is outstanding, whatever the number of tokens.
/// </summary>
[Cmdlet(VerbsCommunications.Send, "ApnsNotification", DefaultParameterSetName = AlertSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ApnsResult))]
public sealed class SendApnsNotificationCommand : NotificationCmdlet
{
    private const string NotificationSet = "Notification";

    private static readonly IReadOnlyDictionary<string, NotificationParameter> Parameters = NotificationParameter.Of(typeof(SendApnsNotificationCommand));

    // What is in flight when the pipeline is stopped or broken off gets this long to be answered.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private ApnsSession? _session;
    private NotificationBinder? _binder;
    private InputReader? _inputs;
    private NotificationValues? _values;
    private ApnsNotification? _notification;
    private ApnsBatch? _batch;
    private BatchProgress? _progress;
    private ConnectionWarnings? _warnings;
    private ConnectionTrace? _trace;
    private BatchSummary? _summary;
    private bool _asks;
    private bool _oneForAll;

    /// <summary>
    /// The device tokens in hexadecimal or as bytes, or a script block that finds them in each input; left out, they are the
    /// input, or its property Token or DeviceToken. To a blank or malformed one nothing is sent, and its result says so.
    /// </summary>
    [Parameter(Position = 0)]
    [Alias("DeviceToken")]
    [AllowNull]
    public object? Token { get; set; }

    /// <summary>The input: a token, or an object that has one, for the result and for script blocks.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>What to send, as New-ApnsNotification or a result holds it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NotificationSet)]
    [NotificationValue(typeof(ApnsNotification))]
    public object? Notification { get; set; }

    /// <summary>The apns-id to send, a UUID; left out, each notification gets its own.</summary>
    [Parameter]
    [NotificationValue(typeof(Guid))]
    public object? ApnsId { get; set; }

    /// <summary>The session to send through, or its name; left out, the runspace's default.</summary>
    [Parameter]
    [SessionTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public ApnsSession? Session { get; set; }

    /// <summary>Seconds that each notification may take from being taken in to its answer; left out, the session's.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int? TimeoutSec { get; set; }

    /// <summary>When all has to be over: a date, a time span from now, or Unix seconds. What has no answer by then has a result that says so.</summary>
    [Parameter]
    [MomentTransformation]
    public DateTimeOffset? Deadline { get; set; }

    /// <summary>What happens to a notification whose connection was lost before its answer; left out, what the session says.</summary>
    [Parameter]
    public ApnsDelivery? Delivery { get; set; }

    /// <summary>Notifications a second at most, evenly and not in bursts.</summary>
    [Parameter]
    [ValidateRange(ApnsBatchOptions.MinRatePerSecond, ApnsBatchOptions.MaxRatePerSecond)]
    public double? RatePerSecond { get; set; }

    /// <summary>Goes on although the first 50 answers are all BadDeviceToken, the sign of the wrong environment.</summary>
    [Parameter]
    public SwitchParameter SkipEnvironmentCheck { get; set; }

    /// <summary>How many tokens there will be, for a percentage in the progress.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? TotalCount { get; set; }

    /// <summary>A file of what happens to each input, with which a run that was cut off goes on when it is sent again.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Journal { get; set; }

    /// <summary>Flushes the journal to the disk before what it tells of leaves, for power cuts.</summary>
    [Parameter]
    public SwitchParameter Durable { get; set; }

    /// <summary>Emits the results of inputs that the journal says are finished, too.</summary>
    [Parameter]
    public SwitchParameter IncludeSkipped { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _session = ChooseSession(Session);
        if (Deadline is { } deadline && Moment.Doubt(deadline) is { } doubt) ThrowTerminatingError(ErrorRecords.InvalidArgument("InvalidDeadline", $"Deadline: {doubt}", Deadline));
        _trace = new ConnectionTrace(this);
        _trace.Follow(_session);
        _binder = MakeBinder(Parameters);
        _inputs = new InputReader(ChooseRecipients(nameof(Token), "tokens"), InputToken.Find, InputToken.Read, Bind, Submit);

        _oneForAll = ScriptValues.Unwrap(Token) is not (null or ScriptBlock) && !_binder.HasScripts;

        // Without input by the pipeline all is known, and said before anything is sent.
        if (!MyInvocation.ExpectingInput && !_binder.HasScripts) Bind(null);
        _asks = MustAsk();
        _summary = new BatchSummary();
        _warnings = new ConnectionWarnings(this, _session.Client);
        _progress = new BatchProgress(this, _session, _summary, TotalCount ?? CountArguments());
        _batch = StartBatch(new ApnsBatchOptions
        {
            Timeout = TimeoutSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Deadline = Deadline,
            Delivery = Delivery,
            RatePerSecond = RatePerSecond,
            CheckEnvironment = !SkipEnvironmentCheck,
            OneTopic = _binder.Constant.Topic is not null,
            Journal = MakeJournal(),
        });
        if (_batch.JournalBytesCut > 0) WriteWarning($"The run before ended while it wrote the journal, and its last {_batch.JournalBytesCut} bytes were cut off. What they began had not been sent; of what they ended nothing is known, so it is unfinished.");
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // The pipeline's tokens would be left out without a word. An object may have columns that make a difference.
        if (_oneForAll && MyInvocation.ExpectingInput && InputOf(InputObject) is null) ThrowTerminatingError(ErrorRecords.TokenBesideInput);
        if (MyInvocation.ExpectingInput) _inputs!.TakeInput(InputObject);
        else _inputs!.TakeArgument(eachApart: _binder!.HasScripts);
        Drain();

        // Nothing that follows could be delivered: results for all that was taken in, then the error.
        if (_batch!.StopReason is not null) Finish();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Finish();
        if (_batch!.Skipped > 0) WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"{_batch.Skipped:N0} of {_batch.Added:N0} inputs were skipped, as the journal says that they are finished."));
        if (_batch.Added > 0 && _batch.Skipped == _batch.Added && !IncludeSkipped) WriteWarning(string.Create(CultureInfo.InvariantCulture, $"Nothing was sent: by the journal all {_batch.Added:N0} inputs are finished. -IncludeSkipped puts out their results."));
        if (_summary!.Describe() is { } problems) WriteError(ErrorRecords.NotAllDelivered(problems));
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        base.StopProcessing();
        _batch?.Stop();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The end that always comes: after the last record, after Ctrl+C, Select-Object -First, or a throw downstream.
        if (disposing && _batch is { } batch)
        {
            batch.Stop();
            long until = Environment.TickCount64 + (long)Grace.TotalMilliseconds;
            while (batch.Taken < batch.Added && Environment.TickCount64 < until)
            {
                batch.Wait(TimeSpan.FromMilliseconds(100));
                while (batch.TryTake(out _))
                {
                }
            }

            batch.Dispose();
        }

        if (disposing) _trace?.Dispose();

        base.Dispose(disposing);
    }

    /// <summary>Whether nothing is to be sent, but told what would be.</summary>
    private bool IsWhatIf => LanguagePrimitives.IsTrue(MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given) ? given : GetVariableValue("WhatIfPreference"));

    private static object? InputOf(PSObject? input) => input?.BaseObject switch
    {
        // A plain line of text is the token itself, and a list is its tokens.
        null or string or IList => null,

        // Sent again, a result stands for the same input as before.
        ApnsResult result => result.InputObject,
        _ => input,
    };

    /// <summary>How many tokens the command line has; null when they come by the pipeline.</summary>
    private long? CountArguments() => MyInvocation.ExpectingInput ? null : (ScriptValues.Unwrap(Token) as object[])?.Length;

    /// <summary>Finds out what to send for the input at hand; gives back what is wrong with it, or null.</summary>
    private ApnsException? Bind(PSObject? input)
    {
        NotificationValues? values = null;
        try
        {
            values = _binder!.Bind(input);
            if (ReferenceEquals(values, _values)) return null;
            _notification = values.ToNotification();
            if (EndsPipeline(values)) _session!.Client.Validate(_notification);
            _values = values;
            return null;
        }
        catch (ApnsException e)
        {
            _values = null;
            if (EndsPipeline(values)) ThrowTerminatingError(e.ToErrorRecord(Payload ?? Alert));
            return e;
        }
    }

    /// <summary>
    /// Whether a fault of these values is an error that ends the pipeline: what is wrong with the command line alone is
    /// said at once, as long as no results are lost by it.
    /// </summary>
    private bool EndsPipeline(NotificationValues? values) => ReferenceEquals(values, _binder!.Constant) && _batch is null or { Added: 0 };

    private ApnsBatch StartBatch(ApnsBatchOptions options)
    {
        try
        {
            return _session!.Client.StartBatch(options);
        }
        catch (ApnsException e)
        {
            ThrowTerminatingError(e.ToErrorRecord(Journal));
            throw;
        }
    }

    /// <summary>The journal, which knows this command line by its values and its script blocks.</summary>
    private ApnsJournalOptions? MakeJournal()
    {
        if (Journal is null && (Durable || IncludeSkipped)) ThrowTerminatingError(ErrorRecords.InvalidArgument("MissingJournal", "-Durable and -IncludeSkipped say something of a journal. Give -Journal too.", null));
        if (Journal is null || IsWhatIf) return null;
        return new ApnsJournalOptions
        {
            Path = FullPath(Journal),
            Notification = ConstantNotification(),
            Label = _binder!.ScriptTexts,
            Durable = Durable,
            IncludeSkipped = IncludeSkipped,
        };
    }

    /// <summary>What the command line alone says to send, where that is a whole notification.</summary>
    private ApnsNotification? ConstantNotification()
    {
        try
        {
            ApnsNotification notification = _binder!.Constant.ToNotification();
            _session!.Client.Validate(notification);
            return notification;
        }
        catch (ApnsException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether ShouldProcess has anything to say. It costs some three microseconds for each record, more than the whole
    /// rest of this cmdlet, so it is only called when a preference or a switch makes it matter. -Verbose does not: it is for
    /// what happens to connections, which a line for each notification would bury.
    /// </summary>
    private bool MustAsk()
    {
        var bound = MyInvocation.BoundParameters;
        if (IsWhatIf || bound.ContainsKey("WhatIf") || bound.ContainsKey("Confirm")) return true;
        return LanguagePrimitives.TryConvertTo(GetVariableValue("ConfirmPreference"), out ConfirmImpact preference)
            && preference is ConfirmImpact.Low or ConfirmImpact.Medium;
    }

    private void Submit(string? token, ApnsException? wrong)
    {
        if (_asks && !ShouldProcess(ApnsResult.ShortToken(token ?? ""), "Send notification")) return;
        while (_batch!.IsFull && !Stopping) WaitAndDrain();
        if (Stopping) return;
        if (wrong is null) _batch.Add(token, _notification!, InputOf(InputObject), _values!.ApnsId);
        else _batch.AddInvalid(token, wrong.Reason, wrong.Message, InputOf(InputObject));
    }

    /// <summary>Waits for all that was taken in.</summary>
    private void Finish()
    {
        while (_batch!.Taken < _batch.Added && !Stopping) WaitAndDrain();
        _progress!.Complete();
        _warnings!.Look();
        _batch.Flush();
        _trace!.Dispose();
        _trace.Write();
        if (_batch.StopReason is { } reason) ThrowTerminatingError(reason.ToErrorRecord(_session));
    }

    private void WaitAndDrain()
    {
        _batch!.Wait(BatchProgress.Interval);
        Drain();
    }

    private void Drain()
    {
        while (_batch!.TryTake(out ApnsResult? result))
        {
            if (!result.Skipped) _summary!.Add(result);
            WriteObject(result);
        }

        if (_progress!.Update(_batch.Added, _batch.Skipped)) _warnings!.Look();
        _trace!.Write();
    }
}
