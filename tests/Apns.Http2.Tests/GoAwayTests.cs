using System;
using System.Linq;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 section 6.8.</summary>
public class GoAwayTests
{
    [Fact]
    public void Streams_above_the_last_one_were_never_processed()
    {
        TestSession client = TestSession.Client();
        for (int i = 0; i < 3; i++) client.Request();
        client.TakeOutput();
        client.Receive(frames => frames.GoAway(3, Http2ErrorCode.NoError, "bye"));
        Assert.Equal(["goaway 3 NoError 'bye'", "5 reset RefusedStream by GoAway"], client.Told());
        Assert.Empty(client.Sent());
        Assert.Equal((true, 3, 2), (client.Session.GoAwayReceived, client.Session.PeerLastStreamId, client.Session.OpenStreams));
        Assert.False(client.Session.CanOpenStream);
        Assert.Throws<InvalidOperationException>(() => client.Session.OpenStream(null));

        // The others go on to their end.
        client.Receive(frames => frames.HeadersEnd(3, FrameBuilder.Ok).HeadersEnd(1, FrameBuilder.Ok));
        Assert.Equal(["3 :status: 200", "3 headers, end", "1 :status: 200", "1 headers, end"], client.Told());
        Assert.Equal(0, client.Session.OpenStreams);
    }

    [Fact]
    public void A_second_one_may_name_a_lower_last_stream()
    {
        TestSession client = TestSession.Client();
        for (int i = 0; i < 3; i++) client.Request();
        client.Receive(frames => frames.GoAway(int.MaxValue, Http2ErrorCode.NoError));
        Assert.Equal(["goaway 2147483647 NoError ''"], client.Told());
        Assert.False(client.Session.CanOpenStream);
        client.Receive(frames => frames.GoAway(3, Http2ErrorCode.NoError));
        Assert.Equal(["goaway 3 NoError ''", "5 reset RefusedStream by GoAway"], client.Told());
        client.Receive(frames => frames.GoAway(3, Http2ErrorCode.EnhanceYourCalm));
        Assert.Equal(["goaway 3 EnhanceYourCalm ''"], client.Told());
        client.Receive(frames => frames.GoAway(0, Http2ErrorCode.InternalError));
        Assert.Equal(
            ["1 reset RefusedStream by GoAway", "3 reset RefusedStream by GoAway", "goaway 0 InternalError ''"],
            client.Told().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_second_one_cannot_raise_it()
    {
        TestSession client = TestSession.Client();
        client.Receive(frames => frames.GoAway(3, Http2ErrorCode.NoError));
        client.Fails(Http2ErrorCode.ProtocolError, frames => frames.GoAway(5, Http2ErrorCode.NoError));
    }

    [Fact]
    public void Unknown_codes_and_the_reserved_bit_are_taken_as_they_are()
    {
        TestSession client = TestSession.Client();
        client.Receive(frames => frames.Frame(FrameType.GoAway, (FrameFlags)0xff, 0, 0x80, 0, 0, 5, 0xff, 0xff, 0xff, 0xff));
        Assert.Equal(["goaway 5 -1 ''"], client.Told());
    }

    [Fact]
    public void Late_frames_for_streams_that_goaway_closed_are_ignored()
    {
        TestSession client = TestSession.Client();
        client.Request();
        client.Receive(frames => frames.GoAway(0, Http2ErrorCode.NoError));
        client.Told();
        client.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Ok).Data(1, "x").WindowUpdate(1, 1).Reset(1, Http2ErrorCode.NoError));
        Assert.Empty(client.Told());
    }

    [Fact]
    public void A_clients_goaway_ends_nothing_at_a_server()
    {
        TestSession server = TestSession.Server();
        Http2Stream stream = server.Requested(1);
        server.Receive(frames => frames.GoAway(0, Http2ErrorCode.NoError, "done"));
        Assert.Equal(["goaway 0 NoError 'done'"], server.Told());
        server.SendHeaders(stream, true, FrameBuilder.Ok);
        Assert.Equal(["HEADERS 1 END"], server.Sent());
    }

