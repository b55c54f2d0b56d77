using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;

namespace Apns.Client;

/// <summary>
/// A simulator as the pool sees it: a connection that takes a few requests at once and runs simctl for each. So waiting,
/// deadlines, stopping and results are those of any other sending. Thread-safe.
/// </summary>
internal sealed class SimulatorConnection : IPoolConnection
{
    // Each push is a process of its own.
    private const int AtOnce = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<ApnsRequest, CancellationTokenSource> _underWay = [];
    private readonly TimeSpan _connectTimeout;
    private readonly string _device;
    private readonly string? _topic;
    private readonly int _number;
    private readonly IConnectionOwner _owner;
    private ApnsConnectionState _state;
    private ApnsException? _closeReason;
    private Action? _stopConnecting;
    private DateTimeOffset? _connectedAt;
    private long _sent;
    private long _bytes;

    public SimulatorConnection(string device, string? topic, TimeSpan connectTimeout, int number, IConnectionOwner owner)
    {
        _device = device;
        _topic = topic;
        _number = number;
        _owner = owner;
        _connectTimeout = connectTimeout;
    }

    public ConnectionFigures Figures
    {
        get { lock (_gate) return new ConnectionFigures(_state, Limit, _sent, _bytes); }
    }

    public ApnsException? CloseReason
    {
        get { lock (_gate) return _closeReason; }
    }

    public int InFlight
    {
        get { lock (_gate) return _underWay.Count; }
    }

    public bool IsBlocked
    {
        get { lock (_gate) return _underWay.Count >= Limit; }
    }

    public ApnsConnectionInfo Info
    {
        get
        {
            lock (_gate)
            {
                return new ApnsConnectionInfo
                {
                    Number = _number,
                    State = _state,
                    RemoteEndPoint = new DnsEndPoint(_device, 0),
                    ConnectedAt = _connectedAt,
                    InFlight = _underWay.Count,
                    StreamLimit = Limit,
                    IsThrottled = false,
                    Sent = _sent,
                    RoundTrip = null,
                    BytesSent = _bytes,
                    BytesReceived = 0,
                    ClockAhead = null,
                };
            }
        }
    }

    private int Limit => _state == ApnsConnectionState.Active ? AtOnce : 0;

    /// <summary>Looks for the device and returns at once.</summary>
    public SimulatorConnection Start()
    {
        Task.Run(ConnectAsync);
        return this;
    }

    public bool TryPost(ApnsRequest request, long now, bool more)
    {
        lock (_gate)
        {
            if (_underWay.Count >= Limit) return false;
            request.ForgetAnswer();
            request.Failure = null;
            request.Attempts++;
            request.SentAt = now;
            _sent++;
            _bytes += request.Template!.Payload.Length;
            var ending = new CancellationTokenSource(TimeSpan.FromTicks(Math.Max(1, request.Deadline - now)));
            _underWay.Add(request, ending);
            Task.Run(() => PushAsync(request, ending.Token), CancellationToken.None);
            return true;
        }
    }

    public void Flush()
    {
        // Nothing is held back.
    }

    public void Sweep()
    {
        // Each push has its own deadline.
    }

    public void Close() => End(null, abort: false);

    public void Abort(ApnsException reason) => End(reason, abort: true);

    private async Task ConnectAsync()
    {
        ApnsException? failure = null;
        using var ending = new CancellationTokenSource(_connectTimeout);
        lock (_gate) _stopConnecting = ending.Cancel;
        try
        {
            await Simctl.CheckAsync(_device, ending.Token);
        }
        catch (ApnsException e)
        {
            failure = e;
        }
        catch (OperationCanceledException)
        {
            failure = new ApnsException(ApnsErrorKind.ConnectTimeout, "xcrun simctl did not list the simulators in time.");
        }
        catch (Exception e)
        {
            failure = new ApnsException(ApnsErrorKind.SimulatorUnavailable, $"xcrun simctl failed: {e.Message}", e);
        }

        lock (_gate)
        {
            _stopConnecting = null;
            if (_state == ApnsConnectionState.Connecting)
            {
                _closeReason = failure;
                _connectedAt = DateTimeOffset.UtcNow;
                _state = failure is null ? ApnsConnectionState.Active : ApnsConnectionState.Closed;
            }
        }

        _owner.OnProgress(this, []);
    }

    private async Task PushAsync(ApnsRequest request, CancellationToken ending)
    {
        AttemptEnd end = AttemptEnd.Answered;
        try
        {
            string topic = request.Notification?.Topic ?? _topic ?? "";
            request.Reason = await Simctl.PushAsync(_device, topic, request.Template!.Payload, ending);
            request.Status = request.Reason is null ? 200 : 400;
        }
        catch (ApnsException e)
        {
            request.Failure = e;
            end = AttemptEnd.Lost;
        }
        catch (OperationCanceledException)
        {
            end = AttemptEnd.TimedOut;
        }
        catch (Exception e)
        {
            // Processes and their pipes throw many kinds; whatever it is, the request has an end.
            request.Failure = new ApnsException(ApnsErrorKind.SimulatorUnavailable, $"xcrun simctl failed: {e.Message}", e);
            end = AttemptEnd.Lost;
        }

        lock (_gate)
        {
            _underWay.Remove(request, out CancellationTokenSource? source);
            source?.Dispose();
            request.LastEnd = end;
            if (_state == ApnsConnectionState.Closing && _underWay.Count == 0) _state = ApnsConnectionState.Closed;
        }

        _owner.OnProgress(this, [request]);
    }

    private void End(ApnsException? reason, bool abort)
    {
        bool over;
        lock (_gate)
        {
            if (_state == ApnsConnectionState.Closed) return;
            _stopConnecting?.Invoke();
            _closeReason ??= reason;
            if (abort)
            {
                foreach (CancellationTokenSource ending in _underWay.Values) ending.Cancel();
            }

            over = _underWay.Count == 0;
            _state = over ? ApnsConnectionState.Closed : ApnsConnectionState.Closing;
        }

        // Elsewhere: the owner may hold its lock.
        if (over) Task.Run(() => _owner.OnProgress(this, []));
    }
}
