using System;
using System.Collections.Generic;

namespace Apns.Client;

/// <summary>
/// All that the pool decides, without thread, socket or clock: which connection takes a request, what is replayed,
/// retried or given up, when connections are opened anew. The owner guards it with a lock and gives it the time, in
/// ticks of 100 ns.
/// </summary>
internal sealed class Dispatcher
{
    private const int ReplaysAtOnce = 3;

    private readonly PoolOptions _options;
    private readonly Func<int, IPoolConnection> _open;
    private readonly Random _random;
    private readonly PoolSizer _sizer;
    private readonly List<Member> _members = [];
    private readonly Queue<ApnsRequest> _replays = new();
    private readonly Queue<ApnsRequest> _queue = new();
    private readonly PriorityQueue<ApnsRequest, long> _backingOff = new();
    private readonly HashSet<IRequestSink> _touched = [];
    private readonly Dictionary<(ApnsOutcome Outcome, string Reason), long> _refusals = [];
    private readonly Dictionary<string, long> _endings = new(StringComparer.Ordinal);
    private readonly PoolLog _log = new();
    private IRequestSink? _lastTouched;
    private PoolTotals _totals;
    private long _lastRoundTrip;
    private int _opened;
    private int _failures;
    private long _openNotBefore;

    // No request in the queues has an earlier one.
    private long _earliestDeadline = long.MaxValue;
    private bool _closed;

    /// <param name="options">How to replace, replay and retry.</param>
    /// <param name="open">Makes a connection and starts it; given its number, counted from 0.</param>
    /// <param name="random">For jitter.</param>
    public Dispatcher(PoolOptions options, Func<int, IPoolConnection> open, Random random)
    {
        _options = options;
        _open = open;
        _random = random;
        _sizer = new PoolSizer(options.Connections, Math.Max(options.Connections, options.MaxConnections));
    }

    /// <summary>Whom it tells what it does.</summary>
    public PoolLog Log => _log;

    /// <summary>What it has done so far.</summary>
    public ref readonly PoolTotals Totals => ref _totals;

    /// <summary>How many requests ended otherwise than delivered, by outcome and <see cref="ApnsReason.Label"/>.</summary>
    public IReadOnlyDictionary<(ApnsOutcome Outcome, string Reason), long> Refusals => _refusals;

    /// <summary>How many connections ended, by the name of their <see cref="ApnsErrorKind"/>; nothing where that was asked for.</summary>
    public IReadOnlyDictionary<string, long> Endings => _endings;

    /// <summary>How many connections to have: at least, and at most.</summary>
    public (int Min, int Max) Limits => (_sizer.Min, _sizer.Max);

    /// <summary>Whether a connection was ever ready.</summary>
    public bool Started { get; private set; }

    /// <summary>Why the last connection failed, or null since one was ready.</summary>
    public ApnsException? LastFailure { get; private set; }

    /// <summary>Connections that take requests, are on their way, or drain.</summary>
    public int Connections => _members.Count;

    /// <summary>Requests that wait for a connection, a stream or the end of a pause.</summary>
    public int Waiting => _replays.Count + _queue.Count + _backingOff.Count;

    /// <summary>Requests in flight.</summary>
    public int InFlight
    {
        get
        {
            int count = 0;
            foreach (Member member in _members) count += member.Connection.InFlight;
            return count;
        }
    }

    /// <summary>Requests that the active connections allow at once.</summary>
    public int StreamLimit
    {
        get
        {
            long sum = 0;
            foreach (Member member in _members) sum += member.Figures.StreamLimit;
            return (int)Math.Min(sum, int.MaxValue);
        }
    }

    /// <summary>From posting to answer, a smoothed mean over the connections, in ticks; 0 before the first answer.</summary>
    public long RoundTrip
    {
        get
        {
            long sum = 0;
            int count = 0;
            foreach (Member member in _members)
            {
                if (member.Figures.RoundTrip == 0) continue;
                sum += member.Figures.RoundTrip;
                count++;
            }

            return count == 0 ? _lastRoundTrip : sum / count;
        }
    }

