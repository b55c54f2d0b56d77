using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using System.Net.Sockets;
using Apns.Emulator;

namespace Apns.PowerShell.Commands;

/// <summary>Starts an APNs to test against, in this process and on loopback.</summary>
[Cmdlet(VerbsLifecycle.Start, "ApnsEmulator", SupportsShouldProcess = true)]
[OutputType(typeof(ApnsEmulator))]
public sealed class StartApnsEmulatorCommand : ApnsCmdlet
{
    /// <summary>TCP port; 0 takes any free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    /// <summary>Topics that may be pushed to; left out, any.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Topic { get; set; }

    /// <summary>Device tokens that are no longer registered, each with the date since when.</summary>
    [Parameter]
    public Hashtable? Unregistered { get; set; }

    /// <summary>Device tokens that are refused, each with its reason, for example @{ $token = 'BadDeviceToken' }.</summary>
    [Parameter]
    public Hashtable? Reason { get; set; }

    /// <summary>How long each answer is held back.</summary>
    [Parameter]
    public TimeSpan Latency { get; set; }

    /// <summary>The stream limit it announces.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int MaxConcurrentStreams { get; set; } = 1000;

    /// <summary>How many of the latest requests to keep for GetReceived(); 0 keeps none.</summary>
    [Parameter]
    [ValidateRange(0, 10_000_000)]
    public int Keep { get; set; } = 10_000;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!ShouldProcess("127.0.0.1", "Start an APNs emulator")) return;
        try
        {
            ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
            {
                Port = Port,
                Topics = Topic,
                Unregistered = Read(Unregistered, ToDate),
                Reasons = Read(Reason, static (_, reason) => Convert.ToString(reason, CultureInfo.InvariantCulture) ?? ""),
                Latency = Latency,
                MaxConcurrentStreams = MaxConcurrentStreams,
                Keep = Keep,
            });
            RunspaceResources.Current.Add(emulator);
            WriteObject(emulator);
        }
        catch (SocketException e)
        {
            ThrowTerminatingError(new ErrorRecord(
                new InvalidOperationException($"The emulator cannot listen on port {Port} ({e.Message}). Leave -Port out to take any free one.", e),
                "PortTaken",
                ErrorCategory.ResourceUnavailable,
                Port));
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument("UnknownReason", e.Message, Reason));
        }
    }

    private static Dictionary<string, T> Read<T>(Hashtable? table, Func<string, object?, T> value)
    {
        var read = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in table ?? [])
        {
            string token = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
            read[token] = value(token, entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value);
        }

        return read;
    }

    private DateTimeOffset ToDate(string token, object? value)
    {
        if (LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out DateTimeOffset date) && value is not null) return date;
        ThrowTerminatingError(ErrorRecords.InvalidArgument("InvalidDate", $"'{value}' is no date for the unregistered token '{token}'.", value));
        return default;
    }
}
