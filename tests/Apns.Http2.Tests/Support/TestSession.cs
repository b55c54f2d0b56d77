using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Apns.Http2.Frames;
using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Support;

/// <summary>A session with its recorder and a clock of its own, for a test to play the peer of.</summary>
internal sealed class TestSession
{
    internal TestSession(Http2Role role, Http2SessionOptions? options = null)
    {
        Role = role;
        Session = new Http2Session(role, options ?? new Http2SessionOptions(), Recorder);
    }

    internal Http2Role Role { get; }

    internal Http2Session Session { get; }

    internal Recorder Recorder { get; } = new();

    internal long Now { get; set; } = 1_000_000;

    /// <summary>A server whose client has said hello and acknowledged everything; nothing is left to read.</summary>
    internal static TestSession Server(Http2SessionOptions? options = null, params (Http2SettingId Id, uint Value)[] peerSettings) =>
        Greeted(Http2Role.Server, options, peerSettings);

    /// <summary>The same for a client.</summary>
    internal static TestSession Client(Http2SessionOptions? options = null, params (Http2SettingId Id, uint Value)[] peerSettings) =>
        Greeted(Http2Role.Client, options, peerSettings);

    /// <summary>Takes what the session wants to send.</summary>
    internal byte[] TakeOutput() => Session.SwapOutput(new ByteBuffer()).WrittenSpan.ToArray();

    internal List<WireFrame> TakeFrames() => WireFrame.Parse(TakeOutput());

    /// <summary>What the session has sent since the last call, one line for each frame.</summary>
    internal string[] Sent() => [.. TakeFrames().Select(frame => frame.ToString())];

    /// <summary>What the session has told since the last call.</summary>
    internal string[] Told() => Recorder.Take();

    internal void Receive(Action<FrameBuilder> frames)
    {
        var builder = new FrameBuilder();
        frames(builder);
        Receive(builder.ToArray());
    }

    internal void Receive(ReadOnlySpan<byte> bytes) => Session.Receive(bytes, Now);

    /// <summary>The peer sends what must end the connection: checks the code, the GOAWAY and that nothing follows.</summary>
    internal WireFrame Fails(Http2ErrorCode code, Action<FrameBuilder> frames)
    {
        var builder = new FrameBuilder();
        frames(builder);
        return Fails(code, builder.ToArray());
    }

    internal WireFrame Fails(Http2ErrorCode code, byte[] bytes)
    {
        Http2ConnectionException error = Assert.Throws<Http2ConnectionException>(() => Receive(bytes));
        Assert.Equal(code, error.ErrorCode);
        return CheckFailed(error);
    }

    /// <summary>What a session must be like after a connection error: GOAWAY is its last word, and it is deaf.</summary>
    internal WireFrame CheckFailed(Http2ConnectionException error)
    {
        Assert.True(Session.Failed);
        Assert.False(Session.CanOpenStream);
        WireFrame last = TakeFrames()[^1];
        Assert.Equal(FrameType.GoAway, last.Type);
        Assert.EndsWith($" {error.ErrorCode}", last.ToString(), StringComparison.Ordinal);
        Assert.Equal(error.Message, last.DebugText);

        Told();
        Receive(frames => frames.Ping(1).Settings().Raw(1, 2, 3));
        Assert.Empty(Sent());
        Assert.Empty(Told());
        return last;
    }

    /// <summary>The peer sends something that costs at most a stream: gives the RST_STREAM frames that the session answers with.</summary>
    internal string[] Resets(Action<FrameBuilder> frames)
    {
        TakeOutput();
        Receive(frames);
        return [.. Sent().Where(line => line.StartsWith("RST_STREAM", StringComparison.Ordinal))];
    }

    /// <summary>A client sends a request.</summary>
    internal Http2Stream Request(bool endStream = true, params string[] fields)
    {
        Http2Stream stream = Session.OpenStream(null);
        Recorder.Streams[stream.Id] = stream;
        SendHeaders(stream, endStream, fields.Length == 0 ? FrameBuilder.Get : fields);
        return stream;
    }

    internal void SendHeaders(Http2Stream stream, bool endStream, params string[] fields)
    {
        Session.BeginHeaders(stream, endStream);
        foreach (string field in fields)
        {
            int colon = field.IndexOf(": ", 1, StringComparison.Ordinal);
            byte[] name = Encoding.Latin1.GetBytes(field[..colon]);
            Session.Encoder.Encode(Session.Output, name, Encoding.Latin1.GetBytes(field[(colon + 2)..]), HeaderIndexing.Incremental);
        }

        Session.EndHeaders(stream);
    }

    /// <summary>A server gets a request on a stream; gives the stream.</summary>
    internal Http2Stream Requested(int streamId, bool endStream = true)
    {
        Receive(frames => _ = endStream ? frames.HeadersEnd(streamId, FrameBuilder.Get) : frames.Headers(streamId, FrameBuilder.Post));
        Told();
        return Recorder.Streams[streamId];
    }

    private static TestSession Greeted(Http2Role role, Http2SessionOptions? options, (Http2SettingId Id, uint Value)[] peerSettings)
    {
        var session = new TestSession(role, options);
        session.Receive(frames => (role == Http2Role.Server ? frames.Preface() : frames).Settings(peerSettings).SettingsAck());
        session.TakeOutput();
        session.Told();
        return session;
    }
}
