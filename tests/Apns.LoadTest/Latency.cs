using System;
using System.Diagnostics;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Apns.Client;
using Apns.Http2;
using Apns.Http2.Hpack;

namespace Apns.LoadTest;

/// <summary>How long one notification takes on an idle warm connection, by the engine and by nothing but TLS.</summary>
internal static class Latency
{
    private const int WarmUp = 2000;

    /// <summary>The median over single notifications, one at a time, of both clients in turn, in microseconds.</summary>
    public static (double Engine, double Raw) Measure(ApnsClient client, Target target, Workload workload, int count)
    {
        using var raw = new RawClient(target, workload.Payload);
        using ApnsBatch batch = client.StartBatch();
        var notification = new ApnsNotification { Payload = workload.Payload, Priority = 10 };
        double[] engines = new double[count];
        double[] raws = new double[count];
        int round = -WarmUp;
        foreach (string token in workload.Tokens)
        {
            double engine = Time(() => Send(batch, token, notification));
            double bare = Time(() => raw.Send(token));
            if (round >= count) break;
            if (round >= 0) (engines[round], raws[round]) = (engine, bare);
            round++;
        }

        return (Median(engines), Median(raws));
    }

    private static void Send(ApnsBatch batch, string token, ApnsNotification notification)
    {
        batch.Add(token, notification);
        while (!batch.TryTake(out _)) batch.Wait(TimeSpan.FromSeconds(10));
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    /// <summary>The same request on a blocking TLS stream, written and read by the one thread that waits for it.</summary>
    private sealed class RawClient : IHttp2Events, IDisposable
    {
        private readonly byte[] _buffer = new byte[16 * 1024];
        private readonly byte[] _payload;
        private readonly SslStream _stream;
        private readonly Http2Session _session;
        private ByteBuffer _spare = new(16 * 1024);
        private bool _answered;

        public RawClient(Target target, byte[] payload)
        {
            _payload = payload;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(target.Host, target.Port);
            _stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(target.Roots ?? []);
            _stream.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = target.Host, ApplicationProtocols = [SslApplicationProtocol.Http2], CertificateChainPolicy = policy });
            _session = new Http2Session(Http2Role.Client, new Http2SessionOptions(), this);

            // What a client announces, that it wants no push, holds once the server has acknowledged it.
            while (!_session.SettingsReceived || _session.LocalSettings.EnablePush) Exchange();
        }

        public void Send(string token)
        {
            _answered = false;
            Http2Stream stream = _session.OpenStream(this);
            _session.BeginHeaders(stream, endStream: false);
            Header(":method", "POST");
            Header(":scheme", "https");
            Header(":authority", "localhost");
            Header(":path", $"/3/device/{token}", HeaderIndexing.Without);
            Header("apns-topic", "com.example.app");
            Header("apns-push-type", "alert");
            Header("apns-priority", "10");
            _session.EndHeaders(stream);
            _session.SendData(stream, _payload, endStream: true);
            while (!_answered) Exchange();
        }

        public void Dispose() => _stream.Dispose();

        void IHttp2Events.OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
        }

        void IHttp2Events.OnHeaders(Http2Stream stream, bool endStream) => _answered = endStream;

        void IHttp2Events.OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream) => _answered = endStream;

        void IHttp2Events.OnReset(Http2Stream stream, Http2ErrorCode errorCode, Http2ResetCause cause) => throw new IOException($"The stream was reset: {errorCode}.");

        void IHttp2Events.OnSettings()
        {
        }

        void IHttp2Events.OnPingAcknowledged(ulong opaque)
        {
        }

        void IHttp2Events.OnGoAway(int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData) => throw new IOException($"The server is going away: {errorCode}.");

        private void Header(string name, string value, HeaderIndexing indexing = HeaderIndexing.Incremental) =>
            _session.Encoder.Encode(_session.Output, Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value), indexing);

        private void Exchange()
        {
            ByteBuffer output = _session.SwapOutput(_spare);
            _spare = output;
            _stream.Write(output.WrittenSpan);
            output.Clear();
            int count = _stream.Read(_buffer);
            if (count == 0) throw new IOException("The server closed the connection.");
            _session.Receive(_buffer.AsSpan(0, count), Environment.TickCount64);
        }
    }
}
