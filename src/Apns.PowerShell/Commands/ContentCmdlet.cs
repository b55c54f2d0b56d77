using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>
/// The parameters that say what is sent, to devices and by channels. Each takes a value, or a script block that is given
/// the input as <c>$_</c>, or has its value from the input's property of the same name.
/// </summary>
public abstract class ContentCmdlet : ApnsCmdlet
{
    /// <summary>The parameter set in which the payload is made of its parts.</summary>
    private protected const string AlertSet = "Alert";

    /// <summary>The parameter set in which the payload is given whole.</summary>
    private protected const string PayloadSet = "Payload";

    private readonly Dictionary<string, ScriptBlock> _switchScripts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The alert's text.</summary>
    [Parameter(Position = 1, ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    [Alias("Message")]
    public object? Alert { get; set; }

    /// <summary>The alert's title.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? Title { get; set; }

    /// <summary>The alert's subtitle.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? Subtitle { get; set; }

    /// <summary>The alert's text as body of a dictionary; it takes the place of -Alert.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? Body { get; set; }

    /// <summary>Names the title in the app's Localizable.strings.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? TitleLocKey { get; set; }

    /// <summary>What takes the places of %@ in the localised title.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string[]))]
    public object? TitleLocArgs { get; set; }

    /// <summary>Names the subtitle in the app's Localizable.strings.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? SubtitleLocKey { get; set; }

    /// <summary>What takes the places of %@ in the localised subtitle.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string[]))]
    public object? SubtitleLocArgs { get; set; }

    /// <summary>Names the alert's text in the app's Localizable.strings.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? LocKey { get; set; }

    /// <summary>What takes the places of %@ in the localised text.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string[]))]
    public object? LocArgs { get; set; }

    /// <summary>The sound's file name, or default.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [ArgumentCompleter(typeof(UsualValueCompleter))]
    [NotificationValue(typeof(string))]
    public object? Sound { get; set; }

    /// <summary>How much it may interrupt.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [ArgumentCompleter(typeof(ChoiceCompleter<ApnsInterruptionLevel>))]
    [NotificationValue(typeof(ApnsInterruptionLevel))]
    public object? InterruptionLevel { get; set; }

    /// <summary>The order in the summary, 0 to 1; for Live Activities any number.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(double))]
    public object? RelevanceScore { get; set; }

    /// <summary>What happens to the Live Activity.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [ArgumentCompleter(typeof(ChoiceCompleter<ApnsActivityEvent>))]
    [NotificationValue(typeof(ApnsActivityEvent))]
    public object? Event { get; set; }

    /// <summary>The Live Activity's content: a hashtable, an object, or JSON text of one.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(IDictionary))]
    public object? ContentState { get; set; }

    /// <summary>When the content was true; left out, now. The latest wins.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(DateTimeOffset))]
    public object? Timestamp { get; set; }

    /// <summary>When the content counts as out of date: a date, a time span from now, or Unix seconds.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(DateTimeOffset))]
    public object? StaleDate { get; set; }

    /// <summary>When the ended Live Activity leaves the screen; in the past means at once.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(DateTimeOffset))]
    public object? DismissalDate { get; set; }

    /// <summary>The app's own keys, beside aps: a hashtable, an object, or JSON text of one, of any depth.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(IDictionary))]
    public object? Data { get; set; }

    /// <summary>Shortens the alert's text, with an ellipsis, until the payload fits.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(bool))]
    public SwitchParameter Truncate { get; set => field = SetSwitch(value); }

    /// <summary>The whole payload: JSON text, or a hashtable or object of any depth.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PayloadSet)]
    [NotificationValue(typeof(byte[]))]
    public object? Payload { get; set; }

    /// <summary>10, 5 or 1.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(UsualValueCompleter))]
    [NotificationValue(typeof(int))]
    public object? Priority { get; set; }

    /// <summary>A date, a time span from now, Unix seconds, or 0 for one attempt without storing.</summary>
    [Parameter]
    [NotificationValue(typeof(DateTimeOffset))]
    public object? Expiration { get; set; }

    /// <summary>Further headers by name, for what Apple may add.</summary>
    [Parameter]
    [NotificationValue(typeof(IReadOnlyDictionary<string, string>))]
    public object? Header { get; set; }

    /// <summary>Whom the command line names; null leaves it to the pipeline. That neither does ends it all.</summary>
    private protected InputArgument? ChooseRecipients(string parameter, string what)
    {
        InputArgument? argument = MyInvocation.BoundParameters.TryGetValue(parameter, out object? given) ? new InputArgument(parameter, given) : null;
        if (MyInvocation.ExpectingInput || argument is { NeedsInput: false }) return argument;
        ThrowTerminatingError(argument is null
            ? ErrorRecords.InvalidArgument($"Missing{parameter}", $"There is nobody to send to. Give -{parameter}, or pipe {what} or objects with a property {parameter}.", null)
            : ErrorRecords.InvalidArgument("MissingInput", $"The script block of -{parameter} finds {what} in what is piped, and nothing is.", given));
        return null;
    }

    /// <summary>Reads the command line; what is wrong with it ends the pipeline.</summary>
    private protected NotificationBinder MakeBinder(IReadOnlyDictionary<string, NotificationParameter> parameters)
    {
        try
        {
            return new NotificationBinder(parameters, MyInvocation.BoundParameters, _switchScripts);
        }
        catch (ApnsException e)
        {
            ThrowTerminatingError(e.ToErrorRecord(Payload ?? Data));
            throw;
        }
    }
    /// <summary>Takes over a switch's value, and the script block in its place.</summary>
    private protected SwitchParameter SetSwitch(SwitchParameter value, [CallerMemberName] string parameter = "")
    {
        if (SwitchScript.Take() is { } script) _switchScripts[parameter] = script;
        return value;
    }
}
