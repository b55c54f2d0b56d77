using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Apns.LoadTest.Bench;

/// <summary>
/// A long way on loopback: what comes in goes on after a fixed time, in each direction, at any rate. It adds some tenths of
/// a millisecond of its own.
/// </summary>
internal sealed class DelayRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly TimeSpan _delay;

    /// <param name="target">The server's port on loopback.</param>
    /// <param name="delay">The time each way: half a round trip.</param>
    public DelayRelay(int target, TimeSpan delay)
    {
        (_target, _delay) = (target, delay);
        _listener.Start();
        Start(Accept);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private static void Start(Action work) => new Thread(() => Run(work)) { IsBackground = true, Name = "relay" }.Start();

    private static void Run(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone, and with it the way.
        }
    }

    private void Accept()
    {
        while (true)
        {
            Socket client = _listener.AcceptSocket();
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            server.Connect(IPAddress.Loopback, _target);
            client.NoDelay = server.NoDelay = true;
            Carry(client, server);
            Carry(server, client);
        }
    }

    private void Carry(Socket from, Socket to)
    {
        var underWay = new BlockingCollection<(long Due, byte[] Bytes)>();
        Start(() => Receive(from, underWay));
        Start(() => Send(underWay, from, to));
    }

    private void Receive(Socket from, BlockingCollection<(long Due, byte[] Bytes)> underWay)
    {
        byte[] buffer = new byte[256 * 1024];
        try
        {
            while (from.Receive(buffer) is int count and > 0) underWay.Add((Stopwatch.GetTimestamp() + _delay.Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond, buffer[..count]));
        }
        finally
        {
            underWay.CompleteAdding();
        }
    }

    private static void Send(BlockingCollection<(long Due, byte[] Bytes)> underWay, Socket from, Socket to)
    {
        using (from)
        using (to)
        {
            foreach ((long due, byte[] bytes) in underWay.GetConsumingEnumerable())
            {
                TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (left > TimeSpan.Zero) Thread.Sleep(left);
                to.Send(bytes);
            }

            to.Shutdown(SocketShutdown.Send);
        }
    }
}
