using System;
using System.Collections;
using System.Management.Automation;
using System.Text;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>
/// Sends a notification to each token of the pipeline and emits one result for each, as they come, while input still
/// goes in. At most a window of notifications is outstanding, whatever the number of tokens.
/// </summary>
[Cmdlet(VerbsCommunications.Send, "ApnsNotification", DefaultParameterSetName = AlertSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ApnsResult))]
public sealed class SendApnsNotificationCommand : ApnsCmdlet
{
    private const string AlertSet = "Alert";
    private const string PayloadSet = "Payload";

    // What is in flight when the pipeline is stopped or broken off gets this long to be answered.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private ApnsNotification? _notification;
    private ApnsBatch? _batch;
    private BatchProgress? _progress;
    private BatchSummary? _summary;
    private bool _asks;

    /// <summary>The device tokens in hexadecimal. A blank or malformed one is not sent, and its result says so.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("DeviceToken")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string?[]? Token { get; set; }

    /// <summary>The object that a token was taken from, for the result.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The alert's text.</summary>
    [Parameter(Position = 1, ParameterSetName = AlertSet)]
    public string? Alert { get; set; }

    /// <summary>The alert's title.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    public string? Title { get; set; }

    /// <summary>The alert's subtitle.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    public string? Subtitle { get; set; }

    /// <summary>The alert's text as body of a dictionary; it takes the place of -Alert.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    public string? Body { get; set; }

    /// <summary>The number on the app's icon; 0 clears it.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [ValidateRange(0, int.MaxValue)]
    public int? Badge { get; set; }

    /// <summary>The sound's file name, or default.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    public string? Sound { get; set; }

    /// <summary>The notification's category.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    public string? Category { get; set; }

    /// <summary>Groups related notifications.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    public string? ThreadId { get; set; }

    /// <summary>The app's own keys, beside aps: a hashtable of any depth.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    public IDictionary? Data { get; set; }

    /// <summary>The whole payload: JSON text, or a hashtable of any depth.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PayloadSet)]
    public object? Payload { get; set; }

    /// <summary>The push type.</summary>
    [Parameter]
    public ApnsPushType PushType { get; set; } = ApnsPushType.Alert;

    /// <summary>10, 5 or 1; left out, APNs takes 10, and background notifications get 5.</summary>
    [Parameter]
    [ValidateSet("10", "5", "1")]
    public int? Priority { get; set; }

    /// <summary>A date, a time span from now, or 0 for one attempt without storing; left out, APNs stores as it sees fit.</summary>
    [Parameter]
    [ExpirationTransformation]
    public DateTimeOffset? Expiration { get; set; }

    /// <summary>A later notification with the same id replaces this one; at most 64 bytes.</summary>
    [Parameter]
    public string? CollapseId { get; set; }

    /// <summary>The apns-id to send, a UUID; left out, each notification gets its own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ApnsId { get; set; }

    /// <summary>The app's bundle id; left out, the session's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Topic { get; set; }

    /// <summary>The session to send through, or its name; left out, the runspace's default.</summary>
    [Parameter]
    [SessionTransformation]
    [ValidateNotNull]
    public ApnsSession? Session { get; set; }

    /// <summary>How many tokens there will be, for a percentage in the progress.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? TotalCount { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        ApnsSession session = ChooseSession();
        try
        {
            _notification = new ApnsNotification
            {
                Payload = BuildPayload(),
                Topic = Topic,
                PushType = PushType,
                Priority = Priority,
                Expiration = Expiration,
                CollapseId = CollapseId,
            };
            session.Client.Validate(_notification);
        }
        catch (ApnsException e)
        {
            ThrowTerminatingError(e.ToErrorRecord(Payload ?? Alert));
        }