    [Fact]
    public void After_ours_the_open_streams_go_on_and_new_ones_are_ignored()
    {
        TestSession server = TestSession.Server();
        server.Requested(1, endStream: false);
        server.Requested(3);
        server.Session.GoAway(Http2ErrorCode.NoError, "shutdown"u8);
        WireFrame frame = Assert.Single(server.TakeFrames());
        Assert.Equal(("GOAWAY 3 NoError", "shutdown"), (frame.ToString(), frame.DebugText));

        server.Receive(frames => frames.Headers(5, FrameBuilder.Post).Data(5, "x").WindowUpdate(5, 1).DataEnd(5, "y").Reset(5, Http2ErrorCode.Cancel).DataEnd(1, "z"));
        Assert.Equal(["1 data 'z', end"], server.Told());
        Assert.Empty(server.Sent());
        Assert.Equal(2, server.Session.OpenStreams);
    }

    [Fact]
    public void Ignored_requests_keep_the_tables_and_the_window_right()
    {
        TestSession server = TestSession.Server(new Http2SessionOptions { ConnectionWindowSize = 65_535 });
        server.Requested(1, endStream: false);
        server.Session.GoAway(Http2ErrorCode.NoError, default);
        server.TakeOutput();

        // Inserts "x: y", which the trailers of stream 1 then name by index.
        server.Receive(frames => frames
            .Frame(FrameType.Headers, FrameFlags.EndHeaders, 3, 0x40, 1, (byte)'x', 1, (byte)'y')
            .Data(3, 16_384).Data(3, 16_384)
            .Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, 0xbe));
        Assert.Equal(["1 x: y", "1 headers, end"], server.Told());
        Assert.Equal(["WINDOW_UPDATE 0 16384", "WINDOW_UPDATE 0 16384"], server.Sent());
    }

    [Fact]
    public void A_graceful_end_takes_two()
    {
        TestSession server = TestSession.Server();
        server.Requested(1);
        server.Session.GoAway(Http2ErrorCode.NoError, default, int.MaxValue);
        server.Requested(3);
        server.Session.GoAway(Http2ErrorCode.NoError, default);
        server.Receive(frames => frames.HeadersEnd(5, FrameBuilder.Get));
        Assert.Equal(["GOAWAY 2147483647 NoError", "GOAWAY 3 NoError"], server.Sent());
        Assert.Empty(server.Told());
        Assert.Equal(2, server.Session.OpenStreams);
    }

    [Fact]
    public void Ours_never_raises_the_last_stream()
    {
        TestSession server = TestSession.Server();
        server.Requested(1);
        server.Requested(3);
        server.Session.GoAway(Http2ErrorCode.NoError, default, 1);
        server.Session.GoAway(Http2ErrorCode.NoError, default, 9);
        server.Session.GoAway(Http2ErrorCode.NoError, default);
        Assert.Equal(["GOAWAY 1 NoError", "GOAWAY 1 NoError", "GOAWAY 1 NoError"], server.Sent());
        Assert.Equal("GOAWAY 1 ProtocolError", server.Fails(Http2ErrorCode.ProtocolError, frames => frames.WindowUpdate(0, 0)).ToString());
    }

    [Fact]
    public void A_connection_error_names_the_last_stream_seen()
    {
        TestSession server = TestSession.Server();
        server.Requested(1);
        server.Requested(7);
        Assert.Equal("GOAWAY 7 ProtocolError", server.Fails(Http2ErrorCode.ProtocolError, frames => frames.WindowUpdate(0, 0)).ToString());

        TestSession client = TestSession.Client();
        client.Request();
        Assert.Equal("GOAWAY 0 ProtocolError", client.Fails(Http2ErrorCode.ProtocolError, frames => frames.WindowUpdate(0, 0)).ToString());
    }

    [Fact]
    public void Two_sessions_part_gracefully()
    {
        var both = new TwoSessions();
        both.Client.Request();
        both.Run();
        both.Server.Session.GoAway(Http2ErrorCode.NoError, """{"reason":"Shutdown"}"""u8);
        both.Client.Request();
        both.Run();
        Assert.Equal(["goaway 1 NoError '{\"reason\":\"Shutdown\"}'", "3 reset RefusedStream by GoAway"], both.Client.Told());
        both.Server.SendHeaders(both.Server.Recorder.Streams[1], true, FrameBuilder.Ok);
        both.Run();
        Assert.Equal(["1 :status: 200", "1 headers, end"], both.Client.Told());
        Assert.Equal((0, 0), (both.Client.Session.OpenStreams, both.Server.Session.OpenStreams));
    }
}
