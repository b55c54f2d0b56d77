using System;
using System.Management.Automation;
using Apns.Client;

namespace Apns.PowerShell;

/// <summary>The module's error records: stable ids, true categories.</summary>
internal static class ErrorRecords
{
    private const string ClosedId = "SessionClosed";

    /// <summary>The engine's error as PowerShell's; its kind is the id, but for a session that was closed meanwhile.</summary>
    public static ErrorRecord ToErrorRecord(this ApnsException error, object? target) =>
        new(error, error.Kind == ApnsErrorKind.Closed ? ClosedId : error.Kind.ToString(), CategoryOf(error.Kind), target);

    /// <summary>A refusal about channels; APNs's reason is the id.</summary>
    public static ErrorRecord ChannelRefused(ApnsException error, object? target)
    {
        if (error.Advice is not { } advice) return error.ToErrorRecord(target);
        ErrorCategory category = advice switch
        {
            _ when error.Reason == ApnsReasons.ChannelNotRegistered => ErrorCategory.ObjectNotFound,
            ApnsAdvice.FixCredentials => CategoryOf(ApnsErrorKind.Refused),
            ApnsAdvice.FixRequest => CategoryOf(ApnsErrorKind.InvalidNotification),
            _ when error.Reason is ApnsReasons.TooManyRequests or ApnsReasons.TooManyProviderTokenUpdates => ErrorCategory.LimitsExceeded,
            _ => ErrorCategory.ResourceUnavailable,
        };
        return new ErrorRecord(error, error.Reason ?? error.Kind.ToString(), category, target);
    }

    public static ErrorRecord NotConnected => new(
        new InvalidOperationException("There is no session. Connect with Connect-Apns first; in another runspace (ForEach-Object -Parallel, Start-ThreadJob) pass one with -Session $using:session."),
        "NotConnected",
        ErrorCategory.ConnectionError,
        null);

    public static ErrorRecord NothingToTest => new(
        new InvalidOperationException("There is no session to test. Give what to connect with, as -KeyPath, -TeamId and -Topic, or a session of Connect-Apns."),
        "NotConnected",
        ErrorCategory.ConnectionError,
        null);

    public static ErrorRecord TokenBesideInput => InvalidArgument(
        "ConflictingParameters",
        "There are tokens from the pipeline, and -Token is the same for all of them. Leave -Token out, or give a script block that finds the token in each input. A text without a parameter's name counts as -Token: give what to say with -Alert.",
        null);

    public static ErrorRecord SessionNotFound(string name) =>
        new(new ItemNotFoundException($"There is no session named '{name}'. Get-ApnsSession lists them."), "SessionNotFound", ErrorCategory.ObjectNotFound, name);

    public static ErrorRecord SessionClosed(ApnsSession session) => new(
        new InvalidOperationException($"The session '{session.Name}' is closed. Connect again with Connect-Apns."),
        ClosedId,
        ErrorCategory.ConnectionError,
        session);

    public static ErrorRecord NotWithSimulator(string message, ApnsSession session) =>
        new ApnsException(ApnsErrorKind.NotSupported, message).ToErrorRecord(session);

    public static ErrorRecord MissingBundleId(ApnsSession session) =>
        InvalidArgument("MissingBundleId", "The session has no topic. Give -BundleId, or connect with -Topic.", session);

    public static ErrorRecord InvalidArgument(string errorId, string message, object? target) =>
        new(new ArgumentException(message), errorId, ErrorCategory.InvalidArgument, target);

    public static ErrorRecord Conflict(string parameter, string other) =>
        InvalidArgument("ConflictingParameters", $"{parameter} and {other} contradict each other. Give one of them.", null);

    /// <summary>Of the input only the type is told: it may be a device token.</summary>
    public static ErrorRecord NoResult(string type, PSObject? input) => new(
        new ArgumentException($"{type} is no result. Give what Send-ApnsNotification, Send-ApnsBroadcast or Get-ApnsJournal -Result puts out, in the process that made it."),
        "NoResult",
        ErrorCategory.InvalidType,
        input);

    public static ErrorRecord NoFile(string path) =>
        InvalidArgument("NoFile", $"'{path}' is no path of the file system.", path);

    public static ErrorRecord FileExists(string file) =>
        new(new System.IO.IOException($"The file '{file}' is there, and -NoClobber keeps it. Give another path."), "NoClobber", ErrorCategory.ResourceExists, file);

    public static ErrorRecord CannotWrite(string file, Exception cause) =>
        new(new System.IO.IOException($"The file '{file}' cannot be written: {cause.Message}", cause), "CannotWrite", ErrorCategory.WriteError, file);

    public static ErrorRecord NotAllDelivered(string message) =>
        new(new InvalidOperationException(message), "NotAllDelivered", ErrorCategory.InvalidResult, null);

    private static ErrorCategory CategoryOf(ApnsErrorKind kind) => kind switch
    {
        ApnsErrorKind.InvalidKey or ApnsErrorKind.InvalidCertificate or ApnsErrorKind.ProxyAuthenticationFailed => ErrorCategory.AuthenticationError,
        ApnsErrorKind.HostNotFound => ErrorCategory.ObjectNotFound,
        ApnsErrorKind.ConnectTimeout or ApnsErrorKind.TimedOut => ErrorCategory.OperationTimeout,
        ApnsErrorKind.ServerNotTrusted => ErrorCategory.SecurityError,
        ApnsErrorKind.Http2NotOffered => ErrorCategory.ProtocolError,
        ApnsErrorKind.Refused => ErrorCategory.PermissionDenied,
        ApnsErrorKind.InvalidNotification => ErrorCategory.InvalidArgument,
        ApnsErrorKind.SimulatorUnavailable => ErrorCategory.ResourceUnavailable,
        ApnsErrorKind.NotSupported => ErrorCategory.InvalidOperation,
        ApnsErrorKind.Rejected => ErrorCategory.InvalidResult,
        ApnsErrorKind.Stopped => ErrorCategory.OperationStopped,
        ApnsErrorKind.JournalInUse => ErrorCategory.ResourceBusy,
        ApnsErrorKind.JournalMismatch => ErrorCategory.InvalidOperation,
        ApnsErrorKind.JournalDamaged => ErrorCategory.InvalidData,
        ApnsErrorKind.JournalFailed => ErrorCategory.OpenError,
        _ => ErrorCategory.ConnectionError,
    };
}
