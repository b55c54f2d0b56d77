using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
    internal const int MaxSingleSends = 16_384;

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(10);

    private readonly ApnsConnectionPool _pool;
    private readonly ManagementPool _management;
    private readonly SemaphoreSlim _places = new(MaxSingleSends);

    // By reference: a notification is compiled once for as long as someone holds it.
    private readonly ConditionalWeakTable<ApnsNotification, RequestTemplate> _templates = [];
    private readonly ConditionalWeakTable<ApnsNotification, RequestTemplate>.CreateValueCallback _compile;

    internal ApnsClient(ApnsClientOptions options, ApnsConnectionPool pool)
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

    /// <summary>Connections to keep while there is work: see <see cref="SetConnections"/>.</summary>
    public int MinConnections => _pool.Limits.Min;

    /// <summary>Connections to have at most: see <see cref="SetConnections"/>.</summary>
    public int MaxConnections => _pool.Limits.Max;

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
    /// <exception cref="ApnsException">
    /// No connection could be made, or the certificate is not for the environment; the message says why and what to do.
    /// </exception>
    /// <exception cref="ArgumentException">An endpoint has no host.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time, a port, a number of connections or the address family is out of range.</exception>
    /// <exception cref="OperationCanceledException">Connecting was given up.</exception>
    public static async Task<ApnsClient> ConnectAsync(ApnsClientOptions options, CancellationToken cancellationToken = default)
    {
        Check(options);
        CheckConnections(MinConnectionsOf(options), MaxConnectionsOf(options), nameof(options));
        if (options.Endpoint.Environment is { } environment) options.Credential.CheckEnvironment(environment);
        options = options with { Topic = options.Topic ?? options.Credential.DefaultTopic };
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

    /// <summary>
    /// Pushes to a simulator of Xcode on this Mac, by <c>xcrun simctl push</c>: the payload as it is, to the app whose
    /// bundle id is the topic. Device tokens play no part, and neither does Apple's network.
    /// </summary>
    /// <param name="device">The device's UDID or name, or <c>booted</c>.</param>
    /// <param name="topic">The bundle id of notifications that name none.</param>
    /// <param name="timeout">From taking a notification in to giving it up, and for finding the device.</param>
    /// <param name="cancellationToken">Gives up looking for the device.</param>
    /// <returns>A client that sends to the device.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.SimulatorUnavailable"/>: no Xcode, no such device, or it is not booted.</exception>
    /// <exception cref="ArgumentException">No device is named.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is not more than zero and at most a day.</exception>
    /// <exception cref="OperationCanceledException">Connecting was given up.</exception>
    public static Task<ApnsClient> ConnectSimulatorAsync(string device, string? topic, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(device);
        var options = new ApnsClientOptions
        {
            Credential = new NoCredential(),
            Endpoint = new ApnsEndpoint("simulator", 0),
            Simulator = device,
            Topic = topic,
            Connections = 1,
            Timeout = timeout,
        };
        return ConnectAsync(options with { ConnectTimeout = timeout < options.ConnectTimeout ? timeout : options.ConnectTimeout }, cancellationToken);
    }

    /// <summary>
    /// Tests step by step whether connecting and sending would work: DNS, TCP, proxy, TLS, ALPN, SETTINGS, PING, the
    /// credential, the clock. The credential is tested by one background notification to a device token that no device
    /// has (64 zeros), so nobody receives anything. Apple disconnects who makes such errors often: do not test in a loop.
    /// </summary>
    /// <param name="options">
    /// How to connect. <see cref="ApnsClientOptions.ConnectTimeout"/> is the time until SETTINGS,
    /// <see cref="ApnsClientOptions.Timeout"/> that of the whole test.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the steps came to. A step that fails is a result, not an exception.</returns>
    /// <exception cref="ArgumentException">An endpoint has no host.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time, a port or the address family is out of range.</exception>
    /// <exception cref="OperationCanceledException">The test was given up.</exception>
    public static Task<ApnsConnectionTest> TestAsync(ApnsClientOptions options, CancellationToken cancellationToken = default)
    {
        Check(options);
        return ConnectionDiagnosis.RunAsync(options, cancellationToken);
    }

    /// <summary>Sends one notification to one token.</summary>
    /// <param name="token">The device token, in hexadecimal or base64.</param>
    /// <param name="notification">What to send.</param>
    /// <param name="cancellationToken">Gives up: what waits is not sent any more, what was sent may still be delivered.</param>
    /// <returns>What happened; a refusal by APNs is a result, not an exception, and <see cref="ApnsOutcome.NotSent"/> once the client is closed.</returns>
    /// <exception cref="OperationCanceledException">Waiting was given up.</exception>
    public async Task<ApnsResult> SendAsync(string token, ApnsNotification notification, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(notification);
        Activity? activity = ApnsTelemetry.StartSend(Options.Endpoint);
        return ResultBuilder.Build(await SingleAsync(_pool, activity, request => Prepare(request, token, notification, request.ApnsId), cancellationToken));
    }

    /// <summary>Sends the update or the end of their Live Activities to all subscribers of a channel.</summary>
    /// <param name="channelId">The channel.</param>
    /// <param name="broadcast">What to send.</param>
    /// <param name="cancellationToken">Gives up: what waits is not sent any more, what was sent may still be delivered.</param>
    /// <returns>What happened; a refusal by APNs is a result, not an exception, and <see cref="ApnsOutcome.NotSent"/> once the client is closed.</returns>
    /// <exception cref="ApnsException">
    /// <see cref="ApnsErrorKind.InvalidNotification"/>: which rule the broadcast breaks; <see cref="ApnsErrorKind.NotSupported"/>: broadcasts do not reach simulators.
    /// </exception>
    /// <exception cref="OperationCanceledException">Waiting was given up.</exception>
    public async Task<ApnsBroadcastResult> SendBroadcastAsync(string channelId, ApnsBroadcast broadcast, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(broadcast);
        RefuseSimulator();
        ApnsRequest request = await BroadcastAsync(broadcast.Compile(channelId), null, cancellationToken);
        return new ApnsBroadcastResult(channelId, ResultBuilder.Build(request));
    }

    /// <summary>Begins broadcasts to any number of channels.</summary>
    /// <param name="cancellationToken">Gives up: what waits is not sent any more, what was sent may still be delivered.</param>
    /// <returns>The batch, to which they are added and from which their results are taken.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.NotSupported"/>: broadcasts do not reach simulators.</exception>
    public ApnsBroadcastBatch StartBroadcasts(CancellationToken cancellationToken = default)
    {
        RefuseSimulator();
        return new ApnsBroadcastBatch(this, cancellationToken);
    }

    /// <summary>Begins a streaming bulk send, which any number of inputs may pass through.</summary>
    /// <param name="options">How this batch sends; null means as the client does.</param>
    /// <returns>The batch; dispose it when its results are taken.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value of the options is out of range.</exception>
    /// <exception cref="ApnsException">The journal cannot be used; the message says why and what to do.</exception>
    public ApnsBatch StartBatch(ApnsBatchOptions? options = null)
    {
        options ??= new ApnsBatchOptions();
        if (options.Timeout is { } timeout) CheckTimeout(timeout, nameof(options));
        if (options.RatePerSecond is { } rate && !(rate >= ApnsBatchOptions.MinRatePerSecond && rate <= ApnsBatchOptions.MaxRatePerSecond))
        {
            throw new ArgumentOutOfRangeException(nameof(options), rate, string.Create(CultureInfo.InvariantCulture, $"RatePerSecond is a number from {ApnsBatchOptions.MinRatePerSecond} to {ApnsBatchOptions.MaxRatePerSecond}."));
        }

        return new ApnsBatch(this, _pool, options);
    }

    /// <summary>
    /// Changes how many connections there are, at once and while notifications are under way: new ones are opened, and
    /// those too many take no more and end with their last answer. Nothing is lost or sent twice by it.
    /// </summary>
    /// <param name="min">Connections to keep while there is work, 1 to <see cref="ApnsClientOptions.ConnectionLimit"/>.</param>
    /// <param name="max">Connections to have at most, from <paramref name="min"/>; the same for a fixed number. See <see cref="ApnsClientOptions.MaxConnections"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The client was closed.</exception>
    public void SetConnections(int min, int max)
    {
        CheckConnections(min, max, nameof(max));
        ObjectDisposedException.ThrowIf(IsClosed, this);
        _pool.SetLimits(min, max);
    }

    /// <summary>What the client is doing and has done since it connected.</summary>
    /// <returns>The figures of one moment.</returns>
    public ApnsStatistics GetStatistics() => _pool.Statistics;

    /// <summary>Begins to tell in words what happens to the connections that notifications and broadcasts are sent on.</summary>
    /// <returns>A log of what happens from now on; dispose it to end it.</returns>
    public ApnsConnectionLog StartLog()
    {
        var log = new ApnsConnectionLog(_pool.RemoveLog);
        _pool.AddLog(log);
        return log;
    }

    /// <summary>The connections, those on their way and those that drain included.</summary>
    /// <returns>What each is and has done, in the order in which they were opened.</returns>
    public IReadOnlyList<ApnsConnectionInfo> GetConnections() => _pool.ConnectionInfos;

    /// <summary>
    /// Sends nothing more, waits for the answers still to come, and closes the connections. Idempotent.
    /// </summary>
    /// <param name="patience">
    /// How long to wait, from zero to a day, or <see cref="Timeout.InfiniteTimeSpan"/>; null means ten seconds. What has no
    /// answer then ends as <see cref="ApnsOutcome.Unknown"/>.
    /// </param>
    /// <returns>A task that ends when the connections are closed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="patience"/> is out of range; nothing was closed.</exception>
    public Task CloseAsync(TimeSpan? patience = null)
    {
        TimeSpan wait = patience ?? ClosePatience;
        if (wait != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.Zero, nameof(patience));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(wait, LongestTimeout, nameof(patience));
        }

        return Task.WhenAll(_pool.CloseAsync(wait), _management.CloseAsync(wait));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
    }

    /// <summary>Checks a notification as sending it would.</summary>
    /// <param name="notification">What to check.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which rule it breaks.</exception>
    public void Validate(ApnsNotification notification) => Compile(notification);

    internal static ApnsConnectionPool NewPool(ApnsClientOptions options, ApnsEndpoint endpoint)
    {
        var poolOptions = new PoolOptions { Connections = MinConnectionsOf(options), MaxConnections = MaxConnectionsOf(options) };
        if (options.Simulator is { } device)
        {
            return new ApnsConnectionPool(endpoint, poolOptions, (number, owner) => new SimulatorConnection(device, options.Topic, options.ConnectTimeout, number, owner).Start());
        }

        var connector = new TlsConnector(options with { Endpoint = endpoint });
        var connectionOptions = new ConnectionOptions { ConnectTimeout = options.ConnectTimeout };
        return new ApnsConnectionPool(endpoint, poolOptions, (number, owner) => new ApnsConnection(endpoint, connector, options.Credential, connectionOptions, number, owner).Start());
    }

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
        request.Delivery = Options.Delivery;
        if (Options.Simulator is null && DeviceToken.Validate(request.HexToken) is { } wrong)
        {
            request.Reason = request.Token.Length == 0 ? ApnsReasons.MissingDeviceToken : ApnsReasons.BadDeviceToken;
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

    /// <summary>Sends a broadcast, or refuses it for what is wrong with it; gives the finished request back, whatever came of it.</summary>
    internal Task<ApnsRequest> BroadcastAsync(RequestTemplate? template, ApnsException? failure, CancellationToken cancellationToken) =>
        SingleAsync(
            _pool,
            ApnsTelemetry.StartBroadcast(Options.Endpoint),
            request =>
            {
                Prepare(request, template, Options.Delivery);
                request.Failure = failure;
                if (failure?.Kind == ApnsErrorKind.InvalidNotification) request.Reason = failure.Reason;
            },
            cancellationToken);

    /// <summary>Sends a request about channels to the management host; gives the finished request back, whatever came of it.</summary>
    internal async Task<ApnsRequest> ManageAsync(RequestTemplate template, ApnsDelivery delivery, CancellationToken cancellationToken)
    {
        ApnsConnectionPool pool = await _management.GetAsync().WaitAsync(cancellationToken);
        return await SingleAsync(pool, null, request => Prepare(request, template, delivery), cancellationToken);
    }

    /// <summary>Sends one request and waits for its end; the activity, if there is one, ends with it.</summary>
    private async Task<ApnsRequest> SingleAsync(ApnsConnectionPool pool, Activity? activity, Action<ApnsRequest> prepare, CancellationToken cancellationToken)
    {
        try
        {
            await _places.WaitAsync(cancellationToken);
            SingleSend send = NewSend(prepare);
            ApnsRequest request = await WaitAsync(send, pool, activity, cancellationToken);
            activity?.Tell(ResultBuilder.Build(request));
            return request;
        }
        finally
        {
            activity.End();
        }
    }

    /// <summary>Prepares what has got a place, which it gives back when that fails: headers, for one, are a dictionary of the caller's.</summary>
    private SingleSend NewSend(Action<ApnsRequest> prepare)
    {
        var send = new SingleSend(_places);
        try
        {
            prepare(send.Request);
            return send;
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    private static async Task<ApnsRequest> WaitAsync(SingleSend send, ApnsConnectionPool pool, Activity? activity, CancellationToken cancellationToken)
    {
        send.Start(pool);
        try
        {
            return await send.Ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            send.Cancel();
            pool.NoteWithdrawal();
            activity?.SetStatus(ActivityStatusCode.Error, "Waiting was given up.");
            throw;
        }
    }

    private void RefuseSimulator()
    {
        if (Options.Simulator is not null) throw new ApnsException(ApnsErrorKind.NotSupported, "Broadcasts do not reach simulators; connect to APNs, or to an emulator.");
    }

    private void Prepare(ApnsRequest request, RequestTemplate? template, ApnsDelivery delivery)
    {
        request.Template = template;
        request.TakenAt = MonotonicClock.Now;
        request.Deadline = request.TakenAt + Options.Timeout.Ticks;
        request.Delivery = delivery;
    }

    private static void Check(ApnsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.Proxy, nameof(options));
        CheckTimeout(options.Timeout, nameof(options));
        CheckTimeout(options.ConnectTimeout, nameof(options));
        if (options.Simulator is null) CheckEndpoint(options.Endpoint, nameof(options));
        if (options.ManagementEndpoint is { } management) CheckEndpoint(management, nameof(options));
        if (options.AddressFamily is AddressFamily.Unspecified or AddressFamily.InterNetwork or AddressFamily.InterNetworkV6) return;
        throw new ArgumentOutOfRangeException(nameof(options), options.AddressFamily, "APNs is reached by IPv4 or IPv6.");
    }

    private static void CheckEndpoint(ApnsEndpoint endpoint, string name)
    {
        ArgumentNullException.ThrowIfNull(endpoint, name);
        ArgumentException.ThrowIfNullOrWhiteSpace(endpoint.Host, name);
        ArgumentOutOfRangeException.ThrowIfLessThan(endpoint.Port, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(endpoint.Port, IPEndPoint.MaxPort, name);
    }

    private static int MinConnectionsOf(ApnsClientOptions options) => options.Connections ?? 1;

    private static int MaxConnectionsOf(ApnsClientOptions options) => options.MaxConnections ?? options.Connections ?? ApnsClientOptions.UsualMaxConnections;

    private static void CheckConnections(int min, int max, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(min, 1, name);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, ApnsClientOptions.ConnectionLimit, name);
    }

    private static void CheckTimeout(TimeSpan timeout, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, LongestTimeout, name);
    }

    internal RequestTemplate Compile(ApnsNotification notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return _templates.GetValue(notification, _compile);
    }
}
