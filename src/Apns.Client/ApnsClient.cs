using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Apns.Client;

/// <summary>
/// Sends notifications to one APNs server with one credential, over a pool of HTTP/2 connections. Thread-safe, and meant
/// to live long: Apple takes frequent connecting for an attack.
/// </summary>
public sealed class ApnsClient : IAsyncDisposable
{
    // SendAsync waits for a place beyond this: the bound on what can pile up in the pool by single sends.
    private const int MaxSingleSends = 16_384;

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(10);

    private readonly ApnsConnectionPool _pool;
    private readonly ManagementPool _management;
    private readonly SemaphoreSlim _places = new(MaxSingleSends);

    // By reference: a notification is compiled once for as long as someone holds it.
    private readonly ConditionalWeakTable<ApnsNotification, RequestTemplate> _templates = [];
    private readonly ConditionalWeakTable<ApnsNotification, RequestTemplate>.CreateValueCallback _compile;

    private ApnsClient(ApnsClientOptions options, ApnsConnectionPool pool)
    {
        Options = options;
        _pool = pool;
        _management = new ManagementPool(options);
        Channels = new ApnsChannels(this);
        _compile = notification => RequestTemplate.Compile(notification, options.Topic, options.Credential);
    }

    /// <summary>How it connects and sends.</summary>
    public ApnsClientOptions Options { get; }

    /// <summary>The broadcast channels of apps.</summary>
    public ApnsChannels Channels { get; }

    /// <summary>Connections open or on their way.</summary>
    public int Connections => _pool.Figures.Connections;

    /// <summary>Notifications sent whose answers are still to come.</summary>
    public int InFlight => _pool.Figures.InFlight;

    /// <summary>Notifications that wait to be sent.</summary>
    public int Waiting => _pool.Figures.Waiting;

    /// <summary>Whether it was closed.</summary>
    public bool IsClosed => _pool.IsClosed;

    /// <summary>Connects.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <returns>A client with at least one connection ready.</returns>
    /// <exception cref="ApnsException">No connection could be made; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">Connecting was given up.</exception>
    public static async Task<ApnsClient> ConnectAsync(ApnsClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Connections, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Connections, 256, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Timeout, LongestTimeout, nameof(options));
        ApnsConnectionPool pool = NewPool(options, options.Endpoint);
        try
        {
            await pool.ConnectAsync().WaitAsync(cancellationToken);
            return new ApnsClient(options, pool);
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    /// <summary>Sends one notification to one token.</summary>
    /// <param name="token">The device token in hexadecimal.</param>
    /// <param name="notification">What to send.</param>
    /// <param name="cancellationToken">Gives up: what waits is not sent any more, what was sent may still be delivered.</param>
    /// <returns>What happened; a refusal by APNs is a result, not an exception.</returns>
    /// <exception cref="OperationCanceledException">Waiting was given up.</exception>
    public async Task<ApnsResult> SendAsync(string token, ApnsNotification notification, CancellationToken cancellationToken = default)
    {
        await _places.WaitAsync(cancellationToken);
        var send = new SingleSend<ApnsResult>(_places, ResultBuilder.Build);
        Prepare(send.Request, token, notification, send.Request.ApnsId);
        return await SendAsync(send, _pool, cancellationToken);
    }

    /// <summary>Sends the update or the end of their Live Activities to all subscribers of a channel.</summary>
    /// <param name="channelId">The channel.</param>
    /// <param name="broadcast">What to send.</param>
    /// <param name="cancellationToken">Gives up: what waits is not sent any more, what was sent may still be delivered.</param>
    /// <returns>What happened; a refusal by APNs is a result, not an exception.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which rule the broadcast breaks.</exception>
    /// <exception cref="OperationCanceledException">Waiting was given up.</exception>
    public async Task<ApnsBroadcastResult> SendBroadcastAsync(string channelId, ApnsBroadcast broadcast, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(broadcast);
        RequestTemplate template = broadcast.Compile(channelId);
        await _places.WaitAsync(cancellationToken);
        var send = new SingleSend<ApnsBroadcastResult>(_places, request => new ApnsBroadcastResult(channelId, ResultBuilder.Build(request)));
        Prepare(send.Request, template);
        return await SendAsync(send, _pool, cancellationToken);
    }

    /// <summary>Begins a streaming bulk send, which any number of inputs may pass through.</summary>
    /// <returns>The batch; dispose it when its results are taken.</returns>
    public ApnsBatch StartBatch() => new(this, _pool);

    /// <summary>
    /// Sends nothing more, waits for the answers still to come, and closes the connections. Idempotent.
    /// </summary>
    /// <param name="patience">How long to wait; null means ten seconds.</param>
    /// <returns>A task that ends when the connections are closed.</returns>
    public Task CloseAsync(TimeSpan? patience = null) => Task.WhenAll(_pool.CloseAsync(patience ?? ClosePatience), _management.CloseAsync(patience ?? ClosePatience));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
    }

