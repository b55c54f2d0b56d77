using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace Apns.Client;

/// <summary>
/// A streaming bulk send: inputs are added while results are taken, one result for each input, in the order they finish.
/// At most <see cref="Window"/> inputs are outstanding, whatever their number. One thread at a time adds and takes;
/// <see cref="Stop"/> may come from any thread.
/// </summary>
public sealed class ApnsBatch : IRequestSink, IDisposable
{
    // Wrong-environment tokens are all refused, and so is a topic that every input names. Apple disconnects who goes on
    // sending such, so the batch asks when the first answers all say the same.
    private const int FirstAnswers = 50;
    private const int SmallestWindow = 256;

    private readonly ApnsConnectionPool _pool;
    private readonly ApnsClient _client;
    private readonly ApnsBatchOptions _options;
    private readonly Pacer? _pacer;
    private readonly long _deadline = long.MaxValue;
    private readonly BatchJournal? _journal;
    private readonly Activity? _activity;
    private readonly long[] _outcomes = new long[4];
    private readonly Random _ids = new();
    private readonly Stack<ApnsRequest> _free = new();
    private readonly object _signal = new();
    private ApnsRequest? _inbox;
    private ApnsRequest? _taking;
    private long _added;
    private long _taken;
    private string? _firstReason;
    private int _alike;
    private bool _waiting;
    private bool _nudged;
    private bool _disposed;
    private volatile bool _stopped;
    private ApnsException? _stopReason;

    internal ApnsBatch(ApnsClient client, ApnsConnectionPool pool, ApnsBatchOptions options)
    {
        _client = client;
        _pool = pool;
        _options = options;
        long now = MonotonicClock.Now;
        if (options.Deadline is { } deadline) _deadline = now + (deadline - DateTimeOffset.UtcNow).Ticks;
        if (options.RatePerSecond is { } rate) _pacer = new Pacer(rate, now);
        Window = WindowFor(pool);
        if (options.Journal is { } journal)
        {
            if (client.Options.Simulator is not null) throw new ApnsException(ApnsErrorKind.NotSupported, "A simulator takes pushes without tokens, by which a journal knows them. Send without one.");
            RequestTemplate? template = journal.Notification is null ? null : client.Compile(journal.Notification);
            _journal = BatchJournal.Open(journal, template, client.Options.Endpoint.Environment, Release);
        }

        _activity = ApnsTelemetry.StartBatch(client.Options.Endpoint);
    }

    /// <summary>
    /// Inputs that may be outstanding: enough to have every stream of the connections busy while results are handled.
    /// </summary>
    public int Window { get; private set; }

    /// <summary>Inputs added.</summary>
    public long Added => _added;

    /// <summary>Results taken, and inputs skipped that have none.</summary>
    public long Taken => _taken;

    /// <summary>Inputs that an earlier run finished, by the journal.</summary>
    public long Skipped => _journal?.Skipped ?? 0;

    /// <summary>
    /// Bytes that were cut off the journal's end: an earlier run was killed while it wrote them, or the disk was full. What
    /// they began had not been sent; what they ended counts as unfinished.
    /// </summary>
    public long JournalBytesCut => _journal?.Cut ?? 0;

    /// <summary>
    /// Whether the next input has to wait: until a result was taken, or until it is due by
    /// <see cref="ApnsBatchOptions.RatePerSecond"/>. <see cref="Wait"/> waits for either.
    /// </summary>
    public bool IsFull => IsWindowFull || Pause() > TimeSpan.Zero;

    /// <summary>Why the batch stopped by itself: nothing that follows could be delivered. Null while it goes on.</summary>
    public ApnsException? StopReason => _stopReason;

    private bool IsWindowFull => _added - _taken >= Window;

    bool IRequestSink.Withdrawn => _stopped;

    /// <summary>Adds an input. It never blocks and never throws for the input's sake: what is wrong with it is its result.</summary>
    /// <param name="token">The device token, in hexadecimal or base64.</param>
    /// <param name="notification">What to send; the same object for many tokens is compiled once.</param>
    /// <param name="inputObject">What the result is to carry; null means the token.</param>
    /// <param name="apnsId">apns-id to send; null means a new one.</param>
    /// <exception cref="ObjectDisposedException">The batch was disposed of.</exception>
    public void Add(string? token, ApnsNotification notification, object? inputObject = null, Guid? apnsId = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        ObjectDisposedException.ThrowIf(_disposed, this);
        ApnsRequest request = NewRequest(inputObject);
        _client.Prepare(request, token, notification, apnsId ?? NewId());
        if (_options.Delivery is { } delivery) request.Delivery = delivery;
        if (_journal is not null && request.Failure is null && !IsToBeSent(_journal, request)) return;
        if (_stopped) request.Failure ??= _stopReason ?? ApnsException.Stopped;
        if (request.Failure is null) Submit(request);
        else _pool.Refuse(request);
    }

