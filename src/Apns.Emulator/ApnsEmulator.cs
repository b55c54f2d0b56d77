using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;

namespace Apns.Emulator;

/// <summary>
/// An APNs to test against, in this process and on loopback: it validates like Apple, answers like Apple, and delivers to
/// nobody. It has its own root certificate and signing key, made when it starts. Thread-safe.
/// </summary>
public sealed class ApnsEmulator : IDisposable
{
    private readonly ConcurrentDictionary<EmulatorConnection, bool> _connections = new();
    private readonly ConcurrentQueue<ReceivedNotification> _received = new();
    private readonly Socket _listener;
    private readonly ECDsa _key;
    private long _accepted;
    private long _rejected;
    private int _connectionCount;
    private volatile bool _stopped;

    private ApnsEmulator(ApnsEmulatorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Keep, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxConcurrentStreams, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Latency, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Latency, TimeSpan.FromDays(1), nameof(options));
        Options = options;
        Validator = new RequestValidator(options);
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Certificates = new EmulatorCertificates();
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, options.Port));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    /// <summary>Host to connect to; the server's certificate is for it.</summary>
    public static string Host => "localhost";

    /// <summary>Key id of the one key it accepts.</summary>
    public static string KeyId => "EMULATOR01";

    /// <summary>Team id that goes with the key.</summary>
    public static string TeamId => "TEAM000001";

    /// <summary>How it behaves.</summary>
    public ApnsEmulatorOptions Options { get; }

    /// <summary>TCP port it listens on.</summary>
    public int Port { get; }

    /// <summary>The root certificate to trust.</summary>
    public X509Certificate2 RootCertificate => Certificates.Root;

    /// <summary>Requests answered 200.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Requests answered otherwise.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Connections open now.</summary>
    public int Connections => _connections.Count;

    /// <summary>Whether it was stopped.</summary>
    public bool IsStopped => _stopped;

    internal RequestValidator Validator { get; }

    internal EmulatorCertificates Certificates { get; }

    /// <summary>Starts one.</summary>
    /// <param name="options">How it behaves; null means like APNs, on any free port.</param>
    /// <returns>The emulator, listening.</returns>
    /// <exception cref="SocketException">The port is taken.</exception>
    /// <exception cref="ArgumentException">The options name a reason that APNs does not have, or a number out of range.</exception>
    public static ApnsEmulator Start(ApnsEmulatorOptions? options = null)
    {
        var emulator = new ApnsEmulator(options ?? new ApnsEmulatorOptions());
        new Thread(emulator.Accept, 256 * 1024) { IsBackground = true, Name = "apns emulator accept" }.UnsafeStart();
        return emulator;
    }

    /// <summary>
    /// The signing key in PEM, to connect with. It is good for this emulator only and dies with it, so it is no secret.
    /// </summary>
    /// <returns>The text of a .p8 file.</returns>
    public string ExportSigningKey() => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>The latest requests, oldest first, at most <see cref="ApnsEmulatorOptions.Keep"/>.</summary>
    /// <returns>A copy.</returns>
    public IReadOnlyList<ReceivedNotification> GetReceived() => _received.ToArray();

    /// <summary>Forgets the requests received so far.</summary>
    public void ClearReceived() => _received.Clear();

    /// <summary>Stops listening, says goodbye on every connection and closes them. Idempotent.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        _listener.Dispose();
        foreach (EmulatorConnection connection in _connections.Keys) connection.Shutdown();
        Certificates.Dispose();
        _key.Dispose();
    }

    internal ProviderTokenVerifier NewVerifier() => new(_key, KeyId, TeamId);

    internal void Forget(EmulatorConnection connection) => _connections.TryRemove(connection, out _);

    internal void Record(int connection, EmulatorRequest request, Answer answer, ReadOnlySpan<byte> id, DateTimeOffset now)
    {
        if (answer.Status == 200) Interlocked.Increment(ref _accepted);
        else Interlocked.Increment(ref _rejected);
        if (Options.Keep == 0) return;

        RequestValidator.TryGetToken(request, out ReadOnlySpan<byte> token);
        _received.Enqueue(new ReceivedNotification
        {
            Connection = connection,
            Time = now,
            Token = Encoding.ASCII.GetString(token),
            Payload = Encoding.UTF8.GetString(request.Body.WrittenSpan),
            Topic = Text(request, RequestField.Topic),
            PushType = Text(request, RequestField.PushType),
            Priority = Text(request, RequestField.Priority),
            Expiration = Text(request, RequestField.Expiration),
            CollapseId = Text(request, RequestField.CollapseId),
            ApnsId = Encoding.ASCII.GetString(id),
            Status = answer.Status,
            Reason = answer.Reason,
        });
        while (_received.Count > Options.Keep) _received.TryDequeue(out _);
    }

    private static string? Text(EmulatorRequest request, RequestField field) =>
        request.Has(field) ? Encoding.UTF8.GetString(request.Get(field)) : null;

    private void Accept()
    {
        while (!_stopped)
        {
            try
            {
                Socket socket = _listener.Accept();
                var connection = new EmulatorConnection(this, socket, _connectionCount++);
                _connections[connection] = true;
                if (!_stopped)
                {
                    // Should Dispose come in between, it finds the connection and closes it.
                    connection.Start();
                    continue;
                }

                connection.Shutdown();
                Forget(connection);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (_stopped) return;

                // Out of file handles, perhaps: that passes, but not at once.
                Thread.Sleep(10);
            }
        }
    }
}
