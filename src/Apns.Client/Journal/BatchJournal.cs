using System;
using System.Security.Cryptography;
using System.Text;

namespace Apns.Client;

/// <summary>What a batch does about an input of which the journal may know.</summary>
internal enum JournalVerdict
{
    /// <summary>Send it.</summary>
    Send,

    /// <summary>An earlier run finished it: send nothing.</summary>
    Skip,

    /// <summary>An earlier run may have sent it, and it must not be sent twice: its end is unknown.</summary>
    LeaveUnknown,
}

/// <summary>A batch's journal: what earlier runs did about its inputs, and what this one does. For one thread at a time.</summary>
internal sealed class BatchJournal : IDisposable
{
    private const int FewInFlight = 128;

    private static readonly ApnsException RunEnded = new(ApnsErrorKind.ConnectionLost, "The run that sent it ended before there was an answer.");

    private readonly ApnsJournalOptions _options;
    private readonly JournalFile _file;
    private readonly JournalContents _contents;
    private readonly JournalWriter _writer;
    private readonly byte[] _token = new byte[DeviceToken.MaxLength / 2];
    private int _tokenLength;
    private long? _occurrence;

    // The last notification's: mostly there is no other.
    private RequestTemplate? _template;
    private ulong _notification;

    private BatchJournal(ApnsJournalOptions options, JournalFile file, JournalContents contents, JournalWriter writer)
    {
        _options = options;
        _file = file;
        _contents = contents;
        _writer = writer;
    }

    /// <summary>Inputs that an earlier run had finished.</summary>
    public long Skipped { get; private set; }

    /// <summary>Bytes of an unfinished record that were cut off the file's end.</summary>
    public long Cut { get; private init; }

