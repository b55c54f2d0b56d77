using System;
using System.Collections.Generic;
using System.Text;

namespace Apns.Http2.Tests.Support;

/// <summary>Writes down what a session tells, one line for each event, and lets a test answer from within.</summary>
internal sealed class Recorder : IHttp2Events
{
    internal List<string> Events { get; } = [];

    /// <summary>Called with the stream and the line just written, for events of a stream.</summary>
    internal Action<Http2Stream, string>? Answer { get; set; }

    /// <summary>The streams seen, by the id they had: 0 or another once they are closed.</summary>
    internal Dictionary<int, Http2Stream> Streams { get; } = [];

    /// <summary>What happened since the last call.</summary>
    internal string[] Take()
    {
        string[] events = [.. Events];
        Events.Clear();
        return events;
    }

    public void OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Tell(stream, $"{stream.Id} {Encoding.Latin1.GetString(name)}: {Encoding.Latin1.GetString(value)}");

    public void OnHeaders(Http2Stream stream, bool endStream) =>
        Tell(stream, endStream ? $"{stream.Id} headers, end" : $"{stream.Id} headers");

    public void OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        string what = data.Length <= 40 ? $"'{Encoding.Latin1.GetString(data)}'" : $"{data.Length} bytes";
        Tell(stream, endStream ? $"{stream.Id} data {what}, end" : $"{stream.Id} data {what}");
    }

    public void OnReset(Http2Stream stream, Http2ErrorCode errorCode, Http2ResetCause cause) =>
        Tell(stream, $"{stream.Id} reset {errorCode} by {cause}");

    public void OnSettings() => Events.Add("settings");

    public void OnPingAcknowledged(ulong opaque) => Events.Add($"ping {opaque:x} answered");

    public void OnGoAway(int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData) =>
        Events.Add($"goaway {lastStreamId} {errorCode} '{Encoding.Latin1.GetString(debugData)}'");

    private void Tell(Http2Stream stream, string line)
    {
        Events.Add(line);
        Streams[stream.Id] = stream;
        Answer?.Invoke(stream, line);
    }
}
