using System;
using System.Text;
using Apns.Http2;
using Apns.Http2.Hpack;
using BenchmarkDotNet.Attributes;

namespace Apns.Benchmarks;

/// <summary>Header compression of what push traffic consists of.</summary>
[MemoryDiagnoser]
public class HeaderBenchmarks : IHeaderSink
{
    private readonly byte[] _path = Encoding.ASCII.GetBytes("/3/device/" + new string('a', 32) + new string('7', 32));
    private readonly byte[] _authorization = Encoding.ASCII.GetBytes("bearer " + new string('x', 200));
    private readonly HuffmanHexPath _hexPath = new("/3/device/"u8);
    private readonly byte[] _token = Convert.FromHexString(new string('a', 32) + new string('7', 32));
    private readonly ByteBuffer _output = new(4096);
    private readonly HpackEncoder _encoder = new();
    private readonly HpackDecoder _decoder = new();
    private byte[] _answer = [];
    private int _seen;

    [GlobalSetup]
    public void Setup()
    {
        var server = new HpackEncoder();
        var block = new ByteBuffer();
        server.BeginBlock(block);
        server.Encode(block, ":status"u8, "200"u8, HeaderIndexing.Incremental);
        server.Encode(block, "apns-id"u8, "0f47ac10-58cc-4372-a567-0e02b2c3d479"u8, HeaderIndexing.Without);
        _answer = block.WrittenSpan.ToArray();
        EncodeRequest();
    }

    [Benchmark]
    public int EncodeRequest()
    {
        _output.Clear();
        _encoder.BeginBlock(_output);
        _encoder.Encode(_output, ":method"u8, "POST"u8, HeaderIndexing.Incremental);
        _encoder.Encode(_output, ":scheme"u8, "https"u8, HeaderIndexing.Incremental);
        _encoder.Encode(_output, ":authority"u8, "api.push.apple.com"u8, HeaderIndexing.Incremental);
        _encoder.Encode(_output, ":path"u8, _path, HeaderIndexing.Without);
        _encoder.Encode(_output, "authorization"u8, _authorization, HeaderIndexing.Incremental);
        _encoder.Encode(_output, "apns-topic"u8, "com.example.app"u8, HeaderIndexing.Incremental);
        _encoder.Encode(_output, "apns-push-type"u8, "alert"u8, HeaderIndexing.Incremental);
        return _output.Length;
    }

    [Benchmark]
    public int DecodeAnswer()
    {
        _decoder.Decode(_answer, this);
        return _seen;
    }

    /// <summary>Length and code, letter by letter, as for any string.</summary>
    [Benchmark]
    public int WritePath()
    {
        _output.Clear();
        HpackEncoder.WriteString(_output, _path);
        return _output.Length;
    }

    /// <summary>The same path two digits at a time.</summary>
    [Benchmark]
    public int WriteHexPath()
    {
        _output.Clear();
        _hexPath.Write(_output, _token);
        return _output.Length;
    }

    void IHeaderSink.OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => _seen += value.Length;
}