    /// <summary>Whether there is nothing that time could change.</summary>
    public bool IsIdle
    {
        get
        {
            if (Waiting > 0) return false;
            foreach (Member member in _members)
            {
                if (member.State != ApnsConnectionState.Active || member.Connection.InFlight > 0) return false;
            }

            // Connections beyond those to keep go in time.
            return _members.Count <= _sizer.Min;
        }
    }

    /// <summary>Opens the first connections.</summary>
    public void Start(long now) => OpenWanted(now);

    /// <summary>Takes a request: posts it, or queues it until that is possible.</summary>
    public void Submit(ApnsRequest request, long now)
    {
        if (_closed || request.Sink.Withdrawn)
        {
            // A sink may be withdrawn by another thread just when it submits.
            GiveUp(request, _closed ? ApnsException.SessionClosed : ApnsException.Stopped, now);
            WakeSinks();
            return;
        }

        bool posted = Waiting == _backingOff.Count && TryPost(request, now, more: false);
        if (posted) return;
        Enqueue(_queue, request);
        OpenWanted(now);
    }

    /// <summary>Takes a request that cannot be sent: its <see cref="ApnsRequest.Failure"/> says why.</summary>
    public void Refuse(ApnsRequest request)
    {
        // An earlier run may have sent it.
        Finish(request, request.Attempts > 0 ? ApnsOutcome.Unknown : ApnsOutcome.NotSent, request.TakenAt);
        WakeSinks();
    }

    /// <summary>Changes how many connections to have. Those too many take no more requests and end with their last answer.</summary>
    public void SetLimits(int min, int max, long now)
    {
        _sizer.SetLimits(min, max, now);
        LetGo();
        OpenWanted(now);
    }

    /// <summary>Lets what was posted leave: nothing follows for the moment.</summary>
    public void Flush()
    {
        foreach (Member member in _members)
        {
            if (!member.Posted) continue;
            member.Posted = false;
            member.Connection.Flush();
        }
    }

    /// <summary>A connection made progress: see <see cref="IConnectionOwner"/>.</summary>
    public void OnProgress(IPoolConnection connection, List<ApnsRequest> finished, long now)
    {
        Member? member = Find(connection);
        foreach (ApnsRequest request in finished)
        {
            if (request.LastEnd == AttemptEnd.Answered)
            {
                _totals.Answered++;

                // A connection that was only told that it will not do, or that the server fails, has served nothing.
                bool served = request.Status < 500 && !ApnsReason.RefusesProviderToken(request.Reason);
                if (member is not null && served) member.Answered = true;
            }

            request.RefusedBy = request.LastEnd == AttemptEnd.NotProcessed ? connection : null;
            Decide(request, member, now);
        }

        if (member is not null) Observe(member, now);
        PostWaiting(now);
        if (Waiting > 0 || InFlight > 0) OpenWanted(now);
        Flush();
        WakeSinks();
    }

    /// <summary>The coarse clock: pauses that are over, deadlines that passed in the queue, connections to open again.</summary>
    public void Tick(long now)
    {
        while (_backingOff.TryPeek(out ApnsRequest? request, out long due) && due <= now)
        {
            _backingOff.Dequeue();
            if (!GiveUpIfLate(request, now)) Enqueue(_replays, request);
        }

        DropLate(now);
        PostWaiting(now);
        Size(now);
        if (Waiting > _backingOff.Count) OpenWanted(now);
        _log.Tick(now);
        Flush();
        WakeSinks();
    }

    /// <summary>A sink has become <see cref="IRequestSink.Withdrawn"/>: the next tick looks for what it has waiting.</summary>
    public void NoteWithdrawal() => _earliestDeadline = 0;

