using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Apns.Client;

/// <summary>
/// Several connections to one endpoint with one credential: the lock, the clock and the sockets around
/// <see cref="Dispatcher"/>. Thread-safe. The pool's lock may be held when a connection's is taken, never the other way.
/// </summary>
internal sealed class ApnsConnectionPool : IConnectionOwner, IDisposable
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dispatcher _dispatcher;
    private readonly PoolMetrics _metrics;
    private readonly Lock _publishing = new();
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly object _clock = new();
    private bool _clockStarted;
    private volatile bool _ticking;
    private volatile bool _clockStopped;
    private bool _closed;

    /// <param name="endpoint">What is connected to, for the figures.</param>
    /// <param name="options">How to replace, replay and retry.</param>
    /// <param name="open">Makes a connection for this owner and starts it; given its number, counted from 0.</param>
    public ApnsConnectionPool(ApnsEndpoint endpoint, PoolOptions options, Func<int, IConnectionOwner, IPoolConnection> open)
    {
        _dispatcher = new Dispatcher(options, number => open(number, this), new Random());
        _metrics = new PoolMetrics(endpoint);
        _tags = ApnsTelemetry.Tags(endpoint);
        ApnsTelemetry.Add(this, endpoint);
    }

    /// <summary>Live figures: connections, requests in flight, requests waiting.</summary>
    public (int Connections, int InFlight, int Waiting) Figures
    {
        get { lock (_gate) return (_dispatcher.Connections, _dispatcher.InFlight, _dispatcher.Waiting); }
    }

    /// <summary>Requests that the connections allow at once, by the server's settings.</summary>
    public int StreamLimit
    {
        get { lock (_gate) return _dispatcher.StreamLimit; }
    }

    /// <summary>How many connections to have: at least, and at most.</summary>
    public (int Min, int Max) Limits
    {
        get { lock (_gate) return _dispatcher.Limits; }
    }

    public bool IsClosed
    {
        get { lock (_gate) return _closed; }
    }

    public ApnsStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                PoolTotals totals = _dispatcher.Totals;
                return new ApnsStatistics
                {
                    Connections = _dispatcher.Connections,
                    InFlight = _dispatcher.InFlight,
                    Waiting = _dispatcher.Waiting,
                    Sent = totals.Sent,
                    Retried = totals.Retried,
                    Delivered = totals.Delivered,
                    Rejected = totals.Rejected,
                    Unknown = totals.Unknown,
                    NotSent = totals.NotSent,
                    RoundTrip = _dispatcher.RoundTrip == 0 ? null : TimeSpan.FromTicks(_dispatcher.RoundTrip),
                    BytesSent = totals.BytesSent,
                    BytesReceived = totals.BytesReceived,
                    Throttled = totals.Throttles,
                    ConnectionsOpened = totals.Opened,
                };
            }
        }
    }

    public ApnsConnectionInfo[] ConnectionInfos
    {
        get
        {
            IPoolConnection[] connections;
            lock (_gate) connections = _dispatcher.Snapshot();
            return Array.ConvertAll(connections, static c => c.Info);
        }
    }

    /// <summary>Tells a log what happens from now on.</summary>
    public void AddLog(ApnsConnectionLog log)
    {
        lock (_gate) _dispatcher.Log.Add(log);
    }

    /// <summary>Tells it no more.</summary>
    public void RemoveLog(ApnsConnectionLog log)
    {
        lock (_gate) _dispatcher.Log.Remove(log);
    }

    /// <summary>Opens the connections; the task ends when the first is ready, or with the failure of the last.</summary>
    /// <exception cref="ApnsException">None could be made.</exception>
    public Task ConnectAsync()
    {
        lock (_gate)
        {
            _dispatcher.Start(MonotonicClock.Now);
            AfterDispatcher();
        }

        return _ready.Task;
    }

    public void Submit(ApnsRequest request) => Submit(request, request.TakenAt);

    /// <summary>Takes a request that was held back until now.</summary>
    public void Submit(ApnsRequest request, long now)
    {
        lock (_gate)
        {
            _dispatcher.Submit(request, now);
            KeepTicking();
        }
    }

    /// <summary>Takes a request that cannot be sent: its failure says why.</summary>
    public void Refuse(ApnsRequest request)
    {
        lock (_gate)
        {
            _dispatcher.Refuse(request);
            KeepTicking();
        }
    }

    /// <summary>Changes how many connections to have, at least and at most.</summary>
    public void SetLimits(int min, int max)
    {
        lock (_gate)
        {
            if (_closed) return;
            _dispatcher.SetLimits(min, max, MonotonicClock.Now);
            AfterDispatcher();
        }
    }

    /// <summary>Lets what was posted leave at once: the caller is about to wait.</summary>
    public void Flush()
    {
        lock (_gate) _dispatcher.Flush();
    }

    /// <summary>A sink without a batch wants what it has waiting no more: it is dropped with the next tick.</summary>
    public void NoteWithdrawal()
    {
        lock (_gate) _dispatcher.NoteWithdrawal();
    }

    /// <summary>Takes back what a sink has waiting.</summary>
    public void Withdraw(IRequestSink sink, ApnsException reason)
    {
        lock (_gate) _dispatcher.Withdraw(sink, reason, MonotonicClock.Now);
    }

    /// <summary>
    /// Sends nothing more, waits for the answers still to come, says goodbye and closes. What has no answer in time
    /// ends as <see cref="ApnsOutcome.Unknown"/>. Idempotent.
    /// </summary>
    public async Task CloseAsync(TimeSpan patience)
    {
        lock (_gate)
        {
            _closed = true;
            _dispatcher.Close(MonotonicClock.Now);
            KeepTicking();
            AfterDispatcher();
        }

        try
        {
            await _drained.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            Dispose();
        }

        // Whoever reads the counters after this finds everything in them.
        Publish();
    }

    /// <summary>Ends everything now.</summary>
    public void Dispose()
    {
        IPoolConnection[] connections;
        lock (_gate)
        {
            _closed = true;
            _dispatcher.Close(MonotonicClock.Now);
            connections = _dispatcher.Snapshot();
        }

        foreach (IPoolConnection connection in connections) connection.Abort(ApnsException.SessionClosed);
        lock (_gate) StopClock();
        Publish();
    }

    void IConnectionOwner.OnProgress(IPoolConnection connection, List<ApnsRequest> finished)
    {
        bool quiet;
        long now = MonotonicClock.Now;
        if (ApnsTelemetry.RoundTrip.Enabled) RecordRoundTrips(finished, now);
        lock (_gate)
        {
            _dispatcher.OnProgress(connection, finished, now);
            AfterDispatcher();
            quiet = !_ticking || _clockStopped;
        }

        if (quiet) Publish();
    }

    private void RecordRoundTrips(List<ApnsRequest> finished, long now)
    {
        foreach (ApnsRequest request in finished)
        {
            if (request.LastEnd == AttemptEnd.Answered) ApnsTelemetry.TellRoundTrip(TimeSpan.FromTicks(now - request.SentAt), _tags);
        }
    }

    private void AfterDispatcher()
    {
        if (_dispatcher.Started)
        {
            _ready.TrySetResult();
        }
        else if (_dispatcher.Connections == 0)
        {
            _ready.TrySetException(_closed ? ApnsException.SessionClosed : _dispatcher.LastFailure ?? new ApnsException(ApnsErrorKind.ConnectionLost, "The connection ended before it was ready. Try again."));
        }

        if (_closed && _dispatcher.Connections == 0)
        {
            _drained.TrySetResult();
            StopClock();
        }
        else if (!_dispatcher.IsIdle)
        {
            KeepTicking();
        }
    }

    private void KeepTicking()
    {
        if (_ticking || _clockStopped) return;
        _ticking = true;
        if (_clockStarted) CallClock();
        else StartClock();
    }

    /// <summary>
    /// A thread of its own, not the thread pool: deadlines must pass when a script keeps that one busy, and its workers
    /// look for more work for a while after each tick, which costs more than the ticks.
    /// </summary>
    private void StartClock()
    {
        _clockStarted = true;
        BackgroundThread.Start(RunClock, "apns clock");
    }

    private void RunClock()
    {
        while (!_clockStopped)
        {
            if (_ticking) Tick();
            lock (_clock)
            {
                if (!_clockStopped) Monitor.Wait(_clock, _ticking ? TickPeriod : Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void CallClock()
    {
        lock (_clock) Monitor.Pulse(_clock);
    }

    private void StopClock()
    {
        _clockStopped = true;
        CallClock();
        ApnsTelemetry.Remove(this);
    }

    /// <summary>Tells the counters what was done. Not under the pool's lock: whoever listens is a stranger.</summary>
    private void Publish()
    {
        lock (_publishing)
        {
            PoolTotals totals;
            KeyValuePair<(ApnsOutcome, string), long>[] refusals;
            KeyValuePair<string, long>[] endings;
            lock (_gate)
            {
                totals = _dispatcher.Totals;
                refusals = [.. _dispatcher.Refusals];
                endings = [.. _dispatcher.Endings];
            }

            _metrics.Publish(totals, refusals, endings);
        }
    }

    private void Tick()
    {
        IPoolConnection[] connections;
        lock (_gate) connections = _dispatcher.Snapshot();

        // Without the pool's lock: a connection reports back through OnProgress.
        foreach (IPoolConnection connection in connections) connection.Sweep();

        lock (_gate)
        {
            _dispatcher.Tick(MonotonicClock.Now);
            AfterDispatcher();
            if (_dispatcher.IsIdle && !_closed)
            {
                _ticking = false;
            }
        }

        Publish();
    }
}
