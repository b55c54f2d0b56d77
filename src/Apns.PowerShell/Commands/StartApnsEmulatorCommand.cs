using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using Apns.Client;
using Apns.Emulator;

namespace Apns.PowerShell.Commands;

/// <summary>Starts an APNs to test against, in this process, on loopback unless told otherwise.</summary>
[Cmdlet(VerbsLifecycle.Start, "ApnsEmulator", SupportsShouldProcess = true)]
[OutputType(typeof(ApnsEmulator))]
public sealed class StartApnsEmulatorCommand : ApnsCmdlet
{
    /// <summary>The address to listen on, one of this machine's, or 0.0.0.0 or :: for all; left out, 127.0.0.1.</summary>
    [Parameter]
    [ValidateNotNull]
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>TCP port for pushes and broadcasts; 0 takes any free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    /// <summary>TCP port for channel management; 0 takes any free one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int ManagementPort { get; set; }

    /// <summary>Puts an HTTP proxy in front of it, for -Proxy to go through.</summary>
    [Parameter]
    public SwitchParameter WithProxy { get; set; }

    /// <summary>The environment it stands for; left out, it takes certificates of both.</summary>
    [Parameter]
    public ApnsEnvironment? Environment { get; set; }

    /// <summary>Topics that may be pushed to, a bundle id for all of its app; left out, any.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Topic { get; set; }

    /// <summary>Bundle ids of the apps that may broadcast; left out, all.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[]? BroadcastApp { get; set; }

    /// <summary>How many broadcast channels an app may have.</summary>
    [Parameter]
    [ValidateRange(0, 1_000_000)]
    public int MaxChannels { get; set; } = 10_000;

    /// <summary>Device tokens that are no longer registered, each with the date since when.</summary>
    [Parameter]
    public Hashtable? Unregistered { get; set; }

    /// <summary>
    /// Device tokens that are refused, each with its reason, for example @{ $token = 'BadDeviceToken' }, or a list of
    /// reasons that are used up one by one.
    /// </summary>
    [Parameter]
    public Hashtable? Reason { get; set; }

    /// <summary>How long each answer is held back.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Latency { get; set; }

    /// <summary>The stream limit it announces.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int MaxConcurrentStreams { get; set; } = 1000;

    /// <summary>How many of the latest requests to keep for GetReceived(); 0 keeps none.</summary>
    [Parameter]
    [ValidateRange(0, 10_000_000)]
    public int Keep { get; set; } = 10_000;

    /// <summary>How far its clock is ahead of the system's; with it, answers carry the header date.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? ClockOffset { get; set; }

    /// <summary>How long a provider token is good, 2 seconds to 1 hour.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan ProviderTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What answers with status 429 and 503 say in the header retry-after; left out, nothing.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Answers carry apns-unique-id, as in the development environment.</summary>
    [Parameter]
    public SwitchParameter UniqueId { get; set; }

    /// <summary>
    /// How it misbehaves: a kind, for example CutConnection, as text with its details, for example 'GoAway:every=10000', or
    /// as a hashtable, for example @{ Kind = 'Refuse'; Reason = 'ExpiredProviderToken'; After = 50 }.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ChoiceCompleter<EmulatorFaultKind>))]
    public EmulatorFault[] Fault { get; set; } = [];

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!ShouldProcess(Address.ToString(), "Start an APNs emulator")) return;
        try
        {
            ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions
            {
                Address = Address,
                Port = Port,
                ManagementPort = ManagementPort,
                WithProxy = WithProxy,
                Environment = Environment switch
                {
                    ApnsEnvironment.Production => EmulatedEnvironment.Production,
                    ApnsEnvironment.Development => EmulatedEnvironment.Development,
                    _ => null,
                },
                Topics = Topic,
                BroadcastApps = BroadcastApp,
                MaxChannels = MaxChannels,
                Unregistered = Read(Unregistered, ToDate),
                Reasons = Read(Reason, ToText, static reason => reason is not IList),
                ReasonSequences = Read(Reason, ToTexts, static reason => reason is IList),
                Latency = Latency,
                MaxConcurrentStreams = MaxConcurrentStreams,
                Keep = Keep,
                ClockOffset = ClockOffset,
                ProviderTokenLifetime = ProviderTokenLifetime,
                RetryAfter = RetryAfter,
                UniqueIds = UniqueId,
                Faults = Fault,
            });
            RunspaceResources.Current.Add(emulator);
            if (!IPAddress.IsLoopback(Address)) WriteWarning($"The emulator listens on {Addresses(emulator)}: other machines can reach it.");
            WriteObject(emulator);
        }
        catch (EmulatorPortException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument(
                "AddressNotAvailable", $"{e.Message} Give one of this machine's addresses, 0.0.0.0 or :: for all, or leave -Address out for loopback.", Address));
        }
        catch (EmulatorPortException e)
        {
            string parameter = e.Port == Port ? nameof(Port) : nameof(ManagementPort);
            ThrowTerminatingError(new ErrorRecord(
                new InvalidOperationException($"{e.Message} Leave -{parameter} out to take any free one.", e),
                "PortTaken",
                ErrorCategory.ResourceUnavailable,
                e.Port));
        }
        catch (ArgumentOutOfRangeException e)
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument("InvalidOption", e.Message, null));
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument("UnknownReason", e.Message, Reason));
        }
    }

    private static string Addresses(ApnsEmulator emulator)
    {
        int[] ports = emulator.Proxy is null ? [emulator.Port, emulator.ManagementPort] : [emulator.Port, emulator.ManagementPort, emulator.Proxy.Port];
        return string.Join(" and ", ports.Select(port => new IPEndPoint(emulator.Options.Address, port)));
    }

    private static Dictionary<string, T> Read<T>(Hashtable? table, Func<string, object?, T> read, Func<object?, bool>? wanted = null)
    {
        var values = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in table ?? [])
        {
            string token = ToText("", entry.Key);
            object? value = ScriptValues.Unwrap(entry.Value);
            if (wanted is null || wanted(value)) values[token] = read(token, value);
        }

        return values;
    }

    private static string ToText(string token, object? value) => Convert.ToString(ScriptValues.Unwrap(value), CultureInfo.InvariantCulture) ?? "";

    private static IReadOnlyList<string> ToTexts(string token, object? values) => [.. ((IList)values!).Cast<object?>().Select(value => ToText(token, value))];

    private DateTimeOffset ToDate(string token, object? value)
    {
        if (LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out DateTimeOffset date) && value is not null) return date;
        ThrowTerminatingError(ErrorRecords.InvalidArgument("InvalidDate", $"'{value}' is no date for the unregistered token '{token}'.", value));
        return default;
    }
}
