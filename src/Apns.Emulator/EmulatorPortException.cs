using System.IO;
using System.Net.Sockets;

namespace Apns.Emulator;

/// <summary>The emulator cannot listen on a port.</summary>
public sealed class EmulatorPortException : IOException
{
    internal EmulatorPortException(int port, SocketException cause)
        : base($"The emulator cannot listen on port {port} ({cause.Message}).", cause) =>
        Port = port;

    /// <summary>The port that was asked for.</summary>
    public int Port { get; }
}
