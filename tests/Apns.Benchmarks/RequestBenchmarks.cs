using System;
using Apns.Client;
using Apns.Http2;
using Apns.Http2.Frames;
using BenchmarkDotNet.Attributes;

namespace Apns.Benchmarks;

/// <summary>What a request is made of, once its template is prepared: header block and frames, stream, result.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks : IHttp2Events
{
    private readonly ByteBuffer _output = new(64 * 1024);
    private readonly byte[] _payload = [.. """{"aps":{"alert":{"title":"Hello","body":"Hi there"},"sound":"default","badge":1}}"""u8];
    private readonly ApnsRequest _request = new() { Token = new string('a', 64), ApnsId = Guid.NewGuid() };
    private readonly StreamTable _streams = new();
    private Http2Session _session = null!;
    private RequestWriter _writer = null!;
    private ByteBuffer _spare = new(64 * 1024);
    private readonly byte[] _answer = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0x88];
    private byte[] _frame = [];
    private int _streamId = 1;

    [GlobalSetup]
    public void Setup()
    {
        _session = new Http2Session(Http2Role.Client, new Http2SessionOptions(), this);
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var credential = new ApnsKeyCredential(key.ExportPkcs8PrivateKeyPem(), "BENCHKEY01", "BENCHTEAM1");
        _request.Template = RequestTemplate.Compile(new ApnsNotification { Payload = _payload }, "com.example.app", credential);
        _request.Outcome = ApnsOutcome.Delivered;
        _request.Status = 200;
        _writer = new RequestWriter(_session, "localhost"u8.ToArray()) { Authorization = new byte[200] };

        var settings = new ByteBuffer(64);
        FrameWriter.WriteSettings(settings, new Http2Settings { InitialWindowSize = int.MaxValue }, new Http2Settings());
        _session.Receive(settings.WrittenSpan, 0);
        FillTemplate();
        FrameWriter.Write(_output, FrameType.Data, FrameFlags.EndStream, 1, _payload);
        _frame = _output.WrittenSpan.ToArray();
    }

    /// <summary>HEADERS and DATA of a prepared template: copied prefix, path in Huffman code, apns-id; and the shortest answer.</summary>
    [Benchmark]
    public int FillTemplate()
    {
        if (_session.SendWindow < _payload.Length) GiveWindow();
        Http2Stream stream = _session.OpenStream(_request);
        _writer.Write(_request, stream);

        // The shortest answer ends the stream: HEADERS with :status 200.
        new FrameHeader(1, FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, stream.Id).Write(_answer);
        _session.Receive(_answer, 0);
        if (_session.Output.Length < 32 * 1024) return _session.Output.Length;
        _spare.Clear();
        _spare = _session.SwapOutput(_spare);
        return _spare.Length;
    }

    private void GiveWindow()
    {
        var update = new ByteBuffer(16);
        FrameWriter.WriteWindowUpdate(update, 0, 1 << 30);
        _session.Receive(update.WrittenSpan, 0);
    }

    [Benchmark]
    public int WriteFrame()
    {
        _output.Clear();
        FrameWriter.Write(_output, FrameType.Data, FrameFlags.EndStream, 1, _payload);
        return _output.Length;
    }

    [Benchmark]
    public int ReadFrameHeader() => FrameHeader.Read(_frame).Length;

    /// <summary>A stream is opened, found and closed.</summary>
    [Benchmark]
    public int TakeAndReleaseStream()
    {
        _streamId = _streamId > 1 << 29 ? 1 : _streamId + 2;
        _streams.Add(_streamId, 65_535, 65_535);
        Http2Stream found = _streams.Find(_streamId)!;
        _streams.Remove(found);
        return found.SendWindow;
    }

    [Benchmark]
    public ApnsResult BuildResult() => ResultBuilder.Build(_request);

    void IHttp2Events.OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
    }

    void IHttp2Events.OnHeaders(Http2Stream stream, bool endStream)
    {
    }

    void IHttp2Events.OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
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
}
