using System;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 sections 5.1 and 8.1: how streams open and close, and what an owner may do when.</summary>
public class StreamStateTests
{
    [Fact]
    public void A_request_and_its_answer_open_and_close_a_stream()
    {
        var both = new TwoSessions();
        Http2Stream asked = both.Client.Request(endStream: false, [.. FrameBuilder.Post, "x: 1"]);
        both.Run();
        both.Client.Session.SendData(asked, "hello"u8, endStream: false);
        both.Client.SendHeaders(asked, endStream: true, "checksum: 5");
        both.Run();
        Assert.Equal(
            [
                "1 :method: POST", "1 :scheme: https", "1 :path: /3/device/00", "1 :authority: a.example", "1 x: 1", "1 headers",
                "1 data 'hello'",
                "1 checksum: 5", "1 headers, end",
            ],
            both.Server.Told());
        Assert.True(asked.LocalEnded);
        Assert.False(asked.RemoteEnded);

        Http2Stream answered = both.Server.Recorder.Streams[1];
        Assert.True(answered.RemoteEnded);
        Assert.Equal((1, 1), (both.Client.Session.OpenStreams, both.Server.Session.OpenStreams));
        both.Server.SendHeaders(answered, endStream: false, ":status: 103", "link: a");
        both.Server.SendHeaders(answered, endStream: false, ":status: 200");
        both.Server.Session.SendData(answered, "world"u8, endStream: true);
        Assert.Equal(0, answered.Id);
        both.Run();
        Assert.Equal(
            ["1 :status: 103", "1 link: a", "1 headers", "1 :status: 200", "1 headers", "1 data 'world', end"],
            both.Client.Told());
        Assert.Equal((0, 0), (both.Client.Session.OpenStreams, both.Server.Session.OpenStreams));
        Assert.Equal(0, asked.Id);
        Assert.Equal(["HEADERS 1", "DATA 1 #5", "HEADERS 1 END"], TwoSessions.Lines(both.FromClient));
        Assert.Equal(["HEADERS 1", "HEADERS 1", "DATA 1 #5 END"], TwoSessions.Lines(both.FromServer));
    }

    [Fact]
    public void An_answer_may_come_before_the_request_is_complete()
    {
        var both = new TwoSessions();
        Http2Stream asked = both.Client.Request(endStream: false);
        both.Run();
        both.Server.SendHeaders(both.Server.Recorder.Streams[1], endStream: true, ":status: 413");
        both.Run();
        Assert.Equal(["1 :status: 413", "1 headers, end"], both.Client.Told());
        Assert.True(asked.RemoteEnded);
        both.Client.Session.SendData(asked, "rest"u8, endStream: true);
        both.Run();
        Assert.Equal((0, 0), (both.Client.Session.OpenStreams, both.Server.Session.OpenStreams));
    }

