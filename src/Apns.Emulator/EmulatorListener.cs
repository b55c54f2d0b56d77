using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Apns.Emulator;

/// <summary>One port of the emulator: takes connections, on a thread of its own, and hands them over.</summary>
internal sealed class EmulatorListener : IDisposable
{
    private readonly Socket _socket;
    private readonly Action<Socket> _accepted;
    private volatile bool _stopped;

    /// <param name="address">Where to listen; IPv6Any includes IPv4.</param>
    /// <param name="port">TCP port; 0 takes any free one.</param>
    /// <param name="accepted">What to do with a connection.</param>
    /// <exception cref="EmulatorPortException">The port is taken or not for this process, or the address is not this machine's.</exception>
    public EmulatorListener(IPAddress address, int port, Action<Socket> accepted)
    {
        _accepted = accepted;
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any)) _socket.DualMode = true;
            _socket.Bind(new IPEndPoint(address, port));
            _socket.Listen(512);
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            throw new EmulatorPortException(address, port, e);
        }

        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    public int Port { get; }

    public void Start() => BackgroundThread.Start(Accept, "apns emulator accept");

    public void Dispose()
    {
        _stopped = true;
        _socket.Dispose();
    }

    private void Accept()
    {
        while (!_stopped)
        {
            try
            {
                _accepted(_socket.Accept());
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
