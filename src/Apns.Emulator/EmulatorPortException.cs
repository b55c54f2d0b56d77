using System.IO;
using System.Net;
using System.Net.Sockets;

namespace Apns.Emulator;

/// <summary>The emulator cannot listen on a port.</summary>
public sealed class EmulatorPortException : IOException
{
    internal EmulatorPortException(IPAddress address, int port, SocketException cause)
        : base($"The emulator cannot listen on {new IPEndPoint(address, port)} ({cause.Message}).", cause) =>
        Port = port;

    /// <summary>The port that was asked for.</summary>
    public int Port { get; }
}