    /// <summary>Opens a journal and reads what is in it.</summary>
    /// <param name="options">Which one, and how.</param>
    /// <param name="template">What its notification was compiled to.</param>
    /// <param name="environment">Where it is sent.</param>
    /// <param name="release">Takes an input that may leave, or one whose failure says that it may not; called by any thread.</param>
    /// <exception cref="ApnsException">The journal cannot be used; the message says why.</exception>
    public static BatchJournal Open(ApnsJournalOptions options, RequestTemplate? template, ApnsEnvironment? environment, Action<ApnsRequest> release)
    {
        byte[] notification = template is null ? [] : NotificationFingerprint.Of(template);
        byte[] fingerprint = SHA256.HashData([.. notification, .. Encoding.UTF8.GetBytes($"\n{environment}\n{options.Label}")]);
        JournalFile file = JournalFile.OpenToWrite(options.Path, fingerprint, template is null ? 0 : NotificationFingerprint.Short(notification));
        try
        {
            JournalContents contents = JournalContents.Read(file);
            long cut = file.Cut(contents.Length);
            var writer = new JournalWriter(file, contents.Length, options.Durable, release);
            writer.AddRun(options.Notification?.ToString() ?? "");
            return new BatchJournal(options, file, contents, writer) { Cut = cut };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Finds what earlier runs did about an input, and fills in what of it counts.</summary>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.JournalFailed"/>: it cannot be read any more.</exception>
    public JournalVerdict Recall(ApnsRequest request)
    {
        JournalEntry earlier = Find(request);
        switch (earlier.State)
        {
            case JournalState.InFlight:
                return RecallBegin(request, earlier.Value);
            case JournalState.Again:
                EndRecord end = _file.ReadEnd(earlier.Value);
                return end.InDoubt && request.Delivery == ApnsDelivery.AtMostOnce ? Skip(request, earlier.Value) : RecallEnd(request, end, earlier.Value);
            case JournalState.Done:
                return Skip(request, earlier.Value);
            default:
                return JournalVerdict.Send;
        }
    }

    /// <summary>Notes that the input last recalled is about to be sent, and holds it until that is on file.</summary>
    public void Begin(ApnsRequest request) => _writer.Begin(request, new BeginRecord
    {
        Token = _token.AsSpan(0, _tokenLength),
        Notification = _notification == _file.Notification ? 0 : _notification,
        Occurrence = _occurrence,
        Attempts = request.Attempts,
        ApnsId = request.ApnsId,
    });

    /// <summary>Notes a result.</summary>
    public void End(ApnsRequest request, ApnsResult result) => _writer.End(request.JournalOffset, new EndRecord
    {
        Outcome = result.Outcome,
        Advice = result.Advice,
        Status = result.Status,
        Attempts = result.Attempts,
        PossibleDuplicate = result.PossibleDuplicate,
        Duration = result.Duration.Ticks,
        Reason = result.Reason,
        UniqueId = result.UniqueId,
        InvalidSinceMilliseconds = request.InvalidSinceMilliseconds,
    });

    /// <summary>
    /// The batch is about to wait for results: has what was added written at once, for which its thread has the time now. A
    /// durable group takes so long that it is left to grow while many are in flight: results will come, and with them more.
    /// </summary>
    /// <param name="outstanding">Inputs that have no result yet.</param>
    public void BeforeWait(long outstanding)
    {
        if (!_options.Durable || outstanding - _writer.Held < FewInFlight) _writer.Hurry();
    }

    /// <summary>Waits until all that was added is on file.</summary>
    /// <returns>Why it could not be written, or null.</returns>
    public ApnsException? Flush()
    {
        _writer.Flush();
        return _writer.Failure;
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>
    /// What earlier runs wrote of an input, which has its place among those with the same token and notification. What they
    /// did not know is not put into the index: the next run finds its place by the order in the file.
    /// </summary>
    private JournalEntry Find(ApnsRequest request)
    {
        if (!ReferenceEquals(request.Template, _template))
        {
            _template = request.Template;
            _notification = NotificationFingerprint.Short(NotificationFingerprint.Of(_template!));
        }

        _tokenLength = DeviceToken.Read(request.HexToken, _token);
        _occurrence = null;
        if (_contents.Inputs == 0) return default;
        ReadOnlySpan<byte> token = _token.AsSpan(0, _tokenLength);
        ref JournalEntry first = ref _contents.Index.Get(_contents.KeyOf(token, _notification, 0));
        JournalEntry found = first;
        if (found.State == JournalState.None) return found;
        bool again = found.State == JournalState.Seen;
        long occurrence = again ? found.Value : 0;
        first.Set(JournalState.Seen, occurrence + 1);
        if (again) found = _contents.Index.Get(_contents.KeyOf(token, _notification, occurrence));
        if (found.State != JournalState.None) _occurrence = occurrence;
        return found;
    }

    private JournalVerdict RecallBegin(ApnsRequest request, long at)
    {
        BeginRecord begin = _file.ReadBegin(at);
        request.ApnsId = begin.ApnsId;
        request.Attempts = begin.Attempts + 1;
        request.InDoubt = true;
        if (request.Delivery == ApnsDelivery.AtMostOnce)
        {
            request.JournalOffset = at;
            request.Failure = RunEnded;
            return JournalVerdict.LeaveUnknown;
        }

        request.Earlier = new EarlierAttempt(0, null, RunEnded);
        return JournalVerdict.Send;
    }

    private JournalVerdict RecallEnd(ApnsRequest request, in EndRecord end, long at)
    {
        request.ApnsId = _file.ReadBegin(at - end.Back).ApnsId;
        request.Attempts = end.Attempts;
        request.InDoubt = end.InDoubt;
        if (end.Attempts > 0) request.Earlier = new EarlierAttempt(end.Status, end.Reason, null);
        return JournalVerdict.Send;
    }

    private JournalVerdict Skip(ApnsRequest request, long at)
    {
        if (_options.IncludeSkipped) RecallResult(request, at);
        Skipped++;
        request.Skipped = true;
        return JournalVerdict.Skip;
    }

    private void RecallResult(ApnsRequest request, long at)
    {
        EndRecord end = _file.ReadEnd(at);
        request.ApnsId = _file.ReadBegin(at - end.Back).ApnsId;
        request.Outcome = end.Outcome;
        request.Status = end.Status;
        request.Attempts = end.Attempts;
        request.PossibleDuplicate = end.PossibleDuplicate;
        request.Reason = end.Reason;
        request.UniqueId = end.UniqueId;
        request.InvalidSinceMilliseconds = end.InvalidSinceMilliseconds;
        request.FinishedAt = request.TakenAt + end.Duration;
    }
}
