using System;
using Apns.Client;
using Apns.Http2;
using Apns.Http2.Hpack;
using BenchmarkDotNet.Attributes;

namespace Apns.Benchmarks;

/// <summary>A notification's whole way through the client's decisions, with a server session on the other side and no socket.</summary>
[MemoryDiagnoser]
public class RoundTripBenchmarks : IHttp2Events
{
    private readonly ApnsRequest _request = new() { Token = new string('a', 64), ApnsId = Guid.NewGuid() };
    private readonly System.Collections.Generic.List<ApnsRequest> _finished = [];
    private ConnectionEngine _client = null!;
    private Http2Session _server = null!;
    private ByteBuffer _spareOut = new(32 * 1024);
    private ByteBuffer _spareIn = new(32 * 1024);
    private byte[] _id = [];

    [GlobalSetup]
    public void Setup()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var credential = new ApnsKeyCredential(key.ExportPkcs8PrivateKeyPem(), "BENCHKEY01", "BENCHTEAM1");
        _client = new ConnectionEngine("localhost", credential, new ConnectionOptions(), static () => DateTimeOffset.UtcNow, 0);
        _server = new Http2Session(Http2Role.Server, new Http2SessionOptions { Settings = new Http2Settings { MaxHeaderListSize = 8000 } }, this);
        var notification = new ApnsNotification { Payload = """{"aps":{"alert":"Hi"}}"""u8.ToArray() };
        _request.Template = RequestTemplate.Compile(notification, "com.example.app", credential);
        _request.Deadline = long.MaxValue;
        _id = "0f47ac10-58cc-4372-a567-0e02b2c3d479"u8.ToArray();
        Exchange();
        RoundTrip();
    }

    [Benchmark]
    public int RoundTrip()
    {
        if (!_client.TryPost(_request, 0)) throw new InvalidOperationException("The connection is blocked.");
        Exchange();
        _client.TakeFinished(_finished);
        _finished.Clear();
        return _request.Status;
    }

    void IHttp2Events.OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
    }

    void IHttp2Events.OnHeaders(Http2Stream stream, bool endStream)
    {
    }

    void IHttp2Events.OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        if (!endStream) return;
        _server.BeginHeaders(stream, endStream: true);
        _server.Encoder.Encode(_server.Output, ":status"u8, "200"u8, HeaderIndexing.Incremental);
        _server.Encoder.Encode(_server.Output, "apns-id"u8, _id, HeaderIndexing.Incremental);
        _server.EndHeaders(stream);
    }

    void IHttp2Events.OnReset(Http2Stream stream, Http2ErrorCode errorCode, Http2ResetCause cause)
    {
    }

    void IHttp2Events.OnSettings()
    {
    }

    void IHttp2Events.OnPingAcknowledged(ulong opaque)
    {
    }

    void IHttp2Events.OnGoAway(int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData)
    {
    }

    private void Exchange()
    {
        while (_client.Session.Output.Length > 0 || _server.Output.Length > 0)
        {
            ByteBuffer toServer = _client.Session.SwapOutput(_spareOut);
            _server.Receive(toServer.WrittenSpan, 0);
            toServer.Clear();
            _spareOut = toServer;
            ByteBuffer toClient = _server.SwapOutput(_spareIn);
            _client.Receive(toClient.WrittenSpan, 0);
            toClient.Clear();
            _spareIn = toClient;
        }
    }
}