        if (!string.IsNullOrEmpty(ApnsId) && !Guid.TryParse(ApnsId, out _))
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument("InvalidApnsId", $"The apns-id '{ApnsId}' is no UUID.", ApnsId));
        }

        _asks = MustAsk();
        _summary = new BatchSummary();
        _progress = new BatchProgress(this, _summary, TotalCount);
        _batch = session.Client.StartBatch();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // $null and an empty array from the pipeline are one blank input, so that it has its one result.
        if (Token is null || (Token.Length == 0 && MyInvocation.ExpectingInput))
        {
            Submit(null);
        }
        else
        {
            foreach (string? token in Token) Submit(token);
        }

        Drain();

        // Nothing that follows could be delivered: results for all that was taken in, then the error.
        if (_batch!.StopReason is not null) Finish();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Finish();
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

        base.Dispose(disposing);
    }

    private static PSObject? InputOf(PSObject? input)
    {
        // A plain line of text is the token itself, and a list is its tokens; anything else is worth carrying.
        return input?.BaseObject is null or string or IList ? null : input;
    }

    private ApnsSession ChooseSession()
    {
        if (Session is null && RunspaceResources.Current.DefaultSession is null) ThrowTerminatingError(ErrorRecords.NotConnected(null));
        ApnsSession session = Session ?? RunspaceResources.Current.DefaultSession!;
        if (session.State == ApnsSessionState.Closed) ThrowTerminatingError(ErrorRecords.SessionClosed(session));
        return session;
    }

    private byte[] BuildPayload()
    {
        if (ParameterSetName == AlertSet) return BuildAlert();
        object? payload = ScriptValues.ToPlain(Payload);
        return payload switch
        {
            string json => Encoding.UTF8.GetBytes(json),
            IDictionary map => ApnsPayload.ToUtf8Json(map),
            _ => throw new ApnsException(ApnsErrorKind.InvalidNotification, "The payload is neither JSON text nor a hashtable."),
        };
    }

    private byte[] BuildAlert()
    {
        bool nothing = (Alert ?? Title ?? Subtitle ?? Body ?? Sound) is null && Badge is null && Data is null && PushType != ApnsPushType.Background;
        if (nothing)
        {
            throw new ApnsException(ApnsErrorKind.InvalidNotification, "There is nothing to send. Give -Alert, -Title, -Badge, -Sound, -Data or -Payload.") { Reason = "PayloadEmpty" };
        }

        if (Alert is not null && Body is not null)
        {
            throw new ApnsException(ApnsErrorKind.InvalidNotification, "-Alert and -Body are the same text in two forms. Give one of them.");
        }

        return new ApnsPayload
        {
            Alert = Alert,
            Title = Title,
            Subtitle = Subtitle,
            Body = Body,
            Badge = Badge,
            Sound = Sound,
            Category = Category,
            ThreadId = ThreadId,
            ContentAvailable = PushType == ApnsPushType.Background,
            Data = Data is null ? null : ScriptValues.ToPlain(Data),
        }.ToUtf8Json();
    }

    /// <summary>
    /// Whether ShouldProcess has anything to say. It costs some three microseconds for each record, more than the whole
    /// rest of this cmdlet, so it is only called when a preference or a switch makes it matter.
    /// </summary>
    private bool MustAsk()
    {
        var bound = MyInvocation.BoundParameters;
        if (bound.ContainsKey("WhatIf") || bound.ContainsKey("Confirm") || bound.ContainsKey("Verbose")) return true;
        if (LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"))) return true;
        return LanguagePrimitives.TryConvertTo(GetVariableValue("ConfirmPreference"), out ConfirmImpact preference)
            && preference is ConfirmImpact.Low or ConfirmImpact.Medium;
    }

    private void Submit(string? token)
    {
        if (_asks && !ShouldProcess(ApnsResult.ShortToken(token ?? ""), "Send notification")) return;
        while (_batch!.IsFull && !Stopping) WaitAndDrain();
        if (Stopping) return;
        if (string.IsNullOrWhiteSpace(ApnsId)) _batch.Add(token, _notification!, InputOf(InputObject));
        else if (Guid.TryParse(ApnsId, out Guid id)) _batch.Add(token, _notification!, InputOf(InputObject), id);
        else _batch.AddInvalid(token, "BadMessageId", $"The apns-id '{ApnsId}' is no UUID.", InputOf(InputObject));
    }

    /// <summary>Waits for all that was taken in.</summary>
    private void Finish()
    {
        while (_batch!.Taken < _batch.Added && !Stopping) WaitAndDrain();
        _progress!.Complete();
        if (_batch.StopReason is { } reason) ThrowTerminatingError(reason.ToErrorRecord(Session));
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
            _summary!.Add(result);
            WriteObject(result);
        }

        _progress!.Update(_batch.Added);
    }
}