    [Fact]
    public void A_server_may_send_no_error_after_a_complete_answer()
    {
        // Section 8.1.
        TestSession client = TestSession.Client();
        client.Request(endStream: false);
        client.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Ok).Reset(1, Http2ErrorCode.NoError));
        Assert.Equal(["1 :status: 200", "1 headers, end", "1 reset NoError by Peer"], client.Told());
        Assert.Equal(0, client.Session.OpenStreams);
    }

    [Fact]
    public void State_is_the_owners_and_ends_with_the_stream()
    {
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Session.OpenStream(this);
        Assert.Same(this, stream.State);
        Assert.Equal((1, 65_535), (stream.Id, stream.SendWindow));
        client.SendHeaders(stream, endStream: true, FrameBuilder.Get);
        object? atEnd = null;
        client.Recorder.Answer = (told, _) => atEnd = told.State;
        client.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Ok));
        Assert.Same(this, atEnd);
        Assert.Null(stream.State);
    }

    [Fact]
    public void Only_clients_open_streams()
    {
        TestSession server = TestSession.Server();
        Assert.Throws<InvalidOperationException>(() => server.Session.OpenStream(null));
    }

    [Fact]
    public void Nothing_is_sent_on_a_stream_that_is_closed_on_this_side()
    {
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Request(endStream: true);
        client.TakeOutput();
        Assert.Throws<InvalidOperationException>(() => client.Session.SendData(stream, "x"u8, endStream: false));
        Assert.Throws<InvalidOperationException>(() => client.Session.BeginHeaders(stream, endStream: true));
        client.Session.Reset(stream, Http2ErrorCode.Cancel);
        client.TakeOutput();
        Assert.Throws<InvalidOperationException>(() => client.Session.SendData(stream, "x"u8, endStream: false));
        Assert.Throws<InvalidOperationException>(() => client.Session.BeginHeaders(stream, endStream: true));
        client.Session.Reset(stream, Http2ErrorCode.Cancel);
        Assert.Empty(client.Sent());
        Assert.Throws<ArgumentNullException>(() => client.Session.SendData(null!, default, false));
        Assert.Throws<ArgumentNullException>(() => client.Session.BeginHeaders(null!, false));
        Assert.Throws<ArgumentNullException>(() => client.Session.EndHeaders(null!));
        Assert.Throws<ArgumentNullException>(() => client.Session.Reset(null!, Http2ErrorCode.Cancel));
        Assert.Throws<ArgumentNullException>(() => client.Session.ChangeSettings(null!));
        Assert.Throws<ArgumentNullException>(() => client.Session.SwapOutput(null!));
    }

    [Fact]
    public void Window_updates_priorities_and_resets_may_come_late()
    {
        // Section 5.1, "closed": the peer may not have seen the end yet.
        foreach (TestSession session in new[] { TestSession.Client(), TestSession.Server() })
        {
            if (session.Role == Http2Role.Client)
            {
                session.Request();
                session.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Ok));
            }
            else
            {
                session.SendHeaders(session.Requested(1), endStream: true, FrameBuilder.Ok);
            }

            session.TakeOutput();
            session.Told();
            Assert.Equal(0, session.Session.OpenStreams);
            session.Receive(frames => frames.WindowUpdate(1, 5).WindowUpdate(1, 0).Priority(1).Reset(1, Http2ErrorCode.Cancel));
            Assert.Empty(session.Sent());
            Assert.Empty(session.Told());
            session.Fails(Http2ErrorCode.StreamClosed, frames => frames.DataEnd(1, ""));
        }
    }

    [Fact]
    public void A_stream_reset_by_the_peer_takes_nothing_more()
    {
        foreach (Action<FrameBuilder> late in new Action<FrameBuilder>[] { frames => frames.Data(1, "x"), frames => frames.HeadersEnd(1, "x: y") })
        {
            TestSession server = TestSession.Server();
            server.Requested(1, endStream: false);
            server.Receive(frames => frames.Reset(1, Http2ErrorCode.Cancel));
            server.Fails(Http2ErrorCode.StreamClosed, late);
        }
    }

    [Fact]
    public void The_first_use_of_an_id_closes_all_lower_idle_ones()
    {
        // Section 5.1.1. Frames that may come late for closed streams are ignored; others reveal a peer that has lost count.
        TestSession server = TestSession.Server();
        server.Receive(frames => frames.HeadersEnd(7, FrameBuilder.Get).WindowUpdate(5, 1).Reset(3, Http2ErrorCode.Cancel));
        server.TakeOutput();
        server.Fails(Http2ErrorCode.ProtocolError, frames => frames.HeadersEnd(5, FrameBuilder.Get));
    }

    [Fact]
    public void Priority_may_come_for_any_stream_and_means_nothing()
    {
        TestSession server = TestSession.Server();
        server.Receive(frames => frames.Priority(101).Priority(2).HeadersEnd(1, FrameBuilder.Get).Priority(1));
        Assert.Empty(server.Sent());
        Assert.Equal(1, server.Session.OpenStreams);
    }

    [Theory]
    [InlineData("1 :method: GET")]
    [InlineData("1 :authority: a.example")]
    [InlineData("1 headers")]
    [InlineData("1 headers, end")]
    [InlineData("1 data 'x'")]
    [InlineData("1 data 'y', end")]
    public void An_owner_may_reset_a_stream_within_any_event(string when)
    {
        TestSession server = TestSession.Server();
        server.Recorder.Answer = (stream, line) =>
        {
            if (line == when) server.Session.Reset(stream, Http2ErrorCode.Cancel);
        };
        server.Receive(frames =>
        {
            if (when == "1 headers, end") frames.HeadersEnd(1, FrameBuilder.Get);
            else frames.Headers(1, FrameBuilder.Get).Data(1, "x").DataEnd(1, "y");
        });
        Assert.Equal(["RST_STREAM 1 Cancel"], server.Sent());
        Assert.Equal(0, server.Session.OpenStreams);
        Assert.Equal(when, server.Told()[^1]);
        CheckTable(server);
    }

    [Theory]
    [InlineData("1 headers, end")]
    [InlineData("1 data 'y', end")]
    public void An_owner_may_answer_within_an_event(string when)
    {
        TestSession server = TestSession.Server();
        server.Recorder.Answer = (stream, line) =>
        {
            if (line == when) server.SendHeaders(stream, endStream: true, FrameBuilder.Ok);
        };
        server.Receive(frames => _ = when == "1 headers, end" ? frames.HeadersEnd(1, FrameBuilder.Get) : frames.Headers(1, FrameBuilder.Get).DataEnd(1, "y"));
        Assert.Equal(["HEADERS 1 END"], server.Sent());
        Assert.Equal(0, server.Session.OpenStreams);
        CheckTable(server);
    }

    [Fact]
    public void An_owner_that_ends_a_stream_within_its_reset_closes_it_once()
    {
        TestSession server = TestSession.Server();
        server.Requested(1);
        server.Recorder.Answer = (stream, line) =>
        {
            if (line.Contains("reset", StringComparison.Ordinal)) server.SendHeaders(stream, endStream: true, FrameBuilder.Ok);
        };
        server.Receive(frames => frames.Reset(1, Http2ErrorCode.Cancel));
        CheckTable(server);

        TestSession client = TestSession.Client();
        client.Request();
        client.Request();
        client.Recorder.Answer = (stream, _) => client.Session.Reset(stream, Http2ErrorCode.Cancel);
        client.Receive(frames => frames.GoAway(0, Http2ErrorCode.NoError));
        Assert.Equal(0, client.Session.OpenStreams);
    }

    [Fact]
    public void A_stream_error_leaves_the_other_streams_alone()
    {
        TestSession server = TestSession.Server();
        server.Requested(1, endStream: false);
        server.Requested(3, endStream: false);
        server.Receive(frames => frames.WindowUpdate(1, 0).Data(1, "late").Headers(1, "late: 1").DataEnd(3, "x"));
        Assert.Equal(["RST_STREAM 1 ProtocolError"], server.Sent());
        Assert.Equal(["1 reset ProtocolError by StreamError", "3 data 'x', end"], server.Told());
    }

    [Fact]
    public void Unknown_frames_and_flags_are_ignored()
    {
        // Sections 4.1 and 5.5.
        TestSession server = TestSession.Server();
        server.Receive(frames => frames
            .Frame((FrameType)0xa, FrameFlags.None, 0)
            .Frame((FrameType)0xff, (FrameFlags)0xff, 77, new byte[16_384])
            .Frame(FrameType.Headers, (FrameFlags)0xd7 & ~FrameFlags.EndStream & ~FrameFlags.Priority, 1, FrameBuilder.Block(FrameBuilder.Get))
            .Frame(FrameType.Data, (FrameFlags)0xf6, 1, "x"u8.ToArray())
            .Frame(FrameType.Ping, (FrameFlags)0xfe, 0, new byte[8]));
        Assert.Equal(["PING 0 ACK"], server.Sent());
        Assert.Equal("1 data 'x'", server.Told()[^1]);
    }

    // Two streams must not share an object, and the count must be right.
    private static void CheckTable(TestSession server)
    {
        server.Recorder.Answer = null;
        Http2Stream first = server.Requested(11);
        Http2Stream second = server.Requested(13);
        Assert.NotSame(first, second);
        Assert.Equal((11, 13, 2), (first.Id, second.Id, server.Session.OpenStreams));
    }
}