    /// <summary>Takes back what a sink still has waiting; what is in flight goes on.</summary>
    public void Withdraw(IRequestSink sink, ApnsException reason, long now)
    {
        WithdrawFrom(_replays, sink, reason, now);
        WithdrawFrom(_queue, sink, reason, now);
        List<(ApnsRequest Request, long Due)> kept = [];
        while (_backingOff.TryDequeue(out ApnsRequest? request, out long due))
        {
            if (ReferenceEquals(request.Sink, sink)) GiveUp(request, reason, now);
            else kept.Add((request, due));
        }

        foreach ((ApnsRequest request, long due) in kept) _backingOff.Enqueue(request, due);
        WakeSinks();
    }

    /// <summary>Ends it: what waits is not sent, what is in flight is waited for by the connections.</summary>
    public void Close(long now)
    {
        _closed = true;
        ApnsException reason = ApnsException.SessionClosed;
        while (_replays.TryDequeue(out ApnsRequest? request)) GiveUp(request, reason, now);
        while (_queue.TryDequeue(out ApnsRequest? request)) GiveUp(request, reason, now);
        while (_backingOff.TryDequeue(out ApnsRequest? request, out _)) GiveUp(request, reason, now);
        foreach (Member member in _members) member.Connection.Close();
        WakeSinks();
    }

    /// <summary>A copy of the connections at this moment.</summary>
    public IPoolConnection[] Snapshot() => [.. _members.ConvertAll(static m => m.Connection)];

    private Member? Find(IPoolConnection connection)
    {
        foreach (Member member in _members)
        {
            if (ReferenceEquals(member.Connection, connection)) return member;
        }

        return null;
    }

    /// <summary>What became of a request on its connection.</summary>
    private void Decide(ApnsRequest request, Member? member, long now)
    {
        if (request.LastEnd != AttemptEnd.NotProcessed)
        {
            // It reached APNs, perhaps after another time of which nobody knows.
            request.PossibleDuplicate |= request.InDoubt;
            request.InDoubt |= request.LastEnd == AttemptEnd.Lost;
            if (request.LastEnd == AttemptEnd.Lost) request.Losses++;
        }

        request.OutOfTime = request.LastEnd == AttemptEnd.TimedOut;

        switch (request.LastEnd)
        {
            case AttemptEnd.Answered:
                DecideAnswered(request, member, now);
                break;
            case AttemptEnd.NotProcessed:
                Replay(request, now, atOnce: ++request.Refusals <= ReplaysAtOnce);
                break;
            case AttemptEnd.Lost when request.Delivery == ApnsDelivery.AtLeastOnce && request.Losses < _options.MaxLosses:
                Replay(request, now, atOnce: request.Losses == 1);
                break;
            default:
                Finish(request, ApnsOutcome.Unknown, now);
                break;
        }
    }

    private void DecideAnswered(ApnsRequest request, Member? member, long now)
    {
        if (request.Succeeded)
        {
            Finish(request, ApnsOutcome.Delivered, now);
            return;
        }

        switch (ApnsReason.For(request.Status, request.Reason).Handling)
        {
            case AnswerHandling.BackOff:
                BackOff(request, now, request.RetryAfter);
                break;
            case AnswerHandling.NewConnection when request.TokenRefusedAt == 0 || member?.OpenedAt < request.TokenRefusedAt:
                // The other connections may be as old; one that was opened since has a new token, and no excuse.
                if (request.TokenRefusedAt == 0) request.TokenRefusedAt = now;
                Replay(request, now, atOnce: true);
                break;
            default:
                Finish(request, ApnsOutcome.Rejected, now);
                break;
        }
    }

    private void Replay(ApnsRequest request, long now, bool atOnce)
    {
        if (_closed || request.Sink.Withdrawn)
        {
            GiveUp(request, request.Failure ?? (_closed ? ApnsException.SessionClosed : ApnsException.Stopped), now);
        }
        else if (atOnce)
        {
            if (GiveUpIfLate(request, now)) return;
            _log.SendsAgain(request, now);
            Enqueue(_replays, request);
        }
        else
        {
            BackOff(request, now, null);
        }
    }

