using System.Collections.Generic;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>
/// Makes a notification to be sent to any number of tokens, and shows its JSON and its size. With input from the
/// pipeline it makes one for each.
/// </summary>
[Cmdlet(VerbsCommon.New, "ApnsNotification", DefaultParameterSetName = AlertSet)]
[OutputType(typeof(ApnsNotification))]
public sealed class NewApnsNotificationCommand : NotificationCmdlet
{
    private static readonly IReadOnlyDictionary<string, NotificationParameter> Parameters = NotificationParameter.Of(typeof(NewApnsNotificationCommand));

    private NotificationBinder? _binder;

    /// <summary>An object with properties named as parameters are, and what script blocks get as $_.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _binder = MakeBinder(Parameters);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            ApnsNotification notification = _binder!.Bind(InputObject).ToNotification();
            notification.Validate();
            WriteObject(notification);
        }
        catch (ApnsException e)
        {
            WriteError(e.ToErrorRecord(InputObject));
        }
    }
}
