using System;
using System.Threading;
using System.Threading.Tasks;

namespace Apns.Client;

/// <summary>A client's one connection to the host that manages channels, made when it is first needed. Thread-safe.</summary>
internal sealed class ManagementPool
{
    private readonly Lock _gate = new();
    private readonly ApnsClientOptions _options;
    private Task<ApnsConnectionPool>? _connecting;
    private volatile ApnsConnectionPool? _pool;
    private bool _closed;

    public ManagementPool(ApnsClientOptions options) => _options = options;

    /// <summary>The pool, connected; a failure to connect is forgotten with the next call.</summary>
    /// <exception cref="ApnsException">There is no such host, or no connection to it.</exception>
    public Task<ApnsConnectionPool> GetAsync()
    {
        lock (_gate)
        {
            if (_closed) throw ApnsException.SessionClosed;
            if (_connecting is null or { IsFaulted: true }) _connecting = ConnectAsync();
            return _connecting;
        }
    }

    /// <param name="patience">How long to wait in all, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    public async Task CloseAsync(TimeSpan patience)
    {
        Task<ApnsConnectionPool>? connecting;
        lock (_gate)
        {
            _closed = true;
            connecting = _connecting;
        }

        if (connecting is null) return;
        long start = MonotonicClock.Now;
        try
        {
            ApnsConnectionPool pool = await connecting.WaitAsync(patience);
            await pool.CloseAsync(Left(patience, start));
        }
        catch (Exception e) when (e is ApnsException or TimeoutException)
        {
            // It never came to be, or not in time.
            _pool?.Dispose();
        }
    }

    private static TimeSpan Left(TimeSpan patience, long start)
    {
        if (patience == Timeout.InfiniteTimeSpan) return patience;
        TimeSpan left = patience - TimeSpan.FromTicks(MonotonicClock.Now - start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task<ApnsConnectionPool> ConnectAsync()
    {
        ApnsEndpoint endpoint = _options.ManagementEndpoint
            ?? throw new ApnsException(ApnsErrorKind.NotSupported, $"No management endpoint is known for {_options.Endpoint}. Name it when connecting (-ManagementEndpoint).");
        ApnsConnectionPool pool = _pool = ApnsClient.NewPool(_options with { Connections = 1, MaxConnections = 1 }, endpoint);
        try
        {
            await pool.ConnectAsync();
            return pool;
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }
}
