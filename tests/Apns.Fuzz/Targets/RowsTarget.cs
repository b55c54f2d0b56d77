using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Text;
using Apns.Client;
using Apns.PowerShell;
using Apns.PowerShell.Commands;

namespace Apns.Fuzz;

/// <summary>
/// A table as Import-Csv makes one, a line of names and lines of cells: each row becomes a notification that APNs could
/// take, or the error that says what is wrong with it. Cells end at a tab, so that JSON fits in.
/// </summary>
internal sealed class RowsTarget : FuzzTarget
{
    private static readonly IReadOnlyDictionary<string, NotificationParameter> Parameters = NotificationParameter.Of(typeof(SendApnsNotificationCommand));
    private static readonly IReadOnlyDictionary<string, NotificationParameter> BroadcastParameters = NotificationParameter.Of(typeof(SendApnsBroadcastCommand));

    public override string Name => "rows";

    public override void Run(ReadOnlySpan<byte> input)
    {
        string[] lines = Encoding.UTF8.GetString(input).Split('\n');
        string[] names = lines[0].Split('\t');
        var binder = NewBinder(Parameters);
        var broadcasts = NewBinder(BroadcastParameters);
        for (int i = 1; i < lines.Length && i < 20; i++)
        {
            string[] cells = lines[i].Split('\t');
            var row = new PSObject();
            for (int cell = 0; cell < cells.Length && cell < names.Length; cell++)
            {
                // Import-Csv has no columns of one name, nor ones without.
                if (names[cell].Length > 0 && row.Properties[names[cell]] is null) row.Properties.Add(new PSNoteProperty(names[cell], cells[cell]));
            }

            Try(() => InputToken.Find(row));
            Try(() => InputChannel.Find(row));
            Try(() => Compile(binder.Bind(row).ToNotification(), row));
            Try(() => broadcasts.Bind(row).ToBroadcast("com.example.app"));
        }
    }

    private static RequestTemplate Compile(ApnsNotification notification, PSObject row)
    {
        // Apple's spelling is the names', but for case and hyphens.
        string? type = (string?)row.Properties["PushType"]?.Value;
        Promise(string.IsNullOrEmpty(type) || type.Replace("-", "", StringComparison.Ordinal).Trim().Equals($"{notification.PushType}", StringComparison.OrdinalIgnoreCase), "a push type is the one that is named");
        return RequestTemplate.Compile(notification, "com.example.app", null);
    }

    private static NotificationBinder NewBinder(IReadOnlyDictionary<string, NotificationParameter> parameters) =>
        new(parameters, new Dictionary<string, object>(), new Dictionary<string, ScriptBlock>());

    private static void Try(Func<object?> read)
    {
        try
        {
            read();
        }
        catch (ApnsException e)
        {
            Promise(e.Kind == ApnsErrorKind.InvalidNotification, "it is told that the row is at fault");
        }
    }
}
