using System;
using System.Collections.Generic;
using System.Linq;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>
/// What RFC 9113 says that a receiver must do about each wrong frame, as a table: the frames, and whether they cost the
/// connection, a stream or nothing.
/// </summary>
public class ConformanceTests
{
    private const FrameFlags EndHeaders = FrameFlags.EndHeaders;
    private const FrameFlags EndBoth = FrameFlags.EndHeaders | FrameFlags.EndStream;
    private const string Nothing = "nothing";

    private static readonly byte[] Request = FrameBuilder.Block(FrameBuilder.Get);
    private static readonly Dictionary<string, Case> Cases = [];

    static ConformanceTests()
    {
        // 4.1 Frame format.
        Add("4.1 unknown types are ignored", Who.Both, "open", Nothing, f => f.Frame((FrameType)0x10, (FrameFlags)0xff, 1, new byte[100]));
        Add("4.1 unknown types are ignored on idle streams", Who.Both, "open", Nothing, f => f.Frame((FrameType)0xfe, 0, 99, 1, 2, 3));
        Add("4.1 the reserved bit is ignored", Who.Both, "open", Nothing, f => f.Raw(0, 0, 1, 0, 0, 0x80, 0, 0, 1, (byte)'x'));
        Add("4.1 undefined flags are ignored", Who.Both, "open", Nothing, f => f.Frame(FrameType.Data, (FrameFlags)0xf6, 1, 1));

        // 4.2 Frame size.
        Add("4.2 a frame of exactly the maximum", Who.Both, "open", Nothing, f => f.Data(1, 16_384));
        Add("4.2 DATA too large", Who.Both, "open", "connection FrameSizeError", f => f.Data(1, 16_385));
        Add("4.2 HEADERS too large", Who.Both, "open", "connection FrameSizeError", f => f.Frame(FrameType.Headers, EndBoth, 1, new byte[16_385]));
        Add("4.2 CONTINUATION too large", Who.Server, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Headers, 0, 1).Continuation(1, true, new byte[16_385]));
        Add("4.2 SETTINGS too large", Who.Both, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Settings, 0, 0, new byte[16_386]));
        Add("4.2 an unknown frame too large", Who.Both, "idle", "connection FrameSizeError", f => f.Frame((FrameType)0x77, 0, 0, new byte[16_385]));

        // 4.3 Field section compression.
        Add("4.3 an index beyond the tables", Who.Server, "idle", "connection CompressionError", f => f.Frame(FrameType.Headers, EndBoth, 1, 0xff, 0x20));
        Add("4.3 the index 0", Who.Both, "open", "connection CompressionError", f => f.Frame(FrameType.Headers, EndBoth, 1, 0x80));
        Add("4.3 a block cut off", Who.Server, "idle", "connection CompressionError", f => f.Frame(FrameType.Headers, EndBoth, 1, Request[..^1]));
        Add("4.3 a block cut off in a continuation", Who.Server, "idle", "connection CompressionError", f => f.Frame(FrameType.Headers, FrameFlags.EndStream, 1, Request[..5]).Continuation(1, true, Request[5..^1]));
        Add("4.3 a bad block for a stream reset here", Who.Both, "reset here", "connection CompressionError", f => f.Frame(FrameType.Headers, EndBoth, 1, 0x80));
        Add("4.3 a bad block for a half-closed stream", Who.Both, "half-closed remote", "connection CompressionError", f => f.Frame(FrameType.Headers, EndBoth, 1, 0x80));
        Add("4.3.1 a table larger than allowed", Who.Both, "open", "connection CompressionError", f => f.Frame(FrameType.Headers, EndBoth, 1, 0x3f, 0xe2, 0x1f));
        foreach ((string name, Action<FrameBuilder> between) in new (string, Action<FrameBuilder>)[]
        {
            ("DATA", f => f.Data(1, "x")),
            ("HEADERS", f => f.Frame(FrameType.Headers, EndBoth, 1)),
            ("HEADERS of another stream", f => f.HeadersEnd(3, FrameBuilder.Get)),
            ("PRIORITY", f => f.Priority(1)),
            ("RST_STREAM", f => f.Reset(1, Http2ErrorCode.Cancel)),
            ("SETTINGS", f => f.Settings()),
            ("PING", f => f.Ping(1)),
            ("GOAWAY", f => f.GoAway(0, Http2ErrorCode.NoError)),
            ("WINDOW_UPDATE", f => f.WindowUpdate(0, 1)),
            ("PUSH_PROMISE", f => f.Frame(FrameType.PushPromise, EndHeaders, 1, 0, 0, 0, 2)),
            ("an unknown frame", f => f.Frame((FrameType)0x20, 0, 0)),
            ("CONTINUATION of another stream", f => f.Continuation(3, true)),
            ("CONTINUATION of the connection", f => f.Continuation(0, true)),
        })
        {
            Add($"4.3, 6.10 {name} within a header block", Who.Both, "open", "connection ProtocolError", f => between(f.Frame(FrameType.Headers, FrameFlags.EndStream, 1, 0x88)));
            Add($"4.3, 6.10 {name} between CONTINUATIONs", Who.Server, "idle", "connection ProtocolError", f => between(f.Frame(FrameType.Headers, FrameFlags.EndStream, 1, Request).Continuation(1, false)));
        }

        // 5.1 Stream states: each kind of frame in each state.
        foreach ((string frame, Action<FrameBuilder> send) in FrameKinds)
        {
            bool content = frame is "DATA" or "HEADERS";
            bool never = frame is "CONTINUATION" or "PUSH_PROMISE";
            string late = never ? "connection ProtocolError" : Nothing;
            foreach (string state in new[] { "open", "half-closed local", "reset here" }) Add($"5.1 {frame}: {state}", Who.Both, state, late, send);
            Add($"5.1 {frame}: half-closed remote", Who.Both, "half-closed remote", content ? "stream 1 StreamClosed" : late, send);
            Add($"5.1 {frame}: closed", Who.Both, "closed", content ? "connection StreamClosed" : late, send);
            Add($"5.1 {frame}: reset by the peer", Who.Both, "reset by peer", content ? "connection StreamClosed" : late, send);

            string idle = frame == "PRIORITY" ? Nothing : "connection ProtocolError";
            Add($"5.1 {frame}: idle at a client", Who.Client, "idle", idle, send);
            if (frame != "HEADERS") Add($"5.1 {frame}: idle at a server", Who.Server, "idle", idle, send);
        }

        Add("5.1 HEADERS: idle at a server", Who.Server, "idle", Nothing, f => f.Headers(1, FrameBuilder.Post));
        Add("5.1 an answer nobody asked for", Who.Client, "open", "connection ProtocolError", f => f.HeadersEnd(3, FrameBuilder.Ok));
        Add("5.1 RST_STREAM for the next stream of ours", Who.Client, "open", "connection ProtocolError", f => f.Reset(3, Http2ErrorCode.Cancel));

        // 5.1.1 Stream identifiers.
        Add("5.1.1 a client opens an even stream", Who.Server, "idle", "connection ProtocolError", f => f.HeadersEnd(2, FrameBuilder.Get));
        Add("5.1.1 a client opens an even stream above its own", Who.Server, "open", "connection ProtocolError", f => f.HeadersEnd(4, FrameBuilder.Get));
        Add("5.1.1 a client goes back to a skipped stream", Who.Server, "idle", "connection ProtocolError", f => f.HeadersEnd(5, FrameBuilder.Get).HeadersEnd(3, FrameBuilder.Get));
        Add("5.1.1 a client goes back with DATA", Who.Server, "idle", "connection ProtocolError", f => f.HeadersEnd(5, FrameBuilder.Get).Data(3, "x"));
        Add("5.1.1 a server opens a stream", Who.Client, "idle", "connection ProtocolError", f => f.HeadersEnd(2, FrameBuilder.Ok));
        foreach ((string frame, Action<FrameBuilder> send) in FrameKindsFor(2))
        {
            Add($"5.1.1 {frame} for an even stream", Who.Both, "open", frame == "PRIORITY" ? Nothing : "connection ProtocolError", send);
        }

        // 5.3 Priority means nothing any more, but a stream cannot depend on itself (RFC 7540).
        Add("5.3 a stream depends on another", Who.Server, "idle", Nothing, f => f.Priority(3).Frame(FrameType.Headers, EndBoth | FrameFlags.Priority, 1, [0, 0, 0, 3, 0, .. Request]));
        Add("5.3 a stream depends on itself by PRIORITY", Who.Both, "open", "connection ProtocolError", f => f.Frame(FrameType.Priority, 0, 1, 0, 0, 0, 1, 0));
        Add("5.3 an idle stream depends on itself, and on no other", Who.Both, "idle", "connection ProtocolError", f => f.Frame(FrameType.Priority, 0, 1, 0x80, 0, 0, 1, 0));
        Add("5.3 a stream depends on itself by HEADERS", Who.Server, "idle", "connection ProtocolError", f => f.Frame(FrameType.Headers, EndBoth | FrameFlags.Priority, 1, [0, 0, 0, 1, 0, .. Request]));

        // 6.1 DATA.
        Add("6.1 DATA for the connection", Who.Both, "open", "connection ProtocolError", f => f.Data(0, "x"));
        Add("6.1 empty DATA", Who.Both, "open", Nothing, f => f.Data(1, 0));
        Add("6.1 padding of nothing", Who.Both, "open", Nothing, f => f.Frame(FrameType.Data, FrameFlags.Padded, 1, 0));
        Add("6.1 padding that fills the frame", Who.Both, "open", Nothing, f => f.Frame(FrameType.Data, FrameFlags.Padded, 1, 2, 0, 0));
        Add("6.1 padding longer than the frame", Who.Both, "open", "connection ProtocolError", f => f.Frame(FrameType.Data, FrameFlags.Padded, 1, 2, 0));
        Add("6.1 padding as long as the frame", Who.Both, "open", "connection ProtocolError", f => f.Frame(FrameType.Data, FrameFlags.Padded, 1, 3, 0, 0));
        Add("6.1 no room for the padding length", Who.Both, "open", "connection FrameSizeError", f => f.Frame(FrameType.Data, FrameFlags.Padded, 1));

        // 6.2 HEADERS.
        Add("6.2 HEADERS for the connection", Who.Both, "open", "connection ProtocolError", f => f.Frame(FrameType.Headers, EndBoth, 0, Request));
        Add("6.2 padding that fills the frame", Who.Server, "idle", "stream 1 ProtocolError", f => f.Frame(FrameType.Headers, EndBoth | FrameFlags.Padded, 1, 1, 0));
        Add("6.2 padding longer than the frame", Who.Server, "idle", "connection ProtocolError", f => f.Frame(FrameType.Headers, EndBoth | FrameFlags.Padded, 1, [255, .. Request]));
        Add("6.2 no room for the padding length", Who.Server, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Headers, EndBoth | FrameFlags.Padded, 1));
        Add("6.2 no room for the priority fields", Who.Server, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Headers, EndBoth | FrameFlags.Priority, 1, 0, 0, 0, 0));
        Add("6.2 an empty block is a malformed request", Who.Server, "idle", "stream 1 ProtocolError", f => f.Frame(FrameType.Headers, EndBoth, 1));

        // 6.3 PRIORITY.
        Add("6.3 PRIORITY for the connection", Who.Both, "open", "connection ProtocolError", f => f.Priority(0));
        Add("6.3 a short PRIORITY", Who.Both, "open", "stream 1 FrameSizeError", f => f.Priority(1, 4));
        Add("6.3 a long PRIORITY", Who.Both, "open", "stream 1 FrameSizeError", f => f.Priority(1, 6));
        Add("6.3 a short PRIORITY for an idle stream, which cannot be reset", Who.Both, "idle", "connection FrameSizeError", f => f.Priority(1, 4));

        // 6.4 RST_STREAM.
        Add("6.4 RST_STREAM for the connection", Who.Both, "open", "connection ProtocolError", f => f.Reset(0, Http2ErrorCode.Cancel));
        Add("6.4 a short RST_STREAM", Who.Both, "open", "connection FrameSizeError", f => f.Frame(FrameType.ResetStream, 0, 1, 0, 0, 0));
        Add("6.4 a long RST_STREAM", Who.Both, "open", "connection FrameSizeError", f => f.Frame(FrameType.ResetStream, 0, 1, new byte[5]));
        Add("6.4 a short RST_STREAM for a closed stream", Who.Both, "closed", "connection FrameSizeError", f => f.Frame(FrameType.ResetStream, 0, 1, 0));

        // 6.5 SETTINGS.
        Add("6.5 SETTINGS for a stream", Who.Both, "open", "connection ProtocolError", f => f.Frame(FrameType.Settings, 0, 1));
        Add("6.5 an acknowledgement for a stream", Who.Both, "open", "connection ProtocolError", f => f.Frame(FrameType.Settings, FrameFlags.Acknowledge, 1));
        Add("6.5 an acknowledgement with content", Who.Both, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Settings, FrameFlags.Acknowledge, 0, new byte[6]));
        Add("6.5 a piece of a setting", Who.Both, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Settings, 0, 0, 0, 3, 0));
        Add("6.5 a setting and a piece", Who.Both, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Settings, 0, 0, new byte[7]));
        Add("6.5.2 ENABLE_PUSH of 2", Who.Both, "idle", "connection ProtocolError", f => f.Settings((Http2SettingId.EnablePush, 2)));
        Add("6.5.2 a server enables push", Who.Client, "idle", "connection ProtocolError", f => f.Settings((Http2SettingId.EnablePush, 1)));
        Add("6.5.2 INITIAL_WINDOW_SIZE of 2^31", Who.Both, "idle", "connection FlowControlError", f => f.Settings((Http2SettingId.InitialWindowSize, 0x80000000)));
        Add("6.5.2 MAX_FRAME_SIZE below 2^14", Who.Both, "idle", "connection ProtocolError", f => f.Settings((Http2SettingId.MaxFrameSize, 16_383)));
        Add("6.5.2 MAX_FRAME_SIZE above 2^24-1", Who.Both, "idle", "connection ProtocolError", f => f.Settings((Http2SettingId.MaxFrameSize, 16_777_216)));
        Add("6.5.2 unknown settings", Who.Both, "idle", Nothing, f => f.Settings(((Http2SettingId)0xff, uint.MaxValue), (0, 0)));
        Add("6.5.2 a bad value behind a good one", Who.Both, "idle", "connection ProtocolError", f => f.Settings((Http2SettingId.MaxConcurrentStreams, 1), (Http2SettingId.MaxFrameSize, 0)));

        // 6.6, 8.4 PUSH_PROMISE.
        Add("6.6 push was forbidden", Who.Client, "open", "connection ProtocolError", f => f.Frame(FrameType.PushPromise, EndHeaders, 1, [0, 0, 0, 2, .. Request]));
        Add("6.6 push for the connection", Who.Client, "open", "connection ProtocolError", f => f.Frame(FrameType.PushPromise, EndHeaders, 0, [0, 0, 0, 2, .. Request]));
        Add("8.4 a client pushes", Who.Server, "open", "connection ProtocolError", f => f.Frame(FrameType.PushPromise, EndHeaders, 1, [0, 0, 0, 2, .. Request]));

        // 6.7 PING.
        Add("6.7 PING for a stream", Who.Both, "open", "connection ProtocolError", f => f.Frame(FrameType.Ping, 0, 1, new byte[8]));
        Add("6.7 an answer for a stream", Who.Both, "open", "connection ProtocolError", f => f.Frame(FrameType.Ping, FrameFlags.Acknowledge, 1, new byte[8]));
        Add("6.7 a short PING", Who.Both, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Ping, 0, 0, new byte[7]));
        Add("6.7 a long PING", Who.Both, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Ping, 0, 0, new byte[9]));
        Add("6.7 a short answer", Who.Both, "idle", "connection FrameSizeError", f => f.Frame(FrameType.Ping, FrameFlags.Acknowledge, 0));

        // 6.8 GOAWAY.
        Add("6.8 GOAWAY for a stream", Who.Both, "open", "connection ProtocolError", f => f.Frame(FrameType.GoAway, 0, 1, new byte[8]));
        Add("6.8 a short GOAWAY", Who.Both, "idle", "connection FrameSizeError", f => f.Frame(FrameType.GoAway, 0, 0, new byte[7]));
        Add("6.8 a raised last stream", Who.Both, "idle", "connection ProtocolError", f => f.GoAway(1, Http2ErrorCode.NoError).GoAway(3, Http2ErrorCode.NoError));
        Add("6.8 debug data", Who.Both, "open", Nothing, f => f.GoAway(1, Http2ErrorCode.NoError, "bye"));

        // 6.9 WINDOW_UPDATE.
        Add("6.9 a short WINDOW_UPDATE", Who.Both, "open", "connection FrameSizeError", f => f.Frame(FrameType.WindowUpdate, 0, 1, 0, 0, 1));
        Add("6.9 a long WINDOW_UPDATE", Who.Both, "open", "connection FrameSizeError", f => f.Frame(FrameType.WindowUpdate, 0, 0, 0, 0, 0, 1, 0));
        Add("6.9 a short WINDOW_UPDATE for a closed stream", Who.Both, "closed", "connection FrameSizeError", f => f.Frame(FrameType.WindowUpdate, 0, 1));
        Add("6.9 0 for a stream", Who.Both, "open", "stream 1 ProtocolError", f => f.WindowUpdate(1, 0));
        Add("6.9 0 for the connection", Who.Both, "open", "connection ProtocolError", f => f.WindowUpdate(0, 0));
        Add("6.9.1 a stream's window overflows", Who.Both, "open", "stream 1 FlowControlError", f => f.WindowUpdate(1, int.MaxValue));
        Add("6.9.1 a stream's window overflows in steps", Who.Both, "open", "stream 1 FlowControlError", f => f.WindowUpdate(1, int.MaxValue - 65_535).WindowUpdate(1, 1));
        Add("6.9.1 the connection's window overflows", Who.Both, "open", "connection FlowControlError", f => f.WindowUpdate(0, int.MaxValue - 65_534));
        Add("6.9.1 both windows at their maximum", Who.Both, "open", Nothing, f => f.WindowUpdate(0, int.MaxValue - 65_535).WindowUpdate(1, int.MaxValue - 65_535));
        Add("6.9.2 a changed initial window overflows a stream's", Who.Both, "open", "connection FlowControlError", f => f.WindowUpdate(1, 1).Settings((Http2SettingId.InitialWindowSize, int.MaxValue)));

        // 6.10 CONTINUATION.
        Add("6.10 CONTINUATION without HEADERS", Who.Both, "open", "connection ProtocolError", f => f.Continuation(1, true));
        Add("6.10 CONTINUATION after END_HEADERS", Who.Server, "idle", "connection ProtocolError", f => f.HeadersEnd(1, FrameBuilder.Get).Continuation(1, true));
        Add("6.10 CONTINUATION after the last one", Who.Server, "idle", "connection ProtocolError", f => f.Frame(FrameType.Headers, 0, 1, Request).Continuation(1, true).Continuation(1, true));
        Add("6.10 CONTINUATION after DATA", Who.Both, "open", "connection ProtocolError", f => f.Data(1, "x").Continuation(1, false));
        Add("6.10 empty CONTINUATIONs", Who.Server, "idle", Nothing, f => f.Frame(FrameType.Headers, FrameFlags.EndStream, 1).Continuation(1, false).Continuation(1, false, Request).Continuation(1, true));
        Add("6.10 HEADERS begun for an idle stream of ours", Who.Client, "idle", "connection ProtocolError", f => f.Frame(FrameType.Headers, 0, 1).Continuation(1, true));

        // 8.1 Message framing.
        Add("8.1 DATA before the answer's HEADERS", Who.Client, "asked", "stream 1 ProtocolError", f => f.Data(1, "x"));
        Add("8.1 DATA behind an interim answer", Who.Client, "asked", "stream 1 ProtocolError", f => f.Headers(1, ":status: 100").Data(1, "x"));
        Add("8.1 an interim answer ends the stream", Who.Client, "asked", "stream 1 ProtocolError", f => f.HeadersEnd(1, ":status: 100"));
        Add("8.1 trailers that do not end the stream", Who.Both, "open", "stream 1 ProtocolError", f => f.Headers(1, "x: y"));
        Add("8.1 a second answer", Who.Client, "open", "stream 1 ProtocolError", f => f.Headers(1, FrameBuilder.Ok));
        Add("8.1 an interim answer behind the final one", Who.Client, "open", "stream 1 ProtocolError", f => f.Headers(1, ":status: 100"));
        Add("8.1.1 more content than announced", Who.Client, "asked", "stream 1 ProtocolError", f => f.Headers(1, ":status: 200", "content-length: 1").Data(1, "xx"));
        Add("8.1.1 less content than announced", Who.Client, "asked", "stream 1 ProtocolError", f => f.Headers(1, ":status: 200", "content-length: 3").DataEnd(1, "xx"));
    }

    private enum Who
    {
        Client,
        Server,
        Both,
    }

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    private static (string Name, Action<FrameBuilder> Send)[] FrameKinds => FrameKindsFor(1);

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void A_session_does_what_the_rfc_says(string name)
    {
        Case row = Cases[name];
        foreach (Http2Role role in new[] { Http2Role.Client, Http2Role.Server })
        {
            if (row.Who != Who.Both && row.Who != (role == Http2Role.Client ? Who.Client : Who.Server)) continue;
            var frames = new FrameBuilder();
            row.Send(frames);
            byte[] bytes = frames.ToArray();
            Assert.Equal((role, row.Outcome), (role, Outcome(Prepare(role, row.State), bytes, bytes.Length)));
            Assert.Equal((role, row.Outcome), (role, Outcome(Prepare(role, row.State), bytes, 1)));
            Assert.Equal((role, row.Outcome), (role, Outcome(Prepare(role, row.State), bytes, 10)));
        }
    }

    private static (string Name, Action<FrameBuilder> Send)[] FrameKindsFor(int id) =>
    [
        ("DATA", f => f.Data(id, "x")),
        ("HEADERS", f => f.HeadersEnd(id, "x: y")),
        ("PRIORITY", f => f.Priority(id)),
        ("RST_STREAM", f => f.Reset(id, Http2ErrorCode.Cancel)),
        ("PUSH_PROMISE", f => f.Frame(FrameType.PushPromise, EndHeaders, id, [0, 0, 0, 4, .. Request])),
        ("WINDOW_UPDATE", f => f.WindowUpdate(id, 1)),
        ("CONTINUATION", f => f.Continuation(id, true)),
    ];

    private static string Outcome(TestSession session, byte[] bytes, int step)
    {
        try
        {
            for (int at = 0; at < bytes.Length; at += step) session.Receive(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)));
        }
        catch (Http2ConnectionException error)
        {
            session.CheckFailed(error);
            return $"connection {error.ErrorCode}";
        }

        string[] resets = [.. session.Sent().Where(line => line.StartsWith("RST_STREAM", StringComparison.Ordinal))];
        if (resets.Length == 0) return Nothing;

        // The owner was told the same, and the connection goes on.
        string[] words = Assert.Single(resets).Split(' ');
        Assert.Contains($"{words[1]} reset {words[2]} by StreamError", session.Told());
        session.Receive(frames => frames.Ping(5));
        Assert.Equal(["PING 5 ACK"], session.Sent());
        return $"stream {words[1]} {words[2]}";
    }

    private static TestSession Prepare(Http2Role role, string state)
    {
        TestSession session = role == Http2Role.Client ? TestSession.Client() : TestSession.Server();
        if (state == "idle") return session;
        bool remoteEnds = state is "half-closed remote" or "closed";
        bool localEnds = state is "half-closed local" or "closed" or "asked";
        if (role == Http2Role.Client)
        {
            session.Request(localEnds);
            if (state != "asked") session.Receive(frames => _ = remoteEnds ? frames.HeadersEnd(1, FrameBuilder.Ok) : frames.Headers(1, FrameBuilder.Ok));
        }
        else
        {
            Http2Stream stream = session.Requested(1, remoteEnds);
            if (localEnds) session.SendHeaders(stream, true, FrameBuilder.Ok);
        }

        if (state == "reset here") session.Session.Reset(session.Recorder.Streams[1], Http2ErrorCode.Cancel);
        if (state == "reset by peer") session.Receive(frames => frames.Reset(1, Http2ErrorCode.Cancel));
        Assert.Equal(state is "closed" or "reset here" or "reset by peer" ? 0 : 1, session.Session.OpenStreams);
        session.TakeOutput();
        session.Told();
        return session;
    }

    private static void Add(string name, Who who, string state, string outcome, Action<FrameBuilder> send) =>
        Cases.Add(name, new Case(who, state, outcome, send));

    private sealed record Case(Who Who, string State, string Outcome, Action<FrameBuilder> Send);
}