    /// <summary>Adds an input that the caller knows to be bad: nothing is sent for it, and its result says why.</summary>
    /// <param name="token">The device token.</param>
    /// <param name="reason">APNs's reason for such a thing, or null.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <param name="inputObject">What the result is to carry; null means the token.</param>
    /// <exception cref="ObjectDisposedException">The batch was disposed of.</exception>
    public void AddInvalid(string? token, string? reason, string error, object? inputObject = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ApnsRequest request = NewRequest(inputObject);
        request.Token = token?.Trim() ?? "";
        request.InputObject ??= request.Token;
        request.TakenAt = MonotonicClock.Now;
        request.Reason = reason;
        request.Failure = new ApnsException(ApnsErrorKind.InvalidNotification, $"Input {request.Index}: {error}") { Reason = reason };
        _pool.Refuse(request);
    }

    /// <summary>Takes a result if one is ready; never blocks.</summary>
    /// <param name="result">The result.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake([NotNullWhen(true)] out ApnsResult? result)
    {
        if (_taking is null) TakeInbox();
        if (_taking is not { } request)
        {
            result = null;
            return false;
        }

        _taking = request.Next;
        _taken++;
        result = ResultBuilder.Build(request);
        if (!request.Skipped)
        {
            _outcomes[(int)result.Outcome]++;
            Judge(request, result);
        }

        if (request.JournalOffset > 0) _journal!.End(request, result);
        Free(request);
        return true;
    }

