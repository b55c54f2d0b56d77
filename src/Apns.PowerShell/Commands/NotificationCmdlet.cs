using System.Collections;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell.Commands;

/// <summary>The parameters that say what is sent to devices, beside those of <see cref="ContentCmdlet"/>.</summary>
public abstract class NotificationCmdlet : ContentCmdlet
{
    /// <summary>The image or storyboard shown while the app starts.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? LaunchImage { get; set; }

    /// <summary>The label of the button of a Safari website push.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? Action { get; set; }

    /// <summary>Names that label in the app's Localizable.strings.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? ActionLocKey { get; set; }

    /// <summary>Text for the summary of a group; without effect since iOS 15.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? SummaryArg { get; set; }

    /// <summary>How many items the notification stands for in the summary; without effect since iOS 15.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(int))]
    public object? SummaryArgCount { get; set; }

    /// <summary>The number on the app's icon; 0 clears it.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(int))]
    public object? Badge { get; set; }

    /// <summary>A critical alert: the sound plays through the mute switch. The app needs an entitlement.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(bool))]
    public SwitchParameter Critical { get; set => field = SetSwitch(value); }

    /// <summary>The critical sound's volume, 0 to 1.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(double))]
    public object? Volume { get; set; }

    /// <summary>Groups related notifications.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? ThreadId { get; set; }

    /// <summary>The notification's category, one that the app has registered.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? Category { get; set; }

    /// <summary>Wakes the app in the background.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(bool))]
    public SwitchParameter ContentAvailable { get; set => field = SetSwitch(value); }

    /// <summary>Lets the app's service extension change the notification.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(bool))]
    public SwitchParameter MutableContent { get; set => field = SetSwitch(value); }

    /// <summary>The window to bring forward.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? TargetContentId { get; set; }

    /// <summary>What a Focus filter sees.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? FilterCriteria { get; set; }

    /// <summary>The arguments of a Safari website push.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string[]))]
    public object? UrlArgs { get; set; }

    /// <summary>Reloads controls or widgets; always set for these push types.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(bool))]
    public SwitchParameter ContentChanged { get; set => field = SetSwitch(value); }

    /// <summary>The Swift type of the Live Activity's attributes, with a start.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? AttributesType { get; set; }

    /// <summary>What never changes in the Live Activity, with a start: a hashtable, an object, or JSON text of one.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(IDictionary))]
    public object? Attributes { get; set; }

    /// <summary>The channel whose broadcasts update the Live Activity that this starts (iOS 18).</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? InputPushChannel { get; set; }

    /// <summary>Asks the Live Activity that this starts for a push token (iOS 18).</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(bool))]
    public SwitchParameter InputPushToken { get; set => field = SetSwitch(value); }

    /// <summary>The push magic of a device under MDM; the payload then holds nothing else.</summary>
    [Parameter(ParameterSetName = AlertSet)]
    [NotificationValue(typeof(string))]
    public object? PushMagic { get; set; }

    /// <summary>The push type; left out, it follows from the parts where they leave no doubt, and is Alert else.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ChoiceCompleter<ApnsPushType>))]
    [NotificationValue(typeof(ApnsPushType))]
    public object? PushType { get; set; }

    /// <summary>A later notification with the same id replaces this one; at most 64 bytes.</summary>
    [Parameter]
    [NotificationValue(typeof(string))]
    public object? CollapseId { get; set; }

    /// <summary>The app's bundle id, to which the push type's suffix is added when it is missing; left out, the session's.</summary>
    [Parameter]
    [NotificationValue(typeof(string))]
    [ArgumentCompleter(typeof(TopicCompleter))]
    public object? Topic { get; set; }
}
