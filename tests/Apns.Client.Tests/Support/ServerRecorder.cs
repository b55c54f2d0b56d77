using System;
using System.Collections.Generic;
using System.Text;
using Apns.Http2;

namespace Apns.Client.Tests;

/// <summary>A real server session that writes down what it is sent; it refuses whatever breaks HTTP/2's rules.</summary>
internal sealed class ServerRecorder : IHttp2Events
{
    public ServerRecorder(Http2Settings settings)
    {
        Session = new Http2Session(Http2Role.Server, new Http2SessionOptions { Settings = settings }, this);
    }

    public Http2Session Session { get; }

    public List<(List<string> Headers, List<byte> Body)> Requests { get; } = [];

    public List<Http2ErrorCode> Resets { get; } = [];

    void IHttp2Events.OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (stream.State is null)
        {
            stream.State = Requests.Count;
            Requests.Add(([], []));
        }

        Requests[(int)stream.State].Headers.Add($"{Encoding.UTF8.GetString(name)}: {Encoding.UTF8.GetString(value)}");
    }

    void IHttp2Events.OnHeaders(Http2Stream stream, bool endStream)
    {
        if (endStream) throw new InvalidOperationException("a request without a body");
    }

    void IHttp2Events.OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        Requests[(int)stream.State!].Body.AddRange(data);
        if (!endStream) return;
        Session.BeginHeaders(stream, endStream: true);
        Session.Encoder.Encode(Session.Output, ":status"u8, "200"u8, Http2.Hpack.HeaderIndexing.Incremental);
        Session.EndHeaders(stream);
    }

    void IHttp2Events.OnReset(Http2Stream stream, Http2ErrorCode errorCode, Http2ResetCause cause) => Resets.Add(errorCode);

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