    /// <summary>Exponential, with jitter over the upper half; what would come after the deadline is not waited for.</summary>
    private void BackOff(ApnsRequest request, long now, TimeSpan? asked)
    {
        TimeSpan pause = Pause(_options.FirstBackOff, request.BackOffs++);
        if (asked > pause) pause = asked.Value;
        if (_closed || request.Sink.Withdrawn)
        {
            GiveUp(request, null, now);
        }
        else if (now + pause.Ticks >= request.Deadline)
        {
            request.OutOfTime = true;
            GiveUp(request, null, now);
        }
        else
        {
            _log.SendsAgain(request, now);
            _backingOff.Enqueue(request, now + pause.Ticks);
        }
    }

    private TimeSpan Pause(TimeSpan first, int times)
    {
        double ticks = Math.Min(_options.LongestBackOff.Ticks, first.Ticks * Math.Pow(2, Math.Min(times, 20)));
        return TimeSpan.FromTicks((long)(ticks * (0.5 + (0.5 * _random.NextDouble()))));
    }

    /// <summary>Ends a request that will not be sent again, by what its last attempt came to.</summary>
    private void GiveUp(ApnsRequest request, ApnsException? reason, long now)
    {
        request.Failure = reason ?? request.Failure;

        // Refused the last time, answered the time before, and nothing in doubt: the answer is how it ended.
        if (request.LastEnd == AttemptEnd.NotProcessed && !request.InDoubt) request.RecallAttempt();
        ApnsOutcome outcome = request.LastEnd switch
        {
            AttemptEnd.Answered => ApnsOutcome.Rejected,
            AttemptEnd.Lost or AttemptEnd.TimedOut => ApnsOutcome.Unknown,

            // Never sent, or refused the last time; an attempt before that may still have been processed.
            _ => request.Attempts > 0 ? ApnsOutcome.Unknown : ApnsOutcome.NotSent,
        };

        Finish(request, outcome, now);
    }

    private bool GiveUpIfLate(ApnsRequest request, long now)
    {
        if (request.Deadline > now && !request.Sink.Withdrawn) return false;
        request.OutOfTime = !request.Sink.Withdrawn;
        GiveUp(request, request.Sink.Withdrawn ? ApnsException.Stopped : LastFailure, now);
        return true;
    }

    /// <summary>Not with each tick: to look at all that waits takes longer than anything else a tick does.</summary>
    private void DropLate(long now)
    {
        if (now < _earliestDeadline) return;
        _earliestDeadline = long.MaxValue;
        DropLate(_replays, now);
        DropLate(_queue, now);
    }

    private void DropLate(Queue<ApnsRequest> queue, long now)
    {
        for (int count = queue.Count; count > 0; count--)
        {
            ApnsRequest request = queue.Dequeue();
            if (!GiveUpIfLate(request, now)) Enqueue(queue, request);
        }
    }

    private void Enqueue(Queue<ApnsRequest> queue, ApnsRequest request)
    {
        queue.Enqueue(request);
        if (request.Deadline < _earliestDeadline) _earliestDeadline = request.Deadline;
    }

    private void WithdrawFrom(Queue<ApnsRequest> queue, IRequestSink sink, ApnsException reason, long now)
    {
        for (int count = queue.Count; count > 0; count--)
        {
            ApnsRequest request = queue.Dequeue();
            if (ReferenceEquals(request.Sink, sink)) GiveUp(request, reason, now);
            else queue.Enqueue(request);
        }
    }

    private void Finish(ApnsRequest request, ApnsOutcome outcome, long now)
    {
        request.Outcome = outcome;
        request.FinishedAt = now;
        if (outcome == ApnsOutcome.Delivered) _totals.Delivered++;
        else CountRefusal(request);
        request.Sink.Post(request);
        if (ReferenceEquals(_lastTouched, request.Sink)) return;
        _lastTouched = request.Sink;
        _touched.Add(request.Sink);
    }

