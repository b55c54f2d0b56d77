using System;
using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Linq;
using Apns.Http2.Hpack;
using Apns.Http2.Tests.Support;
using Xunit;

namespace Apns.Http2.Tests;

/// <summary>What a listener is told of frames. It runs alone: a listener hears, and slows, every session of the process.</summary>
[Collection(nameof(FrameTraceTests))]
[CollectionDefinition(nameof(FrameTraceTests), DisableParallelization = true)]
public sealed class FrameTraceTests
{
    private const int Increment = 123_457;

    [Fact]
    public void Every_frame_is_told_and_no_secret()
    {
        using var listener = new Listener();
        var client = new Http2Session(Http2Role.Client, new Http2SessionOptions { ConnectionWindowSize = 65_535 + Increment }, new Recorder());
        client.Receive(new FrameBuilder().Settings((Http2SettingId.MaxConcurrentStreams, 7)).ToArray(), 0);
        Http2Stream stream = client.OpenStream(null);
        client.BeginHeaders(stream, endStream: false);
        client.Encoder.Encode(client.Output, "authorization"u8, "bearer secret"u8, HeaderIndexing.Without);
        client.EndHeaders(stream);
        client.SendData(stream, "payload"u8, endStream: true);
        client.SwapOutput(new ByteBuffer());
        client.Receive(new FrameBuilder().Reset(1, Http2ErrorCode.RefusedStream).GoAway(1, Http2ErrorCode.EnhanceYourCalm, "{}").ToArray(), 0);

        string[] all = [.. listener.Events];
        string session = all.Single(static e => e.Contains($"+{Increment}", StringComparison.Ordinal)).Split(' ')[1];
        Assert.Equal(
            [
                "FrameReceived Settings 0 0 6 3=7",
                "FrameSent Settings",
                $"FrameSent WindowUpdate 0 0 4 +{Increment}",
                "FrameSent Settings 1 0 0 ",
                "FrameSent Headers 4 1",
                "FrameSent Data 1 1 7 ",
                "FrameReceived ResetStream 0 1 4 RefusedStream",
                "FrameReceived GoAway 0 0 10 last stream 1, EnhanceYourCalm",
            ],
            all.Where(e => e.Split(' ')[1] == session).Select(static e => Shorten(e.Remove(e.IndexOf(' ', StringComparison.Ordinal), e.Split(' ')[1].Length + 1))));
        Assert.DoesNotContain(all, static e => e.Contains("secret", StringComparison.Ordinal) || e.Contains("payload", StringComparison.Ordinal));
    }

    /// <summary>What depends on the settings' and the header block's size is left out.</summary>
    private static string Shorten(string told) =>
        told.StartsWith("FrameSent Settings 0", StringComparison.Ordinal) ? "FrameSent Settings"
        : told.StartsWith("FrameSent Headers", StringComparison.Ordinal) ? "FrameSent Headers 4 1"
        : told;

    private sealed class Listener : EventListener
    {
        public ConcurrentQueue<string> Events { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Apns-Http2") EnableEvents(eventSource, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            Events?.Enqueue($"{eventData.EventName} {string.Join(' ', eventData.Payload!)}");
    }
}
