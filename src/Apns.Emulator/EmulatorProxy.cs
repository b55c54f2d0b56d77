using System;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Apns.Emulator;

/// <summary>An HTTP proxy in front of an emulator: has a tunnel to it for whoever asks, and to nothing else.</summary>
internal sealed class EmulatorProxy : IDisposable
{
    private const int GoodbyeTimeout = 1000;

    private readonly ConcurrentDictionary<EmulatorTunnel, bool> _tunnels = new();
    private readonly ApnsEmulator _emulator;
    private readonly EmulatorListener _listener;
    private volatile bool _stopped;

    /// <exception cref="EmulatorPortException">There is no free port.</exception>
    public EmulatorProxy(ApnsEmulator emulator)
    {
        _emulator = emulator;
        _listener = new EmulatorListener(emulator.Options.Address, 0, Take);
        Address = new UriBuilder(Uri.UriSchemeHttp, emulator.Host, _listener.Port).Uri;
    }

    public Uri Address { get; }

    public void Start() => _listener.Start();

    public void Forget(EmulatorTunnel tunnel) => _tunnels.TryRemove(tunnel, out _);

    /// <summary>Ends all tunnels; called when the emulator has said goodbye, which they are given a moment to pass on.</summary>
    public void Dispose()
    {
        _stopped = true;
        _listener.Dispose();
        long end = Environment.TickCount64 + GoodbyeTimeout;
        foreach (EmulatorTunnel tunnel in _tunnels.Keys)
        {
            tunnel.AwaitEnd((int)Math.Max(0, end - Environment.TickCount64));
            tunnel.Close();
        }
    }

    private void Take(Socket socket)
    {
        var tunnel = new EmulatorTunnel(_emulator, this, socket);
        _tunnels[tunnel] = true;
        tunnel.Start();

        // Dispose may have looked at the tunnels before this one was among them.
        if (_stopped) tunnel.Close();
    }
}