    private void CountRefusal(ApnsRequest request)
    {
        switch (request.Outcome)
        {
            case ApnsOutcome.Rejected:
                _totals.Rejected++;
                break;
            case ApnsOutcome.Unknown:
                _totals.Unknown++;
                break;
            default:
                _totals.NotSent++;
                break;
        }

        (ApnsOutcome, string) kind = (request.Outcome, ApnsReason.Label(request.Reason));
        _refusals[kind] = _refusals.GetValueOrDefault(kind) + 1;
    }

    private void WakeSinks()
    {
        foreach (IRequestSink sink in _touched) sink.Wake();
        _touched.Clear();
        _lastTouched = null;
    }

    private void PostWaiting(long now)
    {
        while (_replays.TryPeek(out ApnsRequest? request) && (GiveUpIfLate(request, now) || TryPost(request, now, more: true))) _replays.Dequeue();
        if (_replays.Count > 0) return;
        while (_queue.TryPeek(out ApnsRequest? request) && (GiveUpIfLate(request, now) || TryPost(request, now, more: true))) _queue.Dequeue();
    }

    /// <summary>
    /// Posts to the connection with the least in flight that takes it; to the one that refused it last only if there is
    /// no other.
    /// </summary>
    private bool TryPost(ApnsRequest request, long now, bool more)
    {
        // Once it is posted it is the connection's, whose threads may have ended it before this one looks again.
        bool again = request.LastEnd != AttemptEnd.None;
        while (true)
        {
            Member? best = null;
            int least = int.MaxValue;
            foreach (Member member in _members)
            {
                if (member.Refused || member.Connection.IsBlocked) continue;
                int inFlight = ReferenceEquals(member.Connection, request.RefusedBy) ? int.MaxValue - 1 : member.Connection.InFlight;
                if (inFlight >= least) continue;
                best = member;
                least = inFlight;
            }

            if (again && best is not null) request.RememberAttempt();
            if (best is null || best.Connection.TryPost(request, now, more))
            {
                foreach (Member member in _members) member.Refused = false;
                if (best is null) return false;
                best.Posted = true;
                _totals.Sent++;
                if (again) _totals.Retried++;
                return true;
            }

            // Refused all the same: it is asked first whether it is alive, or became blocked meanwhile. The next best may take it.
            best.Refused = true;
        }
    }

    private void Observe(Member member, long now)
    {
        ApnsConnectionState before = member.State;
        ConnectionFigures figures = member.Connection.Figures;
        ApnsConnectionState state = member.State = figures.State;
        _totals.BytesSent += figures.BytesSent - member.Figures.BytesSent;
        _totals.BytesReceived += figures.BytesReceived - member.Figures.BytesReceived;
        _totals.Throttles += figures.Throttles - member.Figures.Throttles;
        int limit = member.Figures.StreamLimit;
        member.Figures = figures;
        if (before == ApnsConnectionState.Connecting && state == ApnsConnectionState.Active)
        {
            Started = true;
            LastFailure = null;
            _log.BecameReady(member.Number, figures);
        }
        else if (state == ApnsConnectionState.Active && figures.StreamLimit != limit)
        {
            _log.ChangedLimit(member.Number, limit, figures);
        }

        if (member.Answered) _failures = 0;
        if (before < ApnsConnectionState.Closing && state >= ApnsConnectionState.Closing) OnEnding(member, now);
        if (state == ApnsConnectionState.Closed) Forget(member);
    }