    /// <summary>Checks a notification as sending it would.</summary>
    /// <param name="notification">What to check.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which rule it breaks.</exception>
    public void Validate(ApnsNotification notification) => Compile(notification);

    internal static ApnsConnectionPool NewPool(ApnsClientOptions options, ApnsEndpoint endpoint) => new(
        endpoint,
        options.Credential,
        new TlsConnector(endpoint, options.Credential, options.TrustedRoots),
        new PoolOptions { Connections = options.Connections, Delivery = options.Delivery },
        new ConnectionOptions { ConnectTimeout = options.ConnectTimeout });

    /// <summary>Fills in what a request needs to be sent; what is wrong with it becomes its failure.</summary>
    internal void Prepare(ApnsRequest request, string? token, ApnsNotification notification, Guid apnsId)
    {
        request.Notification = notification;
        request.Token = token?.Trim() ?? "";
        request.HexToken = DeviceToken.ToHex(request.Token);
        request.InputObject ??= request.Token;
        request.ApnsId = apnsId;
        request.TakenAt = MonotonicClock.Now;
        request.Deadline = request.TakenAt + Options.Timeout.Ticks;
        if (DeviceToken.Validate(request.HexToken) is { } wrong)
        {
            request.Reason = request.Token.Length == 0 ? ApnsReason.MissingDeviceToken : ApnsReason.BadDeviceToken;
            request.Failure = new ApnsException(ApnsErrorKind.InvalidNotification, $"Input {request.Index}: {wrong}") { Reason = request.Reason };
            return;
        }

        try
        {
            request.Template = Compile(notification);
        }
        catch (ApnsException e)
        {
            request.Reason = e.Reason;
            request.Failure = e;
        }
    }

    /// <summary>Sends a request about channels to the management host; gives the finished request back, whatever came of it.</summary>
    internal async Task<ApnsRequest> ManageAsync(RequestTemplate template, CancellationToken cancellationToken)
    {
        ApnsConnectionPool pool = await _management.GetAsync().WaitAsync(cancellationToken);
        await _places.WaitAsync(cancellationToken);
        var send = new SingleSend<ApnsRequest>(_places, static request => request);
        Prepare(send.Request, template);
        return await SendAsync(send, pool, cancellationToken);
    }

    private static async Task<T> SendAsync<T>(SingleSend<T> send, ApnsConnectionPool pool, CancellationToken cancellationToken)
    {
        send.Start(pool);
        try
        {
            return await send.Result.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            send.Cancel();
            throw;
        }
    }

    private void Prepare(ApnsRequest request, RequestTemplate template)
    {
        request.Template = template;
        request.TakenAt = MonotonicClock.Now;
        request.Deadline = request.TakenAt + Options.Timeout.Ticks;
    }

    private RequestTemplate Compile(ApnsNotification notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return _templates.GetValue(notification, _compile);
    }
}
