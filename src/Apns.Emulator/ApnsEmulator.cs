using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using Apns.Http2;

namespace Apns.Emulator;

/// <summary>
/// An APNs to test against, in this process and on loopback: it validates like Apple, answers like Apple, and delivers to
/// nobody. It has its own root certificate and signing key, made when it starts. Like Apple it takes pushes and broadcasts
/// on one port and channel management on another. Thread-safe.
/// </summary>
public sealed class ApnsEmulator : IDisposable
{
    private static readonly TimeSpan LongestOffset = TimeSpan.FromDays(366);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestTokenLife = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestTokenLife = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<EmulatorConnection, bool> _connections = new();
    private readonly ConcurrentQueue<ReceivedNotification> _received = new();
    private readonly EmulatorListener _pushes;
    private readonly EmulatorListener _management;
    private readonly EmulatorProxy? _proxy;
    private readonly ChannelTable _channels;
    private readonly ECDsa _key;
    private long _accepted;
    private long _rejected;
    private int _connectionCount = -1;
    private volatile bool _stopped;

    private ApnsEmulator(ApnsEmulatorOptions options)
    {
        Check(options);
        Options = options;
        Writer = new AnswerWriter(options);
        if (options.Faults.Count > 0) Faults = new FaultPlan(options.Faults);
        _channels = new ChannelTable(options.MaxChannels);
        var planned = new PlannedAnswers(options);
        TopicList? topics = options.Topics is null ? null : new TopicList(options.Topics);
        var apps = new BroadcastApps(topics, options.BroadcastApps);
        var pushRules = new PushRules(new DeviceRules(topics, planned), new BroadcastRules(apps, _channels, planned));
        var channelRules = new ChannelRules(apps, _channels, planned);

        try
        {
            _pushes = new EmulatorListener(options.Address, options.Port, socket => Take(socket, pushRules));
            _management = new EmulatorListener(options.Address, options.ManagementPort, socket => Take(socket, channelRules));
            if (options.WithProxy || options.Faults.Any(static fault => fault.StrikesTunnels)) _proxy = new EmulatorProxy(this);
            _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Certificates = new EmulatorCertificates(options.Address);
        }
        catch
        {
            _pushes?.Dispose();
            _management?.Dispose();
            _proxy?.Dispose();
            _key?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Host to connect to from this machine; the server's certificate is for it. Other machines, where the emulator listens
    /// for them, take this one's name or address.
    /// </summary>
    public string Host =>
        Options.Address.Equals(IPAddress.Any) || Options.Address.Equals(IPAddress.IPv6Any) || Options.Address.Equals(IPAddress.Loopback)
            ? EmulatorCertificates.Host
            : Options.Address.ToString();

    /// <summary>Key id of the one key it accepts.</summary>
    public static string KeyId => "EMULATOR01";

    /// <summary>Team id that goes with the key.</summary>
    public static string TeamId => "TEAM000001";

    /// <summary>How it behaves.</summary>
    public ApnsEmulatorOptions Options { get; }

    /// <summary>TCP port where it takes pushes to devices and broadcasts.</summary>
    public int Port => _pushes.Port;

    /// <summary>TCP port where channels are managed.</summary>
    public int ManagementPort => _management.Port;

    /// <summary>
    /// The HTTP proxy in front of it, null unless <see cref="ApnsEmulatorOptions.WithProxy"/> or a fault asks for one. It
    /// opens tunnels (CONNECT) to both ports, by any name that the certificate is for, and to nothing else.
    /// </summary>
    public Uri? Proxy => _proxy?.Address;

    /// <summary>The root certificate to trust, on both ports.</summary>
    public X509Certificate2 RootCertificate => Certificates.Root;

    /// <summary>Requests accepted: those answered with 200, for channels 201 and 204, also when a fault kept the answer from getting through.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Requests answered otherwise.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Connections open now, on both ports.</summary>
    public int Connections => _connections.Count;

    /// <summary>Requests it has taken in and not answered yet: those that <see cref="ApnsEmulatorOptions.Latency"/> holds back.</summary>
    public int InFlight => _connections.Keys.Sum(static c => c.InFlight);

    /// <summary>Whether it was stopped.</summary>
    public bool IsStopped => _stopped;

    internal AnswerWriter Writer { get; }

    internal EmulatorCertificates Certificates { get; }

    /// <summary>When it misbehaves; null when it never does.</summary>
    internal FaultPlan? Faults { get; }

    /// <summary>The time by the emulator's clock.</summary>
    internal DateTimeOffset Now => Options.ClockOffset is { } offset ? DateTimeOffset.UtcNow + offset : DateTimeOffset.UtcNow;

    /// <summary>Starts one.</summary>
    /// <param name="options">How it behaves; null means like APNs, on any free ports.</param>
    /// <returns>The emulator, listening.</returns>
    /// <exception cref="EmulatorPortException">A port is taken, or the address is not this machine's.</exception>
    /// <exception cref="ArgumentException">The options name a reason that APNs does not have, a number out of range, or a fault that cannot be.</exception>
    public static ApnsEmulator Start(ApnsEmulatorOptions? options = null)
    {
        var emulator = new ApnsEmulator(options ?? new ApnsEmulatorOptions());
        emulator._pushes.Start();
        emulator._management.Start();
        emulator._proxy?.Start();
        return emulator;
    }

    /// <summary>
    /// The signing key in PEM, to connect with. It is good for this emulator only and dies with it, so it is no secret.
    /// </summary>
    /// <returns>The text of a .p8 file.</returns>
    public string ExportSigningKey() => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>The latest requests on both ports, oldest first, at most <see cref="ApnsEmulatorOptions.Keep"/>.</summary>
    /// <returns>A copy.</returns>
    public IReadOnlyList<ReceivedNotification> GetReceived() => _received.ToArray();

    /// <summary>Forgets the requests received so far.</summary>
    public void ClearReceived() => _received.Clear();

    /// <summary>
    /// How often the faults of a kind have struck. What they do may come later, or not at all when the connection ends before.
    /// </summary>
    /// <param name="kind">The kind.</param>
    /// <returns>0 also when there is no such fault.</returns>
    public long CountStrikes(EmulatorFaultKind kind) => Faults?.CountStrikes(kind) ?? 0;

    /// <summary>The broadcast channels there are, app by app, in the order in which they were made.</summary>
    /// <returns>A copy.</returns>
    public IReadOnlyList<EmulatedChannel> GetChannels() => _channels.GetAll(Now);

    /// <summary>Stops listening, says goodbye on every connection and closes them. Idempotent.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        _pushes.Dispose();
        _management.Dispose();
        foreach (EmulatorConnection connection in _connections.Keys) connection.Shutdown();
        _proxy?.Dispose();
        Certificates.Dispose();
        _key.Dispose();
    }

    internal ProviderTokenVerifier NewVerifier() => new(_key, KeyId, TeamId, Options.ProviderTokenLifetime);

    internal void Forget(EmulatorConnection connection) => _connections.TryRemove(connection, out _);

    internal void Record(int connection, EmulatorRequest request, Answer answer, ReadOnlySpan<byte> id, DateTimeOffset now)
    {
        if (answer.IsSuccess) Interlocked.Increment(ref _accepted);
        else Interlocked.Increment(ref _rejected);
        if (Options.Keep == 0) return;

        DeviceRules.TryGetToken(request.Get(RequestField.Path), out ReadOnlySpan<byte> token);
        bool device = answer.Kind == AnswerKind.Device;
        string idText = Encoding.ASCII.GetString(id);
        _received.Enqueue(new ReceivedNotification
        {
            Connection = connection,
            Time = now,
            Method = Encoding.ASCII.GetString(request.Get(RequestField.Method)),
            Path = Encoding.UTF8.GetString(request.Get(RequestField.Path)),
            Headers = request.Headers,
            Token = Encoding.ASCII.GetString(token),
            Payload = Encoding.UTF8.GetString(request.Body.WrittenSpan),
            Topic = Text(request, RequestField.Topic),
            PushType = Text(request, RequestField.PushType),
            Priority = Text(request, RequestField.Priority),
            Expiration = Text(request, RequestField.Expiration),
            CollapseId = Text(request, RequestField.CollapseId),
            ChannelId = answer.ChannelId ?? Text(request, RequestField.ChannelId),
            ApnsId = device ? idText : "",
            RequestId = device ? null : idText,
            Status = answer.Status,
            Reason = answer.Reason,
        });
        while (_received.Count > Options.Keep) _received.TryDequeue(out _);
    }

    private static string? Text(EmulatorRequest request, RequestField field) =>
        request.Has(field) ? Encoding.UTF8.GetString(request.Get(field)) : null;

    private static void Check(ApnsEmulatorOptions options)
    {
        CheckRange(options.Port, 0, IPEndPoint.MaxPort, nameof(options.Port));
        CheckRange(options.ManagementPort, 0, IPEndPoint.MaxPort, nameof(options.ManagementPort));
        CheckRange(options.Keep, 0, int.MaxValue, nameof(options.Keep));
        CheckRange(options.MaxConcurrentStreams, 0, int.MaxValue, nameof(options.MaxConcurrentStreams));
        CheckRange(options.ConnectionWindowSize, Http2Settings.DefaultWindowSize, int.MaxValue, nameof(options.ConnectionWindowSize));
        CheckRange(options.MaxChannels, 0, int.MaxValue, nameof(options.MaxChannels));
        CheckRange(options.Latency, TimeSpan.Zero, LongestWait, nameof(options.Latency));
        CheckRange(options.ProviderTokenLifetime, ShortestTokenLife, LongestTokenLife, nameof(options.ProviderTokenLifetime));
        CheckRange(options.RetryAfter ?? default, TimeSpan.Zero, LongestWait, nameof(options.RetryAfter));
        CheckRange(options.ClockOffset ?? default, -LongestOffset, LongestOffset, nameof(options.ClockOffset));
    }

    private static void CheckRange<T>(T value, T least, T most, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0) return;
        throw new ArgumentOutOfRangeException(name, $"{name} goes from {least} to {most}, not {value}.");
    }

    private void Take(Socket socket, IRequestRules rules)
    {
        var connection = new EmulatorConnection(this, socket, rules, Interlocked.Increment(ref _connectionCount));
        _connections[connection] = true;
        if (!_stopped)
        {
            // Should Dispose come in between, it finds the connection and closes it.
            connection.Start();
            return;
        }

        connection.Shutdown();
        Forget(connection);
    }
}