    private void Forget(Member member)
    {
        if (member.Figures.RoundTrip > 0) _lastRoundTrip = member.Figures.RoundTrip;
        _members.Remove(member);
        _totals.Closed++;
        string kind = member.Connection.CloseReason?.Kind.ToString() ?? "";
        _endings[kind] = _endings.GetValueOrDefault(kind) + 1;
        _log.Ended(member.Number, member.Figures);

        // An idle pool does not connect again; nor is what it had at its busiest what the next request needs.
        if (Waiting == 0 && InFlight == 0) _sizer.Settle(Usable());
    }

    private void OnEnding(Member member, long now)
    {
        ApnsException? reason = member.Connection.CloseReason;
        _log.Ends(member.Number, reason);
        if (reason is null) return;
        LastFailure = reason;

        // A connection that ended before it served anything is a failure to connect: do not knock again at once.
        if (!member.Answered)
        {
            _openNotBefore = now + Pause(_options.FirstReconnect, _failures++).Ticks;
            if (Usable() > 0) _sizer.Refused(now);
        }

        if (!reason.IsPermanent || Usable() > 0) return;

        // No connection is left and none can be made: nothing that waits can be sent.
        while (_replays.TryDequeue(out ApnsRequest? request)) GiveUp(request, reason, now);
        while (_queue.TryDequeue(out ApnsRequest? request)) GiveUp(request, reason, now);
    }

    /// <summary>Connections that take requests or are on their way.</summary>
    private int Usable()
    {
        int usable = 0;
        foreach (Member member in _members)
        {
            if (member.State < ApnsConnectionState.Closing) usable++;
        }

        return usable;
    }

    /// <summary>Adds a connection or lets one go, as the sizer finds.</summary>
    private void Size(long now)
    {
        int active = 0;
        foreach (Member member in _members)
        {
            if (member.State == ApnsConnectionState.Active) active++;
        }

        bool waits = _replays.Count + _queue.Count > 0;
        bool complete = active == _sizer.Wanted && active == Usable() && now >= _openNotBefore && !_closed;
        _sizer.Tick(waits, complete, _totals.Answered, RoundTrip, now);
        LetGo();
    }

    /// <summary>Closes the connections that are more than wanted: those on their way first, then those with the least in flight.</summary>
    private void LetGo()
    {
        for (int usable = Usable(); usable > _sizer.Wanted; usable--)
        {
            Member? least = null;
            foreach (Member member in _members)
            {
                if (member.State >= ApnsConnectionState.Closing) continue;
                if (least is null || member.State < least.State || (member.State == least.State && member.Connection.InFlight <= least.Connection.InFlight)) least = member;
            }

            least!.State = ApnsConnectionState.Closing;
            least.Figures = least.Figures with { StreamLimit = 0 };
            least.Connection.Close();
        }
    }

    private void OpenWanted(long now)
    {
        if (_closed || now < _openNotBefore) return;
        for (int usable = Usable(); usable < _sizer.Wanted; usable++)
        {
            try
            {
                _members.Add(new Member(_open(_opened), _opened, now));
                _log.Began(_opened++);
                _totals.Opened++;
            }
            catch (Exception e)
            {
                // The key may be gone, or the system may give no thread: a failure to connect like any other.
                LastFailure = new ApnsException(ApnsErrorKind.ConnectFailed, $"No connection could be begun: {e.Message}", e);
                _openNotBefore = now + Pause(_options.FirstReconnect, _failures++).Ticks;
                return;
            }
        }
    }

    private sealed class Member(IPoolConnection connection, int number, long openedAt)
    {
        public IPoolConnection Connection { get; } = connection;

        public int Number { get; } = number;

        public long OpenedAt { get; } = openedAt;

        public ApnsConnectionState State { get; set; }

        /// <summary>What it was and had done when it was last looked at.</summary>
        public ConnectionFigures Figures { get; set; }

        /// <summary>Whether it ever answered a request.</summary>
        public bool Answered { get; set; }

        /// <summary>Whether something was posted since the last flush.</summary>
        public bool Posted { get; set; }

        /// <summary>Whether it just refused the request that is being placed.</summary>
        public bool Refused { get; set; }
    }
}