    /// <summary>
    /// Waits until a result is ready, the next input is due, all are taken and none has to wait, the batch is stopped, or
    /// the time is over.
    /// </summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns>Whether a result is ready.</returns>
    public bool Wait(TimeSpan timeout)
    {
        if (_taking is not null) return true;
        TimeSpan pause = IsWindowFull ? TimeSpan.Zero : Pause();
        if (_added == _taken && pause == TimeSpan.Zero) return false;

        // A monitor waits for whole milliseconds.
        pause = TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(pause.TotalMilliseconds), int.MaxValue));
        if (pause > TimeSpan.Zero && (pause < timeout || timeout == Timeout.InfiniteTimeSpan)) timeout = pause;
        _journal?.BeforeWait(_added - _taken);
        _pool.Flush();
        lock (_signal)
        {
            if (Volatile.Read(ref _inbox) is null && !_nudged)
            {
                _waiting = true;
                Monitor.Wait(_signal, timeout);
                _waiting = false;
            }

            _nudged = false;
        }

        Window = WindowFor(_pool);
        return Volatile.Read(ref _inbox) is not null;
    }

    /// <summary>
    /// Lets what was added leave at once; <see cref="Wait"/> does so by itself. With a journal it waits until that and all
    /// results taken are on file; if they cannot be written, <see cref="StopReason"/> says why.
    /// </summary>
    public void Flush()
    {
        if (_journal?.Flush() is { } failure) StopFor(failure);
        _pool.Flush();
    }

    /// <summary>
    /// Sends nothing more: what waits comes back as <see cref="ApnsOutcome.NotSent"/>, what is in flight as it ends.
    /// Returns at once; any thread may call it.
    /// </summary>
    public void Stop()
    {
        if (_stopped) return;
        _stopped = true;
        _pool.Withdraw(this, _stopReason ?? ApnsException.Stopped);
        lock (_signal)
        {
            _nudged = true;
            Monitor.PulseAll(_signal);
        }
    }

    /// <summary>Stops the batch and forgets it: results that were not taken are gone.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Stop();
        _journal?.Dispose();
        if (_activity is { } activity) EndActivity(activity);
    }

    void IRequestSink.Post(ApnsRequest request) => Post(request);

    private void Post(ApnsRequest request)
    {
        ApnsRequest? first;
        do
        {
            first = Volatile.Read(ref _inbox);
            request.Next = first;
        }
        while (Interlocked.CompareExchange(ref _inbox, request, first) != first);
    }

    void IRequestSink.Wake()
    {
        lock (_signal)
        {
            if (_waiting) Monitor.Pulse(_signal);
        }
    }

    private static int WindowFor(ApnsConnectionPool pool) => Math.Max(SmallestWindow, (int)Math.Min(2L * pool.StreamLimit, 1 << 20));

    private ApnsRequest NewRequest(object? inputObject)
    {
        if (!_free.TryPop(out ApnsRequest? request)) request = new ApnsRequest { Sink = this };
        request.Index = _added++;
        request.InputObject = inputObject;
        return request;
    }

    private void Submit(ApnsRequest request)
    {
        if (_options.Timeout is { } timeout) request.Deadline = request.TakenAt + timeout.Ticks;
        if (_deadline < request.Deadline)
        {
            request.Deadline = _deadline;
            request.EndsWithBatch = true;
        }

        if (request.Deadline <= request.TakenAt)
        {
            request.OutOfTime = true;
            _pool.Refuse(request);
            return;
        }

        _pacer?.Take(request.TakenAt);
        if (_journal is null) _pool.Submit(request);
        else _journal.Begin(request);
    }

    /// <summary>Whether an input is to be sent, by what the journal knows of it; one that is not is dealt with here.</summary>
    private bool IsToBeSent(BatchJournal journal, ApnsRequest request)
    {
        switch (Recall(journal, request))
        {
            case JournalVerdict.Send:
                return true;
            case JournalVerdict.LeaveUnknown:
                request.Outcome = ApnsOutcome.Unknown;
                request.FinishedAt = request.TakenAt;
                Post(request);
                return false;
            case JournalVerdict.Skip when _options.Journal!.IncludeSkipped:
                Post(request);
                return false;
            default:
                _taken++;
                Free(request);
                return false;
        }
    }

    /// <summary>What the journal knows of an input; when it cannot be read, the input fails, and with it the batch.</summary>
    private JournalVerdict Recall(BatchJournal journal, ApnsRequest request)
    {
        try
        {
            return journal.Recall(request);
        }
        catch (ApnsException e)
        {
            request.Failure = e;
            StopFor(e);
            return JournalVerdict.Send;
        }
    }

    /// <summary>Takes an input from the journal, on this thread or the journal's: its begin is on file, or could not be written.</summary>
    private void Release(ApnsRequest request)
    {
        if (request.Failure is null) _pool.Submit(request, MonotonicClock.Now);
        else _pool.Refuse(request);
    }

    private void Free(ApnsRequest request)
    {
        request.Reset();
        _free.Push(request);
    }

    /// <summary>How long the pace holds the next input back; what would not be sent anyway need not wait.</summary>
    private TimeSpan Pause()
    {
        if (_pacer is null || _stopped) return TimeSpan.Zero;
        long now = MonotonicClock.Now;
        TimeSpan pause = _pacer.Pause(now);
        TimeSpan left = TimeSpan.FromTicks(Math.Max(0, _deadline - now));
        return pause < left ? pause : left;
    }

    private void EndActivity(Activity activity)
    {
        activity.SetTag("apns.batch.added", _added);
        for (int i = 0; i < _outcomes.Length; i++) activity.SetTag($"apns.batch.{ApnsTelemetry.NameOf((ApnsOutcome)i)}", _outcomes[i]);
        activity.Fail(_stopReason);
        activity.End();
    }

    /// <summary>The inbox is a stack, for pushing without a lock; it is turned round here so that results keep their order.</summary>
    private void TakeInbox()
    {
        ApnsRequest? request = Interlocked.Exchange(ref _inbox, null);
        while (request is not null)
        {
            ApnsRequest? next = request.Next;
            request.Next = _taking;
            _taking = request;
            request = next;
        }
    }

    /// <summary>Looks for what dooms all that follows.</summary>
    private void Judge(ApnsRequest request, ApnsResult result)
    {
        bool ownTopic = result.Notification?.Topic is not null && !_options.OneTopic;
        if (Doom.Of(request, result, "notification", ownTopic) is { } doom) StopFor(doom);
        if (_alike >= 0 && result.Status != 0) JudgeFirstAnswers(result.Reason);
    }

    /// <summary>What one answer says of one input, the first fifty say of all.</summary>
    private void JudgeFirstAnswers(string? reason)
    {
        bool tells = ApnsReason.ConcernsTopic(reason) || (reason == ApnsReasons.BadDeviceToken && _options.CheckEnvironment);
        _firstReason ??= reason;
        _alike = tells && reason == _firstReason ? _alike + 1 : -1;
        if (_alike < FirstAnswers) return;
        string question = reason == ApnsReasons.BadDeviceToken
            ? "Are these tokens of the other environment? Check -Environment; no token was found to be dead."
            : ApnsReason.For(400, reason).Remedy;
        StopFor(new ApnsException(ApnsErrorKind.Refused, $"The first {FirstAnswers} answers were all {reason}. {question}") { Reason = reason });
    }

    private void StopFor(ApnsException reason)
    {
        if (_stopReason is not null) return;
        _stopReason = reason;
        Stop();
    }

    /// <summary>
    /// A random UUID of version 4. Unique is all it must be, and the runtime's own generator asks the system for secure
    /// bytes each time, which costs more than the rest of a request.
    /// </summary>
    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _ids.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
