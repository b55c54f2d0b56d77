using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Apns.Http2;
using Apns.Http2.Frames;
using Apns.Http2.Hpack;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>A client that sends frames as it is told, even wrong ones, and shows each frame it gets.</summary>
internal sealed class RawClient : IHeaderSink, IDisposable
{
    // For a test that fails: without it a missing frame would hold it for ever.
    private const int Patience = 30_000;

    private readonly Socket _socket;
    private readonly SslStream _stream;
    private readonly ByteBuffer _output = new();
    private readonly HpackEncoder _encoder = new();
    private readonly HpackDecoder _decoder = new(4096, int.MaxValue);
    private readonly List<byte> _block = [];
    private List<(string Name, string Value)> _fields = [];

    private RawClient(Socket socket, SslStream stream)
    {
        _socket = socket;
        _stream = stream;
    }

    internal SslProtocols TlsVersion => _stream.SslProtocol;

    /// <summary>Connects, and sends preface and SETTINGS. An impatient client gives up soon when it cannot send.</summary>
    internal static RawClient Connect(ApnsEmulator emulator, X509Certificate2? certificate = null, Http2Settings? settings = null, bool impatient = false, int? port = null, bool throughProxy = false, Action<SslClientAuthenticationOptions>? tls = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(emulator.RootCertificate);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = emulator.Host,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            CertificateChainPolicy = policy,
            LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
        };
        tls?.Invoke(options);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = Patience,
            SendTimeout = impatient ? 500 : Patience,
        };
        if (impatient) socket.ReceiveBufferSize = 16 * 1024;
        socket.Connect(new IPEndPoint(IPAddress.Loopback, throughProxy ? emulator.Proxy!.Port : port ?? emulator.Port));
        if (throughProxy) OpenTunnel(socket, port ?? emulator.Port);
        var client = new RawClient(socket, new SslStream(new NetworkStream(socket, ownsSocket: true)));
        try
        {
            client._stream.AuthenticateAsClient(options);
            client._output.Write(Http2Session.Preface);
            FrameWriter.WriteSettings(client._output, (settings ?? new Http2Settings()) with { EnablePush = false }, new Http2Settings());
            client.Flush();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Connects, reads the emulator's SETTINGS, acknowledges them and waits for its acknowledgement.</summary>
    internal static RawClient Greet(ApnsEmulator emulator, X509Certificate2? certificate = null, Http2Settings? settings = null, bool impatient = false, int? port = null, bool throughProxy = false)
    {
        RawClient client = Connect(emulator, certificate, settings, impatient, port, throughProxy);
        client.ReadSettings();
        client.ReadUntil(frame => frame.Header.Type == FrameType.Settings && frame.Header.Has(FrameFlags.Acknowledge));
        return client;
    }

    internal void Acknowledge() => FrameWriter.WriteSettingsAcknowledgement(_output);

    internal void Frame(FrameType type, FrameFlags flags, int streamId, ReadOnlySpan<byte> payload = default) =>
        FrameWriter.Write(_output, type, flags, streamId, payload);

    internal void Reset(int streamId) => FrameWriter.WriteResetStream(_output, streamId, Http2ErrorCode.Cancel);

    internal void Ping(ulong opaque) => FrameWriter.WritePing(_output, opaque, acknowledge: false);

    /// <summary>Puts a request's HEADERS in the output, with repeated fields if asked for.</summary>
    internal void Headers(int streamId, Push push, bool endStream = false, params (string Name, string Value)[] more)
    {
        var block = new ByteBuffer();
        _encoder.BeginBlock(block);
        Field(block, ":method", push.Method);
        Field(block, ":scheme", "https");
        Field(block, ":authority", "localhost");
        Field(block, ":path", push.Path);
        foreach ((string name, string value) in push.Headers) Field(block, name, value);
        foreach ((string name, string value) in more) Field(block, name, value);
        Frame(FrameType.Headers, FrameFlags.EndHeaders | (endStream ? FrameFlags.EndStream : FrameFlags.None), streamId, block.WrittenSpan);
    }

    internal void Data(int streamId, ReadOnlySpan<byte> data, bool endStream = true) =>
        Frame(FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId, data);

    /// <summary>Puts a whole request in the output.</summary>
    internal void Request(int streamId, Push push)
    {
        Headers(streamId, push);
        Data(streamId, push.Body);
    }

    internal void Flush()
    {
        _stream.Write(_output.WrittenSpan);
        _stream.Flush();
        _output.Clear();
    }

    /// <summary>The next frame, or null at the end of the stream.</summary>
    internal ReceivedFrame? Read()
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.Size];
        int count = _stream.ReadAtLeast(bytes, FrameHeader.Size, throwOnEndOfStream: false);
        if (count == 0) return null;
        Assert.Equal(FrameHeader.Size, count);
        FrameHeader header = FrameHeader.Read(bytes);
        byte[] payload = new byte[header.Length];
        _stream.ReadExactly(payload);
        _fields = [];
        if (header.Type is FrameType.Headers or FrameType.Continuation)
        {
            _block.AddRange(payload);
            if (header.Has(FrameFlags.EndHeaders))
            {
                Assert.True(_decoder.Decode(CollectionsMarshal.AsSpan(_block), this));
                _block.Clear();
            }
        }

        return new ReceivedFrame(header, payload, _fields);
    }

    internal ReceivedFrame ReadUntil(Func<ReceivedFrame, bool> wanted)
    {
        while (true)
        {
            ReceivedFrame frame = Read() ?? throw new EndOfStreamException("The connection ended before the frame came.");
            if (wanted(frame)) return frame;
        }
    }

    /// <summary>Reads on to the next SETTINGS of the emulator's, and acknowledges them.</summary>
    internal Dictionary<Http2SettingId, uint> ReadSettings()
    {
        ReceivedFrame frame = ReadUntil(frame => frame.Header.Type == FrameType.Settings && !frame.Header.Has(FrameFlags.Acknowledge));
        Acknowledge();
        Flush();
        return frame.Settings();
    }

    /// <summary>Reads on to the end of an answer; the SETTINGS that came before it are acknowledged and given too.</summary>
    internal (Reply Reply, Dictionary<Http2SettingId, uint>? Settings) ReadReply(int streamId)
    {
        Dictionary<Http2SettingId, uint>? settings = null;
        List<(string Name, string Value)> fields = [];
        string body = "";
        while (true)
        {
            ReceivedFrame frame = Read() ?? throw new EndOfStreamException("The connection ended before the answer.");
            if (frame.Header.Type == FrameType.Settings && !frame.Header.Has(FrameFlags.Acknowledge))
            {
                settings = frame.Settings();
                Acknowledge();
                Flush();
            }

            if (frame.Header.StreamId != streamId) continue;
            Assert.NotEqual(FrameType.ResetStream, frame.Header.Type);
            if (frame.Header.Type == FrameType.Headers) fields = frame.Fields;
            if (frame.Header.Type == FrameType.Data) body += Encoding.UTF8.GetString(frame.Payload);
            if (!frame.Header.Has(FrameFlags.EndStream)) continue;
            Assert.Equal(":status", fields[0].Name);
            int status = int.Parse(fields[0].Value, CultureInfo.InvariantCulture);
            return (new Reply(status, fields.Skip(1).ToDictionary(field => field.Name, field => field.Value), body), settings);
        }
    }

    /// <summary>Sends a request and reads its answer.</summary>
    internal (Reply Reply, Dictionary<Http2SettingId, uint>? Settings) Exchange(int streamId, Push push)
    {
        Request(streamId, push);
        Flush();
        return ReadReply(streamId);
    }

    void IHeaderSink.OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        _fields.Add((Encoding.Latin1.GetString(name), Encoding.Latin1.GetString(value)));

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    /// <exception cref="IOException">The proxy refuses; the message is its answer.</exception>
    private static void OpenTunnel(Socket socket, int port)
    {
        socket.Send(Encoding.ASCII.GetBytes($"CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"));
        var answer = new StringBuilder();
        byte[] one = new byte[1];
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && socket.Receive(one) > 0) answer.Append((char)one[0]);
        if (answer.ToString() == "HTTP/1.1 200 OK\r\n\r\n") return;
        socket.Dispose();
        throw new IOException(answer.ToString());
    }

    private void Field(ByteBuffer block, string name, string value) =>
        _encoder.Encode(block, Encoding.ASCII.GetBytes(name), Encoding.UTF8.GetBytes(value), HeaderIndexing.Incremental);
}

/// <summary>A frame as it came, with its fields when it is HEADERS.</summary>
internal sealed record ReceivedFrame(FrameHeader Header, byte[] Payload, List<(string Name, string Value)> Fields)
{
    internal Http2ErrorCode ErrorCode =>
        (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(Header.Type == FrameType.GoAway ? 4 : 0));

    internal Dictionary<Http2SettingId, uint> Settings()
    {
        var settings = new Dictionary<Http2SettingId, uint>();
        for (ReadOnlySpan<byte> rest = Payload; !rest.IsEmpty; rest = rest[6..])
        {
            settings.Add((Http2SettingId)BinaryPrimitives.ReadUInt16BigEndian(rest), BinaryPrimitives.ReadUInt32BigEndian(rest[2..]));
        }

        return settings;
    }
}
